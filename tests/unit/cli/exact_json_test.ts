import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { parseExactJson } from "../../../cli/exact_json.ts";

Deno.test("parseExactJson() keeps digits that a number would lose", () => {
  const text = '{"id":98765432109876543210,"list":[0.10000000000000000001,1]}';
  strictEqual(JSON.stringify(parseExactJson(text)), text);
});

Deno.test("parseExactJson() gives plain numbers where they lose nothing", () => {
  deepStrictEqual(parseExactJson('{"a":1.5,"b":9007199254740991,"c":1.50}'), {
    a: 1.5,
    b: 9007199254740991,
    c: 1.5,
  });
});

Deno.test("parseExactJson() throws what JSON.parse() throws", () => {
  throws(() => parseExactJson("{"), SyntaxError);
});
