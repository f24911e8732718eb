import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import {
  type Cell,
  END_COLUMNS,
  MOVE_COLUMNS,
  SUBMIT_COLUMNS,
  TRACED_COLUMNS,
} from "../../../../../core/engine/local/journal/group.ts";
import {
  endRow,
  moveRow,
  notesOf,
  submitRow,
  timeoutOf,
  tracedRow,
} from "../../../../../core/engine/local/rows.ts";
import { type Move, TaskRecord } from "../../../../../core/engine/local/task_record.ts";
import type { NewTask } from "../../../../../core/engine/engine.ts";
import type { Outcome } from "../../../../../core/execution/attempt.ts";
import { deafListener } from "../../../../helpers/deaf_listener.ts";
import { fakeClock } from "../../../../helpers/fake_clock.ts";
import { ScriptedRunner } from "../../../../helpers/scripted_runner.ts";
import { newTask } from "../../../../helpers/tasks_of_pool.ts";

/** A row with the names of its columns: also says that it has as many. */
function named(columns: readonly string[], row: readonly Cell[]): Record<string, Cell | undefined> {
  strictEqual(row.length, columns.length);
  return Object.fromEntries(columns.map((column, index) => [column, row[index]]));
}

/** A record whose clock stands at 7.6 ms, and the last step that it told. */
function makeRecord(task: NewTask = newTask()) {
  const moves: Move[] = [];
  const keep = (_: TaskRecord, move: Move) => void moves.push(move);
  const record = new TaskRecord(
    task,
    { seq: 5, submittedAtMs: 1, attempt: 3, deaths: 2 },
    new ScriptedRunner(),
    deafListener({ clock: fakeClock(7.6), moved: keep, ended: keep }),
  );
  const lastMove = () => {
    const move = moves.at(-1);
    if (move === undefined) throw new TypeError("Cannot tell last move: there was none");
    return move;
  };
  return { record, lastMove };
}

/** The row of a record's end. */
function endOf(outcome: Outcome, slot: number | null, startedOn?: number) {
  const { record, lastMove } = makeRecord();
  if (startedOn !== undefined) record.started(startedOn);
  record.settled(outcome, slot);
  return named(END_COLUMNS, endRow(record, 9, lastMove()));
}

Deno.test("submitRow() lays all that was submitted", () => {
  const task = newTask({
    name: "resize",
    type: { name: "image", url: "file:///image.task.ts", codeVersion: "v7" },
    inputJson: '{"a":1}',
    priority: -4,
    runTimeoutMs: 250,
    tags: ["x", "ÿ"],
    idempotencyKey: "key",
  });
  deepStrictEqual(named(SUBMIT_COLUMNS, submitRow(task, 12, 9, 1_000)), {
    seq: 12,
    id: task.id,
    pool: 9,
    type: "image",
    name: "resize",
    priority: -4,
    submittedAt: 1_000,
    runTimeoutMs: 250,
    codeUrl: "file:///image.task.ts",
    codeVersion: "v7",
    idempotencyKey: "key",
    tags: '["x","ÿ"]',
    input: '{"a":1}',
  });
});

Deno.test("submitRow() writes null for what was not said", () => {
  const { runTimeoutMs, idempotencyKey, tags, input } = named(
    SUBMIT_COLUMNS,
    submitRow(newTask(), 1, 1, 1),
  );
  deepStrictEqual([runTimeoutMs, idempotencyKey, tags, input], [null, null, null, null]);
});

Deno.test("tracedRow() lays the trace of a task that has one, and nothing else", () => {
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  deepStrictEqual(named(TRACED_COLUMNS, tracedRow({ task: newTask({ traceparent }), seq: 12 })), {
    seq: 12,
    traceparent,
  });
  deepStrictEqual(tracedRow({ task: newTask(), seq: 12 }), []);
});

