/**
 * When ended tasks are let go: the writer looks every second, and takes a step with each group while
 * there are that many too many. It can do so only once the tables have all that was written, which takes it up
 * to half a second after a burst: so a step waits until they do, for some time.
 */
import type { Clock } from "../../model/clock.ts";
import { PRUNE_STEP, type PruneRules } from "./journal/group.ts";
import type { Journal } from "./journal/journal.ts";
import type { Queue } from "./queue.ts";

const LOOK_MS = 1_000;
/** Looks that find the tables behind before one goes ahead all the same. */
const PUT_OFF_MAX = 10;
/** Pools whose own rules are looked at in one step. */
const POOLS_A_STEP = 100;

/** What retention works with. */
export interface RetentionOptions {
  readonly journal: Journal;
  readonly clock: Clock;
  /** Over all pools. */
  readonly keep: { readonly tasks: number; readonly ms: number | null };
  queues(): Iterable<Queue>;
}

/** See the head of this file. */
export class Retention implements Disposable {
  readonly #options: RetentionOptions;
  readonly #timer: ReturnType<typeof setInterval>;
  #isAsked = false;
  #putOff = 0;
  /** There may be too many: an earlier life of the server may have kept more. */
  #isDue = true;
  /** Pools with rules of their own that are to have their turn, and at which of them it is. */
  #poolsDue = 0;
  #turn = 0;

  constructor(options: RetentionOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    // It shall not keep the process.
    this.#timer.unref();
  }

  /** A task ended. */
  ended(): void {
    this.#isDue = true;
  }

  /** A pool came, or keeps more or less from now on. */
  rulesChanged(): void {
    this.#isDue = true;
  }

  /** A group was written; `pruned` of its records went. */
  written(pruned: number): void {
    this.#isAsked = false;
    if (pruned === 0) return;
    this.#isDue = true; // one step does not take all
    // A few with each group would cost more than the group: they wait for the next second.
    if (pruned >= PRUNE_STEP) this.#look();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const { journal, clock, keep } = this.#options;
    if (this.#isAsked || journal.failure !== undefined) return;
    if (journal.load.hiddenGroups > 0 && ++this.#putOff <= PUT_OFF_MAX) return;
    this.#putOff = 0;
    const own = this.#ownRules();
    if (this.#isDue) this.#poolsDue = Math.max(1, own.length);
    const hasAgeRule = keep.ms !== null || own.some(({ keepMs }) => keepMs !== null);
    if (this.#poolsDue <= 0 && !hasAgeRule) return;
    this.#isDue = false;
    this.#isAsked = true;
    const rules = { keepTasks: keep.tasks, keepMs: keep.ms, pools: this.#nextOf(own) };
    journal.note({ kind: "prune", nowMs: clock.nowMs(), rules });
  }

  #ownRules(): PruneRules["pools"] {
    return [...this.#options.queues()].map(({ number, policy }) => ({
      number,
      keepTasks: policy.keepFinishedTasks,
      keepMs: policy.keepFinishedMs,
    })).filter(({ keepTasks, keepMs }) => keepTasks !== null || keepMs !== null);
  }

  /** Those whose turn it is. */
  #nextOf(own: PruneRules["pools"]): PruneRules["pools"] {
    const from = this.#turn >= own.length ? 0 : this.#turn;
    const pools = own.slice(from, from + POOLS_A_STEP);
    this.#turn = from + POOLS_A_STEP;
    this.#poolsDue -= Math.max(1, pools.length);
    return pools;
  }
}
