import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import {
  groupMatches,
  GROUPS_FTS5,
  groupsText,
} from "../../../../../../core/engine/local/journal/text_groups.ts";

/** All of ASCII but NUL, and characters of two, three and four bytes. */
const CHARS = [
  ...Array.from({ length: 127 }, (_, at) => String.fromCharCode(at + 1)),
  ..."éÉ☃語𝄞🙂",
];

/** Numbers of the texts, from 0, of which the index has all groups of a text that is looked for. */
function named(texts: readonly string[], wanted: string): readonly number[] {
  using db = new DatabaseSync(":memory:");
  db.exec(
    `CREATE VIRTUAL TABLE texts USING fts5(text, content = '', detail = none, ${GROUPS_FTS5})`,
  );
  const put = db.prepare("INSERT INTO texts (rowid, text) VALUES (?, ?)");
  for (const [at, text] of texts.entries()) put.run(at, groupsText(text));
  return db.prepare("SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY rowid")
    .all(groupMatches(wanted).join(" AND ")).map((row) => Number(row["rowid"]));
}

Deno.test("groupMatches() asks for what groupsText() gave of any text, wherever it is cut out", () => {
  const chars = fc.string({ unit: fc.constantFrom(...CHARS), maxLength: 12 });
  const wanted = fc.string({ unit: fc.constantFrom(...CHARS), minLength: 3, maxLength: 30 });
  fc.assert(
    fc.property(chars, wanted, chars, (before, text, after) => {
      deepStrictEqual(named([before + text + after], text), [0]);
    }),
    { numRuns: 300 },
  );
});

Deno.test("groupMatches() takes letters of ASCII for alike, as LIKE does, and no others", () => {
  const texts = ["The NEEDLE", "the needle", "É-marks", "é-marks"];
  deepStrictEqual(named(texts, "neeDLE"), [0, 1]);
  deepStrictEqual(named(texts, "nEe"), [0, 1]);
  deepStrictEqual(named(texts, "é-Mar"), [3]);
});

Deno.test("groupMatches() names no text that has other groups of five", () => {
  deepStrictEqual(named(["12345 23456", "12346 23457", "123456"], "123456"), [0, 2]);
  deepStrictEqual(named(["1234 2345", "12 34"], "12345"), []);
});

Deno.test("groupMatches() asks for a few of a long text, and for none of one that is too short", () => {
  strictEqual(groupMatches("abcdefgh".repeat(1_000)).length <= 16, true);
  deepStrictEqual(groupMatches("ab"), []);
  deepStrictEqual(groupMatches("𝄞𝄞"), []);
  deepStrictEqual(groupMatches("ab\0cde"), []);
  deepStrictEqual(groupMatches('a"c'), ['"a""c" *']);
  deepStrictEqual(groupMatches("abcdef"), ['"abcde"', '"bcdef"']);
});
