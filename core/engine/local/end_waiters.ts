/** Who waits for the ends of tasks; each is told once the end is written. */
import type { TaskId } from "../../model/task.ts";
import { isFinal } from "../../model/task_state.ts";
import { TransientMap } from "../../model/transient_map.ts";
import type { TaskFinder } from "./task_finder.ts";
import { type RecordsById, TaskRecord } from "./task_record.ts";

/** See the head of this file. */
export class EndWaiters {
  readonly #finder: TaskFinder;
  readonly #records: RecordsById;
  readonly #waiters = new TransientMap<TaskId, Set<() => void>>();
  #isOver = false;

  /** `records` are those in memory, of all pools. */
  constructor(finder: TaskFinder, records: RecordsById) {
    this.#finder = finder;
    this.#records = records;
  }

  /**
   * Resolves when a task has ended, or when nothing more will be told.
   * @throws {LidoError} `task_not_found`; the signal's reason.
   */
  async waitFor(id: TaskId, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    promise.catch(() => {}); // it may be refused before anyone awaits it
    const abort = () => reject(signal.reason);
    this.#add(id, resolve);
    signal.addEventListener("abort", abort);
    try {
      const found = await this.#finder.find(id);
      signal.throwIfAborted();
      // One in memory tells when its end is written, even if it has ended already.
      const hasEnded = found instanceof TaskRecord ? found.isEndWritten : isFinal(found.state);
      if (this.#isOver || hasEnded) return;
      await promise;
    } finally {
      signal.removeEventListener("abort", abort);
      this.#delete(id, resolve);
    }
  }

  /** Resolves when a task has ended; at once if it is not in memory. */
  async whenEnded(id: TaskId): Promise<void> {
    if (this.#records.get(id)?.isEndWritten ?? true) return;
    await new Promise<void>((resolve) => this.#add(id, resolve));
  }

  /** The task has ended, and that is written. */
  tell(id: TaskId): void {
    for (const tell of this.#waiters.take(id) ?? []) tell();
  }

  /** Nothing more will be told. */
  tellAll(): void {
    this.#isOver = true;
    for (const id of [...this.#waiters.keys()]) this.tell(id);
  }

  #add(id: TaskId, tell: () => void): void {
    const waiters = this.#waiters.get(id) ?? new Set();
    this.#waiters.set(id, waiters.add(tell));
  }

  #delete(id: TaskId, tell: () => void): void {
    const waiters = this.#waiters.get(id);
    waiters?.delete(tell);
    if (waiters?.size === 0) this.#waiters.take(id);
  }
}
