/**
 * A pool: one queue, one setting, and the slots that its tasks run on.
 *
 * `Dispatcher` gives the task whose turn it is to a slot, and may send short ones ahead to busy
 * slots. What a slot has not begun can be taken back: when the task before it turns out to be long,
 * when it is cancelled, or when its slot goes. `Landing` takes what comes back, `EndOrders` ends what
 * shall not go on, `SlotCrew` opens and ends the slots, and `PoolWatch` looks after all of them.
 */
import { isDeepStrictEqual } from "node:util";
import type { PoolSettings } from "../model/pool.ts";
import { SENTENCES } from "../model/sentences.ts";
import type { Attempt, AttemptOptions } from "./attempt.ts";
import { AttemptQueue } from "./attempt_queue.ts";
import { Dispatcher } from "./dispatcher.ts";
import { EndOrders } from "./end_orders.ts";
import { cancelled } from "./endings.ts";
import { IdleWaits } from "./idle_waits.ts";
import { Landing } from "./landing.ts";
import { LoadTrace } from "./load_trace.ts";
import { POOL_SHAPE } from "./pool_shape.ts";
import { PoolWatch } from "./pool_watch.ts";
import type { Encoding } from "./protocol.ts";
import type { Slot } from "./slot.ts";
import { SlotCrew, type ThreadLoss } from "./slot_crew.ts";
import { StatsBlock } from "./stats_block.ts";
import type { StartThread, Thread } from "./thread.ts";
import type { ThreadBudget } from "./thread_budget.ts";
import type { TypePace } from "./type_pace.ts";
import { TypeTally } from "./type_tally.ts";
import { UserMetrics } from "./user_metrics.ts";

/** A burst of submits is looked at after so many, not only when the caller pauses. */
const BURST = 256;

export type { ThreadLoss };

const NO_OPTIONS: AttemptOptions = {};

/** What a pool is made with. */
export interface ThreadPoolOptions {
  readonly settings: PoolSettings;
  readonly encoding: Encoding;
  readonly startThread: StartThread;
  readonly budget: ThreadBudget;
  readonly codeFolders: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** A folder for the caches of child processes. */
  readonly cacheFolder: string;
  /** Takes what attempts come to, of several pools together; of this one alone if left out. */
  readonly tally?: TypeTally;
  /** Takes what task code measures, of several pools together; of this one alone if left out. */
  readonly userMetrics?: UserMetrics;
  /** Knows how long tasks take; finds it out by itself if left out. */
  readonly pace?: TypePace;
  /** Called with attempts before they are handed to a thread. */
  onHandOver?(attempts: readonly Attempt[]): void;
  /** Told of each thread that went unasked, or does not go. */
  onLoss?(loss: ThreadLoss): void;
}

/** See the head of this file. */
export class ThreadPool {
  readonly #options: ThreadPoolOptions;
  readonly #queue = new AttemptQueue();
  readonly #crew: SlotCrew;
  readonly #dispatcher: Dispatcher;
  readonly #waits: IdleWaits;
  readonly #landing: Landing;
  readonly #watch: PoolWatch;
  readonly #orders: EndOrders;
  /** When the last ones came, and how long they ran. */
  readonly trace: LoadTrace = new LoadTrace();
  #settings: PoolSettings;
  #stats: StatsBlock | undefined;
  #isPaused = false;
  #isHeld = false;
  /** Why it was closed. */
  #closeCause: string | undefined;
  #isDispatchPlanned = false;
  #submitMs = 0;

