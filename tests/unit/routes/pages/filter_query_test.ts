import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import type { TaskFilter } from "../../../../core/mod.ts";
import { readFilterQuery, withoutWord } from "../../../../routes/pages/filter_query.ts";
import { quoteWord } from "../../../../views/pages/task_table.tsx";
import { en } from "../../../../views/i18n/en.ts";
import { POOL, POOL_ID, UNKNOWN_ID } from "../../../helpers/fake_manager.ts";

const NOW_MS = Date.UTC(2026, 0, 2);
const named = (name: string) => ({ ...POOL, settings: { ...POOL.settings, name } });
const read = (text: string, pools = [POOL, named("two words"), named("p")]) =>
  readFilterQuery(text, { pools, nowMs: NOW_MS, t: en });

const FILTERS: readonly (readonly [string, TaskFilter])[] = [
  ["", {}],
  ["   ", {}],
  ["state:failed", { states: ["failed"] }],
  ["state:failed,running state:pending", { states: ["failed", "running", "pending"] }],
  ["status:failed state:running", { states: ["failed", "running"] }],
  ["pool:p", { poolId: POOL_ID }],
  ['pool:"two words"', { poolId: POOL_ID }],
  [`pool:${POOL_ID.toUpperCase()}`, { poolId: POOL_ID }],
  ["type:sleep", { type: "sleep" }],
  ['tag:a tag:"two words" tag:"say \\"no\\""', { tags: ["a", "two words", 'say "no"'] }],
  ["priority:5", { priority: { min: 5, max: 5 } }],
  ["priority:-5..-1", { priority: { min: -5, max: -1 } }],
  ["priority:>0", { priority: { min: 0 } }],
  ["attempt:<3", { attempt: { max: 3 } }],
  ["run:>1.5s", { runMs: { min: 1_500 } }],
  ["run:20..1m", { runMs: { min: 20, max: 60_000 } }],
  ["since:1h", { submittedAtMs: { min: NOW_MS - 3_600_000 } }],
  ["since:2d", { submittedAtMs: { min: NOW_MS - 2 * 86_400_000 } }],
  ["since:2026-01-01T12:00:00Z", { submittedAtMs: { min: Date.UTC(2026, 0, 1, 12) } }],
  ["since:2026-01-01T12:00", { submittedAtMs: { min: Date.UTC(2026, 0, 1, 12) } }],
  ["args.user.id:42", { input: [{ path: ["user", "id"], value: 42 }] }],
  ["args.a:true args.b:null args.c:-1.5", {
    input: [
      { path: ["a"], value: true },
      { path: ["b"], value: null },
      { path: ["c"], value: -1.5 },
    ],
  }],
  ['args.x:"a b"', { input: [{ path: ["x"], value: "a b" }] }],
  ["args.x:1e3", { input: [{ path: ["x"], value: "1e3" }] }],
  ["timeout error", { text: "timeout error" }],
  ['"state:failed"', { text: "state:failed" }],
  ['"open and never shut', { text: "open and never shut" }],
  ["http://x:8000/", { text: "http://x:8000/" }],
  [":x", { text: ":x" }],
  ["12:30 c:/x TypeError:x", { text: "12:30 c:/x TypeError:x" }],
  ['"wait:>5m" "constructor:x"', { text: "wait:>5m constructor:x" }],
  ["big state:failed boom", { states: ["failed"], text: "big boom" }],
];
for (const [text, filter] of FILTERS) {
  Deno.test(`readFilterQuery() reads ${JSON.stringify(text)} as ${JSON.stringify(filter)}`, () => {
    const found = read(text);
    deepStrictEqual([found.filter, found.faults], [filter, []]);
  });
}

const WRONG: readonly (readonly [string, string])[] = [
  ["state:done", "running"],
  ["state:", "running"],
  ["status:done", "running"],
  ["wait:>5m", "run: since: args."],
  ["error:timeout", "quotes"],
  ["slot:3", "state: pool:"],
  ["constructor:x", "state: pool:"],
  ["pool:nobody", "two words"],
  ["priority:high", "5..9"],
  ["priority:", "5..9"],
  ["attempt:1..x", "5..9"],
  ["run:>5y", "5..9"],
  ["since:yesterday", "2d"],
  ["\0zzz", "U+0000"],
  ["args.a\0:1", "U+0000"],
  ["since:2026-02-31", "2d"],
  ["since:<script>", "2d"],
];
for (const [word, hint] of WRONG) {
  Deno.test(`readFilterQuery() names the word ${word} and what it may be, and keeps the rest`, () => {
    const { filter, faults, words } = read(`${word} tag:a text`);
    deepStrictEqual(filter, { tags: ["a"], text: "text" });
    deepStrictEqual(words, [word, "tag:a", "text"]);
    strictEqual(faults.length, 1);
    ok(faults[0]?.startsWith(`${word}: `) && faults[0].includes(hint), faults[0]);
  });
}

Deno.test("readFilterQuery() takes the id of a pool that is not there: the list is empty then", () => {
  deepStrictEqual(read(`pool:${UNKNOWN_ID}`, []).filter, { poolId: UNKNOWN_ID });
});

Deno.test("readFilterQuery() takes 20 words and 500 characters, and cuts no letter in two", () => {
  strictEqual(read("a ".repeat(30)).words.length, 20);
  const [word = ""] = read(`${"x".repeat(499)}🏊`).words;
  strictEqual(word.length, 500);
  ok(word.isWellFormed());
});

for (
  const text of [`${"a ".repeat(20)}state:failed`, `tag:a ${"x".repeat(480)}         state:failed`]
) {
  Deno.test(`readFilterQuery() says that ${text.length} characters are more than it takes`, () => {
    deepStrictEqual(read(text).faults, [en.tasks.filterTooLong("20", "500")]);
  });
}

Deno.test("readFilterQuery() has no fault to find with 20 words of 500 characters", () => {
  const text = `${"a ".repeat(19)}${"x".repeat(462)}`;
  strictEqual(text.length, 500);
  deepStrictEqual(read(text).faults, []);
});

Deno.test("withoutWord() takes one word away, and the others are read as before", () => {
  const { words } = read('state:failed "a b" tag:"c d"');
  strictEqual(withoutWord(words, 1), 'state:failed tag:"c d"');
  deepStrictEqual(read(withoutWord(words, 1)).filter, { states: ["failed"], tags: ["c d"] });
});

Deno.test("readFilterQuery() reads any text at all, and what is between quotes as it is", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 600 }), (text) => {
    ok(read(text).words.every((word) => word !== "" && word.isWellFormed()));
    const some = text.slice(0, 200).toWellFormed().replaceAll("\0", "");
    const quoted = `"${some.replaceAll(/["\\]/g, "\\$&")}"`;
    if (some !== "") deepStrictEqual(read(`tag:${quoteWord(some)}`).filter, { tags: [some] });
    deepStrictEqual(read(`tag:${quoted} ${quoted}`).filter, { tags: [some], text: some });
  }));
});
