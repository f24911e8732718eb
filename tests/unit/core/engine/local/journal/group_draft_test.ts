import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import {
  type Cell,
  type Change,
  END_COLUMNS,
  readTaskRows,
  SUBMIT_COLUMNS,
} from "../../../../../../core/engine/local/journal/group.ts";
import { GroupDraft } from "../../../../../../core/engine/local/journal/group_draft.ts";

const ANSWER = { resolve() {}, reject() {} };
const CHANGED: Change = {
  kind: "changed",
  seq: 1,
  from: 1,
  to: 2,
  priority: 0,
  atMs: 1,
  attempt: 1,
  causes: [],
  movedBefore: 0,
};

Deno.test("GroupDraft lays what came in one message, in its order", () => {
  const draft = new GroupDraft();
  draft.submissions.push(submission(1, ANSWER), submission(2, null));
  draft.ended.push(...end("1"));
  const { number, tasks } = draft.message(7);
  const [text = "", ...more] = tasks;
  deepStrictEqual([number, more], [7, []]);
  const { submitted, ended, traced } = readTaskRows(text);
  deepStrictEqual(submitted.filter((_, at) => at % SUBMIT_COLUMNS.length === 0), [1, 2]);
  deepStrictEqual(traced, [1, "trace 1", 2, "trace 2"]);
  strictEqual(ended[END_COLUMNS.indexOf("result")], "1");
});

Deno.test("GroupDraft keeps submits that are too many for the next group, unless they were answered", () => {
  const draft = new GroupDraft();
  const large = Array.from({ length: 70_000 }, () => null);
  draft.submissions.push(
    { rows: large, traced: [], tasks: 1, chars: 0, answer: ANSWER },
    submission(2, ANSWER),
    submission(3, null),
  );
  const rest = draft.splitRest();
  deepStrictEqual(draft.submissions.map(({ rows }) => rows[0]), [null, 3]);
  deepStrictEqual(rest.submissions.map(({ rows }) => rows[0]), [2]);
  ok(rest.isSynced);
});

Deno.test("GroupDraft spreads ends over several texts where one would be too long", () => {
  const draft = new GroupDraft();
  const result = "x".repeat(40 * 1024 * 1024);
  draft.ended.push(...end(result), ...end(result), ...end("3"));
  const results = draft.message(1).tasks.map((text) =>
    readTaskRows(text).ended.filter((cell) => typeof cell === "string").map(({ length }) => length)
  );
  deepStrictEqual(results, [[result.length], [result.length, 1]]);
});

Deno.test("GroupDraft.join() keeps each change of a task between the moves that it came between", () => {
  const refused = new GroupDraft();
  const later = new GroupDraft();
  for (const draft of [refused, later]) {
    draft.moved.push("a move");
    draft.change(CHANGED);
    draft.moved.push("another", "and another");
  }
  later.change({ kind: "noted", seq: 1, notes: "{}" });
  refused.join(later);
  deepStrictEqual(refused.message(1).changes, [
    { ...CHANGED, movedBefore: 1 },
    { ...CHANGED, movedBefore: 4 },
    { kind: "noted", seq: 1, notes: "{}" },
  ]);
});

function submission(seq: number, answer: typeof ANSWER | null) {
  const rows = SUBMIT_COLUMNS.map((column): Cell => column === "seq" ? seq : null);
  return { rows, traced: [seq, `trace ${seq}`], tasks: 1, chars: 0, answer };
}

function end(result: string): readonly Cell[] {
  return END_COLUMNS.map((column) => column === "result" ? result : null);
}
