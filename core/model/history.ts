/**
 * What a pool, or all pools together, did over time: what charts, alerts and advice are made from.
 * Counts are exact sums; of what is measured at instants a longer step keeps the mean and the
 * maximum; percentiles come from merged histograms and are never averaged.
 */
import type { Percentiles, PoolId } from "./pool.ts";

/** What is counted of each step. */
export const HISTORY_COUNTS = [
  "submitted",
  "completed",
  "failed",
  "cancelled",
  "timedOut",
  "rejected",
  "queueTimedOut",
] as const;
/** A count's name. Those that timed out are among the failed, and those of the queue among them. */
export type HistoryCount = typeof HISTORY_COUNTS[number];

/** What is measured at the end of each step of 5 s. */
export const HISTORY_GAUGES = [
  "pending",
  "running",
  "busyThreads",
  "threads",
  "maxThreads",
  "zombies",
  "oldestWaitMs",
] as const;
/** A gauge's name. `threads` are those that are open, `maxThreads` how many there may be. */
export type HistoryGauge = typeof HISTORY_GAUGES[number];

/** What a gauge was over a step, in the parts of it in which the pool had anything to do. */
export interface GaugeSpan {
  readonly mean: number;
  readonly max: number;
}

/** One step of a history. */
export interface HistoryPoint {
  /** When the step began. */
  readonly atMs: number;
  /** False while the step goes on: then all of it is what there was so far. */
  readonly isFinished: boolean;
  /** The time over which the counts came, in seconds: what makes rates of them. */
  readonly seconds: number;
  readonly counts: Readonly<Record<HistoryCount, number>>;
  /** Time in which threads had something to do, summed over the threads. */
  readonly busyMs: number;
  /** Null when there was nothing to do in all of the step. */
  readonly gauges: Readonly<Record<HistoryGauge, GaugeSpan>> | null;
  /** How long the tasks waited that ended in this step, in milliseconds; null when none did. */
  readonly wait: Percentiles | null;
  /** How long they ran. */
  readonly run: Percentiles | null;
}

/** What a chart marks beside its lines: the server started, or settings of a pool got a version. */
export type HistoryMarker =
  | {
    readonly kind: "start";
    readonly atMs: number;
    /** Whether the server's life before this one ended well; false: it was cut off. */
    readonly wasClosed: boolean;
  }
  | {
    readonly kind: "settings";
    readonly atMs: number;
    readonly poolId: PoolId;
    /** Version 1 is the pool's opening. */
    readonly version: number;
    readonly author: string | null;
    readonly reason: string | null;
  };

/** What a pool did in one of the last steps of 5 s. */
export interface RecentStep {
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  /** The most that waited, and the most threads that were busy, when it was looked at. */
  readonly pending: number;
  readonly busyThreads: number;
}

/** Which history is wanted. */
export interface HistoryRequest {
  /** Of all pools together if left out. */
  readonly poolId?: PoolId;
  /** Of the attempts of one task type, in all pools: not together with a pool. */
  readonly type?: string;
  /** An hour before `toMs` if left out. */
  readonly fromMs?: number;
  /** Now if left out. */
  readonly toMs?: number;
  /** One of the steps that there are; chosen by the range's length if left out. */
  readonly stepS?: number;
}

/** A history, without gaps: each step of the range has its point. */
export interface History {
  /** Null: of all pools together, or of a task type. */
  readonly poolId: PoolId | null;
  /**
   * Null: of all types. Of a type the attempts are counted that ended, and the time that they ran is
   * `busyMs`; nothing else is known.
   */
  readonly type: string | null;
  /** The step that was taken: longer than what was asked for, where shorter ones are kept no more. */
  readonly stepS: number;
  readonly fromMs: number;
  readonly toMs: number;
  /** Oldest first. */
  readonly points: readonly HistoryPoint[];
  /** Oldest first. */
  readonly markers: readonly HistoryMarker[];
}
