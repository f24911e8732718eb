/**
 * The one object that routes and commands talk to. Every rule that concerns more than one pool or
 * task is here or below; whoever calls only parses and presents.
 */
import { availableParallelism } from "node:os";
import type { Config } from "./config.ts";
import type {
  Engine,
  EnqueueOptions,
  NewTask,
  PageRequest,
  SettingsChange,
} from "./engine/engine.ts";
import { DataFolder } from "./engine/local/journal/data_folder.ts";
import { migrate } from "./engine/local/journal/migrations.ts";
import { type JournalCopy, Upkeep } from "./engine/local/journal/upkeep.ts";
import { LocalEngine } from "./engine/local/local_engine.ts";
import { runSelfTest } from "./execution/self_test.ts";
import { type Clock, systemClock } from "./model/clock.ts";
import { LidoError, messageOf } from "./model/errors.ts";
import { parseInput } from "./model/faults.ts";
import { asSaved } from "./model/given_name.ts";
import type { History, HistoryRequest, RecentStep } from "./model/history.ts";
import { LogLevelChange, type LogLevelState } from "./model/log_level.ts";
import {
  type PoolChanges,
  type PoolId,
  PoolSettings,
  type PoolSettingsInput,
  type PoolSnapshot,
  type PoolState,
  type ResizeInfo,
  schemaOfChange,
  type SettingsVersion,
  StoredPoolSettings,
} from "./model/pool.ts";
import { AUTOSCALE_AUTHOR } from "./model/sizing.ts";
import { type SavedView, View } from "./model/saved_view.ts";
import { SENTENCES } from "./model/sentences.ts";
import type { Health, SelfTestFinding, SystemStats } from "./model/system.ts";
import {
  type AttemptEntry,
  type LogEntry,
  TaskChange,
  type TaskEventEntry,
  type TaskFilter,
  type TaskId,
  type TaskPage,
  type TaskSnapshot,
  type TaskSubmission,
} from "./model/task.ts";
import type { BrokenTaskFile, TaskType } from "./model/task_type.ts";
import type { ShareWindowS, TypeShares } from "./model/type_share.ts";
import { VERSION } from "./model/version.ts";
import { Alerts } from "./observation/alerts/alerts.ts";
import { ChannelBook } from "./observation/alerts/channels/channel_book.ts";
import { EventFeed } from "./observation/event_feed.ts";
import { healthOf } from "./observation/health.ts";
import { LogLevelSwitch } from "./observation/log_level_switch.ts";
import { getLogger, type LogControl, type Logger, NOTHING_LOGGED } from "./observation/logging.ts";
import { readMetrics } from "./observation/metrics/catalogue.ts";
import type { MetricFamily } from "./observation/metrics/family.ts";
import { ProcessMeter } from "./observation/process_meter.ts";
import { TypeShareMeter } from "./observation/type_shares.ts";
import type { Traces } from "./observation/traces/traces.ts";
import { PoolHistory } from "./pool_history.ts";
import { PoolHouse } from "./pool_house.ts";
import { DRAIN_DEADLINE_MS, type PoolRoom } from "./pool_room.ts";
import { BulkOperations } from "./bulk.ts";
import { inBatch, takeIn, takeInAgain } from "./intake.ts";
import { scaledRoom } from "./scaled_room.ts";
import { Autoscaler, type ScaledPool } from "./sizing/autoscaler.ts";
import { TaskTypeRegistry } from "./tasks/registry.ts";

/** Open pools whose series alert rules see: the oldest. */
const ALERT_POOLS_MAX = 1_000;

/** What a manager is made with. */
export interface ManagerOptions {
  readonly config: Config;
  readonly clock?: Clock;
  /** Variables that pools' permissions may name; none if left out. */
  readonly env?: Readonly<Record<string, string>>;
  /** See {@link openTraces}; nothing is traced if left out. */
  readonly traces?: Traces | undefined;
  /** False: nothing is sampled over time, so there is no history; a bench tells what that costs. */
  readonly isWatched?: boolean;
  /** Told of what goes wrong where nobody waits for it. */
  onError?(error: unknown): void;
  /** Told what an operator wants to know of pools, threads and the journal. */
  readonly logger?: Logger;
  /** How much is logged, and what became of it; without, a change of the level changes nothing. */
  readonly logging?: LogControl;
}

