/** Adds rows of the history up; in whatever order and parts they are added, the sum is the same. */
import { BUCKETS, percentilesOf, type SparseCounts } from "../../execution/histogram.ts";
import {
  type GaugeSpan,
  HISTORY_COUNTS,
  HISTORY_GAUGES,
  type HistoryCount,
  type HistoryGauge,
  type HistoryPoint,
} from "../../model/history.ts";
import type { HistoryRow } from "./history_row.ts";

/** Which step a point is of, and up to when it is known what happened. */
export interface StepSpan {
  readonly atMs: number;
  readonly stepMs: number;
  readonly knownUntilMs: number;
}

/** See the head of this file. */
export class RowSum {
  #samples = 0;
  #coveredMs = 0;
  #busyMs = 0;
  readonly #counts = HISTORY_COUNTS.map(() => 0);
  readonly #sums = HISTORY_GAUGES.map(() => 0);
  readonly #maxes = HISTORY_GAUGES.map(() => 0);
  readonly #wait = new BucketSum();
  readonly #run = new BucketSum();

  /** The sum of some rows. */
  static of(rows: Iterable<HistoryRow>): RowSum {
    const sum = new RowSum();
    for (const row of rows) sum.add(row);
    return sum;
  }

  /** Adds a row of another time. */
  add(row: HistoryRow): void {
    this.#samples += row.samples;
    this.#coveredMs += row.coveredMs;
    this.addBeside(row);
    addEach(this.#sums, row.sums);
    for (const [index, most] of this.#maxes.entries()) {
      this.#maxes[index] = Math.max(most, row.maxes[index] ?? 0);
    }
  }

  /** Adds what another pool did in the same time; what was measured is {@link measure}'s. */
  addBeside(row: HistoryRow): void {
    this.#busyMs += row.busyMs;
    addEach(this.#counts, row.counts);
    this.#wait.add(row.wait);
    this.#run.add(row.run);
  }

  /** Says what was measured at the end of a time. */
  measure(coveredMs: number, gauges: readonly number[]): void {
    this.#samples++;
    this.#coveredMs += coveredMs;
    addEach(this.#sums, gauges);
    for (const [index, most] of this.#maxes.entries()) {
      this.#maxes[index] = Math.max(most, gauges[index] ?? 0);
    }
  }

  /** The sum as one row. */
  toRow(): HistoryRow {
    return {
      samples: this.#samples,
      coveredMs: this.#coveredMs,
      busyMs: this.#busyMs,
      counts: [...this.#counts],
      sums: [...this.#sums],
      maxes: [...this.#maxes],
      wait: this.#wait.toSparse(),
      run: this.#run.toSparse(),
    };
  }

  /** The sum as what a chart shows of a step. */
  toPoint({ atMs, stepMs, knownUntilMs }: StepSpan): HistoryPoint {
    const passedMs = Math.min(stepMs, Math.max(0, knownUntilMs - atMs));
    return {
      atMs,
      isFinished: atMs + stepMs <= knownUntilMs,
      // A clock that was set back, or a server that stood still, puts more time into a step.
      seconds: Math.max(passedMs, this.#coveredMs) / 1_000,
      counts: named(HISTORY_COUNTS, (index) => this.#counts[index] ?? 0),
      busyMs: this.#busyMs,
      gauges: this.#samples === 0 ? null : this.#gauges(),
      wait: this.#wait.percentiles(),
      run: this.#run.percentiles(),
    };
  }

  #gauges(): Readonly<Record<HistoryGauge, GaugeSpan>> {
    const spans = named(HISTORY_GAUGES, (index) => ({
      mean: (this.#sums[index] ?? 0) / this.#samples,
      max: this.#maxes[index] ?? 0,
    }));
    // Exact, where the others are looks at instants.
    const busyMean = this.#busyMs / Math.max(1, this.#coveredMs);
    return { ...spans, busyThreads: { ...spans.busyThreads, mean: busyMean } };
  }
}

/** A histogram that others are added to; it takes no memory while there is nothing in it. */
class BucketSum {
  #counts: Float64Array | undefined;

  add(sparse: SparseCounts): void {
    if (sparse.length === 0) return;
    const counts = this.#counts ??= new Float64Array(BUCKETS);
    for (let at = 0; at < sparse.length; at += 2) {
      const bucket = sparse[at] ?? 0;
      counts[bucket] = (counts[bucket] ?? 0) + (sparse[at + 1] ?? 0);
    }
  }

  toSparse(): SparseCounts {
    const sparse: number[] = [];
    for (const [bucket, count] of this.#counts?.entries() ?? []) {
      if (count > 0) sparse.push(bucket, count);
    }
    return sparse;
  }

  percentiles() {
    return this.#counts === undefined ? null : percentilesOf(this.#counts, 1 / 1_000);
  }
}

function addEach(sums: number[], values: readonly number[]): void {
  for (const [index, sum] of sums.entries()) sums[index] = sum + (values[index] ?? 0);
}

function named<Name extends HistoryCount | HistoryGauge, Value>(
  names: readonly Name[],
  valueAt: (index: number) => Value,
): Readonly<Record<Name, Value>> {
  // Each name has its value: that is what a record of them is.
  return Object.fromEntries(names.map((name, index) => [name, valueAt(index)])) as Record<
    Name,
    Value
  >;
}
