/**
 * The arithmetic of log-linear histograms: below 32 units a bucket a unit, above it 32 buckets for
 * each power of two, so a bucket's middle is within 1.6 % of all that it counts.
 */
import type { Percentiles } from "../model/pool.ts";

const SUB_BUCKET_BITS = 5;
const SUB_BUCKETS = 1 << SUB_BUCKET_BITS;
/** Values up to 2^42 units: with microseconds, 50 days. */
const EXPONENT_MAX = 42;

/** How many buckets a histogram has. */
export const BUCKETS = SUB_BUCKETS * (EXPONENT_MAX - SUB_BUCKET_BITS + 1);

/** Buckets that count anything, each followed by its count: `[bucket, count, bucket, count, …]`. */
export type SparseCounts = readonly number[];

/** The bucket that counts `value`, a whole number of units from 0. */
export function bucketOf(value: number): number {
  if (value < SUB_BUCKETS) return value > 0 ? Math.floor(value) : 0;
  const exponent = value < 2 ** 31
    ? 31 - Math.clz32(value)
    : Math.min(EXPONENT_MAX - 1, 62 - Math.clz32(value / 2 ** 31));
  const sub = Math.min(
    SUB_BUCKETS - 1,
    Math.floor(value / 2 ** (exponent - SUB_BUCKET_BITS)) - SUB_BUCKETS,
  );
  return (exponent - SUB_BUCKET_BITS + 1) * SUB_BUCKETS + sub;
}

/** The middle of a bucket, in units. */
export function middleOf(bucket: number): number {
  if (bucket < SUB_BUCKETS) return bucket;
  const exponent = Math.floor(bucket / SUB_BUCKETS) - 1 + SUB_BUCKET_BITS;
  const width = 2 ** (exponent - SUB_BUCKET_BITS);
  return 2 ** exponent + (bucket % SUB_BUCKETS + 0.5) * width;
}

/** Reads percentiles from bucket counts; `unit` is how many of the result's units a bucket unit is. */
export function percentilesOf(counts: ArrayLike<number>, unit: number): Percentiles {
  let count = 0;
  let last = 0;
  for (let bucket = 0; bucket < counts.length; bucket++) {
    const here = counts[bucket] ?? 0;
    count += here;
    if (here > 0) last = bucket;
  }
  const at = (share: number) => middleOf(bucketAt(counts, Math.ceil(count * share))) * unit;
  if (count === 0) return { count, p50: 0, p95: 0, p99: 0, max: 0 };
  return { count, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: middleOf(last) * unit };
}

function bucketAt(counts: ArrayLike<number>, rank: number): number {
  let seen = 0;
  for (let bucket = 0; bucket < counts.length; bucket++) {
    seen += counts[bucket] ?? 0;
    if (seen >= rank) return bucket;
  }
  return counts.length - 1;
}
