/**
 * The engine of one machine. Tasks live in memory; capacity, rejection and idempotency are decided
 * here and nowhere else.
 */
import { setImmediate } from "node:timers";
import { type Clock, systemClock } from "../../model/clock.ts";
import { LidoError } from "../../model/errors.ts";
import type { PoolId, TaskCounts } from "../../model/pool.ts";
import type { LogLine, TaskFilter, TaskId, TaskPage, TaskSnapshot } from "../../model/task.ts";
import type { TaskState } from "../../model/task_state.ts";
import type {
  AttemptRunner,
  Engine,
  Enqueued,
  NewTask,
  PageRequest,
  QueuePolicy,
} from "../engine.ts";
import { checkSame, keyOf } from "./idempotency.ts";
import { Queue } from "./queue.ts";
import { type RecordListener, TaskRecord } from "./task_record.ts";
import { TaskTable } from "./task_table.ts";

/** How long a caller who was refused should wait before the next try. */
const RETRY_AFTER_MS = 1_000;

/** How many tasks are cancelled before others are served. */
const CANCEL_STEP = 1_000;

/** What the local engine is made with. */
export interface LocalEngineOptions {
  /** Ended tasks that are kept on record. */
  readonly finishedTasksMax: number;
  readonly clock?: Clock;
}

/** See the head of this file. */
export class LocalEngine implements Engine, RecordListener {
  readonly kind = "local";
  readonly #options: LocalEngineOptions;
  readonly #clock: Clock;
  readonly #table = new TaskTable();
  readonly #queues = new Map<PoolId, Queue>();
  readonly #byKey = new Map<string, TaskRecord>();
  /** Ended records, oldest end first; those before `#kept` were let go. */
  #ended: TaskRecord[] = [];
  #kept = 0;
  #nextOrder = 0;

