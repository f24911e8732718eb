/** Who waits for the ends of tasks; each is told once the end is written. */
import type { TaskId } from "../../model/task.ts";

/** See the head of this file. */
export class EndWaiters {
  readonly #waiters = new Map<TaskId, Set<() => void>>();

  /** From now on `tell` is called when the task has ended. */
  add(id: TaskId, tell: () => void): void {
    const waiters = this.#waiters.get(id) ?? new Set();
    this.#waiters.set(id, waiters.add(tell));
  }

  /** Somebody waits no longer. */
  delete(id: TaskId, tell: () => void): void {
    const waiters = this.#waiters.get(id);
    waiters?.delete(tell);
    if (waiters?.size === 0) this.#waiters.delete(id);
  }

  /** Resolves when the task has ended. */
  when(id: TaskId): Promise<void> {
    return new Promise((resolve) => this.add(id, resolve));
  }

  /** The task has ended, and that is written. */
  tell(id: TaskId): void {
    const waiters = this.#waiters.get(id);
    this.#waiters.delete(id);
    for (const tell of waiters ?? []) tell();
  }

  /** Nothing more will be told. */
  tellAll(): void {
    for (const id of [...this.#waiters.keys()]) this.tell(id);
  }
}
