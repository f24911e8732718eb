/**
 * What is done to many tasks at once: cancelled, stopped, changed, or run again. An operation goes
 * through the tasks one step after the other, newest first, and keeps what became of each; those that
 * come after its beginning are not meant.
 */
import { v7 as uuidv7 } from "uuid";
import type { Clock } from "./model/clock.ts";
import { LidoError, messageOf } from "./model/errors.ts";
import type { TaskChange, TaskFilter, TaskId, TaskPage, TaskSnapshot } from "./model/task.ts";

/** What can be done. */
export const BULK_ACTIONS = ["cancel", "stop", "run_again", "change"] as const;
/** One of {@link BULK_ACTIONS}. */
export type BulkAction = typeof BULK_ACTIONS[number];

/** What shall be done. */
export type BulkOrder =
  | { readonly action: Exclude<BulkAction, "change"> }
  | { readonly action: "change"; readonly change: TaskChange };

/** Tasks of one step: what is done to these is done together. */
const STEP = 100;
/** Operations that are kept, and results of each. */
const OPERATIONS_MAX = 20;
const RESULTS_MAX = 1_000;

/** Which tasks are meant. */
export type BulkSelection =
  | { readonly ids: readonly TaskId[] }
  | { readonly filter: TaskFilter };

/** What became of one task. */
export interface BulkResult {
  readonly id: TaskId;
  readonly isOk: boolean;
  /** What was done, or why it was not. */
  readonly text: string;
}

/** A frozen copy of an operation. */
export interface BulkSnapshot {
  readonly id: string;
  readonly action: BulkAction;
  readonly state: "running" | "finished" | "cancelled";
  readonly startedAtMs: number;
  /** Tasks that were gone through, of about so many. */
  readonly done: number;
  readonly total: number;
  readonly succeeded: number;
  /** Left as they were, because of the state that they were in. */
  readonly skipped: number;
  readonly failed: number;
  /** The first ones, those that went wrong before those that did not. */
  readonly results: readonly BulkResult[];
}

/** What an operation needs of the manager. */
export interface BulkTarget {
  listTasks(
    filter: TaskFilter,
    page: { page: number; perPage: number } | { cursor: string; perPage: number },
  ): Promise<TaskPage>;
  cancelTask(id: TaskId): Promise<TaskSnapshot>;
  stopTask(id: TaskId): Promise<TaskSnapshot>;
  submitAgain(id: TaskId): Promise<TaskSnapshot>;
  changeTask(id: TaskId, change: TaskChange): Promise<TaskSnapshot>;
  checkChange(change: TaskChange): void;
}

/** Errors that tell of a task's state, and of nothing wrong. */
const SKIPS: ReadonlySet<string> = new Set([
  "task_not_cancellable",
  "task_not_stoppable",
  "task_not_changeable",
  "task_not_found",
]);

/** What became of one task, and whether it was left as it was because of its state. */
interface Acted {
  readonly result: BulkResult;
  readonly isSkip: boolean;
}

class Operation {
  readonly id = uuidv7();
  state: BulkSnapshot["state"] = "running";
  done = 0;
  succeeded = 0;
  skipped = 0;
  failed = 0;
  readonly good: BulkResult[] = [];
  readonly bad: BulkResult[] = [];

  constructor(readonly order: BulkOrder, readonly startedAtMs: number, public total: number) {}

  note({ result, isSkip }: Acted): void {
    this.done++;
    if (result.isOk) this.succeeded++;
    else if (isSkip) this.skipped++;
    else this.failed++;
    const list = result.isOk ? this.good : this.bad;
    if (list.length < RESULTS_MAX) list.push(result);
  }

  snapshot(): BulkSnapshot {
    const { id, order: { action }, state, startedAtMs, done, total, succeeded, skipped, failed } =
      this;
    const results = [...this.bad, ...this.good].slice(0, RESULTS_MAX);
    return {
      id,
      action,
      state,
      startedAtMs,
      done,
      total: Math.max(done, total),
      succeeded,
      skipped,
      failed,
      results,
    };
  }
}

