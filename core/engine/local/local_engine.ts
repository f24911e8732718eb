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
  PoolSettings,
  type SettingsVersion,
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
import { isFinal, type TaskState } from "../../model/task_state.ts";
import type { Attempt } from "../../execution/attempt.ts";
import type {
  AttemptRunner,
  ChangeNote,
  Engine,
  EngineLoad,
  Enqueued,
  NewTask,
  PageRequest,
  PoolRecord,
  QueuePolicy,
} from "../engine.ts";
import { getLogger, type Logger, outsideRequest } from "../../observation/logging.ts";
import type { AttemptTraces } from "../../observation/traces/traces.ts";
import { Capacity } from "./capacity.ts";
import { EndWaiters } from "./end_waiters.ts";
import { Journal, type JournalListener } from "./journal/journal.ts";
import { DamageWatch } from "./journal/damage_watch.ts";
import { openError } from "./journal/open_error.ts";
import { JournalReader } from "./journal/reader.ts";
import { RunningLedger } from "./journal/running_ledger.ts";
import { parseStored } from "./journal/stored_json.ts";
import type { StoredTask } from "./journal/stored_task.ts";
import { TextIndex } from "./journal/text_index.ts";
import { LocalAlerts } from "./local_alerts.ts";
import { LocalHistory } from "./local_history.ts";
import { LocalViews } from "./local_views.ts";
import { cancelPending } from "./pending_cancellation.ts";
import type { PoolShelf } from "./pool_shelf.ts";
import { Queue } from "./queue.ts";
import { recover } from "./recovery.ts";
import { Retention } from "./retention.ts";
import { endRow, moveRow, notesOf, timeoutOf } from "./rows.ts";
import { newSnapshot, snapshotOf } from "./stored_snapshot.ts";
import type { Tallies } from "./tallies.ts";
import { changeTask } from "./task_change.ts";
import { TaskFinder } from "./task_finder.ts";
import { checkOpen, closedError, TaskIntake } from "./task_intake.ts";
import { type Move, type RecordListener, TaskRecord } from "./task_record.ts";
import { Window, WINDOW_TASKS } from "./window.ts";

/** The files of a journal. */
export interface JournalFiles {
  readonly journalPath: string;
  readonly searchPath: string;
  readonly ledgerPath: string;
  /** False where nothing is to be kept anyway. */
  readonly isDurable: boolean;
}

/** What the local engine is made with. */
export interface LocalEngineOptions {
  /** Where the journal is; it must be of this version already. */
  readonly files: JournalFiles;
  /** Ended tasks that are kept on record, and how long; null: as long as there is room. */
  readonly keep: { readonly tasks: number; readonly ms: number | null };
  readonly clock?: Clock;
  /** Where attempts are traced; nowhere if left out. */
  readonly traces?: AttemptTraces | undefined;
  /** Waiting tasks of a pool that are kept in memory; about 4,000 if left out. */
  readonly windowTasks?: number;
  /** Rows of a group from which on it is answered before the tables have it; 32 if left out. */
  readonly inboxRowsMin?: number;
  /** Where the code of a type is now: tasks that come back run it from there. */
  findType?(name: string): NewTask["type"] | undefined;
  /** Told of each step of a task's life and each change of a pool; of ends once no crash undoes them. */
  onEvent?(event: LiveEvent): void;
  /** Told of what goes wrong where nobody waits for it. */
  onError?(error: unknown): void;
  /** Told when the disk refuses and when it takes writes again; in detail of each task's end. */
  readonly logger?: Logger;
}

