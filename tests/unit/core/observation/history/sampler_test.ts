import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { bucketOf } from "../../../../../core/execution/histogram.ts";
import type { TypeTotals } from "../../../../../core/execution/type_tally.ts";
import { LidoError } from "../../../../../core/model/errors.ts";
import { HISTORY_COUNTS, HISTORY_GAUGES } from "../../../../../core/model/history.ts";
import type { HistorySample } from "../../../../../core/observation/history/history_row.ts";
import { HistorySampler } from "../../../../../core/observation/history/sampler.ts";
import { fakeClock } from "../../../../helpers/fake_clock.ts";
import { sumRows } from "../../../../helpers/history_rows.ts";
import { ScriptedMeteredPool } from "../../../../helpers/metered_pool.ts";

const NOW = 1_700_000_000_000;
const GONE = new LidoError("journal_unavailable", "Cannot write to the journal: the disk is full");

/** A sampler whose clock and pools are the test's, and what it wrote. */
function world() {
  const types = new Map<string, TypeTotals>();
  let offsetMs = 0;
  const clock = fakeClock(NOW);
  const saved: HistorySample[] = [];
  const engine = {
    failure: undefined as LidoError | undefined,
    history: {
      save(sample: HistorySample) {
        saved.push(sample);
        return Promise.resolve();
      },
    },
  };
  const sampler = new HistorySampler({
    engine,
    clock: { nowMs: () => clock.nowMs() + offsetMs, monotonicMs: clock.monotonicMs },
    readTypes: () => types,
  });
  return {
    types,
    sampler,
    saved,
    engine,
    /** Time goes on; `jumpMs` is by how much more the wall clock does. */
    pass(ms: number, jumpMs = 0) {
      clock.advance(ms);
      offsetMs += jumpMs;
      sampler.tick();
    },
    pool() {
      const pool = new ScriptedMeteredPool();
      sampler.watch(pool);
      return pool;
    },
    rowsOf: (pool: ScriptedMeteredPool | null) =>
      saved.flatMap(({ atMs, entries }) =>
        entries.filter(({ poolId }) => poolId === (pool?.id ?? null)).map(({ row }) => ({
          atMs: atMs - NOW,
          row,
        }))
      ),
  };
}

Deno.test("HistorySampler writes what each task type came to, though no pool had anything to do", () => {
  const { pass, types, saved, sampler } = world();
  pass(5_000);
  types.set("noop", { done: 3, failed: 1, cancelled: 0, runMs: 20 });
  pass(5_000);
  pass(5_000);
  deepStrictEqual(
    saved.map(({ atMs, entries, types }) => [
      atMs - NOW,
      entries,
      types.map(({ type, row }) => [type, row.counts, row.busyMs, row.coveredMs]),
    ]),
    [[5_000, [], [["noop", [0, 3, 1, 0, 0, 0, 0], 20, 5_000]]]],
  );
  deepStrictEqual(sampler.recent.read(null, NOW + 15_000), []);
});

Deno.test("HistorySampler writes what a pool did in the step that ended", () => {
  const { sampler, pass, pool, saved, rowsOf } = world();
  const one = pool();
  one.count({ pending: 3, running: 1, failed: 2, timedOut: 2, queueTimedOut: 1, rejected: 7 });
  one.complete(2.5, 0.004);
  one.crew.busy = 1;
  one.crew.busyMs = 7_000;
  one.waitsMs = 41.6;
  pass(4_999);
  strictEqual(saved.length, 0);
  pass(1);
  deepStrictEqual(rowsOf(one), [{
    atMs: 0,
    row: {
      samples: 1,
      coveredMs: 5_000,
      busyMs: 7_000,
      counts: [7, 1, 2, 0, 2, 7, 1],
      // Two threads were busy, though one is at this instant.
      sums: [3, 1, 2, 2, 4, 0, 42],
      maxes: [3, 1, 2, 2, 4, 0, 42],
      wait: [bucketOf(2_500), 1],
      run: [4, 1],
    },
  }]);
  pass(100);
  strictEqual(saved.length, 1);
  sampler[Symbol.dispose]();
});

for (
  const [busyMs, open, busyThreads, why] of [
    [5_000, 2, 1, "one was busy all the time"],
    [5_001, 2, 1, "it was, and two clocks tell it"],
    [9_999, 2, 2, "two were"],
    [10_010, 2, 2, "no more were there"],
    [7_000, 0, 2, "they went since the last look"],
  ] as const
) {
  Deno.test(`HistorySampler counts ${busyThreads} busy of ${open} by ${busyMs} ms in 5 s: ${why}`, () => {
    const { pass, pool, rowsOf } = world();
    const one = pool();
    Object.assign(one.crew, { open, busyMs });
    pass(5_000);
    deepStrictEqual(
      rowsOf(one).map(({ row }) => row.maxes[HISTORY_GAUGES.indexOf("busyThreads")]),
      [busyThreads],
    );
  });
}

