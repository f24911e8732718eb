/**
 * What an engine promises, as plain data: tasks in the order of their submits, each with the events
 * that it must show, and how much of that is certain to outlive a crash. Nothing here knows of
 * files, windows or threads.
 */
import type { Ending } from "./model_runner.ts";
import type { Rejection } from "../../core/model/pool.ts";
import type { PoolId, PoolSettings } from "../../core/model/pool.ts";
import type { TaskFilter, TaskId } from "../../core/model/task.ts";
import {
  isFinal,
  TASK_STATES,
  type TaskEvent,
  type TaskState,
  transition,
} from "../../core/model/task_state.ts";
import type { NewTask } from "../../core/engine/engine.ts";

/** Deaths of the server after which a task is not run again. */
const DEATHS_MAX = 3;

/** One thing that happened to a task. */
export interface ModelEvent {
  readonly event: TaskEvent | "submit";
  readonly attempt: number;
}

/** A task as it must be. */
export interface ModelTask {
  task: NewTask;
  readonly submittedAtMs: number;
  /** Tasks of one submit share it: they are there together or not at all. */
  readonly batch: number;
  events: ModelEvent[];
  /** How many of its events are on disk for certain; 0: the task itself may go with a crash. */
  kept: number;
  deaths: number;
  /** Whether the ledger of tasks that were handed over has it; `maybe` until it is next written. */
  handed: "no" | "yes" | "maybe";
  /** Ran when the server ended: it is before its equals, or among them. */
  isSuspect: boolean;
  /** How it ended, if it did. */
  ending: Ending | null;
  /** Retention may have taken it under rules that the pool has no more. */
  wasPrunable: boolean;
  /** Retention let it go. */
  isPruned: boolean;
}

/** A pool as it must be. */
export interface ModelPool {
  readonly id: PoolId;
  settings: PoolSettings;
  version: number;
  isSealed: boolean;
  rejected: number;
  /** Refusals that are on disk for certain. */
  rejectedKept: number;
}

/** The state that a task's events lead to. */
export function stateOf({ events }: { readonly events: readonly ModelEvent[] }): TaskState {
  return events.reduce<TaskState>(
    (state, { event }) => event === "submit" ? "pending" : transition(state, event),
    "pending",
  );
}

/** The attempt that a task is at. */
export function attemptOf({ events }: ModelTask): number {
  return events.at(-1)?.attempt ?? 1;
}

/** See the head of this file. */
export class Model {
  readonly pools = new Map<PoolId, ModelPool>();
  /** In the order of their submits. */
  tasks: ModelTask[] = [];
  #batches = 0;

  pool(id: PoolId): ModelPool {
    const pool = this.pools.get(id);
    if (pool === undefined) throw new TypeError(`Cannot find pool ${id} in the model`);
    return pool;
  }

  find(id: TaskId): ModelTask {
    const found = this.tasks.find(({ task }) => task.id === id);
    if (found === undefined) throw new TypeError(`Cannot find task ${id} in the model`);
    return found;
  }

  /** Of one pool, or of all, in a state. */
  inState(state: TaskState, poolId?: PoolId): readonly ModelTask[] {
    return this.tasks.filter((one) =>
      (poolId === undefined || one.task.poolId === poolId) && stateOf(one) === state
    );
  }

  /** Tasks that may still be submitted to a pool. */
  roomIn(id: PoolId): number {
    return this.pool(id).settings.queueCapacity - this.inState("pending", id).length;
  }

  /** What a pool has on record for a key. */
  byKey(poolId: PoolId, key: string | null): ModelTask | undefined {
    if (key === null) return undefined;
    return this.tasks.find(({ task, isPruned }) =>
      !isPruned && task.poolId === poolId && task.idempotencyKey === key
    );
  }

  /** Takes tasks of one submit. */
  submit(tasks: readonly NewTask[], submittedAtMs: number): readonly ModelTask[] {
    const batch = ++this.#batches;
    const added = tasks.map((task): ModelTask => ({
      task,
      submittedAtMs,
      batch,
      events: [{ event: "submit", attempt: 1 }],
      kept: 0,
      deaths: 0,
      handed: "no",
      isSuspect: false,
      ending: null,
      wasPrunable: false,
      isPruned: false,
    }));
    this.tasks.push(...added);
    return added;
  }

  /** Something happened to a task. */
  happened(one: ModelTask, event: TaskEvent, attempt = attemptOf(one)): void {
    transition(stateOf(one), event);
    one.events.push({ event, attempt });
  }

