import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import {
  bucketOf,
  BUCKETS,
  middleOf,
  percentilesOf,
} from "../../../../core/execution/histogram.ts";
import { chance } from "../../../helpers/chance.ts";

/** The middle of a bucket is half of a 32nd away from its edges. */
const ERROR_MAX = 1 / 64;

Deno.test("bucketOf() and middleOf() are within 1.6 % of any whole number below 2^42", () => {
  const whole = fc.double({ min: 1, max: 2 ** 42, maxExcluded: true, noNaN: true }).map(Math.floor);
  fc.assert(
    fc.property(whole, (value) => {
      const bucket = bucketOf(value);
      ok(bucket >= 0 && bucket < BUCKETS);
      ok(Math.abs(middleOf(bucket) - value) <= value * ERROR_MAX, `${value}: ${middleOf(bucket)}`);
    }),
    { numRuns: 5_000 },
  );
});

Deno.test("bucketOf() never goes down when the value goes up", () => {
  const edges = Array.from({ length: 42 }, (_, power) => [2 ** power - 1, 2 ** power]).flat();
  const buckets = edges.map(bucketOf);
  deepStrictEqual(buckets, buckets.toSorted((one, other) => one - other));
  strictEqual(bucketOf(2 ** 42 - 1), BUCKETS - 1);
  strictEqual(bucketOf(2 ** 45), BUCKETS - 1);
  strictEqual(bucketOf(-1), 0);
});

const random = chance(7);
const normal = () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
const DISTRIBUTIONS: ReadonlyMap<string, () => number> = new Map([
  ["uniform", () => random() * 1_000_000],
  ["lognormal", () => Math.exp(8 + 1.5 * normal())],
  ["bimodal", () => random() < 0.7 ? 200 + random() * 50 : 90_000 + random() * 5_000],
  ["constant", () => 12_345],
]);

for (const [name, draw] of DISTRIBUTIONS) {
  Deno.test(`percentilesOf() is within 3 % on ${name} data`, () => {
    const values = Array.from({ length: 20_000 }, () => Math.floor(draw()));
    const counts = new Int32Array(BUCKETS);
    for (const value of values) counts[bucketOf(value)] = (counts[bucketOf(value)] ?? 0) + 1;
    const found = percentilesOf(counts, 1 / 1000);
    const sorted = values.toSorted((one, other) => one - other);
    const exact = (share: number) => (sorted[Math.ceil(sorted.length * share) - 1] ?? 0) / 1000;

    strictEqual(found.count, values.length);
    for (
      const [share, value] of [[0.5, found.p50], [0.95, found.p95], [0.99, found.p99]] as const
    ) {
      ok(Math.abs(value - exact(share)) <= exact(share) * 0.03, `p${share * 100}: ${value}`);
    }
    ok(Math.abs(found.max - exact(1)) <= exact(1) * 0.03);
  });
}

Deno.test("percentilesOf() is all zero when nothing was counted", () => {
  deepStrictEqual(percentilesOf(new Int32Array(BUCKETS), 1), {
    count: 0,
    p50: 0,
    p95: 0,
    p99: 0,
    max: 0,
  });
});
