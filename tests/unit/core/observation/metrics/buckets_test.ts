import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { bucketOf, BUCKETS } from "../../../../../core/execution/histogram.ts";
import { BOUNDS_S, cumulate } from "../../../../../core/observation/metrics/buckets.ts";
import { chance } from "../../../../helpers/chance.ts";

Deno.test("cumulate() counts exactly what is below each bound, and sums to 1.6 %", () => {
  const random = chance(5);
  const counts = new Uint32Array(BUCKETS);
  const values = Array.from({ length: 20_000 }, () => Math.exp(20 * random()));
  for (const value of values) {
    const bucket = bucketOf(value);
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  const { cumulative, count, sum } = cumulate(counts);
  deepStrictEqual(
    cumulative,
    BOUNDS_S.map((bound) => values.filter((value) => value < bound * 1e6).length),
  );
  strictEqual(count, values.length);
  const exact = values.reduce((all, value) => all + value, 0) / 1e6;
  ok(Math.abs(sum / exact - 1) < 0.016, `${sum} and ${exact}`);
});

Deno.test("cumulate() has a number for each bound when nothing was counted", () => {
  deepStrictEqual(cumulate(new Uint32Array(BUCKETS)), {
    cumulative: BOUNDS_S.map(() => 0),
    count: 0,
    sum: 0,
  });
});
