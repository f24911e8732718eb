/**
 * Looks after a pool while there is something to look after: run and queue timeouts, the end of a
 * grace period, tasks that wait behind a long one, children that stopped answering, idle threads.
 */
import type { PoolSettings } from "../model/pool.ts";
import { SENTENCES } from "../model/sentences.ts";
import type { Attempt } from "./attempt.ts";
import type { AttemptQueue } from "./attempt_queue.ts";
import type { Slot } from "./slot.ts";
import type { SlotCrew } from "./slot_crew.ts";

/** How often a pool that has something to do is looked after. */
const WATCH_MS = 20;
/** A task that was thought short and runs this long loses those that were sent behind it. */
const LONG_MS = 5;
/** What a child says of its tasks is no older than this when it comes. */
const TOLD_WITHIN_MS = 250;
/** A busy child that says nothing for so long is taken for stopped. */
const SILENCE_MAX_MS = 5_000;
/** A thread that does not answer so long after its start is given up. */
const START_MAX_MS = 30_000;

/** What a watch needs of its pool. */
export interface WatchedPool {
  readonly queue: AttemptQueue;
  readonly crew: SlotCrew;
  settings(): PoolSettings;
  timedOut(attempt: Attempt, limitMs: number): void;
  expired(attempt: Attempt, limitMs: number): void;
  /** After each look. */
  dispatch(): void;
}

/** See the head of this file. */
export class PoolWatch {
  readonly #pool: WatchedPool;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastMs = 0;
  /** When it was looked last, on the monotonic clock. */
  #lookedMs = -Infinity;
  /** From when on silence tells something. */
  #hearsFromMs = 0;
  /** The look that is planned is for slots that are busy, not for such as may retire in a minute. */
  #isSoon = false;

  constructor(pool: WatchedPool) {
    this.#pool = pool;
  }

  /** Looks again soon, if there is something to look after. */
  soon(): void {
    if (this.#timer !== undefined && this.#isSoon) return;
    const { queue, crew } = this.#pool;
    const isBusy = queue.length > 0 || crew.isBusy;
    const waitMs = isBusy ? WATCH_MS : crew.msToRetire(performance.now());
    if (waitMs === undefined || this.#timer !== undefined && !isBusy) return;
    clearTimeout(this.#timer);
    this.#isSoon = isBusy;
    this.#lastMs = performance.now() + waitMs;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#look();
    }, waitMs);
  }

  /** Looks no more. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    const nowMs = performance.now();
    // A server that was itself asleep must not take its threads for dead: what they said meanwhile
    // comes bit by bit.
    if (nowMs - this.#lastMs > SILENCE_MAX_MS / 2) this.#hearsFromMs = nowMs + SILENCE_MAX_MS;
    for (const slot of this.#pool.crew.slots) {
      if (!slot.isReady) this.#lookAtStart(slot, nowMs);
      if (!slot.isReady || slot.inFlight === 0) continue;
      this.#lookAtTasks(slot, nowMs);
      if (nowMs >= this.#hearsFromMs) this.#lookForSilence(slot);
    }
    this.#lookedMs = nowMs;
    this.#expireQueue(nowMs);
    this.#pool.crew.trim(nowMs);
    this.#pool.dispatch();
  }

  #lookAtStart(slot: Slot, nowMs: number): void {
    if (slot.killedMs !== undefined || nowMs - slot.startedMs < START_MAX_MS) return;
    slot.deathCause = { code: "thread_killed", message: SENTENCES.threadDidNotAnswer() };
    this.#pool.crew.end(slot);
  }

  #lookAtTasks(slot: Slot, nowMs: number): void {
    const lanes = slot.thread.loadLanes();
    for (const attempt of slot.attempts()) {
      const lane = lanes.find(({ seq }) => seq === attempt.seq);
      if (lane !== undefined) {
        slot.seen(attempt, this.#beganMs(attempt, lane.startedAtMs, nowMs));
      }
      // Where the thread says what it runs, no other is taken for it: its end may not be told yet.
      if (attempt.place !== "running" || lanes.length > 0 && lane === undefined) continue;
      const limitMs = attempt.runTimeoutMs;
      if (attempt.stop !== undefined) {
        if (nowMs >= attempt.stop.killAtMs) this.#pool.crew.end(slot);
      } else if (limitMs !== null && nowMs - attempt.beganMs >= limitMs) {
        this.#pool.timedOut(attempt, limitMs);
      }
    }
    if (slot.inFlight > slot.lanes && !slot.isStalled && isHeldUp(slot, nowMs)) {
      slot.isStalled = true;
      slot.takeBack();
    }
  }

  /**
   * When a task that was not seen to run before began, on the monotonic clock. Its thread tells it by
   * the wall clock, which somebody may have set since: it is believed as far as it is possible.
   */
  #beganMs(attempt: Attempt, startedAtMs: number, nowMs: number): number {
    const earliestMs = Math.max(attempt.waitsSinceMs, this.#lookedMs - TOLD_WITHIN_MS);
    const toldMs = nowMs - Math.max(0, Date.now() - startedAtMs);
    return Math.max(toldMs, Math.min(nowMs, earliestMs));
  }

  #lookForSilence(slot: Slot): void {
    if (slot.killedMs !== undefined || slot.thread.silentMs() <= SILENCE_MAX_MS) return;
    slot.deathCause = { code: "thread_killed", message: SENTENCES.threadStoppedAnswering() };
    this.#pool.crew.end(slot);
  }

  #expireQueue(nowMs: number): void {
    const limitMs = this.#pool.settings().queueTimeoutMs;
    if (limitMs === null) return;
    const expired = this.#pool.queue.waitingSinceBefore(nowMs - limitMs);
    for (const attempt of expired) this.#pool.expired(attempt, limitMs);
  }
}

/**
 * Whether the thread itself says that one of its tasks has run for long. That the host has not heard
 * of it proves nothing: a batch may still be on its way.
 */
function isHeldUp(slot: Slot, nowMs: number): boolean {
  const lanes = slot.thread.loadLanes();
  return slot.attempts().some((attempt) => {
    const lane = lanes.find(({ seq }) => seq === attempt.seq);
    if (lane === undefined || attempt.place !== "running") return false;
    const knownMs = nowMs - attempt.beganMs;
    // Somebody may have set the wall clock: neither is it believed alone, nor waited for.
    return knownMs > TOLD_WITHIN_MS ||
      knownMs > LONG_MS && Date.now() - lane.startedAtMs > LONG_MS;
  });
}
