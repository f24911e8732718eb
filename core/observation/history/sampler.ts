/**
 * Takes a sample of all pools at each multiple of 5 s, and hands rows to the engine: one for each
 * pool that had anything to do, and one for all pools together. A pool that is idle costs a look at
 * its counters, and writes nothing.
 *
 * Times are the wall clock's, durations the monotonic one's: a clock that jumps changes where a row
 * stands, never what it counts.
 */
import type { HistoryArchive } from "../../engine/archives.ts";
import type { Engine } from "../../engine/engine.ts";
import type { ReadTotals } from "../../execution/type_tally.ts";
import { type Clock, systemClock } from "../../model/clock.ts";
import { HISTORY_GAUGES } from "../../model/history.ts";
import type { PoolId } from "../../model/pool.ts";
import type { HistoryEntry } from "./history_row.ts";
import { type MeteredPool, PoolMeter } from "./pool_meter.ts";
import { RecentHistory } from "./recent.ts";
import { RowSum } from "./row_sum.ts";
import { SAMPLE_MS, stepBegin } from "./steps.ts";
import { TypeMeter } from "./type_meter.ts";

/** So that a timer that fires early does not come before the step's end. */
const EARLY_MS = 2;
const OLDEST_WAIT = HISTORY_GAUGES.indexOf("oldestWaitMs");

/** What a sampler works with. */
export interface SamplerOptions {
  readonly engine: Pick<Engine, "failure"> & { readonly history: Pick<HistoryArchive, "save"> };
  readonly clock?: Clock;
  /** What the attempts of each task type came to so far; none is sampled if left out. */
  readonly readTypes?: ReadTotals;
  /** Told of what goes wrong. */
  onError?(error: unknown): void;
}

/** See the head of this file. */
export class HistorySampler implements Disposable {
  readonly #options: SamplerOptions;
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  /** What was sampled lately. */
  readonly recent = new RecentHistory();
  readonly #meters = new Map<PoolId, PoolMeter>();
  readonly #types: TypeMeter;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Begin of the step that goes on. */
  #stepMs: number;
  #sampledMs: number;
  #knownUntilMs: number;

  constructor(options: SamplerOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#onError = options.onError ?? (() => {});
    this.#types = new TypeMeter(options.readTypes ?? (() => new Map()));
    this.#stepMs = stepBegin(this.#clock.nowMs(), SAMPLE_MS);
    this.#knownUntilMs = this.#stepMs;
    this.#sampledMs = this.#clock.monotonicMs();
  }

  /** Up to when all that happened can be read. */
  get knownUntilMs(): number {
    return this.#knownUntilMs;
  }

  /** From now on this pool is sampled, until it is closed and nothing more comes of it. */
  watch(pool: MeteredPool): void {
    this.#meters.set(pool.id, new PoolMeter(pool));
  }

  /** Begins to sample by itself. */
  start(): void {
    const waitMs = SAMPLE_MS + EARLY_MS - (this.#clock.nowMs() - this.#now());
    this.#timer = setTimeout(() => {
      this.tick();
      this.start();
    }, waitMs);
    this.#timer.unref(); // it shall not keep the process
  }

  /** Samples if a step has ended since it was done last. */
  tick(): void {
    const stepMs = this.#now();
    // What cannot be written is counted on, not kept: the next row has it.
    if (stepMs === this.#stepMs || this.#options.engine.failure !== undefined) return;
    this.#stepMs = stepMs;
    this.#sample(stepMs - SAMPLE_MS, stepMs).catch(this.#onError);
  }

  /** Samples what there was of the step that goes on; the last thing before the engine is closed. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.tick();
    if (this.#options.engine.failure !== undefined) return;
    this.#sample(this.#now(), this.#clock.nowMs()).catch(this.#onError);
  }

  #now(): number {
    return stepBegin(this.#clock.nowMs(), SAMPLE_MS);
  }

  async #sample(atMs: number, untilMs: number): Promise<void> {
    const monotonicMs = this.#clock.monotonicMs();
    const coveredMs = Math.round(monotonicMs - this.#sampledMs);
    this.#sampledMs = monotonicMs;
    const entries = this.#measure(coveredMs);
    this.recent.note(atMs, entries);
    const types = this.#types.measure(coveredMs);
    if (entries.length + types.length > 0) {
      await this.#options.engine.history.save({ atMs, nowMs: untilMs, entries, types });
    }
    this.#knownUntilMs = untilMs;
  }

  /** Rows of the pools that had anything to do, and then, if any had, the row of all. */
  #measure(coveredMs: number): readonly HistoryEntry[] {
    const all = new RowSum();
    const allGauges = HISTORY_GAUGES.map(() => 0);
    const entries: HistoryEntry[] = [];
    for (const meter of this.#meters.values()) {
      const { gauges, row } = meter.measure(coveredMs);
      for (const [index, value] of gauges.entries()) {
        const others = allGauges[index] ?? 0;
        allGauges[index] = index === OLDEST_WAIT ? Math.max(others, value) : others + value;
      }
      if (meter.isOver) this.#meters.delete(meter.id);
      if (row === undefined) continue;
      all.addBeside(row);
      entries.push({ poolId: meter.id, row });
    }
    if (entries.length === 0) return [];
    all.measure(coveredMs, allGauges);
    return [...entries, { poolId: null, row: all.toRow() }];
  }
}
