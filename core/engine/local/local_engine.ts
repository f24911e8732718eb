/**
 * The engine of one machine: a journal on disk, and in memory what runs and the front of each
 * queue. Capacity, rejection and idempotency are decided here and nowhere else.
 *
 * A task waits for its threads only once it is written, and whoever waits for its end is told once
 * that is written. So nothing is told that a crash could undo; what ran and was not written yet runs
 * again. Lists are read from the journal: they show what is written.
 */
import { setImmediate } from "node:timers";
import { type Clock, systemClock } from "../../model/clock.ts";
import { LidoError } from "../../model/errors.ts";
import {
  type PoolId,
  PoolSettings,
  type SettingsVersion,
  type TaskCounts,
} from "../../model/pool.ts";
import type {
  AttemptEntry,
  LogLine,
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
  Enqueued,
  HistoryQuery,
  HistoryRead,
  NewTask,
  PageRequest,
  PoolRecord,
  QueuePolicy,
} from "../engine.ts";
import type { HistorySample } from "../../observation/history/history_row.ts";
import { historyChange, readHistory } from "./history.ts";
import { IdempotencyKeys, type KeyLook } from "./idempotency.ts";
import { Journal, type JournalListener } from "./journal/journal.ts";
import { JournalReader } from "./journal/reader.ts";
import { RunningLedger } from "./journal/running_ledger.ts";
import { parseStored } from "./journal/stored_json.ts";
import type { StoredTask } from "./journal/stored_task.ts";
import { TextIndex } from "./journal/text_index.ts";
import type { PoolShelf } from "./pool_shelf.ts";
import { Queue } from "./queue.ts";
import { recover } from "./recovery.ts";
import { Retention } from "./retention.ts";
import { endRow, isTimeout, moveRow, notesOf, submitRow } from "./rows.ts";
import { snapshotOf } from "./stored_snapshot.ts";
import type { Tallies } from "./tallies.ts";
import { type Move, type RecordListener, TaskRecord } from "./task_record.ts";
import { Window, WINDOW_TASKS } from "./window.ts";

/** How long a caller who was refused should wait before the next try. */
const RETRY_AFTER_MS = 1_000;

/** How many tasks are cancelled before others are served. */
const CANCEL_STEP = 1_000;

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
  /** Waiting tasks of a pool that are kept in memory; about 4,000 if left out. */
  readonly windowTasks?: number;
  /** Where the code of a type is now: tasks that come back run it from there. */
  findType?(name: string): NewTask["type"] | undefined;
  /** Told of what goes wrong where nobody waits for it. */
  onError?(error: unknown): void;
}

/** What the engine is built of. */
interface Parts {
  readonly journal: Journal;
  readonly reader: JournalReader;
  readonly textIndex: TextIndex;
  readonly ledger: RunningLedger;
  readonly shelf: PoolShelf;
  readonly tallies: Tallies;
  readonly orphans: ReadonlyMap<PoolId, readonly StoredTask[]>;
  readonly lastSeq: number;
}

/** See the head of this file. */
export class LocalEngine implements Engine, RecordListener {
  readonly kind = "local";
  readonly clock: Clock;
  readonly #onError: (error: unknown) => void;
  readonly #parts: Parts;
  readonly #window: Window;
  readonly #retention: Retention;
  readonly #queues = new Map<PoolId, Queue>();
  /** What is in memory, of all pools; the window keeps it. */
  readonly #records = new Map<TaskId, TaskRecord>();
  readonly #waiters = new Map<TaskId, Set<() => void>>();
  readonly #keys = new IdempotencyKeys();
  /** For each read of the disk that is under way: what left memory meanwhile. */
  readonly #lookups = new Set<Set<TaskId>>();
  #lastSeq: number;
  #isSuspended = false;

