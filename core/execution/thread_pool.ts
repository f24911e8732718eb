/**
 * A pool: one queue, one setting, and the slots that its tasks run on.
 *
 * `dispatch()` gives the task whose turn it is to an idle slot. Tasks of a type that is known to be
 * short go in batches and are sent ahead to busy slots; all others run alone. What a slot has not
 * begun can be taken back: when the task before it turns out to be long, when it is cancelled, or
 * when its slot goes. Such a task goes back to the front of the queue and has lost nothing.
 *
 * Stopping is honest: an order first raises the task's flag and aborts its signal; after the grace
 * period its thread is ended by force. The attempt is settled when there is proof that its code no
 * longer runs, so a thread that cannot be ended keeps its attempt running, as a zombie.
 */
import type { PoolSettings } from "../model/pool.ts";
import type { FailureCode, TaskFailure } from "../model/task.ts";
import type { Attempt, Outcome } from "./attempt.ts";
import { AttemptQueue } from "./attempt_queue.ts";
import { POOL_SHAPE } from "./pool_shape.ts";
import type { Encoding, OutcomesMessage } from "./protocol.ts";
import { Slot, type SlotOwner } from "./slot.ts";
import { SlotCrew } from "./slot_crew.ts";
import { StatsBlock } from "./stats_block.ts";
import type { Death, StartThread } from "./thread.ts";
import type { ThreadBudget } from "./thread_budget.ts";
import { TypePace } from "./type_pace.ts";

/** Batches that a slot may have in flight: one that it runs, and one so that it need not wait. */
const BATCHES_AHEAD = 2;
/** A batch is closed once its inputs are this long: large messages cost more than many. */
const BATCH_CHARS = 65_536;
/** A burst of submits is looked at after so many, not only when the caller pauses. */
const BURST = 256;
/** How often a pool that has something to do looks after its slots. */
const WATCH_MS = 20;
/** A task that was thought short and runs this long loses those that were sent behind it. */
const LONG_MS = 5;
/** A busy child that says nothing for so long is taken for stopped. */
const SILENCE_MAX_MS = 5_000;

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
}

/** See the head of this file. */
export class ThreadPool implements SlotOwner {
  readonly #options: ThreadPoolOptions;
  readonly #queue = new AttemptQueue();
  readonly #pace = new TypePace();
  readonly #crew: SlotCrew;
  /** Attempts whose thread died beneath them and others: one of them did it, so each runs alone. */
  readonly #suspects = new WeakSet<Attempt>();
  #settings: PoolSettings;
  #stats: StatsBlock | undefined;
  #isPaused = false;
  #isClosed = false;
  #isDispatchPlanned = false;
  #watchTimer: number | undefined;
  #lastWatchMs = 0;
  #submitMs = 0;
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

  /** When the oldest waiting attempt was enqueued, on the monotonic clock. */
  oldestQueuedMs(): number | undefined {
    return this.#queue.oldestMs();
  }

  /** Enqueues an attempt. */
  submit(attempt: Attempt): void {
    if (this.#isClosed) throw new TypeError("Cannot submit attempt: the pool is closed");
    // In a burst the clock is read now and then: reading it takes as long as enqueueing.
    if (!this.#isDispatchPlanned || this.#queue.length % 64 === 0) {
      this.#submitMs = performance.now();
    }
    attempt.enqueuedMs = this.#submitMs;
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
      this.#settle(attempt, { kind: "cancelled", startedAtMs: null, runMs: null, cause }, null);
      return true;
    }
    if (attempt.place !== "sent") return false;
    return new Promise((answer) => {
      attempt.withdrawal = { cause, answer };
      this.#slotOf(attempt)?.takeBack();
    });
  }

  /** Orders an attempt that runs to end, by force after the grace period. */
  stop(attempt: Attempt, graceMs: number, cause: string, isTimeout = false): void {
    const slot = this.#slotOf(attempt);
    if (slot === undefined || attempt.stop !== undefined) return;
    const nowMs = performance.now();
    attempt.stop = { cause, isTimeout, requestedAtMs: Date.now(), killAtMs: nowMs + graceMs };
    slot.thread.stop(attempt.seq, cause);
    slot.takeBack();
    if (graceMs === 0) this.#crew.end(slot);
    this.#watchSoon();
  }

