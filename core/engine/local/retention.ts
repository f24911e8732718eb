/**
 * When ended tasks are let go: the writer looks every second, and takes a few with each group while
 * there are too many.
 */
import type { Clock } from "../../model/clock.ts";
import type { PruneRules } from "./journal/group.ts";
import type { Journal } from "./journal/journal.ts";
import type { Queue } from "./queue.ts";

const LOOK_MS = 1_000;
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
  /** Whether any ended since the last look: without that, only age makes any too old. */
  #hasEnded = false;
  #isAsked = false;
  /** Pools with rules of their own that had their turn. */
  #turn = 0;

  constructor(options: RetentionOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    // It shall not keep the process.
    Deno.unrefTimer(this.#timer as unknown as number);
  }

  /** A task ended. */
  ended(): void {
    this.#hasEnded = true;
  }

  /** A group was written; `pruned` of its records went. */
  written(pruned: number): void {
    this.#isAsked = false;
    if (pruned === 0) return;
    this.#hasEnded = true; // there may be more
    this.#look();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    if (this.#isAsked || this.#options.journal.failure !== undefined) return;
    const rules = this.#rules();
    if (!this.#hasEnded && !this.#hasAgeRule(rules)) return;
    this.#hasEnded = false;
    this.#isAsked = true;
    this.#options.journal.note({ kind: "prune", nowMs: this.#options.clock.nowMs(), rules });
  }

  #hasAgeRule(rules: PruneRules): boolean {
    return rules.keepMs !== null || rules.pools.some(({ keepMs }) => keepMs !== null);
  }

  #rules(): PruneRules {
    const { keep, queues } = this.#options;
    const own = [...queues()].map(({ number, policy }) => ({
      number,
      keepTasks: policy.keepFinishedTasks,
      keepMs: policy.keepFinishedMs,
    })).filter(({ keepTasks, keepMs }) => keepTasks !== null || keepMs !== null);
    this.#turn = this.#turn >= own.length ? 0 : this.#turn;
    const pools = own.slice(this.#turn, this.#turn + POOLS_A_STEP);
    this.#turn += POOLS_A_STEP;
    return { keepTasks: keep.tasks, keepMs: keep.ms, pools };
  }
}