/** What the engine is built of. */
interface Parts {
  readonly journal: Journal;
  readonly reader: JournalReader;
  readonly textIndex: TextIndex;
  readonly damage: DamageWatch;
  readonly ledger: RunningLedger;
  readonly shelf: PoolShelf;
  readonly views: LocalViews;
  readonly alerts: LocalAlerts;
  readonly tallies: Tallies;
  readonly orphans: ReadonlyMap<PoolId, readonly StoredTask[]>;
  readonly lastSeq: number;
}

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
  readonly #parts: Parts;
  readonly #window: Window;
  readonly #retention: Retention;
  readonly #queues = new Map<PoolId, Queue>();
  /** What is in memory, of all pools; the window keeps it. */
  readonly #records = new Map<TaskId, TaskRecord>();
  readonly #finder: TaskFinder;
  readonly #capacity: Capacity;
  readonly #intake: TaskIntake;
  readonly #waiters = new EndWaiters();
  #isSuspended = false;

  private constructor(options: LocalEngineOptions, parts: Parts) {
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
    this.#capacity = new Capacity({
      ...parts,
      window: this.#window,
      records: this.#records,
      cancelStored: (row, cause) => this.#cancelStored(row, cause),
      whenEnded: (id) => this.#whenEnded(id),
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
    const { files, clock = systemClock, onError = () => {} } = options;
    let onWritten: JournalListener["written"] = () => {};
    const { logger = getLogger("engine") } = options;
    const listener: JournalListener = {
      written: (...told) => onWritten(...told),
      failed: (failure) => outsideRequest(() => logFailure(logger, failure)),
    };
    await using opened = new AsyncDisposableStack();
    const { isDurable, journalPath } = files;
    const { inboxRowsMin } = options;
    const journal = opened.use(
      await Journal.open(journalPath, { isDurable, listener, inboxRowsMin }),
    );
    const damage = new DamageWatch(onError);
    let textIndex: TextIndex | undefined;
    const reader = opened.use(
      await JournalReader.open({
        ...files,
        onError: (error) => damage.see(error),
        onIndexDamage: (reason) => textIndex?.renew(reason),
      }),
    );
    const { ledger, orphans, wasClosed, lastGroup } = RunningLedger.open(files.ledgerPath);
    if (lastGroup > journal.lastGroup) throw cutOff(files, lastGroup - journal.lastGroup);
    if (!wasClosed) {
      logger.warning("The server's last life was cut off", { interruptedTasks: orphans.length });
    }
    const state = await recover({ journal, reader, orphans, wasClosed, nowMs: clock.nowMs() });
    ledger.begin();
    journal.note({ kind: "started", atMs: Math.round(clock.nowMs()), wasClosed });
    const index = textIndex = new TextIndex({
      ...files,
      onError: (error) => error.code === "journal_corrupt" ? damage.see(error) : onError(error),
    });
    opened.move(); // the engine closes them from here on
    const engine = new LocalEngine(options, {
      journal,
      reader,
      textIndex: index,
      views: new LocalViews(journal, await reader.views()),
      alerts: await LocalAlerts.open({ journal, reader, damage }),
      damage,
      ledger,
      ...state,
    });
    onWritten = (pruned, syncedGroup) => {
      if (syncedGroup !== null && files.isDurable) {
        engine.#inLedger(() => ledger.noteGroup(syncedGroup));
      }
      index.poke();
      engine.#retention.written(pruned);
      if (pruned > 0) {
        outsideRequest(() => logger.debug("Ended tasks let go", { records: pruned }));
      }
    };
    return engine;
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
    journal.checkTakes();
    const atMs = this.clock.nowMs();
    await journal.change(shelf.put(pool, atMs, note), true);
    this.history.clear(); // it marks changes of settings
    const { id: poolId, state, settingsVersion } = pool;
    this.#onEvent({ kind: "pool", atMs, poolId, state, settingsVersion });
  }

  async readSettings(poolId: PoolId): Promise<readonly SettingsVersion[]> {
    const { reader, damage } = this.#parts;
    const rows = await reader.settingsVersions(this.#queueOf(poolId).number);
    return rows.map(({ settings, ...row }) => ({
      ...row,
      settings: damage.reading(() => parseStored(PoolSettings, settings)),
    }));
  }

  attach(poolId: PoolId, runner: AttemptRunner, policy: QueuePolicy): void {
    const { shelf, orphans } = this.#parts;
    const queue = new Queue(poolId, shelf.numberOf(poolId), runner, policy);
    this.#queues.set(poolId, queue);
    this.#retention.rulesChanged();
    for (const row of orphans.get(poolId) ?? []) this.#window.adopt(queue, row);
    for (const priority of shelf.waiting(poolId)) queue.lanes.leave(priority, this.#intake.lastSeq);
    if (policy.durability === "memory" && this.counts(poolId).pending > 0) {
      const cause = SENTENCES.keptInMemory();
      this.cancelPending(poolId, cause).catch(this.#onError);
    } else this.#window.refill(queue);
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

  enqueue(tasks: readonly NewTask[], signal?: AbortSignal): Promise<readonly Enqueued[]> {
    return this.#intake.enqueue(tasks, signal);
  }

  async enqueueOne(
    task: NewTask,
    signal?: AbortSignal,
  ): Promise<{ readonly task: TaskSnapshot; readonly isNew: boolean }> {
    const [{ id, isNew } = never()] = await this.enqueue([task], signal);
    const leftAtMs = this.#intake.leftAtMs(task);
    if (!isNew || leftAtMs === undefined || this.#records.has(id)) {
      return { task: await this.get(id), isNew };
    }
    // To read it, the tables would have to catch up with all that was answered before.
    const why = SENTENCES.oneOfMany(this.counts(task.poolId).pending);
    return { task: newSnapshot(task, leftAtMs, why), isNew };
  }

  async cancel(id: TaskId, cause: string): Promise<void> {
    this.#checkWrites();
    await this.#finder.use(id, async (found) => {
      if (!(found instanceof TaskRecord)) {
        if (found.state !== "pending") throw notCancellable(found.state);
        return this.#cancelStored(found, cause);
      }
      if (await found.runner.withdraw(found, cause)) return;
      throw notCancellable(found.isOver ? found.state : "running");
    });
    await this.#whenEnded(id);
  }

  async stop(id: TaskId, graceMs: number, cause: string): Promise<void> {
    const isWithdrawn = await this.#finder.use(id, async (found) => {
      if (isFinal(found.state)) {
        throw new LidoError("task_not_stoppable", `Cannot stop task: it is ${found.state}`);
      }
      if (!(found instanceof TaskRecord)) {
        this.#cancelStored(found, cause);
        return true;
      }
      if (await found.runner.withdraw(found, cause)) return true;
      found.runner.stop(found, graceMs, cause);
      return false;
    });
    if (isWithdrawn) await this.#whenEnded(id);
  }

  async change(id: TaskId, change: TaskChange): Promise<void> {
    this.#checkWrites();
    const touched = new Set<Queue>();
    try {
      await changeTask(id, change, {
        ...this.#parts,
        clock: this.clock,
        finder: this.#finder,
        window: this.#window,
        queueOf: (poolId) => {
          const queue = this.#queueOf(poolId);
          touched.add(queue);
          return queue;
        },
        nameOf: (poolId) => this.#parts.shelf.nameOf(poolId),
        checkRoom: (queue) => {
          checkOpen(queue);
          if (this.#capacity.roomOf(queue) < 1) {
            throw this.#capacity.full(queue, "Cannot move task");
          }
        },
        onChange: (task) => this.#tell(task, "pending"),
      });
    } finally {
      for (const queue of touched) {
        this.#window.refill(queue);
        this.#capacity.admitWaiting(queue);
        this.#tellIfIdle(queue);
      }
    }
  }

  async cancelPending(poolId: PoolId, cause: string): Promise<number> {
    this.#checkWrites();
    return await cancelPending(this.#queueOf(poolId), {
      journal: this.#parts.journal,
      window: this.#window,
      newestSeq: this.#intake.lastSeq,
      cause,
      cancelStored: (row) => this.#cancelStored(row, cause),
    });
  }

  async get(id: TaskId): Promise<TaskSnapshot> {
    const record = this.#records.get(id);
    if (record !== undefined) return record.snapshot();
    return this.#snapshotOf(await this.#finder.read(id));
  }

  async readLogs(id: TaskId): Promise<readonly LogEntry[]> {
    return await this.#parts.reader.logs(await this.#finder.seqOf(id));
  }

  async readEvents(id: TaskId): Promise<readonly TaskEventEntry[]> {
    return await this.#parts.reader.events(await this.#finder.seqOf(id));
  }

  async readAttempts(id: TaskId): Promise<readonly AttemptEntry[]> {
    return await this.#parts.reader.attempts(await this.#finder.seqOf(id));
  }

  async list(
    filter: TaskFilter,
    request: PageRequest,
  ): Promise<TaskPage & { readonly page: number | null }> {
    const { shelf, reader } = this.#parts;
    const { poolId, ...rest } = filter;
    const pool = poolId === undefined ? {} : { poolNumber: shelf.numberOf(poolId) };
    await this.#finder.catchUp();
    const { rows, ...page } = await reader.list({ ...rest, ...pool }, request);
    const tasks = rows.map((row) => this.#records.get(row.id)?.snapshot() ?? this.#snapshotOf(row));
    return { ...page, tasks };
  }

  async waitFor(id: TaskId, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    promise.catch(() => {}); // it may be refused before anyone awaits it
    const abort = () => reject(signal.reason);
    this.#waiters.add(id, resolve);
    signal.addEventListener("abort", abort);
    try {
      const found = await this.#finder.find(id);
      signal.throwIfAborted();
      // One in memory tells when its end is written, even if it has ended already.
      const isOver = found instanceof TaskRecord ? found.isEndWritten : isFinal(found.state);
      if (this.#isSuspended || isOver) return;
      await promise;
    } finally {
      signal.removeEventListener("abort", abort);
      this.#waiters.delete(id, resolve);
    }
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

  suspend(): void {
    this.#isSuspended = true;
    this.#waiters.tellAll();
    for (const queue of this.#queues.values()) queue.isBeingEmptied = true; // nothing is loaded
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

  /** Ends a task that is on disk only. */
  #cancelStored(row: StoredTask, cause: string): void {
    const queue = this.#queueOf(row.poolId);
    const record = this.#window.take(queue, row);
    this.#window.comeBack(queue, record); // as if it had waited in memory
    record.settled({ kind: "cancelled", startedAtMs: null, runMs: null, cause }, null);
  }

  /** @throws {LidoError} `journal_unavailable` where a caller would wait for a disk that refuses. */
  #checkWrites(): void {
    const { failure } = this.#parts.journal;
    if (failure !== undefined) throw failure;
  }

  async #whenEnded(id: TaskId): Promise<void> {
    if (this.#records.get(id)?.isEndWritten ?? true) return;
    await this.#waiters.when(id);
  }

  #snapshotOf(row: StoredTask): TaskSnapshot {
    const pending = row.state === "pending" ? this.counts(row.poolId).pending : 0;
    const why = SENTENCES.oneOfMany(pending);
    return this.#parts.damage.reading(() => snapshotOf(row, why));
  }

  #queueOf(poolId: PoolId): Queue {
    const queue = this.#queues.get(poolId);
    if (queue !== undefined) return queue;
    throw new LidoError("pool_not_found", `Cannot find pool: none has the id ${poolId}`);
  }
}

function logFailure(logger: Logger, failure: LidoError | null): void {
  if (failure === null) logger.info("Journal takes writes again");
  else logger.error("Journal refuses writes", { code: failure.code, reason: failure.message });
}

function never(): never {
  throw new TypeError("Cannot enqueue task: it was neither taken nor refused");
}

function cutOff({ journalPath, ledgerPath }: JournalFiles, groups: number): LidoError {
  return new LidoError(
    "journal_corrupt",
    `Cannot open journal ${journalPath}: its last ${groups} commits are missing, which a crash cannot ` +
      "take; `deno task restore` puts a backup in its place, and without " +
      `${ledgerPath} Lido goes on with what is there`,
  );
}

function notCancellable(state: string): LidoError {
  const hint = state === "running" ? "it is running; stop it instead" : `it is ${state}`;
  return new LidoError("task_not_cancellable", `Cannot cancel task: ${hint}`);
}
