/**
 * How tasks come in: by their idempotency keys, where there is room, to the journal, and then to the
 * window. Keys, capacity and rejection are decided here and nowhere else.
 */
import type { Clock } from "../../model/clock.ts";
import { LidoError } from "../../model/errors.ts";
import { Durability, type PoolId } from "../../model/pool.ts";
import { SENTENCES } from "../../model/sentences.ts";
import type { Enqueued, EnqueueOptions, NewTask } from "../engine.ts";
import type { Capacity } from "./capacity.ts";
import { IdempotencyKeys, type KeyLook } from "./idempotency.ts";
import type { Cell } from "./journal/group.ts";
import type { Journal } from "./journal/journal.ts";
import type { JournalReader } from "./journal/reader.ts";
import type { StoredTask } from "./journal/stored_task.ts";
import type { Caller, Queue } from "./queue.ts";
import { submitRow, tracedRow } from "./rows.ts";
import type { Tallies } from "./tallies.ts";
import type { Window } from "./window.ts";

/** What an intake works with. */
export interface IntakeOptions {
  readonly journal: Journal;
  readonly reader: JournalReader;
  readonly tallies: Tallies;
  readonly window: Window;
  readonly capacity: Capacity;
  readonly clock: Clock;
  /** The number of the newest task on record. */
  readonly lastSeq: number;
  /** @throws {LidoError} `pool_not_found`. */
  queueOf(poolId: PoolId): Queue;
  /** A task is on record, and waits from now on. */
  onPending(task: NewTask): void;
  /** Something that was on its way to a queue has gone. */
  onGone(queue: Queue): void;
}

/** A task that was given its number, by which it stands among its equals. */
interface Entry {
  readonly task: NewTask;
  readonly seq: number;
}

