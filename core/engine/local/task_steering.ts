/** Steers tasks that were taken: withdraws them, asks them to stop, changes where they wait. */
import type { Clock } from "../../model/clock.ts";
import { LidoError } from "../../model/errors.ts";
import type { PoolId } from "../../model/pool.ts";
import type { TaskChange, TaskId } from "../../model/task.ts";
import { isFinal } from "../../model/task_state.ts";
import type { NewTask } from "../engine.ts";
import type { Capacity } from "./capacity.ts";
import type { EndWaiters } from "./end_waiters.ts";
import type { Journal } from "./journal/journal.ts";
import type { StoredTask } from "./journal/stored_task.ts";
import { cancelPending } from "./pending_cancellation.ts";
import type { PoolShelf } from "./pool_shelf.ts";
import type { Queue } from "./queue.ts";
import type { Tallies } from "./tallies.ts";
import { changeTask } from "./task_change.ts";
import type { TaskFinder } from "./task_finder.ts";
import { checkOpen } from "./task_intake.ts";
import { TaskRecord } from "./task_record.ts";
import type { Window } from "./window.ts";

/** What tasks are steered with. */
export interface SteeringOptions {
  readonly journal: Journal;
  readonly shelf: PoolShelf;
  readonly tallies: Tallies;
  readonly clock: Clock;
  readonly finder: TaskFinder;
  readonly window: Window;
  readonly capacity: Capacity;
  readonly waiters: EndWaiters;
  /** The last task that was submitted. */
  newestSeq(): number;
  /** @throws {LidoError} `pool_not_found`. */
  queueOf(poolId: PoolId): Queue;
  /** A task waits in another pool, or elsewhere in its own. */
  onPending(task: NewTask): void;
  /** Something may have left the queue. */
  onGone(queue: Queue): void;
}

/** See the head of this file; what each method promises, `Engine` says. */
export class TaskSteering {
  readonly #options: SteeringOptions;

  constructor(options: SteeringOptions) {
    this.#options = options;
  }

  async cancel(id: TaskId, cause: string): Promise<void> {
    const { journal, finder, waiters } = this.#options;
    await journal.checkWrites(); // what is withdrawn cannot be given back
    await finder.use(id, async (found) => {
      if (!(found instanceof TaskRecord)) {
        if (found.state !== "pending") throw notCancellable(found.state);
        return this.cancelStored(found, cause);
      }
      if (await found.runner.withdraw(found, cause)) return;
      throw notCancellable(found.isOver ? found.state : "running");
    });
    await waiters.whenEnded(id);
  }

  async stop(id: TaskId, graceMs: number, cause: string): Promise<void> {
    const { journal, finder, waiters } = this.#options;
    // Only a cancel is to be on record: what runs is stopped whatever the disk does.
    if ((await finder.find(id)).state === "pending") await journal.checkWrites();
    const isWithdrawn = await finder.use(id, async (found) => {
      if (isFinal(found.state)) {
        throw new LidoError("task_not_stoppable", `Cannot stop task: it is ${found.state}`);
      }
      if (!(found instanceof TaskRecord)) {
        this.cancelStored(found, cause);
        return true;
      }
      if (await found.runner.withdraw(found, cause)) return true;
      found.runner.stop(found, graceMs, cause);
      return false;
    });
    if (isWithdrawn) await waiters.whenEnded(id);
  }

  async change(id: TaskId, change: TaskChange): Promise<void> {
    const { journal, shelf, window, capacity, queueOf, onPending, onGone } = this.#options;
    await journal.checkWrites(); // what is moved may run at once
    const touched = new Set<Queue>();
    try {
      await changeTask(id, change, {
        ...this.#options,
        queueOf: (poolId) => {
          const queue = queueOf(poolId);
          touched.add(queue);
          return queue;
        },
        nameOf: (poolId) => shelf.nameOf(poolId),
        checkRoom: (queue) => {
          checkOpen(queue);
          if (capacity.roomOf(queue) < 1) throw capacity.full(queue, "Cannot move task");
        },
        onChange: onPending,
      });
    } finally {
      for (const queue of touched) {
        window.refill(queue);
        capacity.admitWaiting(queue);
        onGone(queue);
      }
    }
  }

  async cancelPending(poolId: PoolId, cause: string): Promise<number> {
    const { journal, queueOf, newestSeq } = this.#options;
    const queue = queueOf(poolId);
    // Nothing new comes to a sealed queue: what is on its way there yet is the last, and meant, too.
    while (queue.isSealed && queue.reserved > 0) await journal.flush();
    const newest = newestSeq();
    await journal.checkWrites(); // what is withdrawn cannot be given back
    return await this.withdrawPending(poolId, cause, newest);
  }

  /** The same up to a task, whatever the disk does now: none of them may run. */
  async withdrawPending(
    poolId: PoolId,
    cause: string,
    newestSeq = this.#options.newestSeq(),
  ): Promise<number> {
    return await cancelPending(this.#options.queueOf(poolId), {
      ...this.#options,
      newestSeq,
      cause,
      cancelStored: (row) => this.cancelStored(row, cause),
    });
  }

  /** Ends a task that is on disk only. */
  cancelStored(row: StoredTask, cause: string): void {
    const { window, queueOf } = this.#options;
    const queue = queueOf(row.poolId);
    const record = window.take(queue, row);
    window.comeBack(queue, record); // as if it had waited in memory
    record.settled({ kind: "cancelled", startedAtMs: null, runMs: null, cause }, null);
  }
}

function notCancellable(state: string): LidoError {
  const hint = state === "running" ? "it is running; stop it instead" : `it is ${state}`;
  return new LidoError("task_not_cancellable", `Cannot cancel task: ${hint}`);
}
