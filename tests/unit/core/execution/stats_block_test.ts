import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { BUCKETS } from "../../../../core/execution/histogram.ts";
import { StatsBlock } from "../../../../core/execution/stats_block.ts";
import type { StatsJob } from "../../../helpers/stats_worker.ts";
import { until } from "../../../helpers/until.ts";

const SHAPE = { slots: 3, lanes: 2 };

Deno.test("StatsBlock keeps each slot's and lane's cells apart", () => {
  const block = StatsBlock.create(SHAPE);
  const rowOf = (n: number) => ({
    heartbeatAtMs: n,
    done: n + 1,
    failed: n + 2,
    busyMs: n + 0.5,
    memoryBytes: n * 1e9,
  });
  const laneOf = (n: number) => ({
    seq: n,
    startedAtMs: n * 2,
    progressDone: n * 3,
    progressTotal: n * 4,
  });
  for (let slot = 0; slot < SHAPE.slots; slot++) {
    block.setSlotRow(slot, rowOf(slot * 100));
    for (let lane = 0; lane < SHAPE.lanes; lane++) {
      const { seq, startedAtMs, progressDone, progressTotal } = laneOf(slot * 10 + lane);
      block.beginLane(slot, lane, seq, startedAtMs);
      block.setProgress(slot, lane, progressDone, progressTotal);
      block.requestStop(slot, seq);
    }
    block.claim(slot);
    block.ring(slot);
  }
  const other = StatsBlock.open(block.buffer, SHAPE);
  for (let slot = 0; slot < SHAPE.slots; slot++) {
    deepStrictEqual(other.loadSlotRow(slot), rowOf(slot * 100));
    deepStrictEqual(other.loadLanes(slot), [laneOf(slot * 10), laneOf(slot * 10 + 1)]);
    strictEqual(other.isStopRequested(slot, slot * 10), true);
    strictEqual(other.isStopRequested(slot, slot * 10 + 64), false);
    strictEqual(other.loadInbox(slot), 1);
    strictEqual(other.claim(slot), 1);
  }
});

Deno.test("StatsBlock.clearSlot() makes one slot new and leaves the rest as it was", () => {
  const block = StatsBlock.create(SHAPE);
  for (let slot = 0; slot < SHAPE.slots; slot++) {
    block.beginLane(slot, 1, 7, 1);
    block.claim(slot);
    block.requestStop(slot, 7);
  }
  block.recordWait(3);
  block.clearSlot(1);
  deepStrictEqual([0, 1, 2].map((slot) => block.loadLanes(slot).length), [1, 0, 1]);
  deepStrictEqual([0, 1, 2].map((slot) => block.claim(slot)), [1, 0, 1]);
  deepStrictEqual([0, 1, 2].map((slot) => block.isStopRequested(slot, 7)), [true, false, true]);
  strictEqual(block.loadPercentiles("wait").count, 1);
});

Deno.test("StatsBlock.endLane() frees the lane", () => {
  const block = StatsBlock.create(SHAPE);
  block.beginLane(0, 0, 0, 5);
  strictEqual(block.loadLane(0, 0)?.seq, 0);
  block.endLane(0, 0);
  strictEqual(block.loadLane(0, 0), undefined);
});

Deno.test("StatsBlock keeps wait and run times apart", () => {
  const block = StatsBlock.create(SHAPE);
  for (const ms of [1, 2, 3]) block.recordRun(ms);
  block.recordWait(1_000);
  const { count, p50 } = block.loadPercentiles("run");
  strictEqual(count, 3);
  ok(Math.abs(p50 - 2) < 0.04);
  strictEqual(block.loadPercentiles("wait").count, 1);
});

Deno.test("StatsBlock.takeBack() gives the first task that was not begun", () => {
  const block = StatsBlock.create(SHAPE);
  deepStrictEqual([block.claim(0), block.claim(0)], [0, 1]);
  strictEqual(block.takeBack(0, 0), 2);
  strictEqual(block.claim(0), -1);
  ok(block.openEpoch(0, 1, 5));
  strictEqual(block.claim(0), 5);
});

/** Workers that are gone after the test. */
class Writers implements AsyncDisposable {
  readonly gate = new Int32Array(new SharedArrayBuffer(12));
  readonly #workers: Worker[] = [];