/** What a submit has beside the task. */
export interface SubmitOptions extends EnqueueOptions {
  /** The span that it belongs to; see {@link TaskSnapshot.traceparent}. */
  readonly traceparent?: string | null;
}

/** See the head of this file. */
export class Manager implements AsyncDisposable {
  readonly #engine: Engine;
  readonly #types: TaskTypeRegistry;
  readonly #pools: PoolHouse;
  readonly #history: PoolHistory;
  readonly #clock: Clock;
  readonly #startedAtMs: number;
  /** What is done to many tasks at once. */
  readonly bulk: BulkOperations;
  /** What happens to tasks and pools, as it happens. */
  readonly events: EventFeed;
  /** What is wrong, by rules. */
  readonly alerts: Alerts;
  /** Where that is told. */
  readonly channels: ChannelBook;
  #selfTest: Promise<readonly SelfTestFinding[]> | undefined;
  #closing: Promise<void> | undefined;
  readonly #folder: DataFolder;
  readonly #upkeep: Upkeep;
  readonly #logger: Logger;
  readonly #logging: LogControl;
  readonly #process: ProcessMeter;
  readonly #shares: TypeShareMeter;
  readonly #metricPools: number;
  readonly #isWatched: boolean;
  readonly #autoscaler: Autoscaler;

  private constructor(
    options: ManagerOptions,
    types: TaskTypeRegistry,
    engine: Engine,
    folder: DataFolder,
    events: EventFeed,
  ) {
    const { config, clock = systemClock, env = {}, logger = getLogger("core") } = options;
    const { limits, logLevel } = config;
    this.#logger = logger;
    this.#logging = options.logging ??
      { level: new LogLevelSwitch({ configured: logLevel, clock }), counts: NOTHING_LOGGED };
    this.#types = types;
    this.#engine = engine;
    this.#folder = folder;
    this.#upkeep = new Upkeep(folder);
    const { codeFolders } = types;
    this.#pools = new PoolHouse({ limits, engine, clock, codeFolders, env, logger });
    const readTypes = () => this.#pools.runningTotals();
    this.#history = new PoolHistory({ ...options, clock, engine, readTypes });
    this.bulk = new BulkOperations(this, clock);
    this.events = events;
    this.#clock = clock;
    this.#startedAtMs = clock.nowMs();
    this.#process = new ProcessMeter(folder.path, this.#startedAtMs);
    this.#metricPools = limits.metricPools;
    this.#isWatched = options.isWatched ?? true;
    this.#shares = new TypeShareMeter(readTypes, clock);
    const told = {
      ...options,
      archive: engine.alerts,
      clock,
      checkOpen: (verb: string) => this.#checkOpen(verb),
    };
    this.channels = new ChannelBook({
      ...told,
      allowPrivate: config.alerts.allowPrivateTargets,
    });
    this.alerts = new Alerts({
      ...told,
      channels: this.channels,
      readFamilies: () => this.#readMetrics(ALERT_POOLS_MAX),
    });
    this.#autoscaler = new Autoscaler({ ...options, clock, pools: () => this.#scaledPools() });
  }

  /**
   * Loads the task types, opens the journal with the pools and tasks that it has, and in an empty
   * one the pool `default`, as upstream did.
   * @throws {LidoError} `data_folder_locked`, `data_folder_unusable`, `journal_corrupt`.
   */
  static async start(options: ManagerOptions): Promise<Manager> {
    const { tasks, limits, data, journal } = options.config;
    const folder = DataFolder.open(data);
    let manager: Manager | undefined;
    try {
      await migrate(folder.journalPath);
      const events = new EventFeed(crypto.randomUUID());
      const types = await TaskTypeRegistry.load({ tasksDir: tasks, describeMs: limits.describeMs });
      const engine = await LocalEngine.open({
        files: folder,
        keep: { tasks: journal.maxTaskHistory, ms: journal.maxTaskAgeMs },
        clock: options.clock ?? systemClock,
        traces: options.traces,
        findType: (name) => types.find(name),
        onEvent: (event) => events.push(event),
        ...options.onError && { onError: options.onError },
        ...options.logger && { logger: options.logger },
      });
      manager = new Manager(options, types, engine, folder, events);
      await manager.#openPools();
      return manager;
    } catch (error) {
      if (manager === undefined) folder[Symbol.dispose]();
      else await manager.close(); // the folder last
      throw error;
    }
  }

