/**
 * The bounds of histograms of seconds, and what of a log-linear histogram of microseconds is below
 * each. They are powers of two, which are edges of its buckets, so nothing is guessed.
 */
import { bucketOf, BUCKETS, middleOf } from "../../execution/histogram.ts";
import type { HistogramSample } from "./family.ts";

/** Microseconds of the bounds: 128 µs to 72 minutes. */
const EDGES_US = Array.from({ length: 26 }, (_, at) => 2 ** (at + 7));
/** The first bucket that is not below each. */
const EDGES = EDGES_US.map(bucketOf);

/** The bounds, in seconds. */
export const BOUNDS_S: readonly number[] = EDGES_US.map((edge) => edge / 1_000_000);

/** Adds up counts of buckets; the sum is good to 1.6 %, as each bucket's middle is. */
export function cumulate(counts: ArrayLike<number>): Omit<HistogramSample, "labels"> {
  const cumulative: number[] = [];
  let [count, sumUs] = [0, 0];
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    if (EDGES[cumulative.length] === bucket) cumulative.push(count);
    const here = counts[bucket] ?? 0;
    count += here;
    sumUs += here * middleOf(bucket);
  }
  while (cumulative.length < EDGES.length) cumulative.push(count);
  return { cumulative, count, sum: sumUs / 1_000_000 };
}
