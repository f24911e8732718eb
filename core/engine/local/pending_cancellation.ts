/** Cancels all that waits in one queue, in memory and on disk, a step at a time. */
import { setImmediate } from "node:timers";
import type { Journal } from "./journal/journal.ts";
import type { StoredTask } from "./journal/stored_task.ts";
import type { Queue } from "./queue.ts";
import type { Window } from "./window.ts";

/** How many tasks are cancelled before others are served. */
const STEP = 1_000;

/** What it is done with. */
export interface CancellationOptions {
  readonly journal: Journal;
  readonly window: Window;
  /** The last task that is meant: what is submitted meanwhile is not. */
  readonly newestSeq: number;
  readonly cause: string;
  /** Ends a task that is on disk only. */
  cancelStored(row: StoredTask): void;
}

/** Resolves with how many were cancelled, once all their ends can be read. */
export async function cancelPending(queue: Queue, options: CancellationOptions): Promise<number> {
  const { journal, window } = options;
  queue.emptiers++;
  try {
    const inMemory = await cancelHeld(queue, options.cause);
    const onDisk = await cancelOnDisk(queue, options);
    await journal.flush();
    return inMemory + onDisk;
  } finally {
    queue.emptiers--;
    window.refill(queue);
  }
}

async function cancelHeld(queue: Queue, cause: string): Promise<number> {
  // What is on its way into memory is neither there nor on disk.
  while (queue.loading !== undefined) await queue.loading;
  const held = [...queue.records.values()].filter(({ state }) => state === "pending");
  let cancelled = 0;
  for (let at = 0; at < held.length; at += STEP) {
    const answers = await Promise.all(
      held.slice(at, at + STEP).map((record) => queue.runner.withdraw(record, cause)),
    );
    cancelled += answers.filter((wasWithdrawn) => wasWithdrawn).length;
    await new Promise((resolve) => setImmediate(resolve)); // others want to be served, too
  }
  return cancelled;
}

async function cancelOnDisk(queue: Queue, options: CancellationOptions): Promise<number> {
  const { journal, window, newestSeq, cancelStored } = options;
  let cancelled = 0;
  while (queue.lanes.onDisk(newestSeq).length > 0) {
    await window.load(queue, { limit: STEP, newestSeq }, (row) => {
      cancelled++;
      cancelStored(row);
    });
    await journal.flush(); // as fast as the disk, and no faster
  }
  return cancelled;
}
