/**
 * One pool as the manager keeps it: its settings, its state and its threads. States go one way:
 * running ⇄ paused → draining → closed.
 */
import type { Engine, PoolRecord, SettingsChange } from "./engine/engine.ts";
import { SHUTDOWN_CAUSE } from "./execution/attempt.ts";
import type { ThreadLoss, ThreadPool } from "./execution/thread_pool.ts";
import { LidoError } from "./model/errors.ts";
import { startLongTimer } from "./model/long_timer.ts";
import { SENTENCES } from "./model/sentences.ts";
import { Turns } from "./model/turns.ts";
import type { PoolHealthFacts } from "./observation/health.ts";
import { type Logger, outsideRequest } from "./observation/logging.ts";
import type { PoolMetricFacts } from "./observation/metrics/facts.ts";
import {
  differencesOf,
  type PoolId,
  type PoolSettings,
  type PoolSnapshot,
  type PoolState,
  type ResizeInfo,
  type RunningTask,
  SLOT_STATES,
  type SlotSnapshot,
} from "./model/pool.ts";
import type { Slot } from "./execution/slot.ts";
import type { SizeSuggestion } from "./model/sizing.ts";
import { PoolAdviser } from "./sizing/pool_adviser.ts";

/** How long a pool that is closed may go on with what it has, unless the caller says. */
export const DRAIN_DEADLINE_MS = 60_000;

const LOSSES: Readonly<Record<ThreadLoss["kind"], string>> = {
  died: "Thread died",
  zombie: "Thread cannot be ended",
  erred: "Error of no known task",
};

/** How long its tasks waited and ran. */
type Figures = Pick<PoolSnapshot, "wait" | "run">;

const NOTHING = { count: 0, p50: 0, p95: 0, p99: 0, max: 0 } as const;
const NOTHING_YET: Figures = { wait: NOTHING, run: NOTHING };

/** What a room is made of. */
export interface PoolRoomParts {
  readonly threads: ThreadPool;
  /** What it has in their place once it is closed and they are gone: a pool that is closed, too. */
  readonly noThreads: ThreadPool;
  readonly engine: Engine;
  readonly logger: Logger;
}

/** What a room does not know of itself when it is to be resized. */
export interface ResizeFacts {
  /** Of this machine. */
  readonly cores: number;
  readonly autoscaleSuggestion: SizeSuggestion | null;
  /** A size that somebody thinks of. */
  readonly asked?: number;
}

/** See the head of this file. */
export class PoolRoom {
  readonly id: PoolId;
  readonly createdAtMs: number;
  #state: PoolState;
  #settings: PoolSettings;
  #settingsVersion: number;
  /** It drains, or ends. */
  #isClosing = false;
  #suspending: Promise<void> | undefined;
  /** Resolves when the server ends. */
  readonly #suspended = Promise.withResolvers<void>();
  #isForced = false;
  /** What goes on record does so one after the other: none may bring back what another replaced. */
  readonly #saves = new Turns();
  /** Ends a drain before its deadline. */
  readonly #hurry = new AbortController();

  #threads: ThreadPool;
  #adviser: PoolAdviser;
  /** The last ones, once the threads that they were counted with are gone. */
  #figures: Figures | undefined;
  readonly #noThreads: ThreadPool;
  readonly engine: Engine;
  readonly #logger: Logger;

  /** `pool` is on record. */
  constructor(pool: PoolRecord, { threads, noThreads, engine, logger }: PoolRoomParts) {
    this.#threads = threads;
    this.#noThreads = noThreads;
    this.engine = engine;
    this.#logger = logger;
    this.id = pool.id;
    this.createdAtMs = pool.createdAtMs;
    this.#state = pool.state;
    this.#settings = pool.settings;
    this.#settingsVersion = pool.settingsVersion;
    this.#adviser = this.#adviserOf(threads);
    if (pool.state !== "running") threads.pause();
    engine.attach(pool.id, threads, pool.settings);
    if (!this.isOpen) engine.seal(pool.id);
  }

