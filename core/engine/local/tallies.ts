/** Counters of all pools, in memory: exact at every instant, and the same as the journal's once it has caught up. */
import type { PoolId, TaskCounts } from "../../model/pool.ts";
import { TASK_STATES, type TaskState } from "../../model/task_state.ts";

/** What is counted beside the states. */
export type Counted = TaskState | "timedOut" | "queueTimedOut" | "rejected";

class Tally {
  readonly #counts = new Map<Counted, number>();

  add(what: Counted, amount: number): void {
    this.#counts.set(what, this.of(what) + amount);
  }

  of(what: Counted): number {
    return this.#counts.get(what) ?? 0;
  }

  counts(): TaskCounts {
    return {
      blocked: this.of("blocked"),
      scheduled: this.of("scheduled"),
      pending: this.of("pending"),
      running: this.of("running"),
      completed: this.of("completed"),
      failed: this.of("failed"),
      cancelled: this.of("cancelled"),
      timedOut: this.of("timedOut"),
      queueTimedOut: this.of("queueTimedOut"),
      rejected: this.of("rejected"),
    };
  }

  /** Tasks that have not ended. */
  get live(): number {
    return this.of("blocked") + this.of("scheduled") + this.of("pending") + this.of("running");
  }

  /** Tasks that were ever submitted. */
  get submitted(): number {
    return TASK_STATES.reduce((sum, state) => sum + this.of(state), 0);
  }
}

/** See the head of this file. Ended tasks stay counted when their records are let go. */
export class Tallies {
  readonly #all = new Tally();
  readonly #pools = new Map<PoolId, Tally>();

  /** Counts something of a pool. */
  add(poolId: PoolId, what: Counted, amount: number): void {
    this.#all.add(what, amount);
    this.#of(poolId).add(what, amount);
  }

  /** A task went from one state to another. */
  moved(poolId: PoolId, from: TaskState, to: TaskState): void {
    if (from === to) return;
    this.add(poolId, from, -1);
    this.add(poolId, to, 1);
  }

  /** How many of a pool are in a state. */
  count(poolId: PoolId, what: Counted): number {
    return this.#of(poolId).of(what);
  }

  /** How many of a pool have not ended. */
  live(poolId: PoolId): number {
    return this.#of(poolId).live;
  }

  /** How many tasks a pool was ever given. */
  submitted(poolId: PoolId): number {
    return this.#of(poolId).submitted;
  }

  /** All counters of one pool, or of all. */
  counts(poolId?: PoolId): TaskCounts {
    return (poolId === undefined ? this.#all : this.#of(poolId)).counts();
  }

  #of(poolId: PoolId): Tally {
    let tally = this.#pools.get(poolId);
    if (tally === undefined) this.#pools.set(poolId, tally = new Tally());
    return tally;
  }
}
