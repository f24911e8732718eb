import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { TaskSpan } from "../../../../core/execution/protocol.ts";
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

Deno.test("RunContext.signal aborts before the reason is there, and says so as an operator's stop does", () => {
  const { stats, context } = contextOf(0);
  stats.requestStop(0, 0);
  const { aborted, reason } = context.signal;
  deepStrictEqual([aborted, reason.name, reason.message], [
    true,
    "AbortError",
    "It was asked to stop",
  ]);
  context.abort("Enough");
  strictEqual(context.signal.reason, reason);
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

Deno.test("RunContext.log keeps what is behind a NUL, and puts U+FFFD in its place", () => {
  const { context } = contextOf(7);
  context.log.info("one\0two\0");
  deepStrictEqual(context.takeNotes()?.lines.map(({ text }) => text), ["one\uFFFDtwo\uFFFD"]);
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
    spans: [],
    droppedSpans: 0,
  });
  strictEqual(context.takeNotes(), undefined);
  context.progress(2, 2, "half");
  strictEqual(context.takeNotes(), undefined);
});

Deno.test("RunContext.takeNotes() gives each span once, 100 in all, and counts the others", () => {
  const { calls, context } = contextOf(7);
  const spanOf = (id: number): TaskSpan => ({
    id: String(id),
    parentId: "",
    name: "a span",
    kind: 0,
    startMs: 1,
    endMs: 2,
    isError: false,
    message: "",
    attributes: {},
  });
  for (let id = 0; id < 60; id++) context.addSpan(spanOf(id));
  strictEqual(calls.notes, 1);
  const first = context.takeNotes();
  for (let id = 60; id < 150; id++) context.addSpan(spanOf(id));
  const second = context.takeNotes();
  deepStrictEqual([first?.spans.length, first?.droppedSpans], [60, 0]);
  deepStrictEqual([second?.spans.length, second?.droppedSpans], [40, 50]);
  deepStrictEqual([second?.spans[0]?.id, second?.spans.at(-1)?.id], ["60", "99"]);
  context.end();
  context.addSpan(spanOf(1));
  strictEqual(context.takeNotes(), undefined);
});

Deno.test("RunContext.end() leaves the lane to the next task", () => {
  const { stats, calls, context } = contextOf(0);
  context.end();
  context.progress(1, 2, "late");
  context.log.info("late");
  deepStrictEqual([stats.loadLane(0, 0)?.progressDone, calls.notes], [0, 0]);
});
