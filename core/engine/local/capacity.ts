/** How many tasks may wait in a queue, and what becomes of those that are too many. */
import { LidoError } from "../../model/errors.ts";
import { SENTENCES } from "../../model/sentences.ts";
import type { TaskId } from "../../model/task.ts";
import type { Journal } from "./journal/journal.ts";
import type { StoredTask } from "./journal/stored_task.ts";
import type { Caller, Queue } from "./queue.ts";
import type { Tallies } from "./tallies.ts";
import { type RecordsById, TaskRecord } from "./task_record.ts";
import type { Window } from "./window.ts";

/** How long a caller who was refused should wait before the next try. */
const RETRY_AFTER_MS = 1_000;

/** What capacity is decided by, and done with. */
export interface CapacityOptions {
  readonly journal: Journal;
  readonly tallies: Tallies;
  readonly window: Window;
  readonly records: RecordsById;
  /** Ends a task that is on disk only. */
  cancelStored(row: StoredTask, cause: string): void;
  whenEnded(id: TaskId): Promise<void>;
}

/** See the head of this file. */
export class Capacity {
  readonly #options: CapacityOptions;

  constructor(options: CapacityOptions) {
    this.#options = options;
  }

  /** How many more tasks may wait. */
  roomOf(queue: Queue): number {
    const taken = this.#options.tallies.count(queue.poolId, "pending") + queue.reserved;
    return queue.policy.queueCapacity - taken;
  }

  /** Whether a caller's tasks must not come in now: there is no room, or others wait for it already. */
  isFull(queue: Queue, { count, arrival }: Caller): boolean {
    const isBehind = queue.policy.rejection === "wait" && queue.isAwaitedBefore(arrival);
    return isBehind || this.roomOf(queue) < count;
  }

  /** Lets those in that wait for room, if there is any. */
  admitWaiting(queue: Queue): void {
    if (queue.isAwaited) queue.admitNext(this.roomOf(queue));
  }

  /**
   * Makes room for a caller's tasks as the pool's policy has it.
   * @throws {LidoError} `queue_full`; the signal's reason.
   */
  async makeRoom(queue: Queue, caller: Caller, signal?: AbortSignal): Promise<void> {
    const { policy, poolId } = queue;
    const { count } = caller;
    if (policy.rejection === "wait" && count <= policy.queueCapacity) {
      return await queue.waitForTurn(caller, signal);
    }
    if (policy.rejection === "drop_oldest" && count <= policy.queueCapacity) {
      if (await this.#dropOldest(queue, count)) return;
    }
    const { tallies, journal } = this.#options;
    tallies.add(poolId, "rejected", count);
    journal.note({ kind: "rejected", pool: queue.number, count });
    throw this.full(queue, `Cannot submit ${count === 1 ? "task" : `${count} tasks`}`);
  }

  /** What is said when something cannot be done because a queue is full. */
  full({ poolId, reserved, policy }: Queue, cannot: string): LidoError {
    const waiting = this.#options.tallies.count(poolId, "pending") + reserved;
    return new LidoError(
      "queue_full",
      `${cannot}: the pool's queue holds ${waiting} of at most ${policy.queueCapacity}`,
      { retryAfterMs: RETRY_AFTER_MS },
    );
  }

  /**
   * Cancels those that wait longest of the lowest priority until there is room for so many; answers
   * whether there were any. Their places are free once their ends are written.
   */
  async #dropOldest(queue: Queue, count: number): Promise<boolean> {
    const ends: Promise<void>[] = [];
    while (this.roomOf(queue) + ends.length < count) {
      const dropped = await this.#dropOne(queue);
      if (dropped === undefined) break;
      ends.push(dropped.end);
    }
    await Promise.all(ends);
    return ends.length > 0;
  }

  async #dropOne(queue: Queue): Promise<{ readonly end: Promise<void> } | undefined> {
    const { window, records, cancelStored, whenEnded } = this.#options;
    const cause = SENTENCES.droppedForRoom();
    // What is on its way into memory may be older than what would stay behind on disk.
    while (queue.loading !== undefined) await queue.loading;
    const victim = queue.runner.mostExpendable();
    const lowestOnDisk = queue.lanes.onDisk().at(-1) ?? Infinity;
    if (victim instanceof TaskRecord && victim.priority <= lowestOnDisk) {
      const wasWithdrawn = await queue.runner.withdraw(victim, cause);
      return { end: wasWithdrawn ? whenEnded(victim.task.id) : Promise.resolve() };
    }
    if (lowestOnDisk === Infinity) return undefined;
    // When there was none, or another caller took it, the next look sees that.
    const row = await window.expendable(queue, lowestOnDisk);
    if (row === undefined || records.has(row.id)) return { end: Promise.resolve() };
    cancelStored(row, cause);
    return { end: whenEnded(row.id) };
  }
}
