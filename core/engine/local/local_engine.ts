/**
 * The engine of one machine: a journal on disk, and in memory what runs and the front of each queue.
 *
 * A task waits for its threads only once it is written, and whoever waits for its end is told once
 * that is written. So nothing is told that a crash could undo; what ran and was not written yet runs
 * again. Lists are read from the journal: they show what is written.
 */
import { type Clock, systemClock } from "../../model/clock.ts";
import { LidoError } from "../../model/errors.ts";
import {
  type PoolId,
  type SettingsVersion,
  StoredPoolSettings,
  type TaskCounts,
} from "../../model/pool.ts";
import type { LiveEvent } from "../../model/live_event.ts";
import { SENTENCES } from "../../model/sentences.ts";
import type {
  AttemptEntry,
  LogEntry,
  LogLine,
  TaskChange,
  TaskEventEntry,
  TaskFilter,
  TaskId,
  TaskPage,
  TaskSnapshot,
} from "../../model/task.ts";
import type { TaskState } from "../../model/task_state.ts";
import { TransientMap } from "../../model/transient_map.ts";
import type { Attempt } from "../../execution/attempt.ts";
import type {
  AttemptRunner,
  ChangeNote,
  Engine,
  EngineLoad,
  Enqueued,
  EnqueueOptions,
  NewTask,
  PageRequest,
  PoolRecord,
  QueuePolicy,
} from "../engine.ts";
import { getLogger, type Logger, outsideRequest } from "../../observation/logging.ts";
import type { AttemptTraces } from "../../observation/traces/traces.ts";
import { Capacity } from "./capacity.ts";
import { EndWaiters } from "./end_waiters.ts";
import { type EngineParts, type LocalEngineOptions, openParts } from "./engine_parts.ts";
import { openError } from "./journal/open_error.ts";
import { parseStored } from "./journal/stored_json.ts";
import type { LocalAlerts } from "./local_alerts.ts";
import { LocalHistory } from "./local_history.ts";
import type { LocalViews } from "./local_views.ts";
import { Queue } from "./queue.ts";
import { Retention } from "./retention.ts";
import { endRow, moveRow, notesOf, timeoutOf } from "./rows.ts";
import { newSnapshot } from "./stored_snapshot.ts";
import { TaskFinder } from "./task_finder.ts";
import { closedError, TaskIntake } from "./task_intake.ts";
import { TaskReads } from "./task_reads.ts";
import { type Move, type RecordListener, TaskRecord } from "./task_record.ts";
import { TaskSteering } from "./task_steering.ts";
import { Window, WINDOW_TASKS } from "./window.ts";

/** See the head of this file. */
export class LocalEngine implements Engine, RecordListener {
  readonly kind = "local";
  readonly views: LocalViews;
  readonly alerts: LocalAlerts;
  readonly history: LocalHistory;
  readonly clock: Clock;
  readonly #logger: Logger;
  readonly traces: AttemptTraces | undefined;
  readonly #onError: (error: unknown) => void;
  readonly #onEvent: (event: LiveEvent) => void;
  readonly #parts: EngineParts;
  readonly #window: Window;
  readonly #retention: Retention;
  readonly #queues = new Map<PoolId, Queue>();
  /** What is in memory, of all pools; the window keeps it. */
  readonly #records = new TransientMap<TaskId, TaskRecord>();
  readonly #finder: TaskFinder;
  readonly #capacity: Capacity;
  readonly #intake: TaskIntake;
  readonly #waiters: EndWaiters;
  readonly #reads: TaskReads;
  readonly #steering: TaskSteering;

