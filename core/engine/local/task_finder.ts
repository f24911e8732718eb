/** Finds a task where it is: in memory while it waits in a window, runs or ends, and on disk always. */
import { LidoError } from "../../model/errors.ts";
import type { TaskId } from "../../model/task.ts";
import type { Journal } from "./journal/journal.ts";
import type { JournalReader } from "./journal/reader.ts";
import type { StoredTask } from "./journal/stored_task.ts";
import type { RecordsById, TaskRecord } from "./task_record.ts";

/**
 * How long a list waits for what was answered before it, and is not in the tables yet. A disk that
 * takes longer stalls: until it goes on, no list waits for it.
 */
const CATCH_UP_MS = 2_000;

/** What a finder looks at. */
export interface FinderOptions {
  readonly journal: Journal;
  readonly reader: JournalReader;
  /** What is in memory, of all pools. */
  readonly records: RecordsById;
}

/** See the head of this file. */
export class TaskFinder {
  readonly #options: FinderOptions;
  /** For each read of the disk that is under way: what left memory meanwhile. */
  readonly #lookups = new Set<Set<TaskId>>();
  #isStalled = false;

  constructor(options: FinderOptions) {
    this.#options = options;
  }

  /** A task in memory, or as it is on disk. @throws {LidoError} `task_not_found`. */
  find(id: TaskId): Promise<TaskRecord | StoredTask> {
    return this.use(id, (found) => found);
  }

  /**
   * Does something with a task in the moment in which it is found: a moment later, one that waits in
   * memory may have been given back to the disk. @throws {LidoError} `task_not_found`.
   */
  async use<Result>(
    id: TaskId,
    act: (found: TaskRecord | StoredTask) => Result | Promise<Result>,
  ): Promise<Result> {
    const { records } = this.#options;
    for (;;) {
      const left = new Set<TaskId>();
      this.#lookups.add(left);
      try {
        const record = records.get(id);
        if (record !== undefined) return act(record);
        const row = await this.read(id);
        const loaded = records.get(id);
        if (loaded !== undefined) return act(loaded);
        // One that was in memory meanwhile may have ended: what was read is out of date.
        if (!left.has(id)) return act(row);
      } finally {
        this.#lookups.delete(left);
      }
    }
  }

  /** A task as it is on disk. @throws {LidoError} `task_not_found`. */
  read(id: TaskId): Promise<StoredTask> {
    return this.#onDisk(id, () => this.#options.reader.get(id));
  }

  /**
   * What happened to a task, as far as it is on disk: of one in memory that may be nothing.
   * @throws {LidoError} `task_not_found`.
   */
  async readStory<Entry>(
    id: TaskId,
    read: () => Promise<readonly Entry[] | undefined>,
  ): Promise<readonly Entry[]> {
    await this.catchUp();
    return this.#options.records.has(id) ? await read() ?? [] : await this.#onDisk(id, read);
  }

  /** A task is no longer in memory: whoever reads it looks again. */
  forget(id: TaskId): void {
    for (const left of this.#lookups) left.add(id);
  }

  /** Waits until what was answered can be read; not for ever, for the disk may refuse. */
  async catchUp(): Promise<void> {
    const { journal } = this.#options;
    if (this.#isStalled || journal.isApplied) return;
    const applied = journal.applied();
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      this.#isStalled = true;
      void applied.then(() => this.#isStalled = false);
      resolve();
    }, CATCH_UP_MS);
    await Promise.race([applied, promise]);
    clearTimeout(timer);
  }

  async #onDisk<Found>(id: TaskId, read: () => Promise<Found | undefined>): Promise<Found> {
    const { journal } = this.#options;
    const isOwed = journal.owesTasks; // before the read: it may be written meanwhile
    let found = await read();
    if (found === undefined && isOwed) {
      await journal.flush();
      found = await read();
    }
    if (found !== undefined) return found;
    throw new LidoError("task_not_found", `Cannot find task: none has the id ${id}`);
  }
}
