import type { TaskCounts } from "../../core/model/pool.ts";

/** Counters of a pool that was never given a task. */
export const NO_COUNTS: TaskCounts = {
  blocked: 0,
  scheduled: 0,
  pending: 0,
  running: 0,
  completed: 0,
  failed: 0,
  cancelled: 0,
  timedOut: 0,
  queueTimedOut: 0,
  rejected: 0,
};
