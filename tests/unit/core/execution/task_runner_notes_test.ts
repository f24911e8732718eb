/** What a task says while it runs, and what its thread says of itself. */
import { deepStrictEqual } from "node:assert/strict";
import { RunnerWorld } from "../../../helpers/runner_world.ts";

// A timer that sends notes may be left when the task has ended, and ends by itself.
Deno.test(
  "TaskRunner keeps a task's notes within their limits",
  { sanitizeOps: false, sanitizeResources: false },
  async () => {
    const world = new RunnerWorld((_input, ctx) => {
      for (let at = 0; at < 1_100; at++) ctx.log.info(`line ${at}`);
      ctx.progress(1, 2, "n".repeat(300));
      for (let at = 0; at < 60; at++) ctx.metric.gauge(`g${at}`, at);
      ctx.metric.count("g0", 5);
      ctx.metric.count("one too many");
    });
    world.send([1]);
    await world.told(1);
    const notes = world.of("notes").flatMap((message) => message.notes);
    const lines = notes.flatMap((note) => note.lines);
    deepStrictEqual([lines.length, lines.at(-1)?.text], [1_000, "line 999"]);
    const last = notes.at(-1);
    deepStrictEqual([last?.seq, last?.dropped, last?.progressNote?.length], [0, 100, 200]);
    const metrics = last?.metrics ?? {};
    deepStrictEqual([Object.keys(metrics).length, metrics.g0, metrics.g49], [50, 5, 49]);
  },
);

Deno.test("TaskRunner tells which metrics only grow, and of those that are no numbers", {
  sanitizeOps: false,
  sanitizeResources: false,
}, async () => {
  const world = new RunnerWorld((_input, ctx) => {
    ctx.metric.count("rows", 2);
    ctx.metric.count("rows");
    ctx.metric.count("rows", -1);
    ctx.metric.gauge("size", Infinity);
    ctx.metric.gauge("size", -4);
    ctx.metric.observe("wait", 0.5);
    ctx.metric.observe("wait", NaN);
    ctx.metric.observe("wait", -2);
    ctx.metric.gauge("text", "5" as unknown as number);
  });
  world.send([1]);
  await world.told(1);
  const notes = world.of("notes").flatMap((message) => message.notes);
  const last = notes.at(-1);
  deepStrictEqual(last?.metrics, { rows: 3, size: -4, wait_count: 1, wait_sum: 0.5 });
  deepStrictEqual(last?.counters, ["rows", "wait_count", "wait_sum"]);
  deepStrictEqual(notes.flatMap(({ lines }) => lines).map(({ level, text }) => [level, text]), [
    ["warning", "Metric rows is not counted: -1 is below 0"],
    ["warning", "Metric size is not set: Infinity is no number"],
    ["warning", "Metric wait is not set: NaN is no number"],
    ["warning", "Metric wait is not counted: -2 is below 0"],
    ["warning", "Metric text is not set: 5 is no number"],
  ]);
});

Deno.test("TaskRunner cuts long lines, and counts characters", {
  sanitizeOps: false,
  sanitizeResources: false,
}, async () => {
  const world = new RunnerWorld((_input, ctx) => {
    for (let at = 0; at < 40; at++) ctx.log.error("x".repeat(10_000));
  });
  world.send([1]);
  await world.told(1);
  const notes = world.of("notes").flatMap((message) => message.notes);
  const lines = notes.flatMap((note) => note.lines);
  deepStrictEqual([lines.length, lines[0]?.text.length, notes.at(-1)?.dropped], [31, 8_192, 9]);
});

Deno.test("TaskRunner.beat() writes what was done so far", async () => {
  const world = new RunnerWorld((input) => {
    if (input === "bad") throw new Error("bad");
  });
  world.send(["good", "bad", "good"]);
  await world.told(3);
  world.runner.beat(12_345);
  const { done, failed, memoryBytes, heartbeatAtMs } = world.stats.loadSlotRow(0);
  deepStrictEqual([done, failed, memoryBytes, heartbeatAtMs > 0], [2, 1, 12_345, true]);
});