Deno.test("moveRow() tells a start, and that it came back", () => {
  const { record, lastMove } = makeRecord();
  record.started(6);
  const row = () => named(MOVE_COLUMNS, moveRow(record, 9, lastMove()));
  const same = { seq: 5, pool: 9, at: 8, attempt: 3, deaths: 2, cause: null };
  deepStrictEqual(row(), { ...same, from: 3, to: 4, event: 4, slot: 6 });
  record.requeued();
  deepStrictEqual(row(), { ...same, from: 4, to: 3, event: 7, slot: null });
});

Deno.test("endRow() tells a result of a task that was seen to run", () => {
  deepStrictEqual(endOf({ kind: "done", startedAtMs: 6.4, runMs: 1.25, value: '"ok"' }, 2, 2), {
    seq: 5,
    pool: 9,
    from: 4,
    to: 5,
    event: 5,
    at: 8,
    attempt: 3,
    startedAt: 6,
    runMs: 1.25,
    slot: 2,
    cause: null,
    result: '"ok"',
    ending: null,
    notes: null,
    codeVersion: "v1",
    startedNow: 0,
    timeout: 0,
  });
});

Deno.test("endRow() tells that a short task started, too; and no result where there was none", () => {
  const row = endOf({ kind: "done", startedAtMs: 6.4, runMs: 1, value: undefined }, 2);
  deepStrictEqual([row["from"], row["to"], row["startedNow"], row["result"]], [3, 5, 1, null]);
});

Deno.test("endRow() tells why a task failed, and of a timeout that it was one", () => {
  const failure = { code: "run_timeout", name: "Error", message: "late", stack: null } as const;
  const row = endOf({ kind: "failed", startedAtMs: 6, runMs: 1, failure }, 2, 2);
  deepStrictEqual([row["to"], row["event"], row["ending"], row["cause"], row["timeout"]], [
    6,
    8,
    JSON.stringify(failure),
    null,
    1,
  ]);
});

Deno.test("endRow() tells why a task was cancelled that never ran", () => {
  const row = endOf({ kind: "cancelled", startedAtMs: null, runMs: null, cause: "unwanted" }, null);
  deepStrictEqual(
    [row["from"], row["to"], row["event"], row["cause"], row["ending"]],
    [3, 7, 9, "unwanted", "unwanted"],
  );
  deepStrictEqual([row["startedAt"], row["runMs"], row["slot"], row["startedNow"]], [
    null,
    null,
    null,
    0,
  ]);
});

Deno.test("endRow() throws for a task that has not ended", () => {
  const { record, lastMove } = makeRecord();
  record.started(1);
  throws(() => endRow(record, 1, lastMove()), TypeError);
});

Deno.test("notesOf() gives what its code said beside its result, and null when it said nothing", () => {
  const { record } = makeRecord();
  strictEqual(notesOf(record), null);
  record.noted({
    lines: [],
    dropped: 0,
    progressNote: null,
    metrics: { rows: 3 },
    counters: [],
    spans: [],
    droppedSpans: 0,
  });
  strictEqual(notesOf(record), '{"metrics":{"rows":3},"lateErrors":[]}');
  const { record: other } = makeRecord();
  other.erredLate("too late");
  strictEqual(notesOf(other), '{"metrics":{},"lateErrors":[{"atMs":7.6,"message":"too late"}]}');
});

Deno.test("timeoutOf() tells apart what ran and what waited too long, and is 0 of all else", () => {
  const failed = (code: "run_timeout" | "queue_timeout" | "task_error"): Outcome => ({
    kind: "failed",
    startedAtMs: null,
    runMs: null,
    failure: { code, name: "Error", message: "", stack: null },
  });
  deepStrictEqual(
    [failed("run_timeout"), failed("queue_timeout"), failed("task_error")].map(timeoutOf),
    [1, 2, 0],
  );
  strictEqual(timeoutOf({ kind: "done", startedAtMs: 1, runMs: 1, value: 1 }), 0);
});