  constructor(options: LocalEngineOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  attach(poolId: PoolId, runner: AttemptRunner, policy: QueuePolicy): void {
    this.#queues.set(poolId, new Queue(runner, policy));
  }

  setPolicy(poolId: PoolId, policy: QueuePolicy): void {
    const queue = this.#queueOf(poolId);
    queue.policy = policy;
    queue.admitAll();
  }

  seal(poolId: PoolId): void {
    const queue = this.#queueOf(poolId);
    queue.isSealed = true;
    queue.refuseAll(closedError(poolId));
  }

  async enqueue(tasks: readonly NewTask[], signal?: AbortSignal): Promise<readonly Enqueued[]> {
    try {
      // Whatever was true may no longer be after a wait, so all is looked at again.
      for (let full = this.#findFull(tasks); full; full = this.#findFull(tasks)) {
        await this.#makeRoomIn(...full, signal);
        signal?.throwIfAborted();
      }
      // No await since the last look: all of them or none, and never more than there is room for.
      return tasks.map((task) => {
        const record = this.#findByKey(task);
        if (record !== undefined) return { id: record.task.id, isNew: false };
        this.#add(task);
        return { id: task.id, isNew: true };
      });
    } finally {
      // Whoever was let in may have left room for the next, or not have come in at all.
      for (const poolId of poolsOf(tasks)) this.#admitWaiting(poolId);
    }
  }

  async cancel(id: TaskId, cause: string): Promise<void> {
    const record = this.#table.get(id);
    if (await record.runner.withdraw(record, cause)) return;
    const hint = record.isOver ? `it is ${record.state}` : "it is running; stop it instead";
    throw new LidoError("task_not_cancellable", `Cannot cancel task: ${hint}`);
  }

  async stop(id: TaskId, graceMs: number, cause: string): Promise<void> {
    const record = this.#table.get(id);
    if (record.isOver) {
      throw new LidoError("task_not_stoppable", `Cannot stop task: it is ${record.state}`);
    }
    if (await record.runner.withdraw(record, cause)) return;
    record.runner.stop(record, graceMs, cause);
  }

  async cancelPending(poolId: PoolId, cause: string): Promise<number> {
    const { runner } = this.#queueOf(poolId);
    let cancelled = 0;
    // Once through all that there are now: what is submitted meanwhile is not meant.
    for (let before = this.#nextOrder;;) {
      const records = this.#table.pendingBelow(poolId, before, CANCEL_STEP);
      const last = records.at(-1);
      if (last === undefined) return cancelled;
      before = last.order;
      const answers = await Promise.all(records.map((record) => runner.withdraw(record, cause)));
      cancelled += answers.filter((wasWithdrawn) => wasWithdrawn).length;
      await new Promise((resolve) => setImmediate(resolve)); // others want to be served, too
    }
  }

  get(id: TaskId): Promise<TaskSnapshot> {
    return this.#with(id, (record) => record.snapshot());
  }

  readLogs(id: TaskId): Promise<readonly LogLine[]> {
    return this.#with(id, (record) => [...record.lines]);
  }

  list(
    filter: TaskFilter,
    page: PageRequest,
  ): Promise<TaskPage & { readonly page: number | null }> {
    return new Promise((resolve) => resolve(this.#table.list(filter, page)));
  }

  async waitFor(id: TaskId, signal: AbortSignal): Promise<void> {
    const record = this.#table.get(id);
    signal.throwIfAborted();
    if (record.isOver) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const abort = () => reject(signal.reason);
    const waiters = record.waiters ??= new Set();
    waiters.add(resolve);
    signal.addEventListener("abort", abort);
    try {
      await promise;
    } finally {
      signal.removeEventListener("abort", abort);
      waiters.delete(resolve);
    }
  }

  counts(poolId?: PoolId): TaskCounts {
    return this.#table.counts(poolId);
  }

  stateChanged(record: TaskRecord, from: TaskState): void {
    this.#table.moved(record, from);
    if (from === "pending") this.#admitWaiting(record.task.poolId);
    if (record.isOver) this.#retain(record);
  }

  /** Nothing is held but memory. */
  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  #checkOpen(poolId: PoolId): void {
    if (this.#queueOf(poolId).isSealed) throw closedError(poolId);
  }

  #add(task: NewTask): void {
    const { runner } = this.#queueOf(task.poolId);
    const record = new TaskRecord(task, this.#nextOrder++, this.#clock.nowMs(), runner, this);
    this.#table.add(record);
    if (task.idempotencyKey !== null) this.#byKey.set(keyOf(task, task.idempotencyKey), record);
    runner.submit(record);
  }

  /** @throws {LidoError} `idempotency_conflict` if the key came with another task. */
  #findByKey(task: NewTask): TaskRecord | undefined {
    if (task.idempotencyKey === null) return undefined;
    const record = this.#byKey.get(keyOf(task, task.idempotencyKey));
    if (record !== undefined) checkSame(record.task, task, task.idempotencyKey);
    return record;
  }

  /**
   * A pool that has no room for what it is to take, and how many that is.
   * @throws {LidoError} `pool_not_found`, `pool_closed`, `idempotency_conflict`.
   */
  #findFull(tasks: readonly NewTask[]): [PoolId, number] | undefined {
    for (const poolId of poolsOf(tasks)) this.#checkOpen(poolId);
    const wanted = new Map<PoolId, number>();
    for (const { poolId } of this.#freshOf(tasks)) {
      wanted.set(poolId, (wanted.get(poolId) ?? 0) + 1);
    }
    return [...wanted].find(([poolId, count]) => this.#roomOf(poolId) < count);
  }

  /**
   * Those that are not on record; of some with one key, the first.
   * @throws {LidoError} `idempotency_conflict` if a key came with another task.
   */
  #freshOf(tasks: readonly NewTask[]): readonly NewTask[] {
    const byKey = new Map<string, NewTask>();
    return tasks.filter((task) => {
      if (task.idempotencyKey === null) return true;
      if (this.#findByKey(task) !== undefined) return false;
      const key = keyOf(task, task.idempotencyKey);
      const twin = byKey.get(key);
      if (twin !== undefined) checkSame(twin, task, task.idempotencyKey);
      byKey.set(key, task);
      return twin === undefined;
    });
  }

  async #makeRoomIn(poolId: PoolId, count: number, signal?: AbortSignal): Promise<void> {
    const queue = this.#queueOf(poolId);
    const { policy, runner } = queue;
    if (policy.rejection === "wait" && count <= policy.queueCapacity) {
      return await queue.waitForTurn(count, signal);
    }
    const victim = policy.rejection === "drop_oldest" ? runner.mostExpendable() : undefined;
    if (victim !== undefined && count <= policy.queueCapacity) {
      await runner.withdraw(
        victim,
        "Dropped: the queue was full, and this task had waited longest",
      );
      return;
    }
    this.#table.rejected(poolId, count);
    throw new LidoError(
      "queue_full",
      `Cannot submit ${count === 1 ? "task" : `${count} tasks`}: the pool's queue holds ` +
        `${this.#table.counts(poolId).pending} of at most ${policy.queueCapacity}`,
      { retryAfterMs: RETRY_AFTER_MS },
    );
  }

  #roomOf(poolId: PoolId): number {
    return this.#queueOf(poolId).policy.queueCapacity - this.#table.counts(poolId).pending;
  }

  #admitWaiting(poolId: PoolId): void {
    const queue = this.#queues.get(poolId);
    if (queue?.isAwaited) queue.admitNext(this.#roomOf(poolId));
  }

  #queueOf(poolId: PoolId): Queue {
    const queue = this.#queues.get(poolId);
    if (queue !== undefined) return queue;
    throw new LidoError("pool_not_found", `Cannot find pool: none has the id ${poolId}`);
  }

  /** Lets the oldest ended record go when there are too many. */
  #retain(record: TaskRecord): void {
    this.#ended.push(record);
    while (this.#ended.length - this.#kept > this.#options.finishedTasksMax) {
      const oldest = this.#ended[this.#kept++] as TaskRecord; // there are more than `#kept`
      this.#table.forget(oldest);
      const { task } = oldest;
      if (task.idempotencyKey !== null) this.#byKey.delete(keyOf(task, task.idempotencyKey));
    }
    if (this.#kept < 1_000 || this.#kept < this.#ended.length / 2) return;
    this.#ended = this.#ended.slice(this.#kept);
    this.#kept = 0;
  }

  #with<Answer>(id: TaskId, read: (record: TaskRecord) => Answer): Promise<Answer> {
    return new Promise((resolve) => resolve(read(this.#table.get(id))));
  }
}

function poolsOf(tasks: readonly NewTask[]): ReadonlySet<PoolId> {
  return new Set(tasks.map(({ poolId }) => poolId));
}

function closedError(poolId: PoolId): LidoError {
  return new LidoError("pool_closed", `Cannot submit task: the pool ${poolId} takes nothing new`);
}
