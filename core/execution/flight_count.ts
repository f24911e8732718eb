/**
 * How many attempts are in flight on a slot, and for how long any was: the host's own measure of how
 * busy a thread is, which no child can forge, and which a long task adds to while it runs.
 */
export class FlightCount {
  #count = 0;
  #busyMs = 0;
  #sinceMs = 0;

  /** How many are in flight. */
  get count(): number {
    return this.#count;
  }

  /** Milliseconds in which any was, up to now on the monotonic clock; never goes back. */
  busyMs(nowMs: number): number {
    return this.#busyMs + (this.#count > 0 ? Math.max(0, nowMs - this.#sinceMs) : 0);
  }

  /** So many more are in flight. */
  add(count: number): void {
    if (this.#count === 0 && count > 0) this.#sinceMs = performance.now();
    this.#count += count;
  }

  /** So many are no longer. */
  remove(count: number): void {
    if (this.#count > 0 && this.#count === count) {
      this.#busyMs = this.busyMs(performance.now());
    }
    this.#count -= count;
  }
}
