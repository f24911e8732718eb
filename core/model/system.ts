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

/** One thing that is wrong now, and what to do. */
export interface HealthAlert {
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