  /** Cancels all that wait in the queue; gives how many. */
  cancelQueued(cause: string): number {
    const waiting = this.#queue.clear();
    for (const attempt of waiting) {
      this.#settle(attempt, { kind: "cancelled", startedAtMs: null, runMs: null, cause }, null);
    }
    return waiting.length;
  }

  /** The attempt that a full queue gives up first: it waits longest, of the lowest priority. */
  mostExpendable(): Attempt | undefined {
    return this.#queue.last();
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
    this.#settings = settings;
    for (const slot of this.#crew.open) {
      if (slot.lanes === settings.tasksPerThread) continue;
      slot.lanes = settings.tasksPerThread;
      if (slot.isReady) slot.thread.setLanes(slot.lanes);
    }
    this.#crew.trim(performance.now());
    this.#planDispatch();
  }

  /** Begins nothing more; what was sent ahead comes back. */
  pause(): void {
    this.#isPaused = true;
    for (const slot of this.#crew.open) slot.takeBack();
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

  /** Stops all that runs, with this grace; gives how many were running. */
  stopAll(graceMs: number, cause: string): number {
    const running = this.slots.flatMap((slot) => slot.attempts());
    for (const attempt of running) this.stop(attempt, graceMs, cause);
    return running.length;
  }

  /** Ends all threads. What still waits or runs is cancelled; may come twice. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.cancelQueued("The pool was closed");
    this.stopAll(0, "The pool was closed");
    await this.#crew.close();
    clearTimeout(this.#watchTimer);
    this.#watchTimer = undefined;
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
    for (const attempt of slot.attempts()) this.#pace.forget(attempt.type.url);
    this.#crew.releaseWorn(slot);
    this.#planDispatch();
  }

  slotReturned(slot: Slot, attempts: readonly Attempt[]): void {
    for (const attempt of attempts.toReversed()) this.#comeBack(attempt);
    for (const attempt of slot.attempts()) this.#answerWithdrawal(attempt, false);
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
      if (attempt.stop !== undefined) this.#settleStopped(attempt, slot.index);
      else if (slot.killedMs !== undefined && slot.deathCause === undefined) {
        this.#comeBack(attempt);
      } else if (isAlone) {
        this.#settle(attempt, failed(attempt, cause.code, cause.message), slot.index);
      } else {
        this.#suspects.add(attempt);
        this.#comeBack(attempt);
      }
    }
    for (const attempt of left) this.#pace.forget(attempt.type.url);
    this.#crew.died(slot, cause);
    this.#answerIdle();
  }

  #landed(slot: Slot, attempt: Attempt, message: OutcomesMessage, at: number, nowMs: number): void {
    const code = message.codes[at] ?? "done";
    const startedAtMs = message.startedAtMs[at] ?? 0;
    const runMs = message.runMs[at] ?? 0;
    const value = message.values[at];
    this.#pace.record(attempt.type.url, runMs);
    this.stats.recordWait(Math.max(0, nowMs - attempt.enqueuedMs - runMs));
    if (this.#settings.isolation === "process") this.#recordRun(code === "done", runMs);
    if (code === "done") {
      return this.#settle(attempt, { kind: "done", startedAtMs, runMs, value }, slot.index);
    }
    if (code === "stopped") {
      attempt.beganMs ||= nowMs - runMs;
      return this.#settleStopped(attempt, slot.index, startedAtMs, runMs);
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

  #settleStopped(
    attempt: Attempt,
    slot: number,
    startedAtMs: number | null = null,
    runMs: number | null = null,
  ): void {
    const ran = runMs ?? performance.now() - attempt.beganMs;
    const started = startedAtMs ?? Date.now() - ran;
    const { cause, isTimeout } = attempt.stop ?? { cause: "It ended itself", isTimeout: false };
    if (!isTimeout) {
      return this.#settle(
        attempt,
        { kind: "cancelled", startedAtMs: started, runMs: ran, cause },
        slot,
      );
    }
    const failure = {
      code: "run_timeout",
      name: "TimeoutError",
      message: cause,
      stack: null,
    } as const;
    this.#settle(attempt, { kind: "failed", startedAtMs: started, runMs: ran, failure }, slot);
  }

  #settle(attempt: Attempt, outcome: Outcome, slot: number | null): void {
    attempt.place = "nowhere";
    this.#answerWithdrawal(attempt, outcome.kind === "cancelled");
    attempt.settled(outcome, slot);
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
      const outcome = { startedAtMs: null, runMs: null, cause: cause ?? "The pool was closed" };
      return this.#settle(attempt, { kind: "cancelled", ...outcome }, null);
    }
    this.#queue.pushFront(attempt);
    attempt.requeued();
  }

  #emptied(slot: Slot, nowMs: number): void {
    slot.idleSinceMs = nowMs;
    slot.isStalled = false;
    if (slot.isLeaving || slot.isSpent(this.#settings.recycleAfterTasks)) {
      if (!slot.isLeaving) this.#crew.release(slot);
      else if (slot.killedMs === undefined) this.#crew.end(slot);
    }
    this.#answerIdle();
  }

  #answerIdle(): void {
    if (this.#whenIdle.length === 0 || !this.isIdle) return;
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
    const nowMs = performance.now();
    while (!this.#isPaused) {
      const head = this.#queue.peek(nowMs, this.#settings.priorityAgeingMs);
      const slot = head && this.#slotFor(head);
      if (head === undefined || slot === undefined) break;
      this.#send(slot, head, nowMs);
    }
    this.#crew.want(this.#wantedSlots());
    this.#watchSoon();
  }

  /** The slot that can take this attempt now: an idle one first, the one that was last busy of all. */
  #slotFor(head: Attempt): Slot | undefined {
    const isSuspect = this.#suspects.has(head);
    const isShort = !isSuspect && this.#pace.isShort(head.type.url);
    const ahead = BATCHES_AHEAD * this.#pace.batchOf(head.type.url);
    let best: Slot | undefined;
    for (const slot of this.#crew.open) {
      if (!slot.isReady || slot.isTakingBack) continue;
      const room = isSuspect
        ? 1
        : isShort && !slot.isStalled
        ? Math.max(ahead, slot.lanes)
        : slot.lanes;
      if (slot.inFlight >= room) continue;
      if (
        best === undefined || slot.inFlight < best.inFlight ||
        slot.inFlight === best.inFlight && slot.idleSinceMs > best.idleSinceMs
      ) best = slot;
    }
    return best;
  }

  #send(slot: Slot, head: Attempt, nowMs: number): void {
    const isAlone = this.#suspects.has(head);
    const share = Math.ceil(this.#queue.length / Math.max(1, this.#crew.open.length));
    const most = isAlone ? 1 : Math.min(this.#pace.batchOf(head.type.url), share);
    const batch: Attempt[] = [];
    let chars = 0;
    let next: Attempt | undefined = head;
    while (next !== undefined && (batch.length === 0 || this.#mayJoin(next, most, batch.length))) {
      this.#queue.remove(next);
      batch.push(next);
      chars += typeof next.input === "string" ? next.input.length : 0;
      if (chars > BATCH_CHARS) break;
      next = this.#queue.peek(nowMs, this.#settings.priorityAgeingMs);
    }
    slot.send(batch);
    slot.markRunning(nowMs);
  }

  #mayJoin(attempt: Attempt, most: number, size: number): boolean {
    return size < Math.min(most, this.#pace.batchOf(attempt.type.url)) &&
      !this.#suspects.has(attempt);
  }

  /** One for each attempt that cannot be placed, and a warm spare while all are busy. */
  #wantedSlots(): number {
    const { minThreads, maxThreads, warmSpare } = this.#settings;
    const open = this.#crew.open;
    const busy = open.filter((slot) => slot.inFlight > 0).length;
    const isSpareWanted = warmSpare && busy > 0 && busy === open.length;
    const isMoreWanted = this.#queue.length > 0 && !this.#isPaused || isSpareWanted;
    return Math.min(maxThreads, Math.max(minThreads, open.length + (isMoreWanted ? 1 : 0)));
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
      cacheFolder: `${cacheFolder}/${slot.index}`,
    }, slot);
  }

