import type { AttemptRunner, QueuePolicy } from "../engine.ts";

/** A caller that waits for room. */
interface Waiting {
  /** How many tasks it brings. */
  readonly count: number;
  admit(): void;
  refuse(error: unknown): void;
}

/** What the local engine knows of one pool: its threads, its policy, and who waits for room. */
export class Queue {
  isSealed = false;
  /** First come, first served. */
  readonly #waiting: Waiting[] = [];

  constructor(readonly runner: AttemptRunner, public policy: QueuePolicy) {}

  /** Resolves when there is room for so many tasks, and it is the caller's turn. */
  async waitForTurn(count: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const { promise, resolve: admit, reject: refuse } = Promise.withResolvers<void>();
    const turn: Waiting = { count, admit, refuse };
    const abort = () => {
      const at = this.#waiting.indexOf(turn);
      // It may have been let in a moment ago, and is no longer there.
      if (at >= 0) this.#waiting.splice(at, 1);
      refuse(signal?.reason);
    };
    this.#waiting.push(turn);
    signal?.addEventListener("abort", abort);
    try {
      await promise;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  /** Whether anyone waits. */
  get isAwaited(): boolean {
    return this.#waiting.length > 0;
  }

  /** Lets the first that waits in if it brings no more tasks than there is room for. */
  admitNext(room: number): void {
    const [next] = this.#waiting;
    if (next !== undefined && next.count <= room) this.#waiting.shift()?.admit();
  }

  /** All look again, in their order: other rules hold now. */
  admitAll(): void {
    for (const { admit } of this.#waiting.splice(0)) admit();
  }

  /** Nobody waits any longer. */
  refuseAll(error: unknown): void {
    for (const { refuse } of this.#waiting.splice(0)) refuse(error);
  }
}
