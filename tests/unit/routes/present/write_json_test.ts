import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { JsonText, writeJson } from "../../../../routes/present/write_json.ts";

Deno.test("writeJson() splices JsonText as it stands, with each digit", () => {
  const value = { a: [new JsonText('{"n":12345678901234567890}')], b: new JsonText("1.10") };
  strictEqual(writeJson(value), '{"a":[{"n":12345678901234567890}],"b":1.10}');
});

Deno.test("writeJson() agrees with JSON.stringify on what has no JsonText", () => {
  const value = {
    text: 'quote " \u2028 </script> \ud800',
    none: null,
    left: undefined,
    list: [undefined, true, 1.5, NaN, []],
    nested: { "key \n": {} },
  };
  strictEqual(writeJson(value), JSON.stringify(value));
});

Deno.test("writeJson() keeps a member called __proto__ as data", () => {
  const value: unknown = JSON.parse('{"__proto__":{"polluted":true}}');
  strictEqual(writeJson(value), '{"__proto__":{"polluted":true}}');
  deepStrictEqual(Reflect.get({}, "polluted"), undefined);
});
