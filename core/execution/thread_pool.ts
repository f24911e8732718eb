/**
 * A pool: one queue, one setting, and the slots that its tasks run on.
 *
 * `Dispatcher` gives the task whose turn it is to a slot, and may send short ones ahead to busy slots.
 * What a slot has not begun can be taken back: when the task before it turns out to be long, when it is cancelled, or
 * when its slot goes. Such a task goes back to the front of the queue and has lost nothing.
 *
 * Stopping is honest: an order first raises the task's flag and aborts its signal; after the grace
 * period its thread is ended by force. The attempt is settled when there is proof that its code no
 * longer runs, so a thread that cannot be ended keeps its attempt running, as a zombie.
 */
import { isDeepStrictEqual } from "node:util";
import type { PoolSettings } from "../model/pool.ts";
import type { Attempt, Outcome } from "./attempt.ts";
import { AttemptQueue } from "./attempt_queue.ts";
import { Dispatcher } from "./dispatcher.ts";
import { cancelled, failed, failureOf, stopped } from "./endings.ts";
import { POOL_SHAPE } from "./pool_shape.ts";
import { PoolWatch } from "./pool_watch.ts";
import type { Encoding, OutcomesMessage } from "./protocol.ts";
import type { Slot, SlotOwner } from "./slot.ts";
import { SlotCrew } from "./slot_crew.ts";
import { StatsBlock } from "./stats_block.ts";
import type { Death, StartThread } from "./thread.ts";
import type { ThreadBudget } from "./thread_budget.ts";

/** A burst of submits is looked at after so many, not only when the caller pauses. */
const BURST = 256;

const NO_OPTIONS = {};

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
  /** Called with attempts before they are handed to a thread. */
  onHandOver?(attempts: readonly Attempt[]): void;
}

/** See the head of this file. */
export class ThreadPool implements SlotOwner {
  readonly #options: ThreadPoolOptions;
  readonly #queue = new AttemptQueue();
  readonly #crew: SlotCrew;
  readonly #dispatcher: Dispatcher;
  readonly #watch: PoolWatch;
  #settings: PoolSettings;
  #stats: StatsBlock | undefined;
  #isPaused = false;
  #isClosed = false;
  #closeCause = "";
  #isDispatchPlanned = false;
  #submitMs = 0;
  /** Busy time of threads that are no more. */
  #goneBusyMs = 0;
  #whenIdle: (() => void)[] = [];

