/**
 * One row of the history: what is kept of one pool's one step. Lists are in the order of the names
 * in `model/history.ts`; a name that was added later counts as 0 in rows that were written before.
 */
import type { SparseCounts } from "../../execution/histogram.ts";
import type { PoolId } from "../../model/pool.ts";

/** See the head of this file. */
export interface HistoryRow {
  /** All are whole numbers from 0. Steps of 5 s in which the pool had anything to do. */
  readonly samples: number;
  /** How long those were by the monotonic clock. */
  readonly coveredMs: number;
  readonly busyMs: number;
  readonly counts: readonly number[];
  /** Gauges: the sum over the samples, and the most that any had. */
  readonly sums: readonly number[];
  readonly maxes: readonly number[];
  /** Microseconds that tasks waited and ran, by buckets. */
  readonly wait: SparseCounts;
  readonly run: SparseCounts;
}

/** A pool's row; null: of all pools together. */
export interface HistoryEntry {
  readonly poolId: PoolId | null;
  readonly row: HistoryRow;
}

/** A task type's row: of its attempts in all pools. */
export interface TypeHistoryEntry {
  readonly type: string;
  readonly row: HistoryRow;
}

/** What all pools did in one step. */
export interface HistorySample {
  /** When the step began. */
  readonly atMs: number;
  readonly nowMs: number;
  readonly entries: readonly HistoryEntry[];
  readonly types: readonly TypeHistoryEntry[];
}
