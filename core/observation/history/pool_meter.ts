/** Tells of one pool what it did since it was last asked: differences of what only grows. */
import { BUCKETS } from "../../execution/histogram.ts";
import type { StatsBlock } from "../../execution/stats_block.ts";
import { HISTORY_COUNTS, HISTORY_GAUGES, type HistoryGauge } from "../../model/history.ts";
import { type PoolId, submittedOf, type TaskCounts } from "../../model/pool.ts";
import type { HistoryRow } from "./history_row.ts";

/** A thread that is busy all the time is so for a little longer or shorter than the time is long. */
const CLOCKS_DIFFER_BY = 0.05;

/** What a meter looks at. */
export interface MeteredPool {
  readonly id: PoolId;
  /** It takes nothing any more and never will. */
  readonly isClosed: boolean;
  counts(): TaskCounts;
  threads(): {
    readonly open: number;
    readonly busy: number;
    readonly max: number;
    readonly zombies: number;
    /** Since the pool's first thread; never goes back. */
    readonly busyMs: number;
  };
  oldestWaitMs(): number;
  /** Undefined before the first thread. */
  stats(): StatsBlock | undefined;
}

/** What a pool is now, and what it did, if that was anything. */
export interface Measured {
  /** In the order of `HISTORY_GAUGES`. */
  readonly gauges: readonly number[];
  readonly row: HistoryRow | undefined;
}

/** See the head of this file. What had been before it was made is not told. */
export class PoolMeter {
  readonly #pool: MeteredPool;
  #totals: readonly number[];
  #busyMs: number;
  /** The threads that there were at the last look. */
  #open: number;
  readonly #seen = { wait: emptyCounts(), run: emptyCounts() };
  #isOver = false;

  constructor(pool: MeteredPool) {
    this.#pool = pool;
    this.#totals = totalsOf(pool.counts());
    const { busyMs, open } = pool.threads();
    this.#busyMs = Math.round(busyMs);
    this.#open = open;
    this.#newCounts("wait");
    this.#newCounts("run");
  }

  get id(): PoolId {
    return this.#pool.id;
  }

  /** Nothing more will come of it. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Measures; `coveredMs` is how long ago that was done last. */
  measure(coveredMs: number): Measured {
    const pool = this.#pool;
    const { pending, running, ...others } = pool.counts();
    const threads = pool.threads();
    const totals = totalsOf({ pending, running, ...others });
    const counts = totals.map((total, index) => Math.max(0, total - (this.#totals[index] ?? 0)));
    const busyMs = Math.max(0, Math.round(threads.busyMs) - this.#busyMs);
    const isWorking = pending > 0 || running > 0;
    const isActive = isWorking || busyMs > 0 || counts.some((count) => count > 0);
    const gauges = gaugesOf({
      pending,
      running,
      busyThreads: Math.max(threads.busy, this.#leastBusy(threads.open, busyMs, coveredMs)),
      threads: threads.open,
      maxThreads: pool.isClosed ? 0 : threads.max,
      zombies: threads.zombies,
      oldestWaitMs: pending > 0 ? Math.round(pool.oldestWaitMs()) : 0,
    });
    this.#open = threads.open;
    this.#isOver = pool.isClosed && !isActive;
    if (!isActive) return { gauges, row: undefined };
    this.#totals = totals;
    this.#busyMs += busyMs;
    const [wait, run] = [this.#newCounts("wait"), this.#newCounts("run")];
    const row = { samples: 1, coveredMs, busyMs, counts, sums: gauges, maxes: gauges, wait, run };
    return { gauges, row };
  }

  /**
   * More than one look at the end can see: so many were busy at a time at the least, or that would
   * have taken longer; but no more than there were.
   */
  #leastBusy(open: number, busyMs: number, coveredMs: number): number {
    if (busyMs === 0) return 0;
    const least = Math.ceil(busyMs / Math.max(1, coveredMs) - CLOCKS_DIFFER_BY);
    return Math.min(Math.max(least, 1), Math.max(open, this.#open, 1));
  }

  #newCounts(which: "wait" | "run") {
    const stats = this.#pool.stats();
    if (stats === undefined) return [];
    if (this.#seen[which].length === 0) this.#seen[which] = new Int32Array(BUCKETS);
    return stats.loadNewCounts(which, this.#seen[which]);
  }
}

/** A pool that never ran anything needs no memory for what was seen. */
function emptyCounts(): Int32Array {
  return new Int32Array(0);
}

/** What grows, in the order of `HISTORY_COUNTS`. */
function totalsOf(counts: TaskCounts): readonly number[] {
  return HISTORY_COUNTS.map((name) => name === "submitted" ? submittedOf(counts) : counts[name]);
}

function gaugesOf(gauges: Readonly<Record<HistoryGauge, number>>): readonly number[] {
  return HISTORY_GAUGES.map((name) => gauges[name]);
}