  /** Looks after timeouts while there is something to look after. */
  #watchSoon(): void {
    if (this.#watchTimer !== undefined || this.#isClosed) return;
    const isBusy = this.#queue.length > 0 || this.slots.some((slot) => slot.inFlight > 0);
    const waitMs = isBusy ? WATCH_MS : this.#crew.msToRetire(performance.now());
    if (waitMs === undefined) return;
    this.#lastWatchMs = performance.now();
    this.#watchTimer = setTimeout(() => {
      this.#watchTimer = undefined;
      this.#watch();
    }, waitMs) as unknown as number; // Deno's clearTimeout takes what its setTimeout gave
  }

  #watch(): void {
    const nowMs = performance.now();
    // A server that was itself asleep must not take its threads for dead.
    const wasAsleep = nowMs - this.#lastWatchMs > SILENCE_MAX_MS / 2;
    for (const slot of this.slots) {
      if (slot.isReady && slot.inFlight > 0) this.#watchSlot(slot, nowMs, wasAsleep);
    }
    this.#expireQueue(nowMs);
    this.#crew.trim(nowMs);
    this.#dispatch();
  }

  #watchSlot(slot: Slot, nowMs: number, wasAsleep: boolean): void {
    const attempts = slot.attempts();
    for (const attempt of attempts) {
      if (attempt.place !== "running") continue;
      const limitMs = attempt.runTimeoutMs;
      if (attempt.stop !== undefined) {
        if (nowMs >= attempt.stop.killAtMs) this.#crew.end(slot);
      } else if (limitMs !== null && nowMs - attempt.beganMs >= limitMs) {
        const cause = `Ran longer than the ${limitMs} ms allowed`;
        this.stop(attempt, this.#settings.stopGraceMs, cause, true);
      }
    }
    if (attempts.length > slot.lanes && !slot.isStalled && isHeldUp(slot)) {
      slot.isStalled = true;
      slot.takeBack();
    }
    if (!wasAsleep && slot.killedMs === undefined && slot.thread.silentMs() > SILENCE_MAX_MS) {
      slot.deathCause = { code: "thread_killed", message: "Stopped answering, and was ended" };
      this.#crew.end(slot);
    }
  }

  #expireQueue(nowMs: number): void {
    const limitMs = this.#settings.queueTimeoutMs;
    if (limitMs === null) return;
    for (;;) {
      const expired = this.#queue.headsBefore(nowMs - limitMs);
      if (expired.length === 0) return;
      for (const attempt of expired) {
        this.#queue.remove(attempt);
        const message = `Waited longer than the ${limitMs} ms allowed`;
        this.#settle(attempt, failed(attempt, "queue_timeout", message), null);
      }
    }
  }
}

/**
 * Whether the thread itself says that one of its tasks has run for long. That the host has not heard
 * of it proves nothing: a batch may still be on its way.
 */
function isHeldUp(slot: Slot): boolean {
  const nowMs = Date.now();
  return slot.thread.loadLanes().some((lane) =>
    nowMs - lane.startedAtMs > LONG_MS && slot.holds(lane.seq)
  );
}

function failed(attempt: Attempt, code: FailureCode, message: string): Outcome {
  const isBegun = attempt.place === "running";
  const runMs = isBegun ? performance.now() - attempt.beganMs : null;
  return {
    kind: "failed",
    startedAtMs: runMs === null ? null : Date.now() - runMs,
    runMs,
    failure: { code, name: "ThreadError", message, stack: null },
  };
}

/** What a thread says of an error is data: nothing of it is believed to have the right shape. */
function failureOf(code: FailureCode, value: unknown): TaskFailure {
  const parts = (typeof value === "object" && value !== null ? value : {}) as Record<
    string,
    unknown
  >;
  return {
    code,
    name: typeof parts.name === "string" ? parts.name : "Error",
    message: typeof parts.message === "string" ? parts.message : "",
    stack: typeof parts.stack === "string" ? parts.stack : null,
  };
}
