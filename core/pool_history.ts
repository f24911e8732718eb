/** The history as the manager keeps it: samples its pools' rooms, and answers what they did. */
import type { Engine } from "./engine/engine.ts";
import type { ReadTotals } from "./execution/type_tally.ts";
import type { Clock } from "./model/clock.ts";
import type { History, HistoryRequest, RecentStep } from "./model/history.ts";
import type { PoolId } from "./model/pool.ts";
import type { MeteredPool } from "./observation/history/pool_meter.ts";
import { HistorySampler } from "./observation/history/sampler.ts";
import { chooseRange, SAMPLE_MS } from "./observation/history/steps.ts";
import type { PoolRoom } from "./pool_room.ts";

/** What a history is made with. */
export interface PoolHistoryOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  /** What the attempts of each task type came to so far. */
  readonly readTypes: ReadTotals;
  onError?(error: unknown): void;
}

/** See the head of this file. */
export class PoolHistory implements Disposable {
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #sampler: HistorySampler;

  constructor(options: PoolHistoryOptions) {
    this.#engine = options.engine;
    this.#clock = options.clock;
    this.#sampler = new HistorySampler(options);
  }

  /** Begins to sample. */
  start(): void {
    this.#sampler.start();
  }

  /** From now on this pool is sampled. */
  watch(room: PoolRoom): void {
    this.#sampler.watch(meteredRoom(room));
  }

  /** Reads a range. @throws {LidoError} `invalid_input`. */
  async read(request: HistoryRequest): Promise<History> {
    const { poolId, type } = request;
    const knownUntilMs = this.#sampler.knownUntilMs;
    const range = chooseRange(request, { nowMs: this.#clock.nowMs(), knownUntilMs });
    const of = { ...poolId !== undefined && { poolId }, ...type !== undefined && { type } };
    const query = { ...range, knownUntilMs, ...of };
    const { points, markers } = await this.#engine.history.read(query);
    return {
      poolId: poolId ?? null,
      type: type ?? null,
      stepS: range.stepMs / 1_000,
      fromMs: range.fromMs,
      toMs: range.toMs,
      points,
      markers,
    };
  }

  /** What a pool, or under null all together, did in the last five minutes; empty if nothing. */
  recent(poolId: PoolId | null): readonly RecentStep[] {
    return this.#sampler.recent.read(poolId, this.#clock.nowMs());
  }

  /** Changes with each step while {@link recent} tells of anything. */
  get recentStep(): number {
    const step = Math.floor(this.#clock.nowMs() / SAMPLE_MS);
    return this.recent(null).length > 0 ? step : 0;
  }

  /** Samples what there is for the last time. */
  [Symbol.dispose](): void {
    this.#sampler[Symbol.dispose]();
  }
}

/** A room as a meter sees it: also once it is closed, up to the last sample, with what it had. */
export function meteredRoom(room: PoolRoom): MeteredPool {
  const { id, engine, threads } = room;
  return {
    id,
    get isClosed() {
      return room.state === "closed";
    },
    counts: () => engine.counts(id),
    threads() {
      const { slots } = threads;
      return {
        open: slots.length,
        busy: slots.filter(({ inFlight }) => inFlight > 0).length,
        max: room.settings.maxThreads,
        zombies: slots.filter(({ isZombie }) => isZombie).length,
        busyMs: threads.busyMs(),
      };
    },
    oldestWaitMs() {
      const oldestMs = threads.oldestQueuedMs();
      return oldestMs === undefined ? 0 : Math.max(0, performance.now() - oldestMs);
    },
    stats: () => threads.hasRun ? threads.stats : undefined,
  };
}
