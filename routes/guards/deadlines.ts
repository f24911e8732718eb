/**
 * Deadlines that are all equally far away: one timer looks after as many as there are, which costs a
 * fraction of a timer for each.
 */
interface Waiting {
  readonly atMs: number;
  tellLate(): void;
}

/** See the head of this file. */
export class Deadlines {
  /** The first to come is the oldest. */
  readonly #waiting = new Set<Waiting>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `afterMs` is how far away each is. */
  constructor(readonly afterMs: number) {}

  /** What the work comes to, or the error that `late` makes once its deadline is over. */
  async within<Result>(work: Promise<Result>, late: () => Error): Promise<Result> {
    const { promise, reject } = Promise.withResolvers<never>();
    const waiting = { atMs: performance.now() + this.afterMs, tellLate: () => reject(late()) };
    this.#waiting.add(waiting);
    this.#timer ??= setTimeout(() => this.#look(), this.afterMs);
    try {
      return await Promise.race([work, promise]);
    } finally {
      this.#waiting.delete(waiting);
      if (this.#waiting.size === 0) this.#rest();
    }
  }

  #look(): void {
    this.#timer = undefined;
    const nowMs = performance.now();
    for (const waiting of this.#waiting) {
      if (waiting.atMs > nowMs) {
        this.#timer = setTimeout(() => this.#look(), Math.ceil(waiting.atMs - nowMs));
        return;
      }
      waiting.tellLate();
    }
  }

  #rest(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
