/**
 * Orders that attempts of a pool shall end: what waits is withdrawn, what runs is stopped.
 *
 * Stopping is honest: an order first raises the task's flag and aborts its signal; after the grace
 * period its thread is ended by force. The attempt is settled when there is proof that its code no
 * longer runs, so a thread that cannot be ended keeps its attempt running, as a zombie.
 */
import { SENTENCES } from "../model/sentences.ts";
import type { Attempt } from "./attempt.ts";
import type { AttemptQueue } from "./attempt_queue.ts";
import { cancelled, failed } from "./endings.ts";
import type { Landing } from "./landing.ts";
import type { PoolWatch } from "./pool_watch.ts";
import type { SlotCrew } from "./slot_crew.ts";

/** What orders need of their pool. */
export interface OrderedPool {
  readonly queue: AttemptQueue;
  readonly crew: SlotCrew;
  readonly landing: Pick<Landing, "settle">;
  /** Sees to it that a grace period ends. */
  readonly watch: Pick<PoolWatch, "soon">;
}

/** See the head of this file. */
export class EndOrders {
  readonly #pool: OrderedPool;

  constructor(pool: OrderedPool) {
    this.#pool = pool;
  }

  /**
   * Cancels an attempt that has not begun. Answers whether it did; one that was sent ahead must
   * come back first.
   */
  withdraw(attempt: Attempt, cause: string): boolean | Promise<boolean> {
    if (attempt.place === "queued") {
      this.#pool.queue.remove(attempt);
      this.#pool.landing.settle(attempt, cancelled(cause), null);
      return true;
    }
    if (attempt.place !== "sent") return false;
    return new Promise((answer) => {
      const others = attempt.withdrawal;
      attempt.withdrawal = {
        cause: others?.cause ?? cause,
        answer(wasWithdrawn) {
          others?.answer(wasWithdrawn);
          answer(wasWithdrawn);
        },
      };
      this.#pool.crew.slotOf(attempt)?.takeBack();
    });
  }

  /** Orders an attempt that runs to end, by force after the grace period. */
  stop(attempt: Attempt, graceMs: number, cause: string, isTimeout = false): void {
    const { crew, watch } = this.#pool;
    const slot = crew.slotOf(attempt);
    if (slot === undefined) return;
    const killAtMs = performance.now() + graceMs;
    const earlier = attempt.stop;
    if (earlier === undefined) {
      attempt.stop = { cause, isTimeout, requestedAtMs: Date.now(), killAtMs };
      if (attempt.place === "running") slot.thread.stop(attempt.seq, cause);
      slot.takeBack();
    } else {
      attempt.stop = { ...earlier, killAtMs: Math.min(earlier.killAtMs, killAtMs) };
      // After a time limit alone it would wait again, should it come back unbegun.
      if (earlier.isTimeout && !isTimeout) attempt.withdrawal ??= { cause, answer() {} };
    }
    if (graceMs === 0) crew.end(slot);
    watch.soon();
  }

  /** Stops all that runs, with this grace. */
  stopAll(graceMs: number, cause: string): void {
    const running = this.#pool.crew.slots.flatMap((slot) => slot.attempts());
    for (const attempt of running) this.stop(attempt, graceMs, cause);
  }

  /** Cancels all that wait in the queue. */
  cancelQueued(cause: string): void {
    for (const attempt of this.#pool.queue.clear()) {
      this.#pool.landing.settle(attempt, cancelled(cause), null);
    }
  }

  /** An attempt ran for as long as it may. */
  timedOut(attempt: Attempt, limitMs: number, graceMs: number): void {
    this.stop(attempt, graceMs, SENTENCES.ranTooLong(limitMs), true);
  }

  /** An attempt waited for as long as it may. */
  expired(attempt: Attempt, limitMs: number): void {
    this.#pool.queue.remove(attempt);
    const message = SENTENCES.waitedTooLong(limitMs);
    this.#pool.landing.settle(attempt, failed(attempt, "queue_timeout", message), null);
  }
}
