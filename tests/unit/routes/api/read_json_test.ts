import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { parseJson } from "../../../../routes/api/read_json.ts";
import { HttpError } from "../../../../routes/errors.ts";

const parse = (text: string) => parseJson(new TextEncoder().encode(text));

Deno.test("parseJson() parses as JSON.parse does", () => {
  const text =
    ' {"a":[1,-0,1e3,"\\u00e9\\ud83d\\ude00\\\\\\""],"b":{"a":{}},"c":"{\\"a\\":1,\\"a\\":2}"} ';
  deepStrictEqual(parse(text), JSON.parse(text));
});

Deno.test("parseJson() takes the same name in different objects, and names that objects inherit", () => {
  const value = parse('[{"a":1},{"a":1,"constructor":{"prototype":{"x":1}},"toString":2}]');
  strictEqual(
    JSON.stringify(value),
    '[{"a":1},{"a":1,"constructor":{"prototype":{"x":1}},"toString":2}]',
  );
  strictEqual(Reflect.get({}, "x"), undefined);
});

const surrogate = JSON.stringify("\ud800");

const REFUSED: readonly [string, RegExp][] = [
  ["", /it is empty/],
  ["{", /JSON/],
  ['{"a":1,}', /JSON/],
  ['{"a":1} x', /JSON/],
  ['{"a":1}{"a":1}', /JSON/],
  ["// no\n{}", /JSON/],
  ["NaN", /JSON/],
  ["{'a':1}", /JSON/],
  ['{"a', /JSON/],
  ['{"a\\', /JSON/],
  ["\ufeff{}", /byte order mark/],
  ['{"a":1,"a":2}', /the name "a" comes twice/],
  ['{"a":1, "\\u0061" : 2}', /the name "a" comes twice/],
  ['{"x":[{"a":{},"b":[],"a":2}]}', /the name "a" comes twice/],
  ['{"__proto__":{}}', /uses the name __proto__/],
  ['{"a":[{"\\u005f_proto__":1}]}', /uses the name __proto__/],
  [`{"a":${surrogate}}`, /surrogate/],
  [`{${surrogate}:1}`, /surrogate/],
  ["[".repeat(101) + "]".repeat(101), /nested over 100 deep/],
  ["[".repeat(1_000_000), /nested over 100 deep/],
  [`{${Array.from({ length: 10_001 }, (_, index) => `"k${index}":1`).join()}}`, /over 10000 names/],
];

for (const [text, reason] of REFUSED) {
  Deno.test(`parseJson() refuses ${JSON.stringify(text.slice(0, 40))}, since ${reason}`, () => {
    throws(() => parse(text), (error) => {
      return error instanceof HttpError && error.code === "invalid_json" &&
        reason.test(error.message);
    });
  });
}

Deno.test.each([
  ["invalid UTF-8", [0x22, 0xff, 0x22]],
  ["an overlong slash", [0x22, 0xc0, 0xaf, 0x22]],
  ["UTF-16", [0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00]],
])("parseJson() refuses %s", (_name, bytes) => {
  throws(() => parseJson(new Uint8Array(bytes)), /it is not UTF-8/);
});
