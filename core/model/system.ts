import type { TaskCounts } from "./pool.ts";

/** Totals over all pools. */
export interface SystemStats {
  readonly pools: number;
  readonly counts: TaskCounts;
  readonly threads: number;
  readonly busyThreads: number;
  readonly zombies: number;
  /** How long the oldest pending task of all pools has waited; null when none waits. */
  readonly oldestWaitMs: number | null;
  readonly startedAtMs: number;
  /** Resident memory of the server process, in bytes. */
  readonly memoryBytes: number;
}

/** What can be wrong. */
export const HEALTH_ALERTS = [
  "closing",
  "journal",
  "damage",
  "no_threads",
  "zombies",
  "queue_filling",
  "many_pools",
  "many_pending",
  "much_memory",
  "rule",
] as const;
/** One of {@link HEALTH_ALERTS}. */
export type HealthAlertKind = typeof HEALTH_ALERTS[number];

/** One thing that is wrong now, and what to do. */
export interface HealthAlert {
  readonly kind: HealthAlertKind;
  /** The pool that it is about; null: the whole server. */
  readonly poolName: string | null;
  /** How many there are of what is too many; mebibytes of memory; 0 where nothing is counted. */
  readonly count: number;
  /** Why, in the words of what failed; null where {@link kind} says it all. */
  readonly reason: string | null;
  readonly level: "warning" | "critical";
  readonly message: string;
}

/** Whether all is well. */
export interface Health {
  readonly isHealthy: boolean;
  readonly alerts: readonly HealthAlert[];
  readonly stats: SystemStats;
}

/** What a check found: of this machine and runtime, or of the journal. */
export interface SelfTestFinding {
  readonly name: string;
  readonly isOk: boolean;
  readonly detail: string;
}
