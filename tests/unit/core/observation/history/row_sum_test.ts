import { deepStrictEqual, ok } from "node:assert/strict";
import fc from "fast-check";
import { bucketOf } from "../../../../../core/execution/histogram.ts";
import type { HistoryRow } from "../../../../../core/observation/history/history_row.ts";
import { RowSum } from "../../../../../core/observation/history/row_sum.ts";
import { chance } from "../../../../helpers/chance.ts";
import { historyRow, rowWith, sumRows } from "../../../../helpers/history_rows.ts";

Deno.test("RowSum gives the same however rows are split into parts and in whatever order they come", () => {
  const list = fc.array(fc.tuple(historyRow, fc.nat({ max: 3 }), fc.nat()), { maxLength: 30 });
  fc.assert(fc.property(list, (rows) => {
    const whole = sumRows(rows.map(([row]) => row));
    const parts = Map.groupBy(rows.toSorted((one, other) => one[2] - other[2]), ([, part]) => part);
    const sums = [...parts.values()].map((part) => sumRows(part.map(([row]) => row)));
    deepStrictEqual(sumRows(sums), whole);
  }));
});

Deno.test("RowSum.toPoint() has percentiles within 3 % of the exact ones, whatever was merged", () => {
  const random = chance(11);
  const rows: HistoryRow[] = [];
  const values: number[] = [];
  for (let step = 0; step < 300; step++) {
    // Steps that have little in common: no mean of their percentiles would come near.
    const scale = 10 ** (1 + step % 4);
    const counts = new Map<number, number>();
    for (let at = 0; at < 1 + step % 50; at++) {
      const us = Math.ceil(scale * (1 + 40 * random()));
      values.push(us / 1_000);
      counts.set(bucketOf(us), (counts.get(bucketOf(us)) ?? 0) + 1);
    }
    const run = [...counts].sort(([one], [other]) => one - other).flat();
    rows.push(rowWith({ run }));
  }
  const hours = [rows.slice(0, 100), rows.slice(100, 140), rows.slice(140)];
  const sum = RowSum.of(hours.map(sumRows));
  const { run, wait } = sum.toPoint({ atMs: 0, stepMs: 1_500_000, knownUntilMs: 1_500_000 });
  values.sort((one, other) => one - other);
  const exact = (share: number) => values[Math.ceil(values.length * share) - 1] ?? 0;
  const near = (found: number, wanted: number) =>
    ok(Math.abs(found - wanted) <= 0.03 * wanted, `${found} instead of ${wanted}`);
  deepStrictEqual([run?.count, wait], [values.length, null]);
  near(run?.p50 ?? 0, exact(0.5));
  near(run?.p95 ?? 0, exact(0.95));
  near(run?.p99 ?? 0, exact(0.99));
  near(run?.max ?? 0, exact(1));
});

Deno.test("RowSum.toPoint() has means over the time in which there was work, and rates over the step", () => {
  const first = rowWith({
    busyMs: 10_000,
    counts: [5, 4, 3, 2, 2, 0, 1],
    sums: [10, 2, 2, 2, 4, 0, 700],
    maxes: [10, 2, 2, 2, 4, 0, 700],
  });
  const second = { ...first, busyMs: 0, sums: [0, 0, 0, 1, 4, 1, 0], maxes: [0, 0, 0, 1, 4, 1, 0] };
  const sum = RowSum.of([first, second]);
  const span = { atMs: 60_000, stepMs: 60_000 };
  deepStrictEqual(sum.toPoint({ ...span, knownUntilMs: 120_000 }), {
    atMs: 60_000,
    isFinished: true,
    seconds: 60,
    counts: {
      submitted: 10,
      completed: 8,
      failed: 6,
      cancelled: 4,
      timedOut: 4,
      rejected: 0,
      queueTimedOut: 2,
    },
    busyMs: 10_000,
    gauges: {
      pending: { mean: 5, max: 10 },
      running: { mean: 1, max: 2 },
      busyThreads: { mean: 1, max: 2 },
      threads: { mean: 1.5, max: 2 },
      maxThreads: { mean: 4, max: 4 },
      zombies: { mean: 0.5, max: 1 },
      oldestWaitMs: { mean: 350, max: 700 },
    },
    wait: null,
    run: null,
  });
  const soFar = sum.toPoint({ ...span, knownUntilMs: 90_000 });
  deepStrictEqual([soFar.isFinished, soFar.seconds], [false, 30]);
  // A clock that was set back by a minute: the step has seen two of them.
  const twice = RowSum.of([{ ...first, coveredMs: 120_000 }]);
  deepStrictEqual(twice.toPoint({ ...span, knownUntilMs: 120_000 }).seconds, 120);
  const empty = new RowSum().toPoint({ ...span, knownUntilMs: 0 });
  deepStrictEqual([empty.isFinished, empty.seconds, empty.gauges], [false, 0, null]);
});

Deno.test("RowSum takes a row of a version that knew fewer names", () => {
  const old = rowWith({ counts: [2], sums: [3], maxes: [3] });
  const sum = sumRows([old, old]);
  deepStrictEqual([sum.counts, sum.sums, sum.maxes], [
    [4, 0, 0, 0, 0, 0, 0],
    [6, 0, 0, 0, 0, 0, 0],
    [3, 0, 0, 0, 0, 0, 0],
  ]);
});