/** See the head of this file. */
export class TaskIntake {
  readonly #options: IntakeOptions;
  readonly #keys = new IdempotencyKeys();
  /** When tasks were submitted that went to the disk and not to memory. */
  readonly #leftAtMs = new WeakMap<NewTask, number>();
  #lastSeq: number;
  /** Callers that ever came. */
  #arrivals = 0;

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.#lastSeq = options.lastSeq;
  }

  /** The number of the newest task. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** When a task was submitted that went to the disk and not to memory. */
  leftAtMs(task: NewTask): number | undefined {
    return this.#leftAtMs.get(task);
  }

  /** See `Engine.enqueue()`. */
  async enqueue(tasks: readonly NewTask[], options?: EnqueueOptions): Promise<readonly Enqueued[]> {
    const { capacity, queueOf } = this.#options;
    const queues = new Set(tasks.map(({ poolId }) => queueOf(poolId)));
    const arrival = ++this.#arrivals;
    const look = await this.#keys.begin(tasks, (task) => this.#readByKey(task));
    try {
      // Whatever was true may no longer be after a wait, so all is looked at again.
      for (;;) {
        const full = this.#findFull(tasks, look, arrival);
        if (full === undefined) break;
        // Who waits for one pool holds up nobody in another.
        for (const queue of queues) if (queue !== full[0]) this.#leaveLine(queue, arrival);
        const signal = options?.signal;
        await capacity.makeRoom(...full, signal);
        signal?.throwIfAborted();
      }
      // No await since the last look: all of them or none, and never more than there is room for.
      const written = this.#write(tasks, look);
      for (const queue of queues) this.#leaveLine(queue, arrival);
      return await written;
    } finally {
      this.#keys.end(look);
      // What could not be written has left its room, and whoever did not come in its turn.
      for (const queue of queues) this.#leaveLine(queue, arrival);
    }
  }

  /** A caller takes no room any longer: the next one may, if there is enough. */
  #leaveLine(queue: Queue, arrival: number): void {
    queue.leaveLine(arrival);
    this.#options.capacity.admitWaiting(queue);
  }

  /** Gives the tasks their numbers and writes them. */
  async #write(tasks: readonly NewTask[], look: KeyLook): Promise<readonly Enqueued[]> {
    const { journal, window, clock, queueOf } = this.#options;
    const fresh = this.#keys.freshOf(tasks, look);
    const nowMs = Math.round(clock.nowMs());
    const entries = fresh.map((task): Entry => ({ task, seq: ++this.#lastSeq }));
    // What is written together is as durable as the pool that wants most.
    const durability =
      Durability.options.find((one) =>
        fresh.some(({ poolId }) => queueOf(poolId).policy.durability === one)
      ) ?? "memory";
    const rows: Cell[] = [];
    for (const { task, seq } of entries) {
      rows.push(...submitRow(task, seq, queueOf(task.poolId).number, nowMs));
    }
    const traced = entries.flatMap(tracedRow);
    const chars = fresh.reduce((sum, { inputJson }) => sum + (inputJson?.length ?? 0), 0);
    const written = fresh.length === 0
      ? Promise.resolve()
      : journal.submit(rows, { traced, tasks: fresh.length, chars, durability });
    // From here on each has its place: others must not take it.
    for (const { task, seq } of entries) {
      const queue = queueOf(task.poolId);
      queue.reserved++;
      window.begin(queue, seq);
    }
    // A key is found on disk only once its task is there, whenever its caller is answered.
    const isKeyed = fresh.some(({ idempotencyKey }) => idempotencyKey !== null);
    const onDisk = !isKeyed
      ? written
      : durability === "memory"
      ? journal.flush()
      : written.then(() => journal.applied());
    const enqueued = this.#keys.claim(tasks, look, fresh, onDisk);
    try {
      await written;
    } catch (error) {
      for (const entry of entries) this.#withdraw(entry);
      throw error;
    }
    for (const entry of entries) this.#place(entry, nowMs);
    return await enqueued();
  }

  /** It is on record: from now on it waits for a thread. */
  #place({ task, seq }: Entry, submittedAtMs: number): void {
    const { tallies, window, queueOf, onPending } = this.#options;
    const queue = queueOf(task.poolId);
    queue.reserved--;
    tallies.add(task.poolId, "pending", 1);
    onPending(task);
    const record = window.place(queue, task, seq, submittedAtMs);
    if (record === undefined) this.#leftAtMs.set(task, submittedAtMs);
    else if (queue.isSealed) {
      record.runner.withdraw(record, SENTENCES.poolWasClosedMeanwhile());
    }
  }

  /** It could not be written. */
  #withdraw({ task, seq }: Entry): void {
    const queue = this.#options.queueOf(task.poolId);
    queue.reserved--;
    queue.unplaced.delete(seq);
    this.#options.onGone(queue);
  }

  async #readByKey({ poolId, idempotencyKey }: NewTask): Promise<StoredTask | undefined> {
    const { reader, queueOf } = this.#options;
    return await reader.byKey(queueOf(poolId).number, idempotencyKey ?? "");
  }

  /**
   * A pool that has no room for what it is to take, and how many that is.
   * @throws {LidoError} `idempotency_conflict`, `pool_closed`; a task's `refusal`.
   */
  #findFull(
    tasks: readonly NewTask[],
    look: KeyLook,
    arrival: number,
  ): [Queue, Caller] | undefined {
    const { capacity, queueOf } = this.#options;
    const wanted = new Map<Queue, number>();
    for (const { poolId, refusal } of this.#keys.freshOf(tasks, look)) {
      if (refusal !== undefined) throw refusal;
      const queue = queueOf(poolId);
      checkOpen(queue);
      wanted.set(queue, (wanted.get(queue) ?? 0) + 1);
    }
    return [...wanted].map(([queue, count]): [Queue, Caller] => [queue, { arrival, count }])
      .find(([queue, caller]) => capacity.isFull(queue, caller));
  }
}

/** @throws {LidoError} `pool_closed` if the queue takes nothing new. */
export function checkOpen({ isSealed, poolId }: Queue): void {
  if (isSealed) throw closedError(poolId);
}

/** What is said to whoever submits to a pool that takes nothing new. */
export function closedError(poolId: PoolId): LidoError {
  return new LidoError("pool_closed", `Cannot submit task: the pool ${poolId} takes nothing new`);
}
