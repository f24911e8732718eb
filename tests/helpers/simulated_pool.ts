/** A pool in a time of its own: tasks come, wait and run, first come, first served, and no thread is real. */
import { type Load, LoadTrace } from "../../core/execution/load_trace.ts";
import { PoolId, PoolSettings, type PoolSettingsInput } from "../../core/model/pool.ts";
import type { SizeSuggestion } from "../../core/model/sizing.ts";
import type { ScaledPool } from "../../core/sizing/autoscaler.ts";
import { PoolAdviser } from "../../core/sizing/pool_adviser.ts";

/** See the head of this file. */
export class SimulatedPool implements ScaledPool {
  readonly id = PoolId.parse("01990000-0000-7000-8000-000000000001");
  readonly isWell = true;
  readonly trace = new LoadTrace();
  /** All sizes that it had, and since when. */
  readonly sizes: { readonly atMs: number; readonly size: number; readonly reason: string }[] = [];
  /** How long each task has waited that has begun. */
  readonly waitsMs: number[] = [];
  settings: PoolSettings;
  settingsVersion = 1;
  readonly #load: Load;
  readonly #adviser: PoolAdviser;
  #nowMs = 0;
  /** Of those that came: the next to begin, and the next to come. */
  #next = 0;
  #came = 0;
  /** Those that run, by their ends. */
  #running: { readonly endMs: number; readonly task: number }[] = [];

  constructor(load: Load, settings: Partial<PoolSettingsInput>) {
    this.#load = load;
    this.settings = PoolSettings.parse({ name: "p", autoscale: "apply", ...settings });
    this.#noteSize("");
    this.#adviser = new PoolAdviser({
      trace: this.trace,
      settings: () => this.settings,
      oldestQueuedMs: () => this.#oldestMs(),
      nowMs: () => this.#nowMs,
    });
  }

  get ranTasks(): number {
    return this.trace.recorded;
  }

  get pendingTasks(): number {
    return this.#came - this.#next;
  }

  get oldestWaitMs(): number | null {
    const oldestMs = this.#oldestMs();
    return oldestMs === undefined ? null : this.#nowMs - oldestMs;
  }

  advise(): ReturnType<PoolAdviser["adviseNow"]> {
    return this.#adviser.adviseNow();
  }

  resize({ size, reason }: SizeSuggestion): Promise<void> {
    this.settings = { ...this.settings, maxThreads: size };
    this.settingsVersion++;
    this.#noteSize(reason);
    this.#begin();
    return Promise.resolve();
  }

  /** Time passes, and all happens that does until then. */
  runUntil(atMs: number): void {
    for (;;) {
      const comesMs = this.#load.arrivedMs[this.#came] ?? Infinity;
      const endsMs = this.#running[0]?.endMs ?? Infinity;
      const nextMs = Math.min(comesMs, endsMs);
      if (nextMs > atMs) break;
      this.#nowMs = nextMs;
      if (endsMs <= comesMs) this.#end();
      else this.#came++;
      this.#begin();
    }
    this.#nowMs = atMs;
  }

  #end(): void {
    const ended = this.#running.shift();
    if (ended === undefined) throw new TypeError("Nothing runs");
    const { arrivedMs, runMs } = this.#load;
    this.trace.record(arrivedMs[ended.task] ?? 0, runMs[ended.task] ?? 0);
  }

  #begin(): void {
    while (this.#next < this.#came && this.#running.length < this.settings.maxThreads) {
      const task = this.#next++;
      this.waitsMs.push(this.#nowMs - (this.#load.arrivedMs[task] ?? 0));
      const endMs = this.#nowMs + (this.#load.runMs[task] ?? 0);
      const before = this.#running.findLastIndex((other) => other.endMs <= endMs);
      this.#running.splice(before + 1, 0, { endMs, task });
    }
  }

  #oldestMs(): number | undefined {
    return this.pendingTasks === 0 ? undefined : this.#load.arrivedMs[this.#next];
  }

  #noteSize(reason: string): void {
    this.sizes.push({ atMs: this.#nowMs, size: this.settings.maxThreads, reason });
  }
}
