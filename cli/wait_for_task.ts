import { isFinal, TASK_STATES } from "../core/model/task_state.ts";
import type { LidoClient, WireTask } from "./client/mod.ts";

/** How long one request waits when a person watches the progress, in seconds. */
const WATCHED_SECONDS = 1;
/** How long one request waits when nobody does. */
const UNWATCHED_SECONDS = 30;

/** Asks until the task has ended; `onProgress` is told each state on the way. */
export async function waitForTask(
  client: LidoClient,
  id: string,
  onProgress?: (task: WireTask) => void,
): Promise<WireTask> {
  const seconds = onProgress === undefined ? UNWATCHED_SECONDS : WATCHED_SECONDS;
  while (true) {
    const task = await client.getTask(id, seconds);
    if (hasEnded(task)) return task;
    onProgress?.(task);
  }
}

/** Whether nothing more will happen to the task. */
export function hasEnded(task: WireTask): boolean {
  const state = TASK_STATES.find((known) => known === task.status);
  return state !== undefined && isFinal(state);
}

/**
 * Waits for many tasks, at most `width` of them at a time, and gives them in the order of their
 * ids: the first is not kept back until the last has ended. One that cannot be waited for is given
 * as its error.
 */
export async function* waitInOrder(
  client: LidoClient,
  ids: readonly string[],
  width: number,
): AsyncGenerator<PromiseSettledResult<WireTask>> {
  const waits: Promise<PromiseSettledResult<WireTask>>[] = [];
  for (const id of ids) {
    waits.push(settle(waitForTask(client, id)));
    const first = waits.length < width ? undefined : waits.shift();
    if (first !== undefined) yield await first;
  }
  for (const wait of waits) yield await wait;
}

/** A rejection that waits for its turn would else count as unhandled and end the process. */
async function settle<T>(promise: Promise<T>): Promise<PromiseSettledResult<T>> {
  const [settled] = await Promise.allSettled([promise]);
  return settled;
}
