/** Changes a task that waits for its turn: its priority, or the pool that it waits in. */
import type { Clock } from "../../model/clock.ts";
import { LidoError } from "../../model/errors.ts";
import type { PoolId } from "../../model/pool.ts";
import { SENTENCES } from "../../model/sentences.ts";
import type { TaskChange, TaskId } from "../../model/task.ts";
import type { NewTask } from "../engine.ts";
import type { Change } from "./journal/group.ts";
import type { Journal } from "./journal/journal.ts";
import type { StoredTask } from "./journal/stored_task.ts";
import type { Queue } from "./queue.ts";
import type { Tallies } from "./tallies.ts";
import type { TaskFinder } from "./task_finder.ts";
import { TaskRecord } from "./task_record.ts";
import type { Window } from "./window.ts";

/** What it is done with. */
export interface ChangeOptions {
  readonly clock: Clock;
  readonly finder: TaskFinder;
  readonly window: Window;
  readonly journal: Journal;
  readonly tallies: Tallies;
  /** @throws {LidoError} `pool_not_found`. */
  queueOf(poolId: PoolId): Queue;
  /** How a pool is called. */
  nameOf(poolId: PoolId): string;
  /** @throws {LidoError} `pool_closed`, `queue_full` if the queue has no room for one more. */
  checkRoom(queue: Queue): void;
  /** It waits in another pool, or elsewhere in its own. */
  onChange(task: NewTask): void;
}

/**
 * Resolves when it is on record. From the look at the task on nothing of either queue is loaded from
 * the disk, or given back to it, until the disk has what is in memory.
 */
export async function changeTask(
  id: TaskId,
  change: TaskChange,
  options: ChangeOptions,
): Promise<void> {
  const { finder, window, queueOf } = options;
  for (;;) {
    const seen = poolOf(await finder.find(id));
    const from = queueOf(seen);
    const to = queueOf(change.poolId ?? seen);
    const isDone = await window.whileStill([from, to], async () => {
      const found = await finder.find(id);
      if (poolOf(found) !== seen) return false; // it was moved since it was looked for
      await changeFound(found, change, from, to, options);
      return true;
    });
    if (isDone) return;
  }
}

/** No await up to the write: nobody else sees a task that waits nowhere. */
async function changeFound(
  found: TaskRecord | StoredTask,
  change: TaskChange,
  from: Queue,
  to: Queue,
  options: ChangeOptions,
): Promise<void> {
  const { window, journal, tallies, clock } = options;
  checkWaits(found, from);
  const old = found instanceof TaskRecord ? found.task : found;
  const priority = change.priority ?? old.priority;
  if (from === to && priority === old.priority) return;
  if (from !== to) checkMoves(old.idempotencyKey, to, options);
  const before = window.takeOut(from, found);
  const row = changeRow(before, priority, from, to, clock.nowMs(), options.nameOf);
  // Before the move: threads of the other pool may start it at once, and that comes after.
  journal.note(row, to.policy.durability === "fsync");
  const record = window.move(from, to, before, { ...before.task, poolId: to.poolId, priority });
  if (from !== to) {
    tallies.add(from.poolId, "pending", -1);
    tallies.add(to.poolId, "pending", 1);
  }
  options.onChange(record.task);
  await journal.flush();
  window.yieldToDisk(to, record);
  options.finder.forget(record.task.id);
}

/** @throws {LidoError} `task_not_changeable` unless it waits for its turn. */
function checkWaits(found: TaskRecord | StoredTask, from: Queue): void {
  if (found.state !== "pending") throw notChangeable(`it is ${found.state}`);
  if (found instanceof TaskRecord && found.place !== "queued") {
    throw notChangeable("a thread has it already");
  }
  if (from.isBeingEmptied) throw notChangeable("all that waits in its pool is being cancelled");
}

/** @throws {LidoError} `task_not_changeable`, `pool_closed`, `queue_full`. */
function checkMoves(key: string | null, to: Queue, { checkRoom }: ChangeOptions): void {
  // Whoever submits it once more asks its first pool for it.
  if (key !== null) throw notChangeable("its idempotency key holds in its own pool only");
  checkRoom(to);
}

function changeRow(
  { order, number, priority: old }: TaskRecord,
  priority: number,
  from: Queue,
  to: Queue,
  atMs: number,
  nameOf: ChangeOptions["nameOf"],
): Change {
  const causes: string[] = [];
  if (old !== priority) causes.push(SENTENCES.priorityChanged(old, priority));
  if (from !== to) causes.push(SENTENCES.movedToPool(nameOf(from.poolId), nameOf(to.poolId)));
  return {
    kind: "changed",
    seq: order,
    from: from.number,
    to: to.number,
    priority,
    atMs: Math.round(atMs),
    attempt: number,
    causes,
    movedBefore: 0, // the group that takes it counts
  };
}

function poolOf(found: TaskRecord | StoredTask): PoolId {
  return found instanceof TaskRecord ? found.task.poolId : found.poolId;
}

function notChangeable(reason: string): LidoError {
  return new LidoError("task_not_changeable", `Cannot change task: ${reason}`);
}