  constructor(options: ThreadPoolOptions) {
    this.#options = options;
    this.#settings = options.settings;
    this.#crew = new SlotCrew({
      owner: this,
      budget: options.budget,
      settings: () => this.#settings,
      start: (slot) => this.#startThread(slot),
      onChange: () => this.#planDispatch(),
    });
    this.#dispatcher = new Dispatcher(
      this.#queue,
      this.#crew,
      (batch) => options.onHandOver?.(batch),
    );
    this.#watch = new PoolWatch({
      queue: this.#queue,
      crew: this.#crew,
      settings: () => this.#settings,
      slots: () => this.slots,
      timedOut: (attempt, limitMs) => this.#timedOut(attempt, limitMs),
      expired: (attempt, limitMs) => this.#expired(attempt, limitMs),
      dispatch: () => this.#dispatch(),
    });
    this.#planDispatch();
  }

  /** Attempts that wait: in the queue, not on a slot. */
  get queued(): number {
    return this.#queue.length;
  }

  /** All slots, those on their way out included. */
  get slots(): readonly Slot[] {
    return [...this.#crew.open, ...this.#crew.leaving];
  }

  /** Why fewer threads run than are wanted; null when none is missing. */
  get startProblem(): string | null {
    return this.#crew.problem;
  }

  /** Whether tasks are started. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Nothing waits and nothing runs. */
  get isIdle(): boolean {
    return this.#queue.length === 0 && this.slots.every((slot) => slot.inFlight === 0);
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
    const nowMs = performance.now();
    return this.slots.reduce((sum, slot) => sum + slot.live.busyMs(nowMs), this.#goneBusyMs);
  }

  /** When the oldest waiting attempt was enqueued, on the monotonic clock. */
  oldestQueuedMs(): number | undefined {
    return this.#queue.oldestMs();
  }

  /** Enqueues an attempt; see {@link AttemptRunner}. */
  submit(
    attempt: Attempt,
    options: { readonly waitedMs?: number; readonly isSuspect?: boolean } = NO_OPTIONS,
  ): void {
    if (this.#isClosed) throw new TypeError("Cannot submit attempt: the pool is closed");
    // In a burst the clock is read now and then: reading it takes as long as enqueueing.
    if (!this.#isDispatchPlanned || this.#queue.length % 64 === 0) {
      this.#submitMs = performance.now();
    }
    attempt.enqueuedMs = this.#submitMs - (options.waitedMs ?? 0);
    if (options.isSuspect) this.#dispatcher.suspect(attempt);
    this.#queue.push(attempt);
    if (this.#queue.length % BURST === 0) this.#dispatch();
    else this.#planDispatch();
  }

  /**
   * Cancels an attempt that has not begun. Answers whether it did; one that was sent ahead must
   * come back first.
   */
  withdraw(attempt: Attempt, cause: string): boolean | Promise<boolean> {
    if (attempt.place === "queued") {
      this.#queue.remove(attempt);
      this.#settle(attempt, cancelled(cause), null);
      return true;
    }
    if (attempt.place !== "sent") return false;
    return new Promise((answer) => {
      const others = attempt.withdrawal;
      attempt.withdrawal = {
        cause: others?.cause ?? cause,
        answer(wasWithdrawn) {
          others?.answer(wasWithdrawn);
          answer(wasWithdrawn);
        },
      };
      this.#slotOf(attempt)?.takeBack();
    });
  }

  /** Orders an attempt that runs to end, by force after the grace period. */
  stop(attempt: Attempt, graceMs: number, cause: string, isTimeout = false): void {
    const slot = this.#slotOf(attempt);
    if (slot === undefined) return;
    const killAtMs = performance.now() + graceMs;
    const earlier = attempt.stop;
    if (earlier === undefined) {
      attempt.stop = { cause, isTimeout, requestedAtMs: Date.now(), killAtMs };
      if (attempt.place === "running") slot.thread.stop(attempt.seq, cause);
      slot.takeBack();
    } else attempt.stop = { ...earlier, killAtMs: Math.min(earlier.killAtMs, killAtMs) };
    if (graceMs === 0) this.#crew.end(slot);
    this.#watch.soon();
  }

  /** Cancels all that wait in the queue; gives how many. */
  cancelQueued(cause: string): number {
    const waiting = this.#queue.clear();
    for (const attempt of waiting) {
      this.#settle(attempt, cancelled(cause), null);
    }
    return waiting.length;
  }

  /** The attempt that a full queue gives up first: it waits longest, of the lowest priority. */
  mostExpendable(): Attempt | undefined {
    return this.#queue.last();
  }

  /** Takes back so many that wait in the queue, without telling them. */
  giveBack(count: number): readonly Attempt[] {
    return this.#queue.takeLast(count);
  }

  /** How far a running attempt is, as its code says; null when it has not said. */
  progressOf(attempt: Attempt): { readonly done: number; readonly total: number } | null {
    const lanes = this.#slotOf(attempt)?.thread.loadLanes() ?? [];
    const lane = lanes.find(({ seq }) => seq === attempt.seq);
    return lane && lane.progressTotal > 0
      ? { done: lane.progressDone, total: lane.progressTotal }
      : null;
  }

  /** Whether the attempt's thread was ended by force and goes on. */
  isZombie(attempt: Attempt): boolean {
    return this.#slotOf(attempt)?.isZombie ?? false;
  }

  /** Why an attempt waits, in one sentence. */
  whyWaiting(attempt: Attempt): string {
    if (attempt.place === "sent") return `It is next on thread ${attempt.slot}`;
    if (this.#isPaused) return "The pool is paused";
    if (this.#crew.problem !== null) return this.#crew.problem;
    const ready = this.#crew.open.filter((slot) => slot.isReady).length;
    if (ready === 0) return "A thread is being started";
    const others = this.#queue.length - 1;
    return `All ${ready} threads are busy` + (others > 0 ? `, and ${others} other tasks wait` : "");
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
      if (isRestricted || slot.isSpent(settings.recycleAfterTasks)) {
        slot.takeBack();
        this.#crew.release(slot);
      } else this.#setLanes(slot, settings.tasksPerThread);
    }
    this.#crew.trim(performance.now());
    this.#planDispatch();
  }

  #setLanes(slot: Slot, lanes: number): void {
    if (slot.lanes === lanes) return;
    slot.lanes = lanes;
    if (!slot.isReady) return;
    slot.thread.setLanes(lanes);
    slot.markRunning(performance.now());
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

  /** Resolves when nothing waits and nothing runs. */
  async whenIdle(): Promise<void> {
    while (!this.isIdle) await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
  }

  /** Resolves when nothing runs, whatever waits. */
  async whenNothingRuns(): Promise<void> {
    while (this.slots.some((slot) => slot.inFlight > 0)) {
      await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
    }
  }

  /** Stops all that runs, with this grace; gives how many were running. */
  stopAll(graceMs: number, cause: string): number {
    const running = this.slots.flatMap((slot) => slot.attempts());
    for (const attempt of running) this.stop(attempt, graceMs, cause);
    return running.length;
  }

  /** Ends all threads. What still waits or runs is cancelled for this cause; may come twice. */
  async close(cause = "The pool was closed"): Promise<void> {
    this.#isClosed = true;
    this.#closeCause = cause;
    this.cancelQueued(cause);
    this.stopAll(0, cause);
    await this.#crew.close();
    this.#watch.close();
  }

  slotReady(slot: Slot): void {
    this.#crew.ready(slot);
    this.#dispatch();
  }

  slotOutcomes(slot: Slot, message: OutcomesMessage): void {
    const nowMs = performance.now();
    const first = message.seqs[0] ?? -1;
    for (let at = 0; at < message.runMs.length; at++) {
      const attempt = slot.land(message.seqs[at] ?? first + at, message.token);
      if (attempt === undefined) {
        slot.deathCause = {
          code: "protocol_violation",
          message: "The thread reported an attempt that it was not given",
        };
        return this.#crew.end(slot);
      }
      this.#landed(slot, attempt, message, at, nowMs);
    }
    slot.isStalled = false;
    slot.markRunning(nowMs);
    if (slot.inFlight === 0) this.#emptied(slot, nowMs);
    else if (slot.isSpent(this.#settings.recycleAfterTasks)) this.#crew.release(slot);
    this.#dispatch();
  }

  slotWorn(slot: Slot): void {
    // What is not as it was may have been done by any of them: they no longer share batches.
    for (const attempt of slot.attempts()) this.#dispatcher.pace.forget(attempt.type.url);
    this.#crew.releaseWorn(slot);
    this.#planDispatch();
  }

  slotReturned(slot: Slot, attempts: readonly Attempt[]): void {
    for (const attempt of attempts.toReversed()) this.#comeBack(attempt);
    for (const attempt of slot.attempts()) {
      this.#answerWithdrawal(attempt, false);
      // It was ordered to end when it could still have come back, and has begun.
      if (attempt.stop !== undefined) slot.thread.stop(attempt.seq, attempt.stop.cause);
    }
    if (slot.inFlight === 0) this.#emptied(slot, performance.now());
    this.#planDispatch();
    this.#answerIdle();
  }

  slotDied(slot: Slot, death: Death): void {
    const left = slot.landAll();
    const cause = slot.deathCause ?? death;
    // One that was ordered to end is what the thread was ended for; else only a task that was
    // alone can be blamed. The others go back, and then run alone until one of them does it again.
    const isAlone = left.length === 1;
    for (const attempt of left.toReversed()) {
      if (attempt.stop !== undefined) this.#settle(attempt, stopped(attempt), slot.index);
      else if (slot.killedMs !== undefined && slot.deathCause === undefined) {
        this.#comeBack(attempt);
      } else if (isAlone) {
        this.#settle(attempt, failed(attempt, cause.code, cause.message), slot.index);
      } else {
        this.#dispatcher.suspect(attempt);
        this.#comeBack(attempt);
      }
    }
    for (const attempt of left) this.#dispatcher.pace.forget(attempt.type.url);
    this.#goneBusyMs += slot.live.busyMs(performance.now());
    this.#crew.died(slot, cause);
    this.#answerIdle();
  }

  #landed(slot: Slot, attempt: Attempt, message: OutcomesMessage, at: number, nowMs: number): void {
    const code = message.codes[at] ?? "done";
    // Clocks of task code's own realm: believed as far as they are possible.
    const sinceStartMs = nowMs - slot.startedMs;
    const runMs = within(message.runMs[at], 0, sinceStartMs);
    const endedAtMs = Date.now();
    const startedAtMs = within(message.startedAtMs[at], endedAtMs - sinceStartMs, endedAtMs);
    const value = message.values[at];
    this.#dispatcher.pace.record(attempt.type.url, runMs);
    this.stats.recordWait(Math.max(0, nowMs - attempt.enqueuedMs - runMs));
    if (this.#settings.isolation === "process") this.#recordRun(code === "done", runMs);
    if (code === "done") {
      return this.#settle(attempt, { kind: "done", startedAtMs, runMs, value }, slot.index);
    }
    if (code === "stopped") {
      return this.#settle(attempt, stopped(attempt, { startedAtMs, runMs }), slot.index);
    }
    const failure = failureOf(code, value);
    this.#settle(attempt, { kind: "failed", startedAtMs, runMs, failure }, slot.index);
  }

  /** In isolation `thread` the threads count for themselves. */
  #recordRun(isDone: boolean, runMs: number): void {
    this.stats.recordRun(runMs);
    this.stats.add("started", 1);
    this.stats.add(isDone ? "completed" : "failed", 1);
  }

  #settle(attempt: Attempt, outcome: Outcome, slot: number | null): void {
    attempt.place = "nowhere";
    this.#answerWithdrawal(attempt, outcome.kind === "cancelled");
    attempt.settled(outcome, slot);
    this.#answerIdle();
  }

  #answerWithdrawal(attempt: Attempt, wasWithdrawn: boolean): void {
    const { withdrawal } = attempt;
    attempt.withdrawal = undefined;
    withdrawal?.answer(wasWithdrawn);
  }

  /** Back to the front of the queue, unless it was cancelled or stopped meanwhile. */
  #comeBack(attempt: Attempt): void {
    const cause = attempt.withdrawal?.cause ?? attempt.stop?.cause;
    if (cause !== undefined || this.#isClosed) {
      return this.#settle(attempt, cancelled(cause ?? this.#closeCause), null);
    }
    this.#queue.putBack(attempt);
    attempt.requeued();
  }

  #emptied(slot: Slot, nowMs: number): void {
    slot.idleSinceMs = nowMs;
    slot.isStalled = false;
    if (slot.isLeaving) {
      if (!slot.isLingering) this.#crew.end(slot);
    } else if (slot.isSpent(this.#settings.recycleAfterTasks)) this.#crew.release(slot);
    this.#answerIdle();
  }

  #answerIdle(): void {
    if (this.#whenIdle.length === 0 || this.slots.some((slot) => slot.inFlight > 0)) return;
    // Whoever waits for more than this looks again.
    for (const answer of this.#whenIdle.splice(0)) answer();
  }

  #slotOf(attempt: Attempt): Slot | undefined {
    if (attempt.place === "nowhere" || attempt.place === "queued") return undefined;
    return this.slots.find((slot) =>
      slot.index === attempt.slot && slot.attempts().includes(attempt)
    );
  }

  /** Many submits, one look. */
  #planDispatch(): void {
    if (this.#isDispatchPlanned || this.#isClosed) return;
    this.#isDispatchPlanned = true;
    queueMicrotask(() => {
      this.#isDispatchPlanned = false;
      this.#dispatch();
    });
  }

  #dispatch(): void {
    if (this.#isClosed) return;
    if (!this.#isPaused) this.#dispatcher.dispatch(this.#settings);
    this.#crew.want(this.#dispatcher.wantedSlots(this.#settings, this.#isPaused));
    this.#watch.soon();
  }

  #timedOut(attempt: Attempt, limitMs: number): void {
    const cause = `Ran longer than the ${limitMs} ms allowed`;
    this.stop(attempt, this.#settings.stopGraceMs, cause, true);
  }

  #expired(attempt: Attempt, limitMs: number): void {
    this.#queue.remove(attempt);
    const message = `Waited longer than the ${limitMs} ms allowed`;
    this.#settle(attempt, failed(attempt, "queue_timeout", message), null);
  }

  #startThread(slot: Slot) {
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

/** A number between two others; what is no number counts as the lower. */
function within(value: number | undefined, low: number, high: number): number {
  return value !== undefined && value >= low ? Math.min(value, Math.max(low, high)) : low;
}