Deno.test("HistorySampler writes nothing of a pool that is idle, but counts its threads among all", () => {
  const { sampler, pass, pool, saved, rowsOf } = world();
  const [busy, idle] = [pool(), pool()];
  pass(5_000);
  strictEqual(saved.length, 0);
  busy.complete(1, 1);
  pass(5_000);
  deepStrictEqual(rowsOf(idle), []);
  const [all] = rowsOf(null);
  deepStrictEqual(all?.row.sums, [0, 0, 1, 4, 8, 0, 0]);
  deepStrictEqual(all?.row.counts, rowsOf(busy)[0]?.row.counts);
  pass(5_000);
  strictEqual(saved.length, 1);
  busy.count({ pending: 1 });
  pass(5_000);
  pass(5_000);
  deepStrictEqual(rowsOf(busy).map(({ atMs }) => atMs), [5_000, 15_000, 20_000]);
  sampler[Symbol.dispose]();
});

Deno.test("HistorySampler tells a closed pool's last step, and then forgets it", () => {
  const { sampler, pass, pool, rowsOf } = world();
  const one = pool();
  one.complete(1, 1);
  one.isClosed = true;
  pass(5_000);
  pass(5_000);
  one.complete(1, 1);
  pass(5_000);
  deepStrictEqual(rowsOf(one).map(({ atMs, row }) => [atMs, row.counts[1]]), [[0, 1]]);
  sampler[Symbol.dispose]();
});

Deno.test("HistorySampler does not tell what was before it watched", () => {
  const { sampler, pass, rowsOf } = world();
  const one = new ScriptedMeteredPool();
  one.complete(1, 1);
  sampler.watch(one);
  one.complete(1, 2);
  pass(5_000);
  deepStrictEqual(rowsOf(one).map(({ row }) => [row.counts[1], row.busyMs, row.run]), [
    [1, 2, [bucketOf(2_000), 1]],
  ]);
  sampler[Symbol.dispose]();
});

Deno.test("HistorySampler counts on while nothing can be written", async () => {
  const { sampler, engine, pass, pool, rowsOf } = world();
  const one = pool();
  engine.failure = GONE;
  for (let step = 0; step < 3; step++) {
    one.complete(1, 1);
    pass(5_000);
  }
  strictEqual(sampler.knownUntilMs, NOW);
  engine.failure = undefined;
  pass(5_000);
  deepStrictEqual(rowsOf(one).map(({ atMs, row }) => [atMs, row.counts[1], row.coveredMs]), [
    [15_000, 3, 20_000],
  ]);
  await Promise.resolve();
  strictEqual(sampler.knownUntilMs, NOW + 20_000);
  sampler[Symbol.dispose]();
});

Deno.test("HistorySampler loses nothing at its end, and knows up to then", async () => {
  const { sampler, pass, pool, rowsOf } = world();
  const one = pool();
  pass(5_000);
  one.complete(1, 1);
  pass(1_200);
  sampler[Symbol.dispose]();
  deepStrictEqual(rowsOf(one).map(({ atMs, row }) => [atMs, row.counts[1], row.coveredMs]), [
    [5_000, 1, 1_200],
  ]);
  await Promise.resolve();
  strictEqual(sampler.knownUntilMs, NOW + 6_200);
});

Deno.test("HistorySampler: rows add up to the counters, and none is negative, however clocks jump", () => {
  const pass = fc.record({
    kind: fc.constant("pass" as const),
    ms: fc.nat({ max: 12_000 }),
    jumpMs: fc.oneof(fc.constant(0), fc.integer({ min: -400_000, max: 400_000 })),
  });
  const work = fc.record({
    kind: fc.constantFrom("completed", "failed", "cancelled", "timedOut", "rejected", "pending"),
    pool: fc.nat({ max: 2 }),
    by: fc.integer({ min: 1, max: 9 }),
  });
  fc.assert(fc.property(fc.array(fc.oneof(pass, work), { maxLength: 60 }), (events) => {
    const { sampler, saved, pool, rowsOf, ...rest } = world();
    const pools = [pool(), pool(), pool()];
    for (const event of events) {
      if (event.kind === "pass") rest.pass(event.ms, event.jumpMs);
      else if (event.kind !== "completed") pools[event.pool]?.count({ [event.kind]: event.by });
      else pools[event.pool]?.complete(event.by, 2 * event.by);
    }
    sampler[Symbol.dispose]();
    for (const { atMs } of saved) strictEqual(atMs % 5_000, 0);
    for (const one of pools) {
      const rows = rowsOf(one).map(({ row }) => row);
      ok(
        rows.every((row) =>
          row.coveredMs >= 0 && row.busyMs >= 0 && row.counts.every((count) => count >= 0)
        ),
      );
      const sum = sumRows(rows);
      const { completed, failed, cancelled, timedOut, rejected, pending } = one.counts();
      deepStrictEqual(sum.counts, [
        completed + failed + cancelled + pending,
        completed,
        failed,
        cancelled,
        timedOut,
        rejected,
        0,
      ]);
      strictEqual(sum.busyMs, one.crew.busyMs);
    }
    const counted = pools.map((one) => sumRows(rowsOf(one).map(({ row }) => row)));
    const all = sumRows(rowsOf(null).map(({ row }) => row));
    deepStrictEqual(
      all.counts,
      HISTORY_COUNTS.map((_, at) => counted.reduce((sum, row) => sum + (row.counts[at] ?? 0), 0)),
    );
    const both = sumRows(counted);
    deepStrictEqual([all.run, all.wait, all.busyMs], [both.run, both.wait, both.busyMs]);
  }));
});
