/**
 * Which task types the threads' time goes to, over the last seconds and minutes. Time counts while an
 * attempt runs, not only when it has ended: each second the totals are noted, and a window is the
 * difference between now and then.
 */
import {
  isAnything,
  NO_TOTALS,
  type ReadTotals,
  totalsSince,
  type TypeTotals,
} from "../execution/type_tally.ts";
import type { Clock } from "../model/clock.ts";
import { SHARE_WINDOWS_S, type TypeShares } from "../model/type_share.ts";

/** Between two notes. */
const STEP_MS = 1_000;
/** Notes that are kept: the longest window's, and the one that it begins with. */
const NOTES = Math.max(...SHARE_WINDOWS_S) * 1_000 / STEP_MS + 1;

/** Totals at a time, on the monotonic clock. */
interface Note {
  readonly atMs: number;
  readonly totals: ReadonlyMap<string, TypeTotals>;
}

/** See the head of this file. */
export class TypeShareMeter implements Disposable {
  readonly #read: ReadTotals;
  readonly #clock: Clock;
  /** Oldest first. */
  #notes: Note[] = [];
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(read: ReadTotals, clock: Clock) {
    this.#read = read;
    this.#clock = clock;
    this.note();
  }

  /** Begins to note by itself. */
  start(): void {
    this.#timer = setInterval(() => this.note(), STEP_MS);
    // It shall not keep the process.
    this.#timer.unref();
  }

  /** Notes the totals. */
  note(): void {
    this.#notes.push({ atMs: this.#clock.monotonicMs(), totals: new Map(this.#read()) });
    if (this.#notes.length > NOTES) this.#notes.shift();
  }

  /** The types that anything was done of within the window, those that took most first. */
  read(windowMs: number): TypeShares {
    const nowMs = this.#clock.monotonicMs();
    const begin = this.#notes.findLast(({ atMs }) => atMs <= nowMs - windowMs) ?? this.#notes[0];
    const totals = this.#read();
    const found = [...totals].map(([type, now]) => ({
      type,
      ...totalsSince(begin?.totals.get(type) ?? NO_TOTALS, now),
    })).filter(isAnything);
    const allMs = found.reduce((sum, { runMs }) => sum + runMs, 0);
    return {
      coveredMs: nowMs - (begin?.atMs ?? nowMs),
      types: found.map((one) => ({ ...one, share: allMs === 0 ? 0 : one.runMs / allMs }))
        .sort((one, other) => other.runMs - one.runMs),
    };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
