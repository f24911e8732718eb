/** How many threads a pool wants, and why. */

/** Who made a version of a pool's settings that the autoscaler made. */
export const AUTOSCALE_AUTHOR = "autoscale";

/** What is to be expected of a pool with so many threads. */
export interface SizeOutlook {
  readonly size: number;
  /** What 95 of 100 tasks would wait at the most; null when ever more would wait. */
  readonly waitP95Ms: number | null;
  /** The share of its threads' time that tasks would take; above 1 more comes than can run. */
  readonly utilisation: number;
}

/** Advice on a pool's size, from the tasks that ran lately. */
export interface SizingAdvice {
  /** Threads at the most that the pool should have. */
  readonly size: number;
  /** False if the target is not kept by any size that is allowed. */
  readonly keepsTarget: boolean;
  /** The p95 of waits that is wanted. */
  readonly targetWaitMs: number;
  /** How many tasks came a second, how long they ran, and the advised size's utilisation. */
  readonly arrivalRate: number;
  readonly meanRunMs: number;
  readonly utilisation: number;
  /** How many tasks it is made from, and the time over which they came. */
  readonly seenTasks: number;
  readonly seenMs: number;
  /** All of that in one sentence. */
  readonly reason: string;
}

/** A size that the autoscaler would set. */
export interface SizeSuggestion {
  readonly size: number;
  readonly reason: string;
}
