/**
 * The part of each queue that is in memory. A queue that is longer than its window costs disk, not
 * memory: what does not fit stays in the journal and is loaded when the window runs low, in the
 * order in which it would have run.
 *
 * A load is a read of another thread's: when its answer comes, what it saw waiting may have been
 * cancelled, or loaded and run. So it skips what is in memory, what left memory meanwhile
 * (`Queue.left`), and takes over what is being placed (`Queue.unplaced`).
 */
import type { TaskId } from "../../model/task.ts";
import type { TransientMap } from "../../model/transient_map.ts";
import type { Clock } from "../../model/clock.ts";
import type { NewTask } from "../engine.ts";
import type { Journal } from "./journal/journal.ts";
import type { JournalReader } from "./journal/reader.ts";
import type { StoredTask } from "./journal/stored_task.ts";
import type { Queue } from "./queue.ts";
import { taskOf } from "./stored_snapshot.ts";
import { type RecordListener, TaskRecord } from "./task_record.ts";
import { Waits } from "./waits.ts";

/** Waiting tasks of a pool in memory, unless told otherwise. */
export const WINDOW_TASKS = 4_096;
/** The characters of their inputs. */
const WINDOW_CHARS = 16 * 1024 * 1024;
/** What could not be read is not tried again before. */
const RETRY_MS = 1_000;

/** What a window works with. */
export interface WindowOptions {
  /** Waiting tasks of a pool in memory. */
  readonly tasks: number;
  readonly reader: JournalReader;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly listener: RecordListener;
  /** What is in memory, of all pools. */
  readonly records: TransientMap<TaskId, TaskRecord>;
  /** Where the code of a type is now; undefined when no file has it any longer. */
  findType(name: string): NewTask["type"] | undefined;
  onError(error: unknown): void;
}

/** What a load reads. */
export interface LoadOptions {
  /** So many tasks at most. */
  readonly limit: number;
  /** The last one that is meant; all if left out. */
  readonly newestSeq?: number;
}

/** See the head of this file. */
export class Window {
  readonly #options: WindowOptions;
  readonly #waits: Waits;
  /** Queues that could not be read, and from when on that is tried again, on the monotonic clock. */
  readonly #unread = new Map<Queue, number>();

  constructor(options: WindowOptions) {
    this.#options = options;
    this.#waits = new Waits(options.clock);
  }

  /** A task has its seq: from now on it waits. */
  begin(queue: Queue, seq: number): void {
    queue.unplaced.add(seq);
    this.#waits.note(seq);
  }

