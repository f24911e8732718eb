/** What metrics are read from: the server as it is at one moment. */
import type { StatsBlock } from "../../execution/stats_block.ts";
import type { TypeTotals } from "../../execution/type_tally.ts";
import type { UserMetric } from "../../execution/user_metrics.ts";
import type { EngineLoad } from "../../engine/engine.ts";
import type { PoolId, PoolSettings, PoolState, SlotState, TaskCounts } from "../../model/pool.ts";
import type { LogCounts } from "../logging.ts";

/** What is told of a pool. */
export interface PoolMetricFacts {
  readonly id: PoolId;
  readonly state: PoolState;
  readonly settings: PoolSettings;
  readonly counts: TaskCounts;
  /** How many threads are in each state. */
  readonly threads: Readonly<Record<SlotState, number>>;
  /** Threads that died unasked. */
  readonly deaths: number;
  /** Thread time in which there was something to do. */
  readonly busyMs: number;
  /** Of its threads together. */
  readonly memoryBytes: number;
  /** Of the oldest that waits; 0 when none does. */
  readonly oldestWaitMs: number;
  /** Fewer threads run than are wanted. */
  readonly isShortOfThreads: boolean;
  /** Undefined before the first thread. */
  readonly stats: StatsBlock | undefined;
}

/** What is told of the process. */
export interface ProcessFacts {
  readonly startedAtMs: number;
  readonly cpuMs: number;
  readonly memory: Deno.MemoryUsage;
  /** Free bytes where the data folder is; undefined if nobody knows. */
  readonly diskFreeBytes: number | undefined;
  /** Counts how late timers of the server's own thread were, in microseconds. */
  readonly delays: ArrayLike<number>;
}

/** All there is to tell. */
export interface MetricFacts {
  readonly version: string;
  /** Open pools that have series of their own. */
  readonly pools: readonly PoolMetricFacts[];
  /** Open pools, those without series included. */
  readonly openPools: number;
  /** Over all pools that ever were. */
  readonly counts: TaskCounts;
  readonly types: ReadonlyMap<string, TypeTotals>;
  /** What task code measures, and how many of its numbers were left out. */
  readonly userMetrics: readonly UserMetric[];
  readonly droppedUserMetrics: number;
  readonly load: EngineLoad;
  /** Whether the journal takes writes. */
  readonly isWritable: boolean;
  readonly isDamaged: boolean;
  /** What was to be told of alerts, and is told to nobody any more. */
  readonly droppedNotices: number;
  /** Clients that follow events. */
  readonly followers: number;
  readonly log: LogCounts;
  readonly process: ProcessFacts;
}
