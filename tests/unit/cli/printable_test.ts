import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { printable, printableJson, printableLines } from "../../../cli/printable.ts";

Deno.test("printable() leaves letters of all scripts and writes control characters out", () => {
  strictEqual(printable("Żółw 東京 👍 a\tb\x9b"), "Żółw 東京 👍 a\\u{9}b\\u{9b}");
});

Deno.test("printableLines() keeps line ends and tabs", () => {
  strictEqual(printableLines("a\n\tb\x07\r"), "a\n\tb\\u{7}\\u{d}");
});

Deno.test("printableJson() is the same JSON without raw control characters", () => {
  const value = { text: "a\x1b\x7f\x9b\u2028\u202eb" };
  const json = printableJson(value, 0);
  strictEqual(json, '{"text":"a\\u001b\\u007f\\u009b\\u2028\\u202eb"}');
  deepStrictEqual(JSON.parse(json), value);
});