  /**
   * Opens a pool; its threads start when they are needed.
   * @throws {LidoError} `invalid_input`, `pool_limit_reached`, `server_closing`.
   */
  async createPool(input: PoolSettingsInput): Promise<PoolSnapshot> {
    this.#checkOpen("create pool");
    const room = await this.#pools.open(parseInput(PoolSettings, input, "create pool"));
    this.#history.watch(room);
    return room.snapshot();
  }

  /** Open pools, or those in the given states, oldest first. */
  listPools(states?: readonly PoolState[]): readonly PoolSnapshot[] {
    return this.#pools.list(states).map((room) => room.snapshot());
  }

  /** @throws {LidoError} `pool_not_found`. */
  getPool(id: PoolId): PoolSnapshot {
    return this.#pools.get(id).snapshot();
  }

  /** How a pool is called; undefined if there is none with this id. */
  findPoolName(id: string): string | undefined {
    return this.#pools.find(id)?.settings.name;
  }

  /**
   * Changes settings of an open pool, live.
   * @throws {LidoError} `pool_not_found`, `pool_closed`, `version_conflict`, `invalid_input`.
   */
  async changePool(
    id: PoolId,
    changes: PoolChanges,
    change: SettingsChange = {},
  ): Promise<PoolSnapshot> {
    const room = this.#pools.get(id);
    await room.change(
      (settings) => {
        const schema = schemaOfChange(settings, changes);
        return parseInput(schema, { ...settings, ...changes }, "change pool");
      },
      change,
    );
    return room.snapshot();
  }

  /**
   * Changes how many threads a pool has. No task is moved, lost or run twice.
   * @throws {LidoError} `pool_not_found`, `pool_closed`, `version_conflict`, `invalid_input`.
   */
  async resizePool(
    id: PoolId,
    size: { readonly maxThreads: number; readonly minThreads?: number },
    change: SettingsChange = {},
  ): Promise<{ before: { minThreads: number; maxThreads: number }; pool: PoolSnapshot }> {
    const room = this.#pools.get(id);
    let before = room.settings;
    await room.change((settings) => {
      before = settings;
      const minThreads = size.minThreads ?? Math.min(settings.minThreads, size.maxThreads);
      return parseInput(StoredPoolSettings, { ...settings, ...size, minThreads }, "change pool");
    }, change);
    const { minThreads, maxThreads } = before;
    return { before: { minThreads, maxThreads }, pool: room.snapshot() };
  }

  /** The last 1,000 versions of a pool's settings, newest first. @throws {LidoError} `pool_not_found`. */
  listSettingsVersions(id: PoolId): Promise<readonly SettingsVersion[]> {
    this.#pools.get(id);
    return this.#engine.readSettings(id);
  }

  /**
   * Brings a version of a pool's settings back, as a new one; the isolation stays as it is.
   * @throws {LidoError} `pool_not_found`, `version_not_found`, `pool_closed`, `version_conflict`.
   */
  async revertPool(
    id: PoolId,
    version: number,
    change: SettingsChange = {},
  ): Promise<PoolSnapshot> {
    const wanted = (await this.listSettingsVersions(id)).find((one) => one.version === version);
    if (wanted === undefined) {
      throw new LidoError(
        "version_not_found",
        `Cannot revert pool: its settings have no version ${version}`,
      );
    }
    const room = this.#pools.get(id);
    await room.change(({ isolation }) => ({ ...wanted.settings, isolation }), change);
    return room.snapshot();
  }

  /**
   * Replaces a pool's threads, or one of them: they finish what they run, and others take over. Gives
   * how many.
   * @throws {LidoError} `pool_not_found`, `pool_closed`, `thread_not_found`.
   */
  recyclePool(id: PoolId, thread?: number): number {
    return this.#pools.get(id).recycle(thread);
  }

  /** Saved views of the list of tasks, by name. */
  listViews(): readonly SavedView[] {
    return this.#engine.views.all;
  }

