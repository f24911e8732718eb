/**
 * How long tasks have waited, whatever the wall clock did meanwhile. Seqs grow with time, so it is
 * enough to know when some of them were given; for tasks of an earlier life of the server there is
 * only the wall clock.
 */
import type { Clock } from "../../model/clock.ts";

/** One in so many seqs is noted. */
const EVERY = 512;
/** Notes that are kept; then every second one goes. */
const NOTES_MAX = 8_192;

/** See the head of this file. */
export class Waits {
  readonly #clock: Clock;
  #seqs: number[] = [];
  #atMs: number[] = [];
  #next = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** This seq was given now. */
  note(seq: number): void {
    if (seq < this.#next) return;
    this.#next = seq + EVERY;
    this.#seqs.push(seq);
    this.#atMs.push(this.#clock.monotonicMs());
    if (this.#seqs.length <= NOTES_MAX) return;
    this.#seqs = this.#seqs.filter((_, at) => at % 2 === 0);
    this.#atMs = this.#atMs.filter((_, at) => at % 2 === 0);
  }

  /** How long ago a seq was given, in milliseconds, at the least. */
  since(seq: number, submittedAtMs: number): number {
    if (seq < (this.#seqs[0] ?? Infinity)) {
      return Math.max(0, this.#clock.nowMs() - submittedAtMs);
    }
    let low = 0;
    let high = this.#seqs.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#seqs[middle] ?? Infinity) >= seq) high = middle;
      else low = middle + 1;
    }
    const isBetween = (this.#seqs[low] ?? -1) >= seq;
    const atMs = isBetween ? this.#atMs[low] ?? 0 : this.#clock.monotonicMs();
    return Math.max(0, this.#clock.monotonicMs() - atMs);
  }
}
