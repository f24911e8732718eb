/**
 * How many threads, or child processes, may live at a time over all pools. Beyond it none is
 * started and its pool says why: running out of descriptors would end the whole server.
 */
export class ThreadBudget {
  #used = 0;
  #zombies = 0;
  readonly #waiting = new Set<() => void>();

  /** `max` threads in all, of which at most `zombiesMax` may be such as cannot be stopped. */
  constructor(readonly max: number, readonly zombiesMax: number) {}

  /** Takes a place; gives the reason when there is none. */
  take(): string | undefined {
    if (this.#zombies > this.zombiesMax) {
      return `${this.#zombies} threads could not be stopped, at most ${this.zombiesMax} are allowed`;
    }
    if (this.#used >= this.max) return `all ${this.max} threads that may live at a time are in use`;
    this.#used++;
    return undefined;
  }

  /** Gives a place back. */
  release(): void {
    this.#used--;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const tryAgain of waiting) tryAgain();
  }

  /** Calls back once, when a place may be free. */
  whenFree(tryAgain: () => void): void {
    this.#waiting.add(tryAgain);
  }

  /** A thread could not be stopped; it keeps its place. */
  addZombie(): void {
    this.#zombies++;
  }

  /** A thread that could not be stopped ended after all. */
  removeZombie(): void {
    this.#zombies--;
  }
}
