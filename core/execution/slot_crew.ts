/**
 * The slots of one pool: opens them one at a time, keeps as many as are wanted, lets those go that
 * are worn, idle for long or too many, and replaces those that died. A slot that leaves gives its
 * place to its replacement at once; it is forgotten when there is proof that its thread is dead.
 */
import type { PoolSettings } from "../model/pool.ts";
import { SENTENCES } from "../model/sentences.ts";
import type { FailureCode } from "../model/task.ts";
import type { Attempt } from "./attempt.ts";
import { POOL_SHAPE } from "./pool_shape.ts";
import { Slot, type SlotOwner } from "./slot.ts";
import type { Death, Thread } from "./thread.ts";
import type { ThreadBudget } from "./thread_budget.ts";
import { messageOf } from "../model/errors.ts";

/** A thread that was ended by force and goes on for so long is a zombie. */
const ZOMBIE_AFTER_MS = 1_000;
/** A process without a task runs nothing, and ends late on a busy machine: it has so much longer. */
const LATE_PROCESS_MS = 30_000;
/** A worn thread lives on for so long, so that what its task left behind is blamed on that task. */
const LINGER_MS = 1_000;
/** A thread that dies sooner after it was ready, and had no task, counts as one that cannot start. */
export const LIVES_AFTER_MS = 10_000;
/** After a failed start the next waits this long, doubling up to the maximum. */
const BACKOFF_MIN_MS = 100;
const BACKOFF_MAX_MS = 5_000;
/** Each has a row of the stats block, until its thread is dead. */
const NO_ROOM = `all ${POOL_SHAPE.slots} threads that a pool may have at a time are in use`;

/** What a crew needs of its pool. */
export interface CrewOptions {
  /** Whom its slots tell what happens. */
  owner(): SlotOwner;
  readonly budget: ThreadBudget;
  settings(): PoolSettings;
  start(slot: Slot): Thread;
  /** Something changed: more slots may be wanted now. */
  onChange(): void;
  onLoss(loss: ThreadLoss): void;
}

/**
 * A thread that went without being asked to, that was ended by force and goes on, or that is replaced
 * for an error that came after the end of one of its tasks, of which nobody knows.
 */
export interface ThreadLoss {
  readonly kind: "died" | "zombie" | "erred";
  readonly slot: number;
  readonly code: FailureCode | null;
  readonly reason: string | null;
  /** What was in flight on it. */
  readonly taskIds: readonly string[];
}

/** See the head of this file. */
export class SlotCrew {
  readonly #options: CrewOptions;
  /** Slots that take tasks, or will. */
  readonly #open: Slot[] = [];
  readonly #leaving = new Set<Slot>();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  /** Threads that died before anybody had ended them. */
  deaths = 0;
  /** Busy time of threads that are no more. */
  #goneBusyMs = 0;
  #failures = 0;
  #isBackingOff = false;
  #isClosed = false;
  #problem: string | null = null;
  #whenEmpty: (() => void)[] = [];
  #whenDied: (() => void)[] = [];

  constructor(options: CrewOptions) {
    this.#options = options;
  }

  /** Slots that take tasks, or will when they are ready. */
  get open(): readonly Slot[] {
    return this.#open;
  }

  /** Slots whose threads are on their way out. */
  get leaving(): ReadonlySet<Slot> {
    return this.#leaving;
  }