/** See the head of this file. The last few operations are kept, in memory. */
export class BulkOperations {
  readonly #target: BulkTarget;
  readonly #clock: Clock;
  readonly #operations = new Map<string, Operation>();

  constructor(target: BulkTarget, clock: Clock) {
    this.#target = target;
    this.#clock = clock;
  }

  /** How many tasks are meant now: what is asked about before it is done. */
  async count(selection: BulkSelection): Promise<{ count: number; isExact: boolean }> {
    if ("ids" in selection) return { count: new Set(selection.ids).size, isExact: true };
    const { totalItems, isTotalExact } = await this.#target
      .listTasks(selection.filter, { page: 1, perPage: 1 });
    return { count: totalItems, isExact: isTotalExact };
  }

  /** Refuses at once what would be refused of every task. @throws {LidoError} as `changeTask`. */
  check(order: BulkOrder): void {
    if (order.action === "change") this.#target.checkChange(order.change);
  }

  /** Begins an operation and answers at once. @throws {LidoError} as {@link check}. */
  async start(order: BulkOrder, selection: BulkSelection): Promise<BulkSnapshot> {
    this.check(order);
    const { count } = await this.count(selection);
    const operation = new Operation(order, this.#clock.nowMs(), count);
    this.#operations.set(operation.id, operation);
    for (const [id, { state }] of this.#operations) {
      if (this.#operations.size <= OPERATIONS_MAX) break;
      if (state !== "running") this.#operations.delete(id);
    }
    this.#run(operation, selection).then(
      () => operation.state = operation.state === "running" ? "finished" : operation.state,
      () => operation.state = "cancelled", // the list itself cannot be read; what was done is told
    );
    return operation.snapshot();
  }

  /** How far an operation is, by its id in any case; undefined if it is not kept any longer. */
  get(id: string): BulkSnapshot | undefined {
    return this.#operations.get(id.toLowerCase())?.snapshot();
  }

  /** Goes no further than the step that is under way. What was done stays done. */
  end(id: string): void {
    const operation = this.#operations.get(id.toLowerCase());
    if (operation?.state === "running") operation.state = "cancelled";
  }

  async #run(operation: Operation, selection: BulkSelection): Promise<void> {
    for await (const ids of this.#pages(selection, operation.startedAtMs)) {
      if (operation.state !== "running") return;
      // Together: what is written of them shares its way to the disk.
      const acts = ids.map((id) => this.#act(operation.order, id));
      for (const act of acts) operation.note(await act);
    }
  }

  async *#pages(selection: BulkSelection, untilMs: number): AsyncGenerator<readonly TaskId[]> {
    if ("ids" in selection) {
      const ids = [...new Set(selection.ids)];
      for (let at = 0; at < ids.length; at += STEP) yield ids.slice(at, at + STEP);
      return;
    }
    const { filter } = selection;
    const max = Math.min(filter.submittedAtMs?.max ?? Infinity, Math.floor(untilMs));
    const older = { ...filter, submittedAtMs: { ...filter.submittedAtMs, max } };
    let page = await this.#target.listTasks(older, { page: 1, perPage: STEP });
    for (;;) {
      yield page.tasks.map(({ id }) => id);
      if (page.nextCursor === null) return;
      page = await this.#target.listTasks(older, { cursor: page.nextCursor, perPage: STEP });
    }
  }

  /** Whatever goes wrong is what became of the task. */
  async #act(order: BulkOrder, id: TaskId): Promise<Acted> {
    try {
      const text = await this.#do(order, id);
      return { result: { id, isOk: true, text }, isSkip: false };
    } catch (error) {
      const text = messageOf(error);
      const isSkip = error instanceof LidoError && SKIPS.has(error.code);
      return { result: { id, isOk: false, text }, isSkip };
    }
  }

  async #do(order: BulkOrder, id: TaskId): Promise<string> {
    switch (order.action) {
      case "cancel":
        return (await this.#target.cancelTask(id)).status.state;
      case "stop":
        return (await this.#target.stopTask(id)).status.state;
      case "run_again":
        return (await this.#target.submitAgain(id)).id;
      case "change":
        return (await this.#target.changeTask(id, order.change)).status.state;
    }
  }
}
