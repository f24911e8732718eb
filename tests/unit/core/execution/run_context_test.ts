import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { RunContext } from "../../../../core/execution/run_context.ts";
import { StatsBlock } from "../../../../core/execution/stats_block.ts";

function contextOf(seq: number) {
  const stats = StatsBlock.create({ slots: 1, lanes: 1 });
  const calls = { notes: 0 };
  const place = { stats, slot: 0, lane: 0, onNote: () => void calls.notes++ };
  stats.beginLane(0, 0, seq, 1);
  return { stats, calls, context: new RunContext(seq, "id", 2, place) };
}

Deno.test("RunContext.stopRequested turns true by the stats block alone", () => {
  const { stats, context } = contextOf(5);
  deepStrictEqual([context.stopRequested, context.sawStop], [false, false]);
  stats.requestStop(0, 5 + 64);
  strictEqual(context.stopRequested, false);
  stats.requestStop(0, 5);
  deepStrictEqual([context.stopRequested, context.sawStop], [true, true]);
});

Deno.test("RunContext.signal aborts once, with the reason", () => {
  const { context } = contextOf(0);
  let aborts = 0;
  context.signal.addEventListener("abort", () => aborts++);
  context.abort("Enough");
  context.abort("Again");
  deepStrictEqual([aborts, context.signal.reason.name, context.signal.reason.message], [
    1,
    "AbortError",
    "Enough",
  ]);
});

Deno.test("RunContext does not count as having seen a stop that its code never looked at", () => {
  const { stats, context } = contextOf(0);
  stats.requestStop(0, 0);
  context.abort("Enough");
  strictEqual(context.sawStop, false);
});

Deno.test("RunContext.progress() is read from the stats block, whatever it is given", () => {
  const { stats, context } = contextOf(0);
  context.progress(3, 4);
  const { progressDone, progressTotal } = stats.loadLane(0, 0) ?? {};
  deepStrictEqual([progressDone, progressTotal], [3, 4]);
  context.progress("5" as unknown as number, {} as number);
  deepStrictEqual(stats.loadLane(0, 0)?.progressDone, 5);
  strictEqual(Number.isNaN(stats.loadLane(0, 0)?.progressTotal), true);
});

Deno.test("RunContext.takeNotes() gives what is new, and asks to be heard once", () => {
  const { calls, context } = contextOf(7);
  strictEqual(context.takeNotes(), undefined);
  context.log.info("one");
  context.log.warning("two");
  context.metric.count("rows");
  context.metric.count("rows", 4);
  context.metric.gauge("level", 2);
  context.metric.observe("size", 10);
  context.metric.observe("size", 20);
  context.progress(1, 2, "half");
  strictEqual(calls.notes, 1);
  const notes = context.takeNotes();
  deepStrictEqual(notes?.lines.map(({ level, text }) => [level, text]), [
    ["info", "one"],
    ["warning", "two"],
  ]);
  deepStrictEqual({ ...notes, lines: [] }, {
    seq: 7,
    lines: [],
    dropped: 0,
    progressNote: "half",
    metrics: { rows: 5, level: 2, size_count: 2, size_sum: 30 },
    counters: ["rows", "size_count", "size_sum"],
  });
  strictEqual(context.takeNotes(), undefined);
  context.progress(2, 2, "half");
  strictEqual(context.takeNotes(), undefined);
});

Deno.test("RunContext.end() leaves the lane to the next task", () => {
  const { stats, calls, context } = contextOf(0);
  context.end();
  context.progress(1, 2, "late");
  context.log.info("late");
  deepStrictEqual([stats.loadLane(0, 0)?.progressDone, calls.notes], [0, 0]);
});