  private constructor(options: LocalEngineOptions, parts: Parts) {
    this.clock = options.clock ?? systemClock;
    this.#onError = options.onError ?? (() => {});
    this.#parts = parts;
    this.#lastSeq = parts.lastSeq;
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
    this.#retention = new Retention({
      journal: parts.journal,
      clock: this.clock,
      keep: options.keep,
      queues: () => this.#queues.values(),
    });
  }

  /** Opens the journal, and puts right what a crash left. @throws {LidoError} `journal_corrupt`. */
  static async open(options: LocalEngineOptions): Promise<LocalEngine> {
    const { files, clock = systemClock } = options;
    let onWritten: JournalListener["written"] = () => {};
    const listener: JournalListener = { written: (...told) => onWritten(...told) };
    await using opened = new AsyncDisposableStack();
    const { isDurable } = files;
    const journal = opened.use(await Journal.open(files.journalPath, { isDurable, listener }));
    const reader = opened.use(await JournalReader.open(files));
    const { ledger, orphans, wasClosed, lastGroup } = RunningLedger.open(files.ledgerPath);
    if (lastGroup > journal.lastGroup) throw cutOff(files, lastGroup - journal.lastGroup);
    const state = await recover({ journal, reader, orphans, wasClosed, nowMs: clock.nowMs() });
    ledger.begin();
    journal.note({ kind: "started", atMs: Math.round(clock.nowMs()), wasClosed });
    const textIndex = TextIndex.open(files);
    opened.move(); // the engine closes them from here on
    const engine = new LocalEngine(options, { journal, reader, textIndex, ledger, ...state });
    onWritten = (pruned, syncedGroup) => {
      if (syncedGroup !== null && files.isDurable) ledger.noteGroup(syncedGroup);
      textIndex.poke();
      engine.#retention.written(pruned);
    };
    return engine;
  }

  get failure(): LidoError | undefined {
    return this.#parts.journal.failure;
  }

  get pools(): readonly PoolRecord[] {
    return this.#parts.shelf.pools;
  }

  async savePool(pool: PoolRecord, note: ChangeNote = {}): Promise<void> {
    const { journal, shelf } = this.#parts;
    journal.checkTakes();
    await journal.change(shelf.put(pool, this.clock.nowMs(), note), true);
  }

  async readSettings(poolId: PoolId): Promise<readonly SettingsVersion[]> {
    const rows = await this.#parts.reader.settingsVersions(this.#queueOf(poolId).number);
    return rows.map(({ settings, ...row }) => ({
      ...row,
      settings: parseStored(PoolSettings, settings),
    }));
  }

  attach(poolId: PoolId, runner: AttemptRunner, policy: QueuePolicy): void {
    const { shelf, orphans } = this.#parts;
    const queue = new Queue(poolId, shelf.numberOf(poolId), runner, policy);
    this.#queues.set(poolId, queue);
    this.#retention.rulesChanged();
    for (const row of orphans.get(poolId) ?? []) this.#window.adopt(queue, row);
    for (const priority of shelf.waiting(poolId)) queue.lanes.leave(priority, this.#lastSeq);
    if (policy.durability === "memory" && this.counts(poolId).pending > 0) {
      const cause = "The pool keeps its tasks in memory, and the server was restarted";
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

  async enqueue(tasks: readonly NewTask[], signal?: AbortSignal): Promise<readonly Enqueued[]> {
    const look = await this.#keys.begin(tasks, (task) => this.#readByKey(task));
    try {
      // Whatever was true may no longer be after a wait, so all is looked at again.
      for (let full = this.#findFull(tasks, look); full; full = this.#findFull(tasks, look)) {
        await this.#makeRoomIn(...full, signal);
        signal?.throwIfAborted();
      }
      // No await since the last look: all of them or none, and never more than there is room for.
      return await this.#write(tasks, look);
    } finally {
      this.#keys.end(look);
      // Whoever was let in may have left room for the next, or not have come in at all.
      for (const poolId of poolsOf(tasks)) this.#admitWaiting(poolId);
    }
  }

  async cancel(id: TaskId, cause: string): Promise<void> {
    this.#checkWrites();
    const found = await this.#find(id);
    if (found instanceof TaskRecord) {
      if (await found.runner.withdraw(found, cause)) return await this.#whenEnded(id);
      throw notCancellable(found.isOver ? found.state : "running");
    }
    if (found.state !== "pending") throw notCancellable(found.state);
    this.#cancelStored(found, cause);
    await this.#whenEnded(id);
  }

  async stop(id: TaskId, graceMs: number, cause: string): Promise<void> {
    const found = await this.#find(id);
    if (isFinal(found.state)) {
      throw new LidoError("task_not_stoppable", `Cannot stop task: it is ${found.state}`);
    }
    if (!(found instanceof TaskRecord)) {
      this.#cancelStored(found, cause);
      return await this.#whenEnded(id);
    }
    if (await found.runner.withdraw(found, cause)) return await this.#whenEnded(id);
    found.runner.stop(found, graceMs, cause);
  }

  async cancelPending(poolId: PoolId, cause: string): Promise<number> {
    this.#checkWrites();
    const queue = this.#queueOf(poolId);
    // Once through all that there are now: what is submitted meanwhile is not meant.
    const newest = this.#lastSeq;
    queue.isBeingEmptied = true;
    let cancelled = 0;
    try {
      // What is on its way into memory is neither there nor on disk.
      while (queue.loading !== undefined) await queue.loading;
      const held = [...queue.records.values()].filter(({ state }) => state === "pending");
      for (let at = 0; at < held.length; at += CANCEL_STEP) {
        const answers = await Promise.all(
          held.slice(at, at + CANCEL_STEP).map((record) => queue.runner.withdraw(record, cause)),
        );
        cancelled += answers.filter((wasWithdrawn) => wasWithdrawn).length;
        await new Promise((resolve) => setImmediate(resolve)); // others want to be served, too
      }
      while (queue.lanes.isAnyOnDisk) {
        const newer: StoredTask[] = [];
        await this.#window.load(queue, CANCEL_STEP, (row) => {
          if (row.seq > newest) return newer.push(row);
          cancelled++;
          return this.#cancelStored(row, cause);
        });
        for (const row of newer) this.#window.keep(queue, row);
        if (newer.length > 0) break;
        await this.#parts.journal.flush(); // as fast as the disk, and no faster
      }
      await this.#parts.journal.flush();
      return cancelled;
    } finally {
      queue.isBeingEmptied = false;
      this.#window.refill(queue);
    }
  }

  async get(id: TaskId): Promise<TaskSnapshot> {
    const record = this.#records.get(id);
    if (record !== undefined) return record.snapshot();
    return this.#snapshotOf(await this.#read(id));
  }

  async readLogs(id: TaskId): Promise<readonly LogLine[]> {
    return await this.#parts.reader.logs(await this.#seqOf(id));
  }

  async readEvents(id: TaskId): Promise<readonly TaskEventEntry[]> {
    return await this.#parts.reader.events(await this.#seqOf(id));
  }

  async readAttempts(id: TaskId): Promise<readonly AttemptEntry[]> {
    return await this.#parts.reader.attempts(await this.#seqOf(id));
  }

  async saveHistory(sample: HistorySample): Promise<void> {
    await this.#parts.journal.change(historyChange(sample, this.#parts.shelf));
  }

  async readHistory(query: HistoryQuery): Promise<HistoryRead> {
    return await readHistory(query, this.#parts);
  }

  async list(
    filter: TaskFilter,
    request: PageRequest,
  ): Promise<TaskPage & { readonly page: number | null }> {
    const { shelf, reader } = this.#parts;
    const { poolId, ...rest } = filter;
    const pool = poolId === undefined ? {} : { poolNumber: shelf.numberOf(poolId) };
    const { rows, ...page } = await reader.list({ ...rest, ...pool }, request);
    const tasks = rows.map((row) => this.#records.get(row.id)?.snapshot() ?? this.#snapshotOf(row));
    return { ...page, tasks };
  }

  async waitFor(id: TaskId, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    promise.catch(() => {}); // it may be refused before anyone awaits it
    const abort = () => reject(signal.reason);
    const waiters = this.#waitersOf(id);
    waiters.add(resolve);
    signal.addEventListener("abort", abort);
    try {
      const found = await this.#find(id);
      signal.throwIfAborted();
      // One in memory tells when its end is written, even if it has ended already.
      if (this.#isSuspended || !(found instanceof TaskRecord) && isFinal(found.state)) return;
      await promise;
    } finally {
      signal.removeEventListener("abort", abort);
      waiters.delete(resolve);
      if (waiters.size === 0 && this.#waiters.get(id) === waiters) this.#waiters.delete(id);
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
    for (const waiters of this.#waiters.values()) for (const tell of waiters) tell();
    for (const queue of this.#queues.values()) queue.isBeingEmptied = true; // nothing is loaded
  }

  /** Attempts are about to be handed to threads. */
  handOver(attempts: readonly Attempt[]): void {
    const seqs = attempts.flatMap((attempt) =>
      attempt instanceof TaskRecord ? [attempt.order] : []
    );
    this.#parts.ledger.handOver(seqs);
  }

  moved(record: TaskRecord, move: Move): void {
    const { poolId } = record.task;
    const queue = this.#queueOf(poolId);
    this.#parts.tallies.moved(poolId, move.from, record.state);
    this.#parts.journal.move(moveRow(record, queue.number, move));
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
    const shownState = move.isStartedNow ? "running" : move.from;
    this.#parts.journal.end(
      endRow(record, queue.number, move),
      isSynced,
      () => this.#endWritten(queue, record, shownState),
    );
    if (move.from !== "pending") return;
    // One that ran waits no longer, whenever its end is written.
    if (move.isStartedNow) this.#parts.tallies.moved(poolId, "pending", "running");
    this.#leftPending(queue, record);
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

  /** Gives the tasks their seqs and writes them. */
  async #write(tasks: readonly NewTask[], look: KeyLook): Promise<readonly Enqueued[]> {
    const fresh = this.#keys.freshOf(tasks, look);
    const nowMs = Math.round(this.clock.nowMs());
    const entries = fresh.map((task) => ({ task, seq: ++this.#lastSeq }));
    const isRelaxed = fresh.every(({ poolId }) =>
      this.#queueOf(poolId).policy.durability !== "fsync"
    );
    const rows = entries.flatMap(({ task, seq }) =>
      submitRow(task, seq, this.#queueOf(task.poolId).number, nowMs)
    );
    const chars = fresh.reduce((sum, { inputJson }) => sum + (inputJson?.length ?? 0), 0);
    const written = fresh.length === 0
      ? Promise.resolve()
      : this.#parts.journal.submit(rows, { tasks: fresh.length, chars, isRelaxed });
    // From here on each has its place: others must not take it.
    for (const { task, seq } of entries) {
      const queue = this.#queueOf(task.poolId);
      queue.reserved++;
      this.#window.begin(queue, seq);
    }
    // A key is found on disk only once its task is there, whenever its caller is answered.
    const isKeyed = fresh.some(({ idempotencyKey }) => idempotencyKey !== null);
    const onDisk = isRelaxed && isKeyed ? this.#parts.journal.flush() : written;
    const enqueued = this.#keys.claim(tasks, look, fresh, onDisk);
    try {
      await written;
    } catch (error) {
      for (const { task, seq } of entries) this.#withdrawn(this.#queueOf(task.poolId), seq);
      throw error;
    }
    for (const { task, seq } of entries) this.#place(task, seq, nowMs);
    return await enqueued();
  }

  /** It is on record: from now on it waits for a thread. */
  #place(task: NewTask, seq: number, submittedAtMs: number): void {
    const queue = this.#queueOf(task.poolId);
    queue.reserved--;
    this.#parts.tallies.add(task.poolId, "pending", 1);
    const record = this.#window.place(queue, task, seq, submittedAtMs);
    if (record === undefined) return;
    if (queue.isSealed) {
      record.runner.withdraw(record, "The pool was closed while the task was being written");
    }
  }

  /** It could not be written. */
  #withdrawn(queue: Queue, seq: number): void {
    queue.reserved--;
    queue.unplaced.delete(seq);
    if (this.#parts.tallies.live(queue.poolId) + queue.reserved === 0) queue.tellIdle();
  }

  #leftPending(queue: Queue, record: TaskRecord): void {
    this.#window.release(queue, record);
    this.#admitWaiting(queue.poolId);
  }

  #endWritten(queue: Queue, record: TaskRecord, from: TaskState): void {
    const { poolId } = queue;
    const { tallies } = this.#parts;
    tallies.moved(poolId, from, record.state);
    if (record.outcome && isTimeout(record.outcome)) tallies.add(poolId, "timedOut", 1);
    this.#window.forget(queue, record);
    for (const left of this.#lookups) left.add(record.task.id);
    this.#parts.ledger.takeBack(record.order);
    this.#retention.ended();
    const waiters = this.#waiters.get(record.task.id);
    this.#waiters.delete(record.task.id);
    for (const tell of waiters ?? []) tell();
    if (from === "pending") this.#admitWaiting(poolId);
    if (tallies.live(poolId) + queue.reserved === 0) queue.tellIdle();
  }

  /** Ends a task that is on disk only. */
  #cancelStored(row: StoredTask, cause: string): void {
    const queue = this.#queueOf(row.poolId);
    const record = this.#window.take(queue, row);
    this.#window.comeBack(queue, record); // as if it had waited in memory
    record.settled({ kind: "cancelled", startedAtMs: null, runMs: null, cause }, null);
  }

  /** A task in memory, or as it is on disk. @throws {LidoError} `task_not_found`. */
  async #find(id: TaskId): Promise<TaskRecord | StoredTask> {
    for (;;) {
      const left = new Set<TaskId>();
      this.#lookups.add(left);
      try {
        const record = this.#records.get(id);
        if (record !== undefined) return record;
        const row = await this.#read(id);
        const loaded = this.#records.get(id);
        if (loaded !== undefined) return loaded;
        // One that was in memory meanwhile may have ended: what was read is out of date.
        if (!left.has(id)) return row;
      } finally {
        this.#lookups.delete(left);
      }
    }
  }

  async #read(id: TaskId): Promise<StoredTask> {
    const { journal, reader } = this.#parts;
    const isOwed = journal.owesTasks; // before the read: it may be written meanwhile
    let row = await reader.get(id);
    if (row === undefined && isOwed) {
      await journal.flush();
      row = await reader.get(id);
    }
    if (row !== undefined) return row;
    throw new LidoError("task_not_found", `Cannot find task: none has the id ${id}`);
  }

  async #seqOf(id: TaskId): Promise<number> {
    return this.#records.get(id)?.order ?? (await this.#read(id)).seq;
  }

  async #readByKey({ poolId, idempotencyKey }: NewTask): Promise<StoredTask | undefined> {
    const { number } = this.#queueOf(poolId);
    return await this.#parts.reader.byKey(number, idempotencyKey ?? "");
  }

  /** @throws {LidoError} `journal_unavailable` where a caller would wait for a disk that refuses. */
  #checkWrites(): void {
    const { failure } = this.#parts.journal;
    if (failure !== undefined) throw failure;
  }

  async #whenEnded(id: TaskId): Promise<void> {
    if (!this.#records.has(id)) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waitersOf(id).add(resolve);
    await promise;
  }

  #waitersOf(id: TaskId): Set<() => void> {
    let waiters = this.#waiters.get(id);
    if (waiters === undefined) this.#waiters.set(id, waiters = new Set());
    return waiters;
  }

  #snapshotOf(row: StoredTask): TaskSnapshot {
    const pending = row.state === "pending" ? this.counts(row.poolId).pending : 0;
    return snapshotOf(row, `It is one of ${pending} that wait`);
  }

  #checkOpen(poolId: PoolId): void {
    if (this.#queueOf(poolId).isSealed) throw closedError(poolId);
  }

  /**
   * A pool that has no room for what it is to take, and how many that is.
   * @throws {LidoError} `pool_not_found`, `pool_closed`, `idempotency_conflict`.
   */
  #findFull(tasks: readonly NewTask[], look: KeyLook): [PoolId, number] | undefined {
    for (const poolId of poolsOf(tasks)) this.#checkOpen(poolId);
    const wanted = new Map<PoolId, number>();
    for (const { poolId } of this.#keys.freshOf(tasks, look)) {
      wanted.set(poolId, (wanted.get(poolId) ?? 0) + 1);
    }
    return [...wanted].find(([poolId, count]) => this.#roomOf(poolId) < count);
  }

  async #makeRoomIn(poolId: PoolId, count: number, signal?: AbortSignal): Promise<void> {
    const queue = this.#queueOf(poolId);
    const { policy } = queue;
    if (policy.rejection === "wait" && count <= policy.queueCapacity) {
      return await queue.waitForTurn(count, signal);
    }
    if (policy.rejection === "drop_oldest" && count <= policy.queueCapacity) {
      if (await this.#dropOldest(queue, count)) return;
    }
    const { tallies, journal } = this.#parts;
    tallies.add(poolId, "rejected", count);
    journal.note({ kind: "rejected", pool: queue.number, count });
    throw new LidoError(
      "queue_full",
      `Cannot submit ${count === 1 ? "task" : `${count} tasks`}: the pool's queue holds ` +
        `${tallies.count(poolId, "pending") + queue.reserved} of at most ${policy.queueCapacity}`,
      { retryAfterMs: RETRY_AFTER_MS },
    );
  }

  /**
   * Cancels those that wait longest of the lowest priority until there is room for so many; answers
   * whether there were any. Their places are free once their ends are written.
   */
  async #dropOldest(queue: Queue, count: number): Promise<boolean> {
    const ends: Promise<void>[] = [];
    while (this.#roomOf(queue.poolId) + ends.length < count) {
      const dropped = await this.#dropOne(queue);
      if (dropped === undefined) break;
      ends.push(dropped.end);
    }
    await Promise.all(ends);
    return ends.length > 0;
  }

  async #dropOne(queue: Queue): Promise<{ readonly end: Promise<void> } | undefined> {
    const cause = "Dropped: the queue was full, and this task had waited longest";
    // What is on its way into memory may be older than what would stay behind on disk.
    while (queue.loading !== undefined) await queue.loading;
    const victim = queue.runner.mostExpendable();
    const lowestOnDisk = queue.lanes.onDisk().at(-1) ?? Infinity;
    if (victim instanceof TaskRecord && victim.priority <= lowestOnDisk) {
      const wasWithdrawn = await queue.runner.withdraw(victim, cause);
      return { end: wasWithdrawn ? this.#whenEnded(victim.task.id) : Promise.resolve() };
    }
    if (lowestOnDisk === Infinity) return undefined;
    // When there was none, or another caller took it, the next look sees that.
    const row = await this.#window.expendable(queue, lowestOnDisk);
    if (row === undefined || this.#records.has(row.id)) return { end: Promise.resolve() };
    this.#cancelStored(row, cause);
    return { end: this.#whenEnded(row.id) };
  }

  #roomOf(poolId: PoolId): number {
    const queue = this.#queueOf(poolId);
    const taken = this.#parts.tallies.count(poolId, "pending") + queue.reserved;
    return queue.policy.queueCapacity - taken;
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
}

function poolsOf(tasks: readonly NewTask[]): ReadonlySet<PoolId> {
  return new Set(tasks.map(({ poolId }) => poolId));
}

function closedError(poolId: PoolId): LidoError {
  return new LidoError("pool_closed", `Cannot submit task: the pool ${poolId} takes nothing new`);
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
