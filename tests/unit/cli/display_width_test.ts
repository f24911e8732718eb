import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { assert, property, string } from "fast-check";
import { cutTo, fitTo, widthOf } from "../../../cli/display_width.ts";

Deno.test.each([
  ["plain", 5],
  ["", 0],
  ["é", 1],
  ["e\u0301", 1],
  ["线程池", 6],
  ["ﾊﾝｶｸ", 4],
  ["한글", 4],
  ["🦕", 2],
  ["…█–", 3],
  ["a\u200db", 2],
])("widthOf() counts the cells of %j", (text, cells) => strictEqual(widthOf(text), cells));

Deno.test("cutTo() cuts between letters, and tells that it did", () => {
  deepStrictEqual(
    [
      cutTo("name", 4),
      cutTo("names", 4),
      cutTo("线程池", 5),
      cutTo("线程池", 4),
      cutTo("ae\u0301b", 2),
      cutTo("name", 1),
      cutTo("name", 0),
    ],
    ["name", "nam…", "线程…", "线…", "a…", "…", ""],
  );
});

Deno.test("fitTo() fills up on the right, and for numbers on the left", () => {
  deepStrictEqual([fitTo("池", 4), fitTo("12", 4, true), fitTo("12345", 4)], [
    "池  ",
    "  12",
    "123…",
  ]);
});

Deno.test("fitTo() makes any text just as wide as asked", () => {
  assert(property(string({ unit: "grapheme" }), (text) => {
    const width = text.length % 12;
    strictEqual(widthOf(fitTo(text, width)), width);
  }));
});