  constructor(block: StatsBlock, kind: StatsJob["kind"], count: number, times: number) {
    const { buffer, shape } = block;
    for (let lane = 0; lane < count; lane++) {
      const worker = new Worker(import.meta.resolve("../../../helpers/stats_worker.ts"), {
        type: "module",
      });
      this.#workers.push(worker);
      worker.postMessage({ kind, buffer, shape, gate: this.gate, times, lane } satisfies StatsJob);
    }
  }

  begun(): Promise<void> {
    const all = this.#workers.length;
    return until(`${all} workers write`, () => Atomics.load(this.gate, 0) === all);
  }

  ended(): Promise<void> {
    const all = this.#workers.length;
    return until(`${all} workers have ended`, () => Atomics.load(this.gate, 2) === all);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    Atomics.store(this.gate, 1, 1);
    await this.ended();
    for (const worker of this.#workers) worker.terminate();
  }
}

Deno.test("StatsBlock: a reader never sees a torn record", async () => {
  const block = StatsBlock.create(SHAPE);
  await using writers = new Writers(block, "hammer", 2, 0);
  await writers.begun();
  let torn = 0;
  let seen = 0;
  for (let at = 0; at < 200_000; at++) {
    const lane = block.loadLane(0, at % 2);
    if (lane !== undefined) {
      seen++;
      const { seq, startedAtMs, progressDone: done, progressTotal: total } = lane;
      const isFresh = done === 0 && total === 0;
      const isTold = done === seq * 5 && total === seq * 7;
      if (startedAtMs !== seq * 3 || !isFresh && !isTold) torn++;
    }
    const { heartbeatAtMs: beat, ...others } = block.loadSlotRow(at % 2);
    if (Object.values(others).some((value) => value !== beat)) torn++;
  }
  strictEqual(torn, 0);
  ok(seen > 0);
});

Deno.test("StatsBlock shows what was read whole last while a row stays open", () => {
  const block = StatsBlock.create(SHAPE);
  const row = { heartbeatAtMs: 1, done: 1, failed: 1, busyMs: 1, memoryBytes: 1 };
  block.setSlotRow(0, row);
  block.beginLane(0, 0, 5, 15);
  const shown = () => [block.loadSlotRow(0), block.loadLane(0, 0)?.seq];
  deepStrictEqual(shown(), [row, 5]);
  // Each row's first cell is its lock: writers open all of them, and never come back.
  const ints = new Int32Array(block.buffer);
  const before = ints.slice();
  block.setSlotRow(0, { ...row, done: 2 });
  block.beginLane(0, 0, 6, 18);
  const locks = [...before.keys()].filter((at) => ints[at] === (before[at] ?? 0) + 2);
  for (const at of locks) Atomics.add(ints, at, 1);
  deepStrictEqual(shown(), [row, 5]);
  for (const at of locks) Atomics.add(ints, at, 1);
  deepStrictEqual(shown(), [{ ...row, done: 2 }, 6]);
});

Deno.test("StatsBlock: histograms are exact under contention", async () => {
  const block = StatsBlock.create(SHAPE);
  await using writers = new Writers(block, "count", 8, 125_000);
  await writers.ended();
  strictEqual(block.loadPercentiles("run").count, 1_000_000);
});

Deno.test("StatsBlock.loadNewCounts() gives what was recorded since it was asked last, past an overflow", () => {
  const block = StatsBlock.create(SHAPE);
  const seen = new Int32Array(BUCKETS);
  block.recordWait(0.003);
  block.recordWait(0.003);
  block.recordRun(0.005);
  deepStrictEqual(block.loadNewCounts("wait", seen), [3, 2]);
  deepStrictEqual(block.loadNewCounts("wait", seen), []);
  block.recordWait(0.001);
  deepStrictEqual(block.loadNewCounts("wait", seen), [1, 1]);
  deepStrictEqual(block.loadNewCounts("run", new Int32Array(BUCKETS)), [5, 1]);

  deepStrictEqual(block.loadNewCounts("wait", new Int32Array(BUCKETS)), [1, 1, 3, 2]);
  const cells = new Int32Array(block.buffer);
  const cell = cells.findIndex((count) => count === 2);
  cells[cell] = 2 ** 31 - 1;
  strictEqual(block.loadNewCounts("wait", seen)[1], 2 ** 31 - 3);
  block.recordWait(0.003);
  deepStrictEqual(block.loadNewCounts("wait", seen), [3, 1]);
  // Task code in isolation `thread` can write here: what it takes away is no negative count.
  cells[cell] = 2 ** 31 - 5;
  deepStrictEqual(block.loadNewCounts("wait", seen), []);
});
