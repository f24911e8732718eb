/**
 * What comes back from the slots of a pool. An attempt that ended is settled, once; one that was not
 * begun goes back to the front of the queue and has lost nothing. What a dead thread leaves is
 * blamed on a task only if that was alone on it.
 */
import type { PoolSettings } from "../model/pool.ts";
import type { Attempt, Outcome } from "./attempt.ts";
import type { AttemptQueue } from "./attempt_queue.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { cancelled, failed, failureOf, stopped } from "./endings.ts";
import type { IdleWaits } from "./idle_waits.ts";
import type { OutcomesMessage, TaskNotes } from "./protocol.ts";
import type { LoadTrace } from "./load_trace.ts";
import type { Slot, SlotOwner } from "./slot.ts";
import type { SlotCrew } from "./slot_crew.ts";
import type { StatsBlock } from "./stats_block.ts";
import type { Death } from "./thread.ts";
import type { TypeTally } from "./type_tally.ts";
import type { UserMetrics } from "./user_metrics.ts";

/** What a landing needs of its pool. */
export interface LandingPool {
  readonly queue: AttemptQueue;
  readonly crew: SlotCrew;
  readonly dispatcher: Dispatcher;
  readonly waits: IdleWaits;
  readonly tally: TypeTally;
  readonly userMetrics: UserMetrics;
  readonly trace: LoadTrace;
  settings(): PoolSettings;
  stats(): StatsBlock;
  /** Something is free: looks at once for what could run on it. */
  dispatch(): void;
  /** The same a little later, once for many calls. */
  planDispatch(): void;
}

/** See the head of this file. */
export class Landing implements SlotOwner {
  readonly #pool: LandingPool;
  #closeCause: string | undefined;

  constructor(pool: LandingPool) {
    this.#pool = pool;
  }

  /** From now on what comes back unbegun is cancelled for this cause. */
  close(cause: string): void {
    this.#closeCause = cause;
  }

  /** An attempt ended, on this slot or on none: whoever submitted it is told. */
  settle(attempt: Attempt, outcome: Outcome, slot: number | null): void {
    attempt.place = "nowhere";
    answerWithdrawal(attempt, outcome.kind === "cancelled");
    this.#pool.tally.add(attempt.type.name, outcome);
    attempt.settled(outcome, slot);
    this.#pool.waits.answer();
  }