  /** All slots, those on their way out included. */
  get slots(): readonly Slot[] {
    return [...this.#open, ...this.#leaving];
  }

  /** Whether anything is in flight. */
  get isBusy(): boolean {
    return this.slots.some((slot) => slot.inFlight > 0);
  }

  /** Milliseconds in which its threads had something to do, each for itself; never goes back. */
  busyMs(): number {
    const nowMs = performance.now();
    return this.slots.reduce((sum, slot) => sum + slot.live.busyMs(nowMs), this.#goneBusyMs);
  }

  /** The slot that an attempt was sent to; undefined when it is on none. */
  slotOf(attempt: Attempt): Slot | undefined {
    if (attempt.place === "nowhere" || attempt.place === "queued") return undefined;
    return this.slots.find((slot) =>
      slot.index === attempt.slot && slot.attempts().includes(attempt)
    );
  }

  /** Why fewer slots are open than are wanted; null when none is missing. */
  get problem(): string | null {
    return this.#problem;
  }

  /** Opens a slot if fewer than `count` are, and none is starting. */
  want(count: number): void {
    if (this.#isClosed || this.#isBackingOff || this.#open.length >= count) return;
    if (this.#open.some((slot) => !slot.isReady)) return;
    const refusal = this.#open.length + this.#leaving.size < POOL_SHAPE.slots
      ? this.#options.budget.take()
      : NO_ROOM;
    this.#problem = refusal === undefined ? null : SENTENCES.threadCannotStart(refusal);
    if (refusal !== undefined) {
      this.#options.budget.whenFree(this.#options.onChange);
      return;
    }
    const slot = new Slot(
      this.#freeIndex(),
      this.#options.owner(),
      this.#options.settings().tasksPerThread,
    );
    try {
      slot.thread = this.#options.start(slot);
      this.#open.push(slot);
    } catch (error) {
      this.#options.budget.release();
      this.#backOff(messageOf(error));
    }
  }

  /** A slot's thread answers. */
  ready(slot: Slot): void {
    this.#problem = null;
    if (this.#failures > 0) {
      this.#after(LIVES_AFTER_MS, () => {
        if (this.#open.includes(slot)) this.#failures = 0;
      });
    }
    slot.thread.setLanes(slot.lanes);
    this.#options.onChange();
  }

  /** Changes how many tasks a slot's thread runs at a time. */
  setLanes(slot: Slot, lanes: number): void {
    if (slot.lanes === lanes) return;
    slot.lanes = lanes;
    if (!slot.isReady) return;
    slot.thread.setLanes(lanes);
    slot.markRunning(performance.now());
  }

  /** Lets a slot go: it takes nothing new, and is ended when nothing is in flight on it. */
  release(slot: Slot): void {
    const at = this.#open.indexOf(slot);
    if (at < 0) return; // it leaves already, or is dead: then nothing would ever take it out again
    this.#open.splice(at, 1);
    slot.isLeaving = true;
    this.#leaving.add(slot);
    if (slot.inFlight === 0) this.end(slot);
  }

  /** Lets a slot go once it has finished what it runs; what was sent ahead comes back. */
  recycle(slot: Slot): void {
    slot.takeBack();
    this.release(slot);
  }

  /** Lets a worn slot go; see {@link LINGER_MS}. */
  releaseWorn(slot: Slot): void {
    const at = this.#open.indexOf(slot);
    if (at >= 0) this.#open.splice(at, 1);
    slot.isLeaving = true;
    this.#leaving.add(slot);
    slot.isLingering = true;
    slot.takeBack();
    this.#after(LINGER_MS, () => {
      slot.isLingering = false;
      if (slot.inFlight === 0) this.end(slot);
    });
  }

  /** Ends a slot's thread by force, whatever runs on it. */
  end(slot: Slot): void {
    this.release(slot);
    if (slot.killedMs !== undefined || !this.#leaving.has(slot)) return;
    slot.kill(performance.now());
    this.#after(ZOMBIE_AFTER_MS, () => this.#checkZombie(slot));
  }

  /** A slot's thread is dead, for certain; these were in flight on it. */
  died(slot: Slot, death: Death, inFlight: readonly Attempt[]): void {
    if (slot.killedMs === undefined || slot.deathCause !== undefined) {
      this.deaths++;
      this.#tellLoss("died", slot, inFlight, death);
    }
    this.#goneBusyMs += slot.live.busyMs(performance.now());
    const at = this.#open.indexOf(slot);
    if (at >= 0) this.#open.splice(at, 1);
    this.#leaving.delete(slot);
    if (slot.isZombie) this.#options.budget.removeZombie();
    this.#options.budget.release();
    const wasAsked = slot.isLeaving && slot.deathCause === undefined;
    if (!wasAsked && !hasServed(slot)) this.#backOff(death.message);
    this.#answerEmpty();
    for (const answer of this.#whenDied.splice(0)) answer();
    this.#options.onChange();
  }

  /** An error came of a task of this slot that nobody can name: it is told of the thread. */
  erred(slot: Slot, message: string): void {
    this.#tellLoss("erred", slot, slot.attempts(), { code: null, message });
  }

  /** Lets slots go that the settings no longer allow, or that were idle for long. */
  trim(nowMs: number): void {
    const { maxThreads, idleRetireMs } = this.#options.settings();
    while (this.#open.length > maxThreads) {
      this.release(this.#open.find((slot) => slot.inFlight === 0) ?? this.#open[0] as Slot); // not empty
    }
    const idle = this.#open.filter((slot) =>
      slot.isReady && slot.inFlight === 0 && nowMs - slot.idleSinceMs >= idleRetireMs
    );
    const kept = this.#kept();
    for (const slot of idle) if (this.#open.length > kept) this.release(slot);
  }

  /** Milliseconds until a slot may have been idle for long; undefined when none can. */
  msToRetire(nowMs: number): number | undefined {
    const { idleRetireMs } = this.#options.settings();
    if (this.#open.length <= this.#kept()) return undefined;
    const waits = this.#open.filter((slot) => slot.isReady && slot.inFlight === 0)
      .map((slot) => Math.max(0, slot.idleSinceMs + idleRetireMs - nowMs));
    return waits.length === 0 ? undefined : Math.min(...waits);
  }

  /** How many slots stay, however long they are idle: another would be opened for a warm spare. */
  #kept(): number {
    const { minThreads, maxThreads, warmSpare } = this.#options.settings();
    const busy = this.#open.filter((slot) => slot.inFlight > 0).length;
    const spares = warmSpare && busy > 0 ? 1 : 0;
    return Math.max(minThreads, Math.min(maxThreads, busy + spares));
  }

  /** Ends all threads; resolves when all are dead, or known to be zombies. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const slot of [...this.#open]) this.release(slot);
    for (const slot of [...this.#leaving]) this.end(slot);
    if ([...this.#leaving].some((slot) => !slot.isZombie)) {
      await new Promise<void>((resolve) => this.#whenEmpty.push(resolve));
    }
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  /** Resolves when all threads are dead, also those that could not be ended. */
  async whenGone(): Promise<void> {
    while (this.#open.length + this.#leaving.size > 0) {
      await new Promise<void>((resolve) => this.#whenDied.push(resolve));
    }
  }

  #checkZombie(slot: Slot, isLate = false): void {
    if (!this.#leaving.has(slot)) return;
    if (!isLate && slot.thread.pid !== null && slot.inFlight === 0) {
      return this.#after(LATE_PROCESS_MS, () => this.#checkZombie(slot, true));
    }
    slot.isZombie = true;
    this.#options.budget.addZombie();
    this.#tellLoss("zombie", slot, slot.attempts(), slot.deathCause);
    this.#answerEmpty();
    this.#options.onChange();
  }

  #tellLoss(
    kind: ThreadLoss["kind"],
    { index: slot }: Slot,
    inFlight: readonly Attempt[],
    cause: Pick<Death, "message"> & { readonly code: FailureCode | null } | undefined,
  ): void {
    const { code = null, message: reason = null } = cause ?? {};
    const taskIds = inFlight.map(({ taskId }) => taskId);
    this.#options.onLoss({ kind, slot, code, reason, taskIds });
  }

  /** Whoever waits for all threads to be dead does not wait for such as cannot be ended. */
  #answerEmpty(): void {
    if (this.#open.length > 0 || ![...this.#leaving].every(({ isZombie }) => isZombie)) return;
    for (const answer of this.#whenEmpty.splice(0)) answer();
  }

  /** A thread that dies while it starts, or right after, would be started again and again. */
  #backOff(reason: string): void {
    this.#problem = SENTENCES.threadCannotStart(reason);
    const waitMs = Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** this.#failures++);
    this.#isBackingOff = true;
    this.#after(waitMs, () => {
      this.#isBackingOff = false;
      this.#options.onChange();
    });
  }

  #freeIndex(): number {
    const taken = new Set(this.slots.map((slot) => slot.index));
    let index = 0;
    while (taken.has(index)) index++;
    return index;
  }

  #after(ms: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, ms);
    this.#timers.add(timer);
  }
}

/** Whether its thread was of any use. */
function hasServed({ isReady, sent, idleSinceMs }: Slot): boolean {
  return isReady && (sent > 0 || performance.now() - idleSinceMs >= LIVES_AFTER_MS);
}