  /** A task was written: it goes to the threads, or stays on disk. */
  place(queue: Queue, task: NewTask, seq: number, submittedAtMs: number): TaskRecord | undefined {
    if (!queue.unplaced.delete(seq)) return undefined; // a load was quicker
    const { lanes } = queue;
    const { priority } = task;
    // Where later ones of its lane were quicker, no load would find it: it comes into memory.
    const isFindable = seq > lanes.loadedUpTo(priority);
    const isBehind = lanes.isBehindDisk(priority);
    if (isFindable && (isBehind || this.#isFull(queue) && !lanes.isBeforeDisk(priority))) {
      lanes.leave(priority, seq);
      return undefined;
    }
    const record = this.#record(queue, task, {
      seq,
      submittedAtMs,
      attempt: 1,
      deaths: 0,
    });
    this.#hold(queue, record);
    this.#shrink(queue);
    return record;
  }

  /** A task of an earlier life of the server that did not end. */
  adopt(queue: Queue, row: StoredTask): TaskRecord {
    const record = this.#recordOf(queue, row);
    this.#hold(queue, record, true);
    return record;
  }

  /** Makes a record of a task that is on disk only, and leaves it out of the queue. */
  take(queue: Queue, row: StoredTask): TaskRecord {
    return this.#recordOf(queue, row);
  }

  /** Gives a task that waits for its turn, in memory or on disk only, as a record that waits nowhere. */
  takeOut(queue: Queue, found: TaskRecord | StoredTask): TaskRecord {
    if (!(found instanceof TaskRecord)) return this.take(queue, found);
    queue.runner.takeBack(found);
    this.#release(queue, found);
    return found;
  }

  /**
   * A task that waits nowhere waits as `task` says from now on, in this queue or another, among its
   * equals by its age. It is in memory: {@link yieldToDisk} must follow once the disk has it so.
   */
  move(from: Queue, to: Queue, old: TaskRecord, task: NewTask): TaskRecord {
    this.forget(from, old);
    const { order: seq, submittedAtMs, number: attempt, deaths } = old;
    const record = this.#record(to, task, { seq, submittedAtMs, attempt, deaths });
    this.comeBack(to, record);
    const waitedMs = this.#waits.since(seq, submittedAtMs);
    const hasRun = attempt > 1 || old.cameBackMs !== undefined;
    to.runner.submit(record, { waitedMs, hasRun, isSuspect: deaths > 0, isByAge: true });
    return record;
  }

  /** Leaves a record to the disk if others that are only there go before it. */
  yieldToDisk(queue: Queue, record: TaskRecord): void {
    const { lanes } = queue;
    const { priority, order } = record;
    if (!lanes.isBehindDisk(priority) || order <= lanes.loadedUpTo(priority)) return;
    if (queue.runner.takeBack(record)) this.#leave(queue, record);
  }

  /**
   * Nothing of these queues is loaded meanwhile, or given back to the disk. They are taken in the
   * order of their numbers, so that nobody waits for one who waits for him.
   */
  async whileStill<Result>(queues: readonly Queue[], act: () => Promise<Result>): Promise<Result> {
    const [last, ...others] = [...new Set(queues)].sort((one, other) => other.number - one.number);
    if (last === undefined) return await act();
    return await this.whileStill(others, () => this.#alone(last, act));
  }

  /** Takes a task that a load gave into the queue. */
  keep(queue: Queue, row: StoredTask): void {
    this.#hold(queue, this.#recordOf(queue, row));
  }

  /** Fills the window if it runs low of what goes before the disk's: others there are do not count. */
  refill(queue: Queue): void {
    if (queue.isBeingEmptied || queue.loading !== undefined || !queue.lanes.isAnyOnDisk) return;
    const { tasks, chars } = queue.lanes.heldBeforeDisk();
    if (tasks > this.#options.tasks / 2 || chars > WINDOW_CHARS / 2) return;
    const { clock, onError } = this.#options;
    if (clock.monotonicMs() < (this.#unread.get(queue) ?? -Infinity)) return;
    // Room may have been taken meanwhile; what was read is taken all the same.
    this.load(queue, { limit: this.#options.tasks }, (row) => this.keep(queue, row)).then(
      () => {
        this.#unread.delete(queue);
        this.refill(queue);
      },
      (error) => {
        this.#unread.set(queue, clock.monotonicMs() + RETRY_MS);
        onError(error);
      },
    );
  }

  /** Looks once more for what could not be read: no end of a task may come that would ask for it. */
  refillUnread(): void {
    for (const queue of this.#unread.keys()) this.refill(queue);
  }

  /** Reads the next tasks that are on disk only, in their order, and gives each to `use`. */
  async load(
    queue: Queue,
    options: LoadOptions,
    use: (row: StoredTask) => void,
  ): Promise<void> {
    await this.#alone(queue, (left) => this.#load(queue, options, left, use));
    this.#shrink(queue);
  }

  /** The oldest of a lane that is on disk only; undefined when none is, and the lane knows it then. */
  expendable(queue: Queue, priority: number): Promise<StoredTask | undefined> {
    const { lanes, number: pool } = queue;
    return this.#alone(queue, async (left) => {
      const newest = lanes.newestOnDisk(priority);
      for (let above = lanes.loadedUpTo(priority);;) {
        await this.#written();
        const row = await this.#options.reader.expendable({ pool, priority, above });
        if (row === undefined) {
          lanes.load(priority, newest);
          return undefined;
        }
        if (!left.has(row.seq) && !queue.records.has(row.seq)) return row;
        above = row.seq;
      }
    });
  }

  /** A record is no longer in memory. */
  forget(queue: Queue, record: TaskRecord): void {
    queue.records.take(record.order);
    this.#options.records.take(record.task.id);
    queue.left?.add(record.order);
  }

  /**
   * Reads of a queue's lanes are made one after the other, and nothing is given back to the disk
   * meanwhile: a read would not have seen it, and take its lane for loaded. `left` fills with what
   * leaves memory during the read.
   */
  async #alone<Read>(queue: Queue, read: (left: Set<number>) => Promise<Read>): Promise<Read> {
    while (queue.loading !== undefined) await queue.loading;
    const { promise, resolve } = Promise.withResolvers<void>();
    queue.loading = promise;
    try {
      return await read(queue.left = new Set());
    } finally {
      queue.left = undefined;
      queue.loading = undefined;
      resolve();
    }
  }

  async #load(
    queue: Queue,
    { limit, newestSeq = Infinity }: LoadOptions,
    left: ReadonlySet<number>,
    use: (row: StoredTask) => void,
  ): Promise<void> {
    const { lanes } = queue;
    const asked = lanes.onDisk(newestSeq).map((priority) => ({
      priority,
      above: lanes.loadedUpTo(priority),
      newest: Math.min(lanes.newestOnDisk(priority), newestSeq),
      held: lanes.held(priority),
    }));
    await this.#written();
    const rows = await this.#options.reader.ready({
      pool: queue.number,
      lanes: asked,
      newestSeq,
      limit,
      charsMax: WINDOW_CHARS,
    });
    for (const row of rows.tasks) {
      lanes.load(row.priority, row.seq);
      queue.unplaced.delete(row.seq);
      if (!left.has(row.seq) && !queue.records.has(row.seq)) use(row);
    }
    // These lanes were read to their ends, as they were when they were asked for.
    for (const { priority, newest } of asked) {
      if (rows.exhausted.includes(priority)) lanes.load(priority, newest);
    }
  }

  /** What was left on disk before it was written can be read from here on. */
  async #written(): Promise<void> {
    const { journal } = this.#options;
    if (journal.owesTasks) await journal.flush();
  }

  /** Gives back to the disk what would run last, once there is twice as much as should be. */
  #shrink(queue: Queue): void {
    if (queue.loading !== undefined) return;
    const { tasks } = this.#options;
    if (queue.held > 2 * tasks) this.#giveBack(queue, queue.held - tasks);
    if (queue.heldChars <= 2 * WINDOW_CHARS) return;
    // What is with the threads already does not come back.
    while (queue.heldChars > WINDOW_CHARS) if (this.#giveBack(queue, 1) === 0) return;
  }

  /** Answers how many came back. */
  #giveBack(queue: Queue, count: number): number {
    const attempts = queue.runner.giveBack(count);
    for (const attempt of attempts) {
      if (!(attempt instanceof TaskRecord)) continue;
      this.#leave(queue, attempt);
    }
    return attempts.length;
  }

  /** A record that the threads gave back is on disk only from now on. */
  #leave(queue: Queue, record: TaskRecord): void {
    queue.lanes.giveUp(record.priority, record.order);
    this.#release(queue, record);
    queue.records.take(record.order);
    this.#options.records.take(record.task.id);
  }

  #isFull(queue: Queue): boolean {
    return queue.held >= this.#options.tasks || queue.heldChars >= WINDOW_CHARS;
  }

  #recordOf(queue: Queue, row: StoredTask): TaskRecord {
    return this.#record(queue, taskOf(row, this.#options.findType(row.type)), row);
  }

  #record(
    queue: Queue,
    task: NewTask,
    origin: Pick<StoredTask, "seq" | "submittedAtMs" | "attempt" | "deaths">,
  ): TaskRecord {
    const record = new TaskRecord(task, origin, queue.runner, this.#options.listener);
    queue.records.set(record.order, record);
    this.#options.records.set(task.id, record);
    return record;
  }

  #hold(queue: Queue, record: TaskRecord, isSuspect = false): void {
    this.comeBack(queue, record);
    if (!isSuspect) queue.lanes.load(record.priority, record.order);
    const waitedMs = this.#waits.since(record.order, record.submittedAtMs);
    queue.runner.submit(record, { waitedMs, hasRun: record.number > 1, isSuspect });
  }

  /** A record waits no longer in the window; it may come back. */
  release(queue: Queue, record: TaskRecord): void {
    this.#release(queue, record);
    this.refill(queue);
  }

  /** A record came back into the window. */
  comeBack(queue: Queue, record: TaskRecord): void {
    const chars = charsOf(record);
    queue.held++;
    queue.heldChars += chars;
    queue.lanes.hold(record.priority, 1, chars);
  }

  #release(queue: Queue, record: TaskRecord): void {
    const chars = charsOf(record);
    queue.held--;
    queue.heldChars -= chars;
    queue.lanes.hold(record.priority, -1, chars);
  }
}

function charsOf({ task }: TaskRecord): number {
  return task.inputJson?.length ?? 0;
}