  /**
   * Saves a view for all who use the server, in the place of one of its name.
   * @throws {LidoError} `invalid_input`, `view_limit_reached`, `server_closing`.
   */
  async saveView(view: { readonly name: string; readonly query: string }): Promise<SavedView> {
    this.#checkOpen("save view");
    const saved = { ...parseInput(View, view, "save view"), savedAtMs: this.#clock.nowMs() };
    await this.#engine.views.save(saved);
    return saved;
  }

  /** Lets a view go. @throws {LidoError} `view_not_found`, `server_closing`. */
  async removeView(name: string): Promise<void> {
    this.#checkOpen("remove view");
    await this.#engine.views.remove(asSaved(name));
  }

  /**
   * What to know before a resize; with what is to be expected of the size `asked`, too.
   * @throws {LidoError} `pool_not_found`.
   */
  async readResizeInfo(id: PoolId, asked?: number): Promise<ResizeInfo> {
    const room = this.#pools.get(id);
    return await room.resizeInfo({
      cores: availableParallelism(),
      autoscaleSuggestion: this.#autoscaler.suggestionFor(id) ?? null,
      ...asked !== undefined && { asked },
    });
  }

  /**
   * Starts no task for now.
   * @throws {LidoError} `pool_not_found`, `pool_closed`, `journal_unavailable`, `server_closing`.
   */
  pausePool(id: PoolId): Promise<PoolSnapshot> {
    return this.#onRoom(id, "pause pool", (room) => room.pause());
  }

  /**
   * Starts tasks again.
   * @throws {LidoError} `pool_not_found`, `pool_closed`, `journal_unavailable`, `server_closing`.
   */
  resumePool(id: PoolId): Promise<PoolSnapshot> {
    return this.#onRoom(id, "resume pool", (room) => room.resume());
  }

  /**
   * Begins to close a pool and answers at once: it takes nothing new, finishes what it has until
   * the deadline, then stops the rest.
   * @throws {LidoError} `pool_not_found`, `pool_closed`, `journal_unavailable`, `server_closing`.
   */
  closePool(id: PoolId, options: { readonly deadlineMs?: number } = {}): Promise<PoolSnapshot> {
    return this.#onRoom(id, "close pool", async (room) => {
      if (room.state === "closed") room.checkOpen("close");
      await room.close(options.deadlineMs ?? DRAIN_DEADLINE_MS);
    });
  }

  /**
   * Cancels what waits and stops what runs, without grace.
   * @throws {LidoError} `pool_not_found`, `pool_closed`, `journal_unavailable`, `server_closing`.
   */
  async forceClosePool(
    id: PoolId,
  ): Promise<{ cancelledTasks: number; stoppedTasks: number; pool: PoolSnapshot }> {
    this.#checkOpen("close pool");
    const room = this.#pools.get(id);
    if (room.state === "closed") room.checkOpen("close");
    const counts = await room.forceClose();
    return { ...counts, pool: room.snapshot() };
  }

  /** Cancels all of a pool that have not begun; gives how many. @throws {LidoError} `pool_not_found`. */
  cancelPending(id: PoolId): Promise<number> {
    this.#pools.get(id);
    return this.#engine.cancelPending(id, SENTENCES.allWaitingCancelled());
  }

  /**
   * Submits a task. `isNew` is false when its idempotency key had given it before: that is the answer
   * whatever would refuse a new one now.
   * @throws {LidoError} `invalid_input`, `pool_not_found`, `pool_closed`, `task_type_not_found`,
   * `queue_full`, `idempotency_conflict`, `server_closing`.
   */
  async submit(
    submission: TaskSubmission,
    options: SubmitOptions = {},
  ): Promise<{ task: TaskSnapshot; isNew: boolean }> {
    const task = this.#newTask(submission, options.traceparent);
    return await this.#engine.enqueueOne(task, options);
  }

  /**
   * What {@link submit} would refuse whatever its key is refused; nothing is submitted. Of one with a
   * key only a submit can tell: it may be there already.
   * @throws {LidoError} as it.
   */
  checkSubmission(submission: TaskSubmission): void {
    this.#newTask(submission);
  }

  /** Submits all of them or none; a fault names its place. @throws {LidoError} as {@link submit}. */
  async submitBatch(
    submissions: readonly TaskSubmission[],
    options: SubmitOptions = {},
  ): Promise<readonly TaskId[]> {
    const tasks = submissions.map((submission, at) => {
      try {
        const task = this.#newTask(submission, options.traceparent);
        const { refusal } = task;
        return refusal === undefined ? task : { ...task, refusal: inBatch(refusal, at) };
      } catch (error) {
        throw inBatch(error, at);
      }
    });
    const enqueued = await this.#engine.enqueue(tasks, options);
    return enqueued.map(({ id }) => id);
  }

  /**
   * Submits a task once more as it was, to the same pool; gives the new one.
   * @throws {LidoError} `task_not_found`, and as {@link submit}.
   */
  async submitAgain(
    id: TaskId,
    { traceparent = null }: Pick<SubmitOptions, "traceparent"> = {},
  ): Promise<TaskSnapshot> {
    const old = await this.#engine.get(id);
    this.#checkOpen("submit task");
    this.#pools.get(old.poolId).checkOpen("submit task to");
    return (await this.#engine.enqueueOne(takeInAgain(old, this.#types, traceparent))).task;
  }

  /** @throws {LidoError} `task_not_found`. */
  getTask(id: TaskId): Promise<TaskSnapshot> {
    return this.#engine.get(id);
  }

  /** One page, newest first. @throws {LidoError} `cursor_invalid`, `pool_not_found`. */
  listTasks(
    filter: TaskFilter,
    page: PageRequest,
  ): Promise<TaskPage & { readonly page: number | null }> {
    if (filter.poolId !== undefined) this.#pools.get(filter.poolId);
    return this.#engine.list(filter, page);
  }

  /** Cancels a task that has not begun. @throws {LidoError} `task_not_found`, `task_not_cancellable`. */
  async cancelTask(id: TaskId): Promise<TaskSnapshot> {
    await this.#engine.cancel(id, SENTENCES.cancelledBeforeItBegan());
    return await this.#engine.get(id);
  }

  /**
   * Changes a task that waits for its turn: its priority, or the pool that runs it.
   * @throws {LidoError} `invalid_input`, `task_not_found`, `task_not_changeable`, `pool_not_found`,
   * `pool_closed`, `queue_full`, `server_closing`.
   */
  async changeTask(id: TaskId, change: TaskChange): Promise<TaskSnapshot> {
    this.checkChange(change);
    await this.#engine.change(id, change);
    return await this.#engine.get(id);
  }

  /**
   * What {@link changeTask} would refuse of any task is refused; nothing is changed.
   * @throws {LidoError} `invalid_input`, `pool_not_found`, `pool_closed`, `server_closing`.
   */
  checkChange(change: TaskChange): void {
    this.#checkOpen("change task");
    const { poolId } = parseInput(TaskChange, change, "change task");
    if (poolId !== undefined) this.#pools.get(poolId).checkOpen("move task to");
  }

  /**
   * Asks a running task to stop, by force after the grace period; one that has not begun is
   * cancelled. @throws {LidoError} `task_not_found`, `task_not_stoppable`.
   */
  async stopTask(id: TaskId, options: { readonly graceMs?: number } = {}): Promise<TaskSnapshot> {
    const { poolId } = await this.#engine.get(id);
    const graceMs = options.graceMs ?? this.#pools.get(poolId).settings.stopGraceMs;
    await this.#engine.stop(id, graceMs, SENTENCES.askedToStop());
    return await this.#engine.get(id);
  }

  /** Resolves when the task has ended, or after `waitMs`, with how it stands then. */
  async waitForTask(
    id: TaskId,
    { waitMs, signal }: { readonly waitMs: number; readonly signal?: AbortSignal },
  ): Promise<TaskSnapshot> {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), waitMs);
    const either = signal === undefined ? limit.signal : AbortSignal.any([limit.signal, signal]);
    try {
      await this.#engine.waitFor(id, either);
    } catch (error) {
      if (!either.aborted) throw error;
    } finally {
      clearTimeout(timer);
    }
    return await this.#engine.get(id);
  }

  /** What the task's code logged. @throws {LidoError} `task_not_found`. */
  readLogs(id: TaskId): Promise<readonly LogEntry[]> {
    return this.#engine.readLogs(id);
  }

  /** What happened to a task, oldest first. @throws {LidoError} `task_not_found`. */
  readEvents(id: TaskId): Promise<readonly TaskEventEntry[]> {
    return this.#engine.readEvents(id);
  }

  /** A task's attempts that ended, oldest first. @throws {LidoError} `task_not_found`. */
  readAttempts(id: TaskId): Promise<readonly AttemptEntry[]> {
    return this.#engine.readAttempts(id);
  }

  /** All task types that can be submitted. */
  listTaskTypes(): readonly TaskType[] {
    return this.#types.list();
  }

  /** Task files that could not be loaded, and why. */
  listBrokenTaskFiles(): readonly BrokenTaskFile[] {
    return this.#types.listBroken();
  }

  /** @throws {LidoError} `task_type_not_found`. */
  getTaskType(name: string): TaskType {
    return this.#types.get(name);
  }

  /** Which task types the threads' time went to in the last seconds. */
  getTypeShares(windowS: ShareWindowS): TypeShares {
    return this.#shares.read(windowS * 1_000);
  }

  /** Totals over all pools, from counters. */
  getStats(): SystemStats {
    const rooms = this.#pools.list();
    const slots = rooms.flatMap(({ threads }) => threads.slots);
    return {
      pools: rooms.length,
      counts: this.#engine.counts(),
      threads: slots.length,
      busyThreads: slots.filter((slot) => slot.inFlight > 0).length,
      zombies: slots.filter((slot) => slot.isZombie).length,
      oldestWaitMs: rooms.reduce<number | null>(
        (oldest, { oldestWaitMs }) =>
          oldestWaitMs === null ? oldest : Math.max(oldest ?? 0, oldestWaitMs),
        null,
      ),
      startedAtMs: this.#startedAtMs,
      memoryBytes: this.#process.memoryBytes,
    };
  }

  /**
   * What a pool, all together, or the attempts of a task type did over time; in steps that make at most
   * a few hundred points, unless one is asked for.
   * @throws {LidoError} `pool_not_found`, `task_type_not_found`, `invalid_input`.
   */
  async getHistory(request: HistoryRequest = {}): Promise<History> {
    if (request.poolId !== undefined) this.#pools.get(request.poolId);
    if (request.type === undefined) return await this.#history.read(request);
    const { name } = this.getTaskType(request.type); // it may be asked for by another name
    return await this.#history.read({ ...request, type: name });
  }

  /**
   * What a pool, or all together, did in each 5 s of the last five minutes, oldest first; empty if
   * nothing. From memory: it may be asked of every pool at once.
   */
  getRecent(poolId?: PoolId): readonly RecentStep[] {
    return this.#history.recent(poolId ?? null);
  }

  /**
   * Changes whenever anything does that can be seen of tasks and pools; undefined while that is so
   * at every moment, since something runs or waits.
   */
  getRevision(): string | undefined {
    const counts = this.#engine.counts();
    if (counts.pending + counts.running > 0) return undefined;
    const pools = this.#pools.list().map((room) => room.revision).join();
    const step = this.#history.recentStep;
    const { revision } = this.alerts;
    return [this.#startedAtMs, ...Object.values(counts), step, revision, pools].join();
  }

  /** Whether all is well, and what is not. */
  getHealth(): Health {
    return healthOf({
      pools: this.#pools.list().map((room) => room.healthFacts()),
      stats: this.getStats(),
      isClosing: this.#closing !== undefined,
      journalFailure: this.#engine.failure,
      isJournalDamaged: this.#engine.damage !== undefined,
      firing: this.alerts.firing,
    });
  }

  /** How much is logged. */
  getLogLevel(): LogLevelState {
    return this.#logging.level.state;
  }

  /** Logs more or less from now on, or for a while. @throws {LidoError} `invalid_input`. */
  setLogLevel(change: LogLevelChange): LogLevelState {
    this.#logging.level.set(parseInput(LogLevelChange, change, "change log level"));
    return this.#logging.level.state;
  }

  /** What monitors want to know: all of it as it is now. */
  readMetrics(): readonly MetricFamily[] {
    return this.#readMetrics(this.#metricPools);
  }

  #readMetrics(poolsMax: number): readonly MetricFamily[] {
    const rooms = this.#pools.list();
    return readMetrics({
      version: VERSION,
      pools: rooms.slice(0, poolsMax).map((room) => room.metricFacts()),
      openPools: rooms.length,
      counts: this.#engine.counts(),
      types: this.#pools.tally.read(),
      userMetrics: this.#pools.userMetrics.read(),
      droppedUserMetrics: this.#pools.userMetrics.dropped,
      load: this.#engine.load,
      isWritable: this.#engine.failure === undefined,
      isDamaged: this.#engine.damage !== undefined,
      droppedNotices: this.channels.dropped,
      followers: this.events.followers,
      log: this.#logging.counts,
      process: this.#process.facts(),
    });
  }

  /** What this machine and runtime can do, found out once by trying. */
  getSelfTest(): Promise<readonly SelfTestFinding[]> {
    return this.#selfTest ??= runSelfTest();
  }

  /** Whether the journal is whole and agrees with itself: looked at anew each time. */
  checkJournal(): Promise<readonly SelfTestFinding[]> {
    return this.#upkeep.check();
  }

  /**
   * Copies the journal, with all that was acknowledged before; one copy at a time.
   * @throws {LidoError} `backup_running`, `journal_unavailable`, `server_closing`; the signal's
   * reason.
   */
  async backUp(signal?: AbortSignal): Promise<JournalCopy> {
    this.#checkOpen("back up");
    await this.#engine.checkWrites();
    await this.#engine.flush(); // what a pool acknowledges before it is written
    const copy = await this.#upkeep.copy(signal);
    this.#logger.info("Backup made", { bytes: copy.bytes });
    return copy;
  }

  /**
   * Takes nothing new, lets what runs end up to the deadline, and keeps the rest for the next life
   * of the server. May come twice.
   */
  close(options: { readonly deadlineMs?: number } = {}): Promise<void> {
    const { deadlineMs = 0 } = options;
    if (this.#closing !== undefined && deadlineMs === 0) this.#pools.hurry();
    return this.#closing ??= this.#close(deadlineMs);
  }

  /** Closes at once. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(deadlineMs: number): Promise<void> {
    this.#upkeep[Symbol.dispose]();
    this.alerts[Symbol.dispose]();
    this.#process[Symbol.dispose]();
    this.#shares[Symbol.dispose]();
    this.events.close();
    try {
      await this.#autoscaler[Symbol.asyncDispose]();
      await this.#pools.suspend(deadlineMs);
      await this.channels[Symbol.asyncDispose]();
      // What ended just now counts once it is written: the last sample shall have it.
      await this.#engine.checkWrites().catch((error) => this.#logUnwritten(error));
      this.#history[Symbol.dispose]();
      await this.#engine[Symbol.asyncDispose]();
    } finally {
      this.#folder[Symbol.dispose]();
    }
  }

  #logUnwritten(error: unknown): void {
    const reason = messageOf(error);
    const message = "What happened last is not on record: what ran runs again";
    this.#logger.error(message, { reason });
  }

  async #openPools(): Promise<void> {
    this.#pools.restore();
    for (const room of this.#pools.list()) this.#history.watch(room);
    if (this.#isWatched) {
      this.#history.start();
      this.#process.start();
      this.#shares.start();
      this.#autoscaler.start();
    }
    if (this.#engine.pools.length === 0) await this.#openDefault();
    if (this.#isWatched) this.alerts.start();
  }

  async #openDefault(): Promise<void> {
    await this.createPool({
      name: "default",
      maxThreads: availableParallelism(),
      permissions: { read: [Deno.cwd()] },
    });
  }

  /** A change by the autoscaler is one like any other, with its reason. */
  #scaledPools(): readonly ScaledPool[] {
    return this.#pools.list().map((room) =>
      scaledRoom(room, async ({ size, reason }, version) => {
        const note = { author: AUTOSCALE_AUTHOR, reason, ifVersions: [version] };
        await this.resizePool(room.id, { maxThreads: size }, note);
      })
    );
  }

  #newTask(submission: TaskSubmission, traceparent: string | null = null): NewTask {
    const room = this.#pools.get(submission.poolId);
    const check = () => {
      this.#checkOpen("submit task");
      room.checkOpen("submit task to");
    };
    return takeIn(submission, room.settings, this.#types, { traceparent, check });
  }

  async #onRoom(
    id: PoolId,
    verb: string,
    act: (room: PoolRoom) => Promise<void>,
  ): Promise<PoolSnapshot> {
    this.#checkOpen(verb);
    const room = this.#pools.get(id);
    await act(room);
    return room.snapshot();
  }

  #checkOpen(verb: string): void {
    if (this.#closing === undefined) return;
    throw new LidoError("server_closing", `Cannot ${verb}: Lido is shutting down`);
  }
}