  private constructor(options: LocalEngineOptions, parts: EngineParts) {
    this.clock = options.clock ?? systemClock;
    this.#logger = options.logger ?? getLogger("engine");
    this.traces = options.traces;
    this.#onError = options.onError ?? (() => {});
    this.#onEvent = options.onEvent ?? (() => {});
    this.#parts = parts;
    this.views = parts.views;
    this.alerts = parts.alerts;
    this.#window = new Window({
      tasks: options.windowTasks ?? WINDOW_TASKS,
      reader: parts.reader,
      journal: parts.journal,
      clock: this.clock,
      listener: this,
      records: this.#records,
      findType: options.findType ?? (() => undefined),
      onError: this.#onError,
    });
    this.history = new LocalHistory(parts);
    this.#finder = new TaskFinder({ ...parts, records: this.#records });
    this.#waiters = new EndWaiters(this.#finder, this.#records);
    this.#reads = new TaskReads({ ...parts, finder: this.#finder, records: this.#records });
    this.#capacity = new Capacity({
      ...parts,
      window: this.#window,
      records: this.#records,
      cancelStored: (row, cause) => this.#steering.cancelStored(row, cause),
      whenEnded: (id) => this.#waiters.whenEnded(id),
    });
    this.#intake = new TaskIntake({
      ...parts,
      window: this.#window,
      capacity: this.#capacity,
      clock: this.clock,
      queueOf: (poolId) => this.#queueOf(poolId),
      onPending: (task) => this.#tell(task, "pending"),
      onGone: (queue) => this.#tellIfIdle(queue),
    });
    this.#steering = new TaskSteering({
      ...parts,
      clock: this.clock,
      finder: this.#finder,
      window: this.#window,
      capacity: this.#capacity,
      waiters: this.#waiters,
      newestSeq: () => this.#intake.lastSeq,
      queueOf: (poolId) => this.#queueOf(poolId),
      onPending: (task) => this.#tell(task, "pending"),
      onGone: (queue) => this.#tellIfIdle(queue),
    });
    this.#retention = new Retention({
      journal: parts.journal,
      clock: this.clock,
      keep: options.keep,
      queues: () => this.#queues.values(),
    });
  }

  /**
   * Opens the journal, and puts right what a crash left.
   * @throws {LidoError} `journal_corrupt`, `journal_unavailable`.
   */
  static async open(options: LocalEngineOptions): Promise<LocalEngine> {
    try {
      return await LocalEngine.#open(options);
    } catch (error) {
      throw openError(options.files.journalPath, error);
    }
  }

  static async #open(options: LocalEngineOptions): Promise<LocalEngine> {
    let engine: LocalEngine | undefined;
    const parts = await openParts(options, {
      written: (...told) => {
        if (engine !== undefined) engine.#written(...told); // else it is part of the recovery
      },
      failed: (failure) => {
        if (engine !== undefined) engine.#failed(failure); // else no pool is there yet
      },
    });
    return engine = new LocalEngine(options, parts);
  }

  get load(): EngineLoad {
    return this.#parts.journal.load;
  }

  get failure(): LidoError | undefined {
    return this.#parts.journal.failure;
  }

  get damage(): LidoError | undefined {
    return this.#parts.damage.found;
  }

  get pools(): readonly PoolRecord[] {
    return this.#parts.shelf.pools;
  }

  async savePool(pool: PoolRecord, note: ChangeNote = {}): Promise<void> {
    const { journal, shelf } = this.#parts;
    const atMs = this.clock.nowMs();
    await journal.change(shelf.changeOf(pool, atMs, note));
    shelf.put(pool);
    this.history.clear(); // it marks changes of settings
    const { id: poolId, state, settingsVersion } = pool;
    this.#onEvent({ kind: "pool", atMs, poolId, state, settingsVersion });
  }

  async readSettings(poolId: PoolId): Promise<readonly SettingsVersion[]> {
    const { reader, damage } = this.#parts;
    const rows = await reader.settingsVersions(this.#queueOf(poolId).number);
    return rows.map(({ settings, ...row }) => ({
      ...row,
      settings: damage.reading(() => parseStored(StoredPoolSettings, settings)),
    }));
  }

  attach(poolId: PoolId, runner: AttemptRunner, policy: QueuePolicy): void {
    const { journal, shelf, orphans } = this.#parts;
    const queue = new Queue(poolId, shelf.numberOf(poolId), runner, policy);
    if (journal.failure !== undefined) runner.hold(true);
    this.#queues.set(poolId, queue);
    this.#retention.rulesChanged();
    for (const row of orphans.get(poolId) ?? []) this.#window.adopt(queue, row);
    for (const priority of shelf.waiting(poolId)) queue.lanes.leave(priority, this.#intake.lastSeq);
    const { durability } = policy;
    const isClosed = shelf.isClosed(poolId);
    if ((isClosed || durability === "memory") && this.counts(poolId).pending > 0) {
      const cause = isClosed ? SENTENCES.poolWasClosed() : SENTENCES.keptInMemory();
      this.#steering.withdrawPending(poolId, cause).catch(this.#onError);
    } else this.#window.refill(queue);
  }

  detach(poolId: PoolId, instead: AttemptRunner): void {
    this.#queueOf(poolId).runner = instead;
  }

  setPolicy(poolId: PoolId, policy: QueuePolicy): void {
    const queue = this.#queueOf(poolId);
    queue.policy = policy;
    this.#retention.rulesChanged();
    queue.admitAll();
  }

  seal(poolId: PoolId): void {
    const queue = this.#queueOf(poolId);
    queue.isSealed = true;
    queue.refuseAll(closedError(poolId));
  }

  enqueue(tasks: readonly NewTask[], options?: EnqueueOptions): Promise<readonly Enqueued[]> {
    return this.#intake.enqueue(tasks, options);
  }

  async enqueueOne(
    task: NewTask,
    options?: EnqueueOptions,
  ): Promise<{ readonly task: TaskSnapshot; readonly isNew: boolean }> {
    const [{ id, isNew } = never()] = await this.enqueue([task], options);
    const leftAtMs = this.#intake.leftAtMs(task);
    if (!isNew || leftAtMs === undefined || this.#records.has(id)) {
      return { task: await this.get(id), isNew };
    }
    // To read it, the tables would have to catch up with all that was answered before.
    const why = SENTENCES.oneOfMany(this.counts(task.poolId).pending);
    return { task: newSnapshot(task, leftAtMs, why), isNew };
  }

  cancel(id: TaskId, cause: string): Promise<void> {
    return this.#steering.cancel(id, cause);
  }

  stop(id: TaskId, graceMs: number, cause: string): Promise<void> {
    return this.#steering.stop(id, graceMs, cause);
  }

  change(id: TaskId, change: TaskChange): Promise<void> {
    return this.#steering.change(id, change);
  }

  cancelPending(poolId: PoolId, cause: string): Promise<number> {
    return this.#steering.cancelPending(poolId, cause);
  }

  get(id: TaskId): Promise<TaskSnapshot> {
    return this.#reads.get(id);
  }

  readLogs(id: TaskId): Promise<readonly LogEntry[]> {
    return this.#reads.logs(id);
  }

  readEvents(id: TaskId): Promise<readonly TaskEventEntry[]> {
    return this.#reads.events(id);
  }

  readAttempts(id: TaskId): Promise<readonly AttemptEntry[]> {
    return this.#reads.attempts(id);
  }

  list(
    filter: TaskFilter,
    request: PageRequest,
  ): Promise<TaskPage & { readonly page: number | null }> {
    return this.#reads.list(filter, request);
  }

  waitFor(id: TaskId, signal: AbortSignal): Promise<void> {
    return this.#waiters.waitFor(id, signal);
  }

  counts(poolId?: PoolId): TaskCounts {
    return this.#parts.tallies.counts(poolId);
  }

  async whenIdle(poolId: PoolId): Promise<void> {
    const queue = this.#queueOf(poolId);
    while (this.#parts.tallies.live(poolId) + queue.reserved > 0) await queue.nextIdle();
  }

  flush(): Promise<void> {
    return this.#parts.journal.flush();
  }

  checkWrites(): Promise<void> {
    return this.#parts.journal.checkWrites();
  }

  suspend(): void {
    this.#waiters.tellAll();
    for (const queue of this.#queues.values()) queue.emptiers++; // for good
  }

  /** Attempts are about to be handed to threads. */
  handOver(attempts: readonly Attempt[]): void {
    const seqs = attempts.flatMap((attempt) =>
      attempt instanceof TaskRecord ? [attempt.order] : []
    );
    this.#inLedger(() => this.#parts.ledger.handOver(seqs));
  }

  /**
   * The journal tells whether the disk takes writes, and what the ledger does not have is only how
   * often a task ran when the server died: so a ledger that cannot be written stops nothing.
   */
  #inLedger(note: () => void): void {
    try {
      note();
    } catch (error) {
      this.#onError(error);
    }
  }

  moved(record: TaskRecord, move: Move): void {
    const { poolId } = record.task;
    const queue = this.#queueOf(poolId);
    this.#parts.tallies.moved(poolId, move.from, record.state);
    this.#parts.journal.move(moveRow(record, queue.number, move), move.event === "start");
    this.#tell(record.task, record.state);
    if (move.from === "pending") this.#leftPending(queue, record);
    else if (record.state === "pending") this.#window.comeBack(queue, record);
  }

  cameBack(record: TaskRecord): void {
    this.#parts.ledger.takeBack(record.order);
  }

  ended(record: TaskRecord, move: Move): void {
    const { poolId } = record.task;
    const queue = this.#queueOf(poolId);
    const isSynced = queue.policy.durability === "fsync";
    this.#parts.journal.end(endRow(record, queue.number, move), isSynced, record);
    if (move.from !== "pending") return;
    // One that ran waits no longer, whenever its end is written.
    if (move.isStartedNow) this.#parts.tallies.moved(poolId, "pending", "running");
    this.#leftPending(queue, record);
  }

  endWritten(record: TaskRecord): void {
    const { task: { id, poolId }, endedAs } = record;
    const { tallies, ledger } = this.#parts;
    const queue = this.#queueOf(poolId);
    tallies.moved(poolId, endedAs, record.state);
    const timeout = record.outcome ? timeoutOf(record.outcome) : 0;
    if (timeout > 0) tallies.add(poolId, "timedOut", 1);
    if (timeout === 2) tallies.add(poolId, "queueTimedOut", 1);
    record.isEndWritten = true;
    record.endTrace();
    this.#tell(record.task, record.state);
    if (this.#logger.isEnabledFor("debug")) this.#logEnd(record);
    ledger.takeBack(record.order);
    this.#retention.ended();
    this.#waiters.tell(id);
    if (endedAs === "pending") this.#capacity.admitWaiting(queue);
    this.#tellIfIdle(queue);
  }

  endApplied(record: TaskRecord): void {
    this.#window.forget(this.#queueOf(record.task.poolId), record);
    this.#finder.forget(record.task.id);
  }

  logged(record: TaskRecord, lines: readonly LogLine[]): void {
    const { order: seq, number: attempt } = record;
    this.#parts.journal.note({ kind: "logged", seq, attempt, lines });
  }

  noted(record: TaskRecord): void {
    const notes = notesOf(record);
    if (notes !== null) this.#parts.journal.note({ kind: "noted", seq: record.order, notes });
  }

  /** Writes what there is, and closes the files. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.suspend();
    const { journal, reader, textIndex, ledger } = this.#parts;
    this.#retention[Symbol.dispose]();
    // The writer last: who closes a journal last empties its write-ahead file into it.
    await Promise.all([reader[Symbol.asyncDispose](), textIndex[Symbol.asyncDispose]()]);
    await journal[Symbol.asyncDispose]();
    ledger[Symbol.dispose]();
  }

  /** A group is in the file, and so many ended tasks are no longer. */
  #written(pruned: number, syncedGroup: number | null): void {
    const { ledger, textIndex } = this.#parts;
    if (syncedGroup !== null) this.#inLedger(() => ledger.noteGroup(syncedGroup));
    textIndex.poke();
    this.#retention.written(pruned);
    this.#window.refillUnread(); // something is written every few seconds, if only a history
    if (pruned === 0) return;
    outsideRequest(() => this.#logger.debug("Ended tasks let go", { records: pruned }));
  }

  /** What ended while the disk refuses waits in memory with its result: nothing more is begun then. */
  #failed(failure: LidoError | null): void {
    for (const { runner } of this.#queues.values()) runner.hold(failure !== null);
  }

  /** Nothing of it waits or runs: whoever waits for that is told. */
  #tellIfIdle(queue: Queue): void {
    if (this.#parts.tallies.live(queue.poolId) + queue.reserved === 0) queue.tellIdle();
  }

  #tell({ poolId, id: taskId }: NewTask, state: TaskState): void {
    this.#onEvent({ kind: "task", atMs: this.clock.nowMs(), poolId, taskId, state });
  }

  #leftPending(queue: Queue, record: TaskRecord): void {
    this.#window.release(queue, record);
    this.#capacity.admitWaiting(queue);
  }

  #logEnd({ task, number: attempt, state, outcome }: TaskRecord): void {
    outsideRequest(() =>
      this.#logger.debug("Task ended", {
        taskId: task.id,
        poolId: task.poolId,
        type: task.type.name,
        attempt,
        state,
        runMs: outcome?.runMs ?? null,
        code: outcome?.kind === "failed" ? outcome.failure.code : null,
      })
    );
  }

  #queueOf(poolId: PoolId): Queue {
    const queue = this.#queues.get(poolId);
    if (queue !== undefined) return queue;
    throw new LidoError("pool_not_found", `Cannot find pool: none has the id ${poolId}`);
  }
}

function never(): never {
  throw new TypeError("Cannot enqueue task: it was neither taken nor refused");
}