  /** Whom a full queue gives up: of the lowest priority the one that waits longest. */
  expendable(poolId: PoolId): ModelTask | undefined {
    const waiting = this.inState("pending", poolId).filter(({ handed }) => handed !== "yes");
    const lowest = Math.min(...waiting.map(({ task }) => task.priority));
    const last = waiting.filter(({ task }) => task.priority === lowest);
    return last.find(({ isSuspect }) => isSuspect) ?? last[0];
  }

  /** All that has happened up to now is on disk. */
  allKept(): void {
    for (const one of this.tasks) one.kept = one.events.length;
    for (const pool of this.pools.values()) pool.rejectedKept = pool.rejected;
  }

  /** Tasks were handed to threads; the ledger learns at the same time of those that came back. */
  handedOver(tasks: readonly ModelTask[]): void {
    for (const one of this.tasks) if (one.handed === "maybe") one.handed = "no";
    for (const one of tasks) one.handed = "yes";
  }

  /**
   * The server ended while this task's events were on disk up to `seen`. Gives the events that may
   * follow in its next life, one list for each way in which that may be.
   */
  afterEnd(one: ModelTask, seen: readonly ModelEvent[], isCrash: boolean): ModelEvent[][] {
    const attempt = seen.at(-1)?.attempt ?? 1;
    const state = stateOf({ events: seen });
    const isPoisonous = isCrash && one.deaths + 1 >= DEATHS_MAX;
    const again: ModelEvent[] = isPoisonous
      ? [{ event: "fail", attempt }]
      : [{ event: "recover", attempt: attempt + 1 }];
    if (isFinal(state)) return [[]];
    if (state === "running" || one.handed === "yes") return [again];
    return one.handed === "maybe" ? [[], again] : [[]];
  }

  /** Counters of one pool, or of all, as the tasks add up to. */
  counts(poolId?: PoolId): Record<string, number> {
    const counts = Object.fromEntries(TASK_STATES.map((state) => [state, 0]));
    const mine = this.tasks.filter(({ task }) => poolId === undefined || task.poolId === poolId);
    for (const one of mine) counts[stateOf(one)] = (counts[stateOf(one)] ?? 0) + 1;
    const ended = (ending: Ending) => mine.filter((one) => one.ending === ending).length;
    const pools = poolId === undefined ? [...this.pools.values()] : [this.pool(poolId)];
    return {
      ...counts,
      timedOut: ended("ran_too_long") + ended("waited_too_long"),
      queueTimedOut: ended("waited_too_long"),
      rejected: pools.reduce((sum, { rejected }) => sum + rejected, 0),
    };
  }

  /** Ids that a list must show, newest first. */
  list(filter: TaskFilter): readonly TaskId[] {
    const { poolId, states, type, tags = [], priority, attempt, submittedAtMs } = filter;
    return this.tasks.filter((one) =>
      (poolId === undefined || one.task.poolId === poolId) &&
      (states === undefined || states.includes(stateOf(one))) &&
      (type === undefined || one.task.type.name === type) &&
      tags.every((tag) => one.task.tags.includes(tag)) &&
      isWithin(one.task.priority, priority) &&
      isWithin(attemptOf(one), attempt) &&
      isWithin(one.submittedAtMs, submittedAtMs)
    ).map(({ task }) => task.id).toReversed();
  }

  /** A pool gets other rules; what its old ones let retention take may be gone all the same. */
  changePolicy(pool: ModelPool, settings: PoolSettings): void {
    for (const one of this.tasks) {
      if (one.task.poolId === pool.id) one.wasPrunable = this.isPrunable(one);
    }
    pool.version++;
    pool.settings = settings;
  }

  /** Whether retention may have let a task go: so many of its pool ended that were newer. */
  isPrunable(one: ModelTask): boolean {
    if (one.wasPrunable) return true;
    const keep = this.pool(one.task.poolId).settings.keepFinishedTasks;
    if (keep === null || !isFinal(stateOf(one))) return false;
    const newer = this.tasks.slice(this.tasks.indexOf(one) + 1).filter((other) =>
      other.task.poolId === one.task.poolId && isFinal(stateOf(other))
    );
    return newer.length >= keep;
  }
}

/** Whether two submits with one key are the same. */
export function isSameSubmit(one: NewTask, other: NewTask): boolean {
  return one.inputJson === other.inputJson &&
    one.name === other.name && one.type.name === other.type.name &&
    JSON.stringify(one.tags) === JSON.stringify(other.tags);
}

/** The policies of a full queue. */
export const REJECTIONS: readonly Rejection[] = ["reject", "wait", "drop_oldest"];

function isWithin(value: number, range: TaskFilter["priority"]): boolean {
  return value >= (range?.min ?? -Infinity) && value <= (range?.max ?? Infinity);
}
