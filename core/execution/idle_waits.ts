/** Whoever waits until a pool has nothing more to do. */
import type { AttemptQueue } from "./attempt_queue.ts";
import type { SlotCrew } from "./slot_crew.ts";

/** See the head of this file. */
export class IdleWaits {
  readonly #queue: AttemptQueue;
  readonly #crew: SlotCrew;
  #waiting: (() => void)[] = [];

  constructor(queue: AttemptQueue, crew: SlotCrew) {
    this.#queue = queue;
    this.#crew = crew;
  }

  /** Nothing waits and nothing runs. */
  get isIdle(): boolean {
    return this.#queue.length === 0 && !this.#crew.isBusy;
  }

  /** Resolves when nothing waits and nothing runs. */
  async whenIdle(): Promise<void> {
    while (!this.isIdle) await this.#next();
  }

  /** Resolves when nothing runs, whatever waits. */
  async whenNothingRuns(): Promise<void> {
    while (this.#crew.isBusy) await this.#next();
  }

  /** Something ended: those who wait are told, if it was the last that ran. */
  answer(): void {
    if (this.#waiting.length === 0 || this.#crew.isBusy) return;
    // Whoever waits for more than this looks again.
    for (const answer of this.#waiting.splice(0)) answer();
  }

  #next(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