  /** Goes on with what the server's last life left undone. */
  goOn(): void {
    if (this.#state !== "draining") return;
    this.#startDrain(DRAIN_DEADLINE_MS);
  }

  /** What runs its tasks. */
  get threads(): ThreadPool {
    return this.#threads;
  }

  /** What knows how many threads it should have. */
  get adviser(): PoolAdviser {
    return this.#adviser;
  }

  get state(): PoolState {
    return this.#state;
  }

  get settings(): PoolSettings {
    return this.#settings;
  }

  get settingsVersion(): number {
    return this.#settingsVersion;
  }

  /** Whether it takes tasks. */
  get isOpen(): boolean {
    return this.#state === "running" || this.#state === "paused";
  }

  /** @throws {LidoError} `pool_closed` if it takes nothing new. */
  checkOpen(verb: string): void {
    if (this.isOpen) return;
    throw new LidoError(
      "pool_closed",
      `Cannot ${verb} pool: ${this.settings.name} is ${this.#state}`,
    );
  }

  /**
   * Takes other settings, once they are on record; those that are no others make no version. One
   * change follows the other, and `next` makes each of what holds then.
   * @throws {LidoError} `pool_closed`, `version_conflict` if it was meant for other versions; what
   * `next` throws.
   */
  async change(
    next: (settings: PoolSettings) => PoolSettings,
    { ifVersions, ...note }: SettingsChange,
  ): Promise<void> {
    await this.#saves.take(async () => {
      this.checkOpen("change");
      this.#checkVersion(ifVersions);
      const settings = next(this.#settings);
      const changes = differencesOf(this.#settings, settings);
      if (changes.length === 0) return; // a version of its own would be a conflict for others
      const settingsVersion = this.#settingsVersion + 1;
      await this.engine.savePool({ ...this.#record(), settings, settingsVersion }, note);
      this.#settingsVersion = settingsVersion;
      this.#settings = settings;
      this.threads.change(settings);
      this.engine.setPolicy(this.id, settings);
      this.log("Pool changed", { ...note, changes });
    });
  }

  #checkVersion(wanted: readonly number[] | undefined): void {
    if (wanted === undefined || wanted.includes(this.#settingsVersion)) return;
    const now = this.#settingsVersion;
    throw new LidoError(
      "version_conflict",
      `Cannot change pool: its settings are version ${now}, for which the change is not meant`,
      { settingsVersion: now },
    );
  }

  /** Starts nothing for now, once that is on record. @throws {LidoError} `pool_closed`. */
  async pause(): Promise<void> {
    await this.#saves.take(async () => {
      this.checkOpen("pause");
      await this.#enter("paused");
      this.threads.pause();
      this.log("Pool paused");
    });
  }

  /** Starts tasks again, once that is on record. @throws {LidoError} `pool_closed`. */
  async resume(): Promise<void> {
    await this.#saves.take(async () => {
      this.checkOpen("resume");
      await this.#enter("running");
      this.#goOn();
      this.log("Pool resumed");
    });
  }

  /**
   * Lets threads go, all or the one of a slot, once they have finished what they run; gives how many.
   * @throws {LidoError} `pool_closed`, `thread_not_found`.
   */
  recycle(slot?: number): number {
    this.checkOpen("recycle threads of");
    const recycled = this.threads.recycle(slot);
    if (slot === undefined || recycled > 0) return recycled;
    const message = `Cannot recycle thread: ${this.settings.name} has no thread ${slot}`;
    throw new LidoError("thread_not_found", message);
  }

  /** Begins to close, once that is on record. A second call can only bring it forward. */
  async close(deadlineMs: number): Promise<void> {
    await this.#seal();
    if (!this.#isClosing) {
      this.log("Pool drains", { deadlineMs });
      this.#startDrain(deadlineMs);
    } else if (deadlineMs === 0) this.#hurry.abort();
  }