  constructor(options: ThreadPoolOptions) {
    this.#options = options;
    this.#settings = options.settings;
    this.#crew = new SlotCrew({
      owner: () => this.#landing,
      budget: options.budget,
      settings: () => this.#settings,
      start: (slot) => this.#startThread(slot),
      onChange: () => this.#planDispatch(),
      onLoss: (loss) => options.onLoss?.(loss),
    });
    this.#dispatcher = new Dispatcher(
      this.#queue,
      this.#crew,
      (batch) => options.onHandOver?.(batch),
      options.pace,
    );
    this.#waits = new IdleWaits(this.#queue, this.#crew);
    const parts = { queue: this.#queue, crew: this.#crew, settings: () => this.#settings };
    this.#landing = new Landing({
      ...parts,
      dispatcher: this.#dispatcher,
      waits: this.#waits,
      tally: options.tally ?? new TypeTally(),
      userMetrics: options.userMetrics ?? new UserMetrics(),
      trace: this.trace,
      stats: () => this.stats,
      dispatch: () => this.#dispatch(),
      planDispatch: () => this.#planDispatch(),
    });
    this.#watch = new PoolWatch({
      ...parts,
      timedOut: (attempt, limitMs) =>
        this.#orders.timedOut(attempt, limitMs, this.#settings.stopGraceMs),
      expired: (attempt, limitMs) => this.#orders.expired(attempt, limitMs),
      dispatch: () => this.#dispatch(),
    });
    this.#orders = new EndOrders({ ...parts, landing: this.#landing, watch: this.#watch });
    this.#planDispatch();
  }

  /** Attempts that wait: in the queue, not on a slot. */
  get queued(): number {
    return this.#queue.length;
  }

  /** All slots, those on their way out included. */
  get slots(): readonly Slot[] {
    return this.#crew.slots;
  }

  /** Why fewer threads run than are wanted; null when none is missing. */
  get startProblem(): string | null {
    return this.#crew.problem;
  }

  /** Threads that died before anybody had ended them. */
  get deaths(): number {
    return this.#crew.deaths;
  }

  /** Whether tasks are started. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Nothing waits and nothing runs. */
  get isIdle(): boolean {
    return this.#waits.isIdle;
  }

  /** Whether a thread was ever started: before that, there are no stats. */
  get hasRun(): boolean {
    return this.#stats !== undefined;
  }

  /** The pool's stats block; made when it is first needed, so that an idle pool costs little. */
  get stats(): StatsBlock {
    return this.#stats ??= StatsBlock.create(POOL_SHAPE);
  }

  /** Milliseconds in which its threads had something to do, each for itself; never goes back. */
  busyMs(): number {
    return this.#crew.busyMs();
  }

  /** Since when the attempt waits that waits longest, on the monotonic clock. */
  oldestQueuedMs(): number | undefined {
    return this.#queue.oldestMs();
  }

  /** Enqueues an attempt; see {@link AttemptRunner}. Once closed, it ends as those that waited then. */
  submit(
    attempt: Attempt,
    options: AttemptOptions = NO_OPTIONS,
  ): void {
    if (this.#closeCause !== undefined) {
      return this.#landing.settle(attempt, cancelled(this.#closeCause), null);
    }
    // In a burst the clock is read now and then: reading it takes as long as enqueueing.
    if (!this.#isDispatchPlanned || this.#queue.length % 64 === 0) {
      this.#submitMs = performance.now();
    }
    attempt.enqueuedMs = this.#submitMs - (options.waitedMs ?? 0);
    if (options.hasRun) attempt.cameBackMs = this.#submitMs;
    if (options.isSuspect) attempt.isSuspect = true;
    if (options.isByAge) this.#queue.putBack(attempt);
    else this.#queue.push(attempt);
    if (this.#queue.length % BURST === 0) this.#dispatch();
    else this.#planDispatch();
  }

  /**
   * Cancels an attempt that has not begun. Answers whether it did; one that was sent ahead must
   * come back first.
   */
  withdraw(attempt: Attempt, cause: string): boolean | Promise<boolean> {
    return this.#orders.withdraw(attempt, cause);
  }

  /** Orders an attempt that runs to end, by force after the grace period. */
  stop(attempt: Attempt, graceMs: number, cause: string): void {
    this.#orders.stop(attempt, graceMs, cause);
  }

  /** The attempt that a full queue gives up first: it waits longest, of the lowest priority. */
  mostExpendable(): Attempt | undefined {
    return this.#queue.last();
  }

  /** Takes back so many that wait in the queue, without telling them; see {@link AttemptRunner}. */
  giveBack(count: number): readonly Attempt[] {
    return this.#queue.takeLast(count);
  }

  /** Takes one back without telling it; answers whether it still waited in the queue. */
  takeBack(attempt: Attempt): boolean {
    if (attempt.place !== "queued") return false;
    this.#queue.remove(attempt);
    return true;
  }

  /** How far a running attempt is, as its code says; null when it has not said. */
  progressOf(attempt: Attempt): { readonly done: number; readonly total: number } | null {
    const lanes = this.#crew.slotOf(attempt)?.thread.loadLanes() ?? [];
    const lane = lanes.find(({ seq }) => seq === attempt.seq);
    return lane && lane.progressTotal > 0
      ? { done: lane.progressDone, total: lane.progressTotal }
      : null;
  }

  /** Whether the attempt's thread was ended by force and goes on. */
  isZombie(attempt: Attempt): boolean {
    return this.#crew.slotOf(attempt)?.isZombie ?? false;
  }

  /** Why an attempt waits, in one sentence. */
  whyWaiting(attempt: Attempt): string {
    if (attempt.place === "sent") return SENTENCES.nextOnThread(attempt.slot ?? 0);
    if (this.#isPaused) return SENTENCES.poolIsPaused();
    if (this.#isHeld) return SENTENCES.journalIsAwaited();
    if (this.#crew.problem !== null) return this.#crew.problem;
    const ready = this.#crew.open.filter((slot) => slot.isReady).length;
    if (ready === 0) return SENTENCES.threadIsStarting();
    const others = this.#queue.length - 1;
    return others > 0
      ? SENTENCES.threadsAreBusyForOthers(ready, others)
      : SENTENCES.threadsAreBusy(ready);
  }

  /** Changes settings: threads are opened or let go; no attempt is moved. */
  change(settings: PoolSettings): void {
    const { permissions, memoryMb } = this.#settings;
    const isRestricted = !isDeepStrictEqual([permissions, memoryMb], [
      settings.permissions,
      settings.memoryMb,
    ]);
    this.#settings = settings;
    for (const slot of [...this.#crew.open]) {
      // What a thread may do is fixed when it starts: with other rights, others take over.
      if (isRestricted || slot.isSpent(settings.recycleAfterTasks)) this.#crew.recycle(slot);
      else this.#crew.setLanes(slot, settings.tasksPerThread);
    }
    this.#crew.trim(performance.now());
    this.#planDispatch();
  }

  /**
   * Replaces threads, all or the one of a slot: they finish what they run, and others take over.
   * Answers how many.
   */
  recycle(index?: number): number {
    const slots = this.#crew.open.filter((slot) => index === undefined || slot.index === index);
    for (const slot of slots) this.#crew.recycle(slot);
    this.#planDispatch();
    return slots.length;
  }

  /** Begins nothing more; what was sent ahead comes back. */
  pause(): void {
    this.#isPaused = true;
    for (const slot of this.slots) slot.takeBack();
  }

  /** Begins tasks again. */
  resume(): void {
    this.#isPaused = false;
    this.#planDispatch();
  }

  /** While it is held nothing more is begun, paused or not; what was sent ahead comes back. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    if (isHeld) { for (const slot of this.slots) slot.takeBack(); }
    else this.#planDispatch();
  }

  /** Resolves when nothing waits and nothing runs. */
  whenIdle(): Promise<void> {
    return this.#waits.whenIdle();
  }

  /** Resolves when nothing runs, whatever waits. */
  whenNothingRuns(): Promise<void> {
    return this.#waits.whenNothingRuns();
  }

  /** Stops all that runs, with this grace. */
  stopAll(graceMs: number, cause: string): void {
    this.#orders.stopAll(graceMs, cause);
  }

  /** Ends all threads. What still waits or runs is cancelled for this cause; may come twice. */
  async close(cause = SENTENCES.poolWasClosed()): Promise<void> {
    this.#closeCause = cause;
    this.#landing.close(cause);
    this.#orders.cancelQueued(cause);
    this.#orders.stopAll(0, cause);
    await this.#crew.close();
    this.#watch.close();
  }

  /** Resolves when all threads are dead, also those that could not be ended; none comes once closed. */
  whenGone(): Promise<void> {
    return this.#crew.whenGone();
  }

  /** Many submits, one look. */
  #planDispatch(): void {
    if (this.#isDispatchPlanned || this.#closeCause !== undefined) return;
    this.#isDispatchPlanned = true;
    queueMicrotask(() => {
      this.#isDispatchPlanned = false;
      this.#dispatch();
    });
  }

  #dispatch(): void {
    if (this.#closeCause !== undefined) return;
    const isStill = this.#isPaused || this.#isHeld;
    if (!isStill) this.#dispatcher.dispatch(this.#settings);
    this.#crew.want(this.#dispatcher.wantedSlots(this.#settings, isStill));
    this.#watch.soon();
  }

  #startThread(slot: Slot): Thread {
    const { permissions, memoryMb, isolation } = this.#settings;
    const { startThread, encoding, codeFolders, env, cacheFolder } = this.#options;
    return startThread({
      isolation,
      slot: slot.index,
      encoding,
      permissions,
      memoryMb,
      stats: this.stats,
      codeFolders,
      env,
      cacheFolder,
    }, slot);
  }
}
