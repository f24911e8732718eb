/** What the server's own process takes, and how long its thread keeps others waiting. */
import { statfsSync } from "node:fs";
import process from "node:process";
import { bucketOf, BUCKETS } from "../execution/histogram.ts";
import type { ProcessFacts } from "./metrics/facts.ts";

/** Between two looks: a timer that is later kept somebody waiting. */
const TICK_MS = 100;

/** See the head of this file. */
export class ProcessMeter implements Disposable {
  readonly #folder: string;
  readonly #startedAtMs: number;
  readonly #delays = new Uint32Array(BUCKETS);
  #timer: ReturnType<typeof setInterval> | undefined;
  #dueMs = 0;
  #memoryBytes = Deno.memoryUsage().rss;

  /** `folder` is on the disk whose room is looked at. */
  constructor(folder: string, startedAtMs: number) {
    this.#folder = folder;
    this.#startedAtMs = startedAtMs;
  }

  /** Begins to look how late timers are. */
  start(): void {
    this.#dueMs = performance.now() + TICK_MS;
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    // It shall not keep the process.
    this.#timer.unref();
  }

  /** The memory that it had at the last look: a look takes longer than answering most requests. */
  get memoryBytes(): number {
    return this.#memoryBytes;
  }

  /** What it is now. */
  facts(): ProcessFacts {
    const { user, system } = process.cpuUsage();
    return {
      startedAtMs: this.#startedAtMs,
      cpuMs: (user + system) / 1_000,
      memory: Deno.memoryUsage(),
      diskFreeBytes: this.#diskFree(),
      delays: this.#delays,
    };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    const nowMs = performance.now();
    const bucket = bucketOf(Math.max(0, nowMs - this.#dueMs) * 1_000);
    this.#delays[bucket] = (this.#delays[bucket] ?? 0) + 1;
    this.#dueMs = nowMs + TICK_MS;
    this.#memoryBytes = Deno.memoryUsage().rss;
  }

  #diskFree(): number | undefined {
    try {
      const { bavail, bsize } = statfsSync(this.#folder);
      return bavail * bsize;
    } catch {
      return undefined; // the folder went, or the system does not tell
    }
  }
}
