/**
 * All tasks on record, found by id, and listed newest first by pool and state without reading more
 * than a page. Counters are kept with every change, so totals are never counted.
 */
import { LidoError } from "../../model/errors.ts";
import type { PoolId, TaskCounts } from "../../model/pool.ts";
import type { TaskFilter, TaskId, TaskPage } from "../../model/task.ts";
import { TASK_STATES, type TaskState } from "../../model/task_state.ts";
import type { PageRequest } from "../engine.ts";
import { OrderedIndex } from "./ordered_index.ts";
import type { TaskRecord } from "./task_record.ts";

/** Counters of one pool, or of all. Ended tasks stay counted when their records are let go. */
class Tally {
  readonly states = new Map<TaskState, number>(TASK_STATES.map((state) => [state, 0]));
  timedOut = 0;
  rejected = 0;

  add(state: TaskState, amount: number): void {
    this.states.set(state, this.of(state) + amount);
  }

  of(state: TaskState): number {
    return this.states.get(state) ?? 0;
  }

  counts(): TaskCounts {
    return {
      blocked: this.of("blocked"),
      scheduled: this.of("scheduled"),
      pending: this.of("pending"),
      running: this.of("running"),
      completed: this.of("completed"),
      failed: this.of("failed"),
      cancelled: this.of("cancelled"),
      timedOut: this.timedOut,
      rejected: this.rejected,
    };
  }
}

const ALL = "all";

/** See the head of this file. */
export class TaskTable {
  readonly #byId = new Map<string, TaskRecord>();
  readonly #byOrder = new Map<number, TaskRecord>();
  readonly #indexes = new Map<string, OrderedIndex>();
  readonly #tallies = new Map<string, Tally>();

  /** @throws {LidoError} `task_not_found`. */
  get(id: TaskId): TaskRecord {
    const record = this.#byId.get(id);
    if (record !== undefined) return record;
    throw new LidoError("task_not_found", `Cannot find task: none has the id ${id}`);
  }

  /** Adds a new task. */
  add(record: TaskRecord): void {
    this.#byId.set(record.task.id, record);
    this.#byOrder.set(record.order, record);
    for (const scope of scopesOf(record)) {
      this.#index(scope, undefined).add(record.order);
      this.#index(scope, record.state).add(record.order);
      this.#tally(scope).add(record.state, 1);
    }
  }

  /** A task's state is no longer `from`. */
  moved(record: TaskRecord, from: TaskState): void {
    const isTimeout = record.state === "failed" && record.outcome?.kind === "failed" &&
      record.outcome.failure.code.endsWith("_timeout");
    for (const scope of scopesOf(record)) {
      this.#index(scope, from).remove(record.order);
      this.#index(scope, record.state).add(record.order);
      const tally = this.#tally(scope);
      tally.add(from, -1);
      tally.add(record.state, 1);
      if (isTimeout) tally.timedOut++;
    }
  }

  /** Lets a record go; what was counted stays counted. */
  forget(record: TaskRecord): void {
    this.#byId.delete(record.task.id);
    this.#byOrder.delete(record.order);
    for (const scope of scopesOf(record)) {
      this.#index(scope, undefined).remove(record.order);
      this.#index(scope, record.state).remove(record.order);
    }
  }

  /** A submit was refused. */
  rejected(poolId: PoolId, amount: number): void {
    this.#tally(ALL).rejected += amount;
    this.#tally(poolId).rejected += amount;
  }

  /** Pending tasks of a pool, the newest first of those with an order below the given. */
  pendingBelow(poolId: PoolId, order: number, count: number): readonly TaskRecord[] {
    return this.#index(poolId, "pending").below(order, count).flatMap((one) =>
      this.#byOrder.get(one) ?? []
    );
  }

  /** Counters of one pool, or of all. */
  counts(poolId?: PoolId): TaskCounts {
    return this.#tally(poolId ?? ALL).counts();
  }

  /** One page, newest first. @throws {LidoError} `cursor_invalid`. */
  list(filter: TaskFilter, request: PageRequest): TaskPage & { readonly page: number | null } {
    const index = this.#index(filter.poolId ?? ALL, filter.state);
    const totalPages = Math.max(1, Math.ceil(index.size / request.perPage));
    const page = "page" in request ? Math.min(Math.max(1, request.page), totalPages) : null;
    const orders = "cursor" in request
      ? readCursor(index, request.cursor, request.perPage)
      : index.descendingFrom(((page ?? 1) - 1) * request.perPage, request.perPage);
    const first = orders[0];
    const last = orders.at(-1);
    return {
      // Each is in the index, so it is on record.
      tasks: orders.map((order) => (this.#byOrder.get(order) as TaskRecord).snapshot()),
      totalItems: index.size,
      page,
      nextCursor: last !== undefined && index.below(last, 1).length > 0 ? `older-${last}` : null,
      prevCursor: first !== undefined && index.above(first, 1).length > 0 ? `newer-${first}` : null,
    };
  }

  #index(scope: string, state: TaskState | undefined): OrderedIndex {
    const key = `${scope}:${state ?? ALL}`;
    let index = this.#indexes.get(key);
    if (index === undefined) this.#indexes.set(key, index = new OrderedIndex());
    return index;
  }

  #tally(scope: string): Tally {
    let tally = this.#tallies.get(scope);
    if (tally === undefined) this.#tallies.set(scope, tally = new Tally());
    return tally;
  }
}

function scopesOf(record: TaskRecord): readonly string[] {
  return [ALL, record.task.poolId];
}

function readCursor(index: OrderedIndex, cursor: string, count: number): readonly number[] {
  const [, direction, order] = /^(older|newer)-(\d{1,15})$/.exec(cursor) ?? [];
  if (order === undefined) {
    throw new LidoError("cursor_invalid", `Cannot read cursor: ${JSON.stringify(cursor)} is none`);
  }
  return direction === "older"
    ? index.below(Number(order), count)
    : index.above(Number(order), count);
}
