/** Advice on one pool, from what it ran lately. */
import { type LoadTrace, TRACE_TASKS_MAX } from "../execution/load_trace.ts";
import { autoscaleCeiling, POOL_THREADS_MAX, type PoolSettings } from "../model/pool.ts";
import type { SizeOutlook, SizingAdvice } from "../model/sizing.ts";
import { advise, outlook, SEEN_TASKS_MIN, type SeenLoad, sizesAbout } from "./advice.ts";

/** What came longer ago says nothing of what comes next. */
const ADVICE_WINDOW_MS = 86_400_000;
/** The autoscaler follows the day: so far it looks back, or so many tasks, since a few tell chance only. */
const AUTOSCALE_WINDOW_MS = 600_000;
const AUTOSCALE_TASKS = 500;
/** Whoever asks again so soon gets the same. */
const KEPT_MS = 5_000;

/** What an adviser knows of its pool. */
export interface AdvisedPool {
  readonly trace: LoadTrace;
  settings(): PoolSettings;
  /** When the oldest waiting task came, on the monotonic clock. */
  oldestQueuedMs(): number | undefined;
  /** The monotonic clock. */
  nowMs(): number;
}

/** Advice, and what is to be expected of sizes about it. */
export interface Sizing {
  readonly advice: SizingAdvice;
  readonly sizes: readonly SizeOutlook[];
}

/** See the head of this file. */
export class PoolAdviser {
  readonly #pool: AdvisedPool;
  #kept:
    | {
      readonly settings: PoolSettings;
      readonly untilMs: number;
      readonly sizing: Promise<Sizing | undefined>;
    }
    | undefined;

  constructor(pool: AdvisedPool) {
    this.#pool = pool;
  }

  /**
   * For whoever looks: from all that is remembered, and with what is to be expected of `asked`, too.
   * Undefined if too little is.
   */
  async advise(asked?: number): Promise<Sizing | undefined> {
    const sizing = await this.#sizing();
    if (sizing === undefined || asked === undefined) return sizing;
    if (sizing.sizes.some(({ size }) => size === asked)) return sizing;
    const also = await outlook(this.#seen(ADVICE_WINDOW_MS), this.#pool.settings(), asked);
    return { ...sizing, sizes: sorted([...sizing.sizes, also]) };
  }

  /** For the autoscaler: from the last minutes, and within its bounds. */
  adviseNow(): Promise<SizingAdvice | undefined> {
    const settings = this.#pool.settings();
    const lately = this.#seen(AUTOSCALE_WINDOW_MS);
    const isEnough = lately.runMs.length >= AUTOSCALE_TASKS;
    const load = isEnough ? lately : this.#seen(ADVICE_WINDOW_MS, AUTOSCALE_TASKS);
    return advise(load, { settings, sizeMax: autoscaleCeiling(settings) });
  }

  #sizing(): Promise<Sizing | undefined> {
    const [settings, nowMs] = [this.#pool.settings(), this.#pool.nowMs()];
    const kept = this.#kept;
    if (kept?.settings === settings && nowMs < kept.untilMs) return kept.sizing;
    const sizing = this.#reckon(settings);
    this.#kept = { settings, untilMs: nowMs + KEPT_MS, sizing };
    return sizing;
  }

  async #reckon(settings: PoolSettings): Promise<Sizing | undefined> {
    const load = this.#seen(ADVICE_WINDOW_MS);
    const advice = await advise(load, { settings, sizeMax: POOL_THREADS_MAX });
    if (advice === undefined) return undefined;
    const sizes: SizeOutlook[] = [];
    for (const size of new Set([...sizesAbout(advice.size), settings.maxThreads])) {
      sizes.push(await outlook(load, settings, size));
    }
    return { advice, sizes: sorted(sizes) };
  }

  /** The last that came in this time, and no more than `most` of them. */
  #seen(windowMs: number, most = TRACE_TASKS_MAX): SeenLoad {
    const { trace } = this.#pool;
    // What came after the oldest that waits has not run yet: the time since then does not count.
    const untilMs = this.#pool.oldestQueuedMs() ?? this.#pool.nowMs();
    const { arrivedMs, runMs } = trace.since(untilMs - windowMs, SEEN_TASKS_MIN);
    const load = { arrivedMs: arrivedMs.subarray(-most), runMs: runMs.subarray(-most) };
    const [firstMs = untilMs, lastMs = untilMs] = [load.arrivedMs[0], load.arrivedMs.at(-1)];
    // All may have come at one instant: they take at least as long as one runs.
    return {
      ...load,
      seenMs: Math.max(untilMs - firstMs, lastMs - firstMs, load.runMs[0] ?? 0, 1),
    };
  }
}

function sorted(sizes: readonly SizeOutlook[]): readonly SizeOutlook[] {
  return sizes.toSorted((one, other) => one.size - other.size);
}