  /**
   * Cancels all that waits and stops all that runs, without grace; gives how many of each.
   * @throws {LidoError} `journal_unavailable` if the disk refuses: it goes on as before.
   */
  async forceClose(): Promise<{ cancelledTasks: number; stoppedTasks: number }> {
    if (this.isOpen) await this.#seal();
    else await this.engine.checkWrites(); // it drains, and would go on with that
    // Before anything else is waited for: from here on nobody can make it run what it has.
    this.#isForced = true;
    this.threads.pause();
    // Of what was sent ahead to a thread, some waits when that is ended and some goes with it.
    const { pending: cancelledTasks, running: stoppedTasks } = this.engine.counts(this.id);
    const cause = SENTENCES.poolWasForceClosed();
    this.threads.stopAll(0, cause);
    await this.#insist(() => this.engine.cancelPending(this.id, cause));
    if (this.#isClosing) this.#hurry.abort();
    else this.#start(this.#end());
    this.log("Pool is closed by force", { cancelledTasks, stoppedTasks });
    return { cancelledTasks, stoppedTasks };
  }

  /** The server ends: what runs may end up to the deadline, the rest is kept for its next life. */
  suspend(deadlineMs: number): Promise<void> {
    this.#suspended.resolve();
    return this.#suspending ??= this.#suspend(deadlineMs);
  }

  /** Ends a drain or a suspension before its deadline. */
  hurry(): void {
    this.#hurry.abort();
  }

  /** Tells an operator what happened to it. */
  log(message: string, properties: Readonly<Record<string, unknown>> = {}): void {
    this.#logger.info(message, { ...this.#identity, ...properties });
  }

  /** Tells an operator of a thread that has to be replaced, or that cannot be ended. */
  lost(loss: ThreadLoss): void {
    outsideRequest(() => this.#logger.warning(LOSSES[loss.kind], { ...this.#identity, ...loss }));
  }

  /** Changes with the pool's state, its settings, and the state of any of its threads. */
  get revision(): string {
    const slots = this.threads.slots.map((slot) => `${slot.index}${stateOf(slot)}`);
    return [this.#state, this.#settingsVersion, ...slots].join(" ");
  }

  /** What tells whether all is well with it: quicker than {@link snapshot}. */
  healthFacts(): PoolHealthFacts {
    const { startProblem, slots } = this.threads;
    const zombies = slots.filter(({ isZombie }) => isZombie).length;
    return { settings: this.#settings, counts: this.engine.counts(this.id), zombies, startProblem };
  }

  /** What metrics tell of it: quicker than {@link snapshot}. */
  metricFacts(): PoolMetricFacts {
    const { threads } = this;
    const states = threads.slots.map(stateOf);
    return {
      id: this.id,
      state: this.#state,
      settings: this.#settings,
      counts: this.engine.counts(this.id),
      threads: Object.fromEntries(
        SLOT_STATES.map((state) => [state, states.filter((other) => other === state).length]),
      ) as PoolMetricFacts["threads"], // a key for each state
      deaths: threads.deaths,
      busyMs: threads.busyMs(),
      memoryBytes: threads.slots.reduce(
        (sum, slot) => sum + (slot.isReady ? slot.thread.loadRow().memoryBytes : 0),
        0,
      ),
      oldestWaitMs: this.oldestWaitMs ?? 0,
      isShortOfThreads: threads.startProblem !== null,
      stats: threads.hasRun ? threads.stats : undefined,
    };
  }

  /** How long the oldest that waits has done so; null when none waits. */
  get oldestWaitMs(): number | null {
    const oldestMs = this.threads.oldestQueuedMs();
    return oldestMs === undefined ? null : Math.max(0, performance.now() - oldestMs);
  }

  /** A frozen copy of all there is to see. */
  snapshot(): PoolSnapshot {
    const { threads } = this;
    const slots = threads.slots.toSorted((one, other) => one.index - other.index).map(slotSnapshot);
    return {
      id: this.id,
      state: this.#state,
      createdAtMs: this.createdAtMs,
      settings: this.#settings,
      settingsVersion: this.#settingsVersion,
      counts: this.engine.counts(this.id),
      slots,
      zombies: slots.filter(({ state }) => state === "zombie").length,
      oldestWaitMs: this.oldestWaitMs,
      ...this.#figures ?? figuresOf(threads),
      startProblem: threads.startProblem,
    };
  }

  /** What to know before a resize, and what is to be expected of one more size. */
  async resizeInfo(facts: ResizeFacts): Promise<ResizeInfo> {
    const { running, pending } = this.engine.counts(this.id);
    const active = running + pending;
    const sizing = await this.adviser.advise(facts.asked);
    const suggestion = sizing?.advice ?? {
      // Threads beyond the cores only help tasks that wait: never suggest more than upstream would.
      size: Math.max(1, Math.min(active + 2, Math.max(facts.cores, this.#settings.maxThreads))),
      reason: SENTENCES.sizeByCounts(running, pending, facts.cores),
    };
    return {
      id: this.id,
      name: this.#settings.name,
      state: this.#state,
      maxThreads: this.#settings.maxThreads,
      minThreads: this.#settings.minThreads,
      activeTasks: active,
      canResize: this.isOpen,
      suggestedMaxThreads: suggestion.size,
      reason: suggestion.reason,
      advice: sizing?.advice ?? null,
      sizes: sizing?.sizes ?? [],
      autoscale: this.#settings.autoscale,
      autoscaleSuggestion: facts.autoscaleSuggestion,
    };
  }

  /** Takes nothing new from now on, once that is on record. */
  async #seal(): Promise<void> {
    await this.#saves.take(async () => {
      if (!this.isOpen) return;
      await this.#enter("draining");
      this.engine.seal(this.id);
    });
  }

  #startDrain(deadlineMs: number): void {
    // A paused pool would never finish what it has.
    if (!this.#isForced) this.#goOn();
    this.#start(this.#drain(deadlineMs));
  }

  /** Nobody waits for the end: were it to fail, the pool could be closed once more. */
  #start(end: Promise<void>): void {
    this.#isClosing = true;
    end.catch((error) => {
      this.#isClosing = false;
      if (this.#suspending !== undefined) return; // its next life goes on with it
      outsideRequest(() =>
        this.#logger.error("Pool could not be closed", { ...this.#identity, error })
      );
    });
  }

  /** Lets its threads have tasks, unless the server ends. */
  #goOn(): void {
    if (this.#suspending === undefined) this.threads.resume();
  }

  async #drain(deadlineMs: number): Promise<void> {
    const end = Promise.race([this.engine.whenIdle(this.id), this.#suspended.promise]);
    await this.#withDeadline(end, deadlineMs);
    if (this.#suspending === undefined) await this.#end();
  }

  async #suspend(deadlineMs: number): Promise<void> {
    this.threads.pause();
    await this.#withDeadline(this.threads.whenNothingRuns(), deadlineMs);
    await this.threads.close(SHUTDOWN_CAUSE);
  }

  async #withDeadline(end: Promise<void>, deadlineMs: number): Promise<void> {
    const { promise: deadline, resolve } = Promise.withResolvers<void>();
    const stopTimer = startLongTimer(deadlineMs, resolve);
    this.#hurry.signal.addEventListener("abort", () => resolve());
    if (this.#hurry.signal.aborted) resolve();
    await Promise.race([end, deadline]);
    stopTimer();
  }

  async #end(): Promise<void> {
    const cause = SENTENCES.poolWasClosed();
    // Before the disk is waited for: nothing goes on, or begins, meanwhile.
    this.threads.pause();
    this.threads.stopAll(0, cause);
    await this.#insist(() => this.engine.cancelPending(this.id, cause));
    await this.threads.close();
    await this.#insist(() => this.#saves.take(() => this.#enter("closed")));
    this.log("Pool closed");
    await this.threads.whenGone(); // one that cannot be ended may never be
    this.#letGo();
  }

  /** Frees what only an open pool needs: a server may have had thousands that are closed. */
  #letGo(): void {
    this.#figures = figuresOf(this.#threads);
    this.#threads = this.#noThreads;
    this.#adviser = this.#adviserOf(this.#noThreads);
    this.engine.detach(this.id, this.#noThreads);
  }

  #adviserOf(threads: ThreadPool): PoolAdviser {
    return new PoolAdviser({
      trace: threads.trace,
      settings: () => this.#settings,
      oldestQueuedMs: () => threads.oldestQueuedMs(),
      nowMs: () => performance.now(),
    });
  }

  /** Does what has to be done, again and again while the disk refuses, unless the server ends. */
  async #insist<Result>(act: () => Promise<Result>): Promise<Result> {
    for (;;) {
      try {
        return await act();
      } catch (error) {
        const isRefused = error instanceof LidoError && error.code === "journal_unavailable";
        if (!isRefused || this.#suspending !== undefined) throw error;
        await Promise.race([this.engine.flush(), this.#suspended.promise]);
      }
    }
  }

  get #identity(): Readonly<Record<string, unknown>> {
    return { poolId: this.id, pool: this.#settings.name, version: this.#settingsVersion };
  }

  #record(): PoolRecord {
    return {
      id: this.id,
      state: this.#state,
      createdAtMs: this.createdAtMs,
      settings: this.#settings,
      settingsVersion: this.#settingsVersion,
    };
  }

  /** Goes to another state, once that is on record. */
  async #enter(state: PoolState): Promise<void> {
    await this.engine.savePool({ ...this.#record(), state });
    this.#state = state;
  }
}

function figuresOf(threads: ThreadPool): Figures {
  if (!threads.hasRun) return NOTHING_YET;
  const { stats } = threads;
  return { wait: stats.loadPercentiles("wait"), run: stats.loadPercentiles("run") };
}

function slotSnapshot(slot: Slot): SlotSnapshot {
  const { thread } = slot;
  const row = thread.loadRow();
  const lanes = thread.loadLanes();
  const running = slot.attempts().filter(({ place }) => place === "running").map(
    (attempt): RunningTask => {
      const lane = lanes.find(({ seq }) => seq === attempt.seq);
      const isTold = lane !== undefined && lane.progressTotal > 0;
      return {
        taskId: attempt.taskId,
        name: attempt.name,
        typeName: attempt.type.name,
        runMs: performance.now() - attempt.beganMs,
        progress: isTold ? { done: lane.progressDone, total: lane.progressTotal } : null,
      };
    },
  );
  return {
    index: slot.index,
    state: stateOf(slot),
    running,
    done: row.done,
    failed: row.failed,
    heartbeatAgeMs: row.heartbeatAtMs === 0 ? null : Math.max(0, Date.now() - row.heartbeatAtMs),
    memoryBytes: row.memoryBytes,
    busyMs: row.busyMs,
    pid: thread.pid,
  };
}

function stateOf(slot: Slot): SlotSnapshot["state"] {
  if (slot.isZombie) return "zombie";
  if (slot.killedMs !== undefined || slot.attempts().some(({ stop }) => stop)) return "stopping";
  if (!slot.isReady) return "starting";
  return slot.inFlight > 0 ? "busy" : "idle";
}
