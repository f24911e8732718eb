import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { FromThread, OutcomesMessage } from "../../../../core/execution/protocol.ts";
import { RunContext } from "../../../../core/execution/run_context.ts";
import { RunningTask } from "../../../../core/execution/running_task.ts";
import { StatsBlock } from "../../../../core/execution/stats_block.ts";
import { ThreadReport } from "../../../../core/execution/thread_report.ts";
import { until } from "../../../helpers/until.ts";

/** A report of a thread that runs nothing; all its messages are kept. */
function world() {
  const stats = StatsBlock.create({ slots: 1, lanes: 1 });
  const posted: FromThread[] = [];
  const running = new Map<number, RunningTask>();
  const report = new ThreadReport({ slot: 0, stats, post: (one) => posted.push(one) }, running);
  /** A task of a batch; it began at 100 on the monotonic clock. */
  const task = (seq: number, token: number) => {
    const onNote = () => report.scheduleNotes();
    const context = new RunContext(seq, "", 1, { stats, slot: 0, lane: 0, onNote });
    const type = { name: "mine", url: "file:///mine.task.ts" };
    const sent = { seq, token, type, input: undefined, taskId: "", attempt: 1, trace: null };
    const one = new RunningTask(sent, 0, 1_000, 100, context);
    running.set(seq, one);
    return one;
  };
  const outcomes = () => posted.filter((one): one is OutcomesMessage => one.kind === "outcomes");
  return { stats, posted, report, task, outcomes };
}

Deno.test("ThreadReport.flush() sends what has ended together, and counts it", () => {
  const { stats, posted, report, task } = world();
  report.ended(task(0, 7), "done", "result", 105);
  report.ended(task(1, 7), "task_error", "error", 101);
  deepStrictEqual(posted, []);
  report.flush();
  report.flush();
  deepStrictEqual(posted, [{
    kind: "outcomes",
    token: 7,
    seqs: [0],
    codes: ["done", "task_error"],
    startedAtMs: [1_000, 1_000],
    runMs: [5, 1],
    values: ["result", "error"],
  }]);
  strictEqual(stats.loadPercentiles("run").count, 2);
});

Deno.test("ThreadReport sends outcomes of different batches apart", () => {
  const { report, task, outcomes } = world();
  report.ended(task(0, 7), "done", undefined, 101);
  report.ended(task(1, 8), "done", undefined, 101);
  deepStrictEqual(outcomes().map(({ token }) => token), [7]);
  report.flush();
  deepStrictEqual(outcomes().map(({ token }) => token), [7, 8]);
});

Deno.test("ThreadReport.flushIfDue() waits until the oldest is 1 ms old, or there are 512", () => {
  const { report, task, outcomes } = world();
  report.ended(task(0, 7), "done", undefined, 101);
  report.flushIfDue(101.9);
  strictEqual(outcomes().length, 0);
  report.flushIfDue(102);
  strictEqual(outcomes().length, 1);
  for (let seq = 1; seq <= 512; seq++) {
    strictEqual(outcomes().length, 1);
    report.ended(task(seq, 7), "done", undefined, 103);
    report.flushIfDue(103);
  }
  strictEqual(outcomes()[1]?.runMs.length, 512);
});

Deno.test("ThreadReport.flushSoon() sends what has ended, though nothing more happens", async () => {
  const { report, task, outcomes } = world();
  report.flushSoon();
  report.ended(task(0, 7), "done", undefined, 101);
  report.flushSoon();
  await until("it was sent", () => outcomes().length === 1);
});

Deno.test("ThreadReport tells what running tasks said, and an ended one's notes before its outcome", async () => {
  const { posted, report, task } = world();
  const [first, second] = [task(0, 7), task(1, 7)];
  first.context.addLine("info", "one");
  second.context.addLine("info", "two");
  await until("notes were sent", () => posted.length > 0);
  const textsOf = (message: FromThread | undefined) =>
    message?.kind === "notes"
      ? message.notes.flatMap(({ lines }) => lines.map((line) => line.text))
      : [];
  deepStrictEqual([posted.length, textsOf(posted[0])], [1, ["one", "two"]]);
  second.context.addLine("info", "three");
  report.ended(second, "done", undefined, 101);
  report.flush();
  deepStrictEqual(posted.map(({ kind }) => kind), ["notes", "notes", "outcomes"]);
  deepStrictEqual(textsOf(posted[1]), ["three"]);
  first.context.addLine("info", "four"); // its timer runs, and ends before the test does
  await until("the last was sent", () => posted.length === 4);
});

Deno.test("ThreadReport.beat() writes what was done so far", () => {
  const { stats, report, task } = world();
  report.ended(task(0, 7), "done", undefined, 105);
  report.ended(task(1, 7), "stopped", undefined, 102);
  report.beat(12_345);
  const { heartbeatAtMs, ...row } = stats.loadSlotRow(0);
  deepStrictEqual([heartbeatAtMs > 0, row], [true, {
    done: 1,
    failed: 1,
    busyMs: 7,
    memoryBytes: 12_345,
  }]);
});
