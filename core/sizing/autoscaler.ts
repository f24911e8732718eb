/**
 * Changes the sizes of pools by itself, or says what it would change: it looks at each pool whose
 * settings want that, one after the other, at a steady pace. A pool that nobody uses is left alone.
 */
import type { Clock } from "../model/clock.ts";
import { LidoError } from "../model/errors.ts";
import type { PoolId, PoolSettings } from "../model/pool.ts";
import { SENTENCES } from "../model/sentences.ts";
import type { SizeSuggestion, SizingAdvice } from "../model/sizing.ts";
import { SizeWatch } from "./size_watch.ts";

/** From the end of one look at all pools to the next. */
const LOOK_MS = 5_000;

/** A pool as the autoscaler sees it. */
export interface ScaledPool {
  readonly id: PoolId;
  readonly settings: PoolSettings;
  readonly settingsVersion: number;
  /** It starts tasks, and no thread is missing. */
  readonly isWell: boolean;
  /** Tasks that ran, since the pool opened. */
  readonly ranTasks: number;
  readonly pendingTasks: number;
  readonly oldestWaitMs: number | null;
  /** Within its bounds; undefined if too few tasks have run. */
  advise(): Promise<SizingAdvice | undefined>;
  resize(suggestion: SizeSuggestion): Promise<void>;
}

/** What an autoscaler works with. */
export interface AutoscalerOptions {
  readonly clock: Clock;
  pools(): Iterable<ScaledPool>;
  /** Told of what goes wrong where nobody waits for it. */
  onError?(error: unknown): void;
}

interface Watched {
  readonly watch: SizeWatch;
  ranTasks: number;
  suggestion: SizeSuggestion | undefined;
}

/** See the head of this file. */
export class Autoscaler implements AsyncDisposable {
  readonly #options: AutoscalerOptions;
  #watched = new Map<PoolId, Watched>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #looking: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(options: AutoscalerOptions) {
    this.#options = options;
  }

  /** Begins to look by itself. */
  start(): void {
    this.#timer = setTimeout(async () => {
      await this.look();
      if (!this.#isClosed) this.start();
    }, LOOK_MS);
    this.#timer.unref(); // it shall not keep the process
  }

  /** Looks at all pools once. */
  look(): Promise<void> {
    return this.#looking = this.#look();
  }

  /** What it would set of a pool, or is about to; undefined if nothing. */
  suggestionFor(id: PoolId): SizeSuggestion | undefined {
    return this.#watched.get(id)?.suggestion;
  }

  /** Looks no more; resolves when a look that goes on has ended. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    return this.#looking;
  }

  async #look(): Promise<void> {
    const before = this.#watched;
    this.#watched = new Map(); // what is no longer scaled is forgotten
    const pools = [...this.#options.pools()]
      .filter(({ settings }) => settings.autoscale !== "off");
    for (const { id } of pools) {
      const kept = before.get(id);
      this.#watched.set(id, kept ?? { watch: new SizeWatch(), ranTasks: 0, suggestion: undefined });
    }
    for (const pool of pools) {
      const watched = this.#watched.get(pool.id);
      if (this.#isClosed || watched === undefined) return;
      try {
        await this.#lookAt(pool, watched);
      } catch (error) {
        // Somebody changed or closed it meanwhile, or nothing can be written: the next look sees it.
        if (!(error instanceof LidoError)) this.#options.onError?.(error);
      }
    }
  }

  async #lookAt(pool: ScaledPool, watched: Watched): Promise<void> {
    const isUsed = pool.ranTasks !== watched.ranTasks || pool.pendingTasks > 0;
    watched.ranTasks = pool.ranTasks;
    if (!isUsed || !pool.isWell) return;
    const { settings, settingsVersion } = pool;
    const wanted = await wantedOf(pool);
    if (wanted === undefined || this.#isClosed) return;
    watched.suggestion = watched.watch.decide({
      nowMs: this.#options.clock.monotonicMs(),
      size: settings.maxThreads,
      settingsVersion,
      coolDownMs: settings.autoscaleCoolDownMs,
      wanted,
    });
    if (watched.suggestion === undefined || settings.autoscale !== "apply") return;
    await pool.resize(watched.suggestion);
    watched.suggestion = undefined;
  }
}

/** The size that a pool wants, within its bounds; undefined if nothing tells. */
async function wantedOf(pool: ScaledPool): Promise<SizeSuggestion | undefined> {
  const { minThreads, maxThreads, autoscaleMaxThreads, targetWaitMs, tasksPerThread } =
    pool.settings;
  const advice = await pool.advise();
  if (advice !== undefined) {
    return { size: Math.max(minThreads, advice.size), reason: advice.reason };
  }
  const { pendingTasks, oldestWaitMs } = pool;
  if (oldestWaitMs === null || oldestWaitMs <= targetWaitMs) return undefined;
  // As many as let each of them begin at once.
  const size = maxThreads + Math.ceil(pendingTasks / tasksPerThread);
  return {
    size: Math.max(maxThreads, Math.min(size, autoscaleMaxThreads)),
    reason: SENTENCES.sizeByWaiting(pendingTasks, Math.round(oldestWaitMs), targetWaitMs),
  };
}