  slotReady(slot: Slot): void {
    this.#pool.crew.ready(slot);
    this.#pool.dispatch();
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
        return this.#pool.crew.end(slot);
      }
      this.#landed(slot, attempt, message, at, nowMs);
    }
    slot.isStalled = false;
    slot.markRunning(nowMs);
    if (slot.inFlight === 0) this.#emptied(slot, nowMs);
    else if (slot.isSpent(this.#pool.settings().recycleAfterTasks)) this.#pool.crew.release(slot);
    this.#pool.dispatch();
  }

  slotWorn(slot: Slot): void {
    const { dispatcher, crew } = this.#pool;
    // What is not as it was may have been done by any of them: they no longer share batches.
    for (const attempt of slot.attempts()) dispatcher.pace.forget(attempt.type.url);
    crew.releaseWorn(slot);
    this.#pool.planDispatch();
  }

  slotReturned(slot: Slot, attempts: readonly Attempt[]): void {
    for (const attempt of attempts.toReversed()) this.#comeBack(attempt, false);
    for (const attempt of slot.attempts()) {
      answerWithdrawal(attempt, false);
      // It was ordered to end when it could still have come back, and has begun.
      if (attempt.stop !== undefined) slot.thread.stop(attempt.seq, attempt.stop.cause);
    }
    if (slot.inFlight === 0) this.#emptied(slot, performance.now());
    this.#pool.planDispatch();
    this.#pool.waits.answer();
  }

  slotNoted(attempt: Attempt, notes: TaskNotes): void {
    this.#pool.userMetrics.add(attempt, notes);
  }

  slotDied(slot: Slot, death: Death): void {
    const { dispatcher, crew, waits } = this.#pool;
    const left = slot.landAll();
    const cause = slot.deathCause ?? death;
    // One that was ordered to end is what the thread was ended for; else only a task that was
    // alone can be blamed. The others go back, and then run alone until one of them does it again.
    const isAlone = left.length === 1;
    for (const attempt of left.toReversed()) {
      if (attempt.stop !== undefined) this.settle(attempt, stopped(attempt), slot.index);
      else if (slot.killedMs !== undefined && slot.deathCause === undefined) {
        this.#comeBack(attempt, attempt.place === "running");
      } else if (isAlone) {
        this.settle(attempt, failed(attempt, cause.code, cause.message), slot.index);
      } else {
        attempt.isSuspect = true;
        this.#comeBack(attempt, attempt.place === "running");
      }
    }
    for (const attempt of left) dispatcher.pace.forget(attempt.type.url);
    crew.died(slot, cause, left);
    waits.answer();
  }

  slotErred(slot: Slot, message: string): void {
    this.#pool.crew.erred(slot, message);
  }

  #landed(slot: Slot, attempt: Attempt, message: OutcomesMessage, at: number, nowMs: number): void {
    const code = message.codes[at] ?? "done";
    // Clocks of task code's own realm: believed as far as they are possible.
    const sinceStartMs = nowMs - slot.startedMs;
    const runMs = toWholeNanos(within(message.runMs[at], 0, sinceStartMs));
    const endedAtMs = Date.now();
    const startedAtMs = within(message.startedAtMs[at], endedAtMs - sinceStartMs, endedAtMs);
    const value = message.values[at];
    this.#pool.dispatcher.pace.record(attempt.type.url, runMs);
    this.#pool.trace.record(attempt.waitsSinceMs, runMs);
    this.#pool.stats().recordWait(Math.max(0, nowMs - attempt.waitsSinceMs - runMs));
    // In isolation `thread` the threads count for themselves.
    if (this.#pool.settings().isolation === "process") this.#pool.stats().recordRun(runMs);
    if (code === "done") {
      return this.settle(attempt, { kind: "done", startedAtMs, runMs, value }, slot.index);
    }
    if (code === "stopped") {
      return this.settle(attempt, stopped(attempt, { startedAtMs, runMs }), slot.index);
    }
    const failure = failureOf(code, value);
    this.settle(attempt, { kind: "failed", startedAtMs, runMs, failure }, slot.index);
  }

  /**
   * Back to the front of the queue, unless it was cancelled or stopped meanwhile. A time limit is
   * no such stop: what comes back has not used the time that was counted. The waiting of one that ran
   * begins anew.
   */
  #comeBack(attempt: Attempt, hasRun: boolean): void {
    if (attempt.stop?.isTimeout) attempt.stop = undefined;
    const cause = attempt.withdrawal?.cause ?? attempt.stop?.cause ?? this.#closeCause;
    if (cause !== undefined) return this.settle(attempt, cancelled(cause), null);
    if (hasRun) attempt.cameBackMs = performance.now();
    this.#pool.userMetrics.forget(attempt);
    this.#pool.queue.putBack(attempt);
    attempt.requeued();
  }

  #emptied(slot: Slot, nowMs: number): void {
    const { crew, waits } = this.#pool;
    slot.idleSinceMs = nowMs;
    slot.isStalled = false;
    if (slot.isLeaving) {
      if (!slot.isLingering) crew.end(slot);
    } else if (slot.isSpent(this.#pool.settings().recycleAfterTasks)) crew.release(slot);
    waits.answer();
  }
}

function answerWithdrawal(attempt: Attempt, wasWithdrawn: boolean): void {
  const { withdrawal } = attempt;
  attempt.withdrawal = undefined;
  withdrawal?.answer(wasWithdrawn);
}

/** A number between two others; what is no number counts as the lower. */
function within(value: number | undefined, low: number, high: number): number {
  return value !== undefined && value >= low ? Math.min(value, Math.max(low, high)) : low;
}

/** No clock is finer, and its milliseconds are written in a third of the digits. */
function toWholeNanos(ms: number): number {
  return Math.round(ms * 1e6) / 1e6;
}
