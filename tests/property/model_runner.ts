import type { AttemptRunner } from "../../core/engine/engine.ts";
import type { Attempt, AttemptOptions } from "../../core/execution/attempt.ts";
import { TaskRecord } from "../../core/engine/local/task_record.ts";
import { AttemptQueue } from "../../core/execution/attempt_queue.ts";

/** How an attempt ends. */
export type Ending = "done" | "failed" | "ran_too_long" | "waited_too_long" | "stopped";

const CODES = {
  failed: "task_error",
  ran_too_long: "run_timeout",
  waited_too_long: "queue_timeout",
} as const;

/** Without ageing: a priority is what it is. */
const NEVER_MS = Number.MAX_SAFE_INTEGER;

/** A pool of threads with the queue of the real one, whose threads do what the walk says. */
export class ModelRunner implements AttemptRunner {
  readonly #queue = new AttemptQueue();
  /** Those that wait, were sent or run. */
  readonly #live = new Map<string, Attempt>();
  /** Orders to stop, by task. */
  readonly stops = new Set<string>();
  #nowMs = 0;

  submit(attempt: Attempt, { isByAge = false, isSuspect = false }: AttemptOptions = {}): void {
    attempt.enqueuedMs = isByAge ? this.#ageOf(attempt) : ++this.#nowMs;
    attempt.isSuspect = isSuspect;
    this.#live.set(attempt.taskId, attempt);
    if (isByAge) this.#queue.putBack(attempt);
    else this.#queue.push(attempt);
  }

  takeBack(attempt: Attempt): boolean {
    if (attempt.place !== "queued") return false;
    this.#queue.remove(attempt);
    this.#live.delete(attempt.taskId);
    return true;
  }

  hold(): void {}

  giveBack(count: number): readonly Attempt[] {
    const given = this.#queue.takeLast(count);
    for (const { taskId } of given) this.#live.delete(taskId);
    return given;
  }

  withdraw(attempt: Attempt, cause: string): boolean | Promise<boolean> {
    if (attempt.place === "sent") {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      attempt.withdrawal = { cause, answer: resolve };
      return promise;
    }
    if (attempt.place !== "queued") return false;
    this.#queue.remove(attempt);
    this.#cancel(attempt, cause);
    return true;
  }

  stop(attempt: Attempt, graceMs: number, cause: string): void {
    if (attempt.place === "nowhere" || attempt.stop !== undefined) return;
    attempt.stop = { cause, isTimeout: false, requestedAtMs: 0, killAtMs: graceMs };
    this.stops.add(attempt.taskId);
  }

  mostExpendable(): Attempt | undefined {
    return this.#queue.last();
  }

  progressOf(): null {
    return null;
  }

  whyWaiting(): string {
    return "The walk has not started it";
  }

  isZombie(): boolean {
    return false;
  }

  /** Whose turn it is. */
  peek(): Attempt | undefined {
    return this.#queue.peek(this.#nowMs, NEVER_MS);
  }

  /** How many wait in memory. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** Takes the next out of the queue: it is handed over. */
  send(attempt: Attempt): void {
    this.#queue.remove(attempt);
    attempt.place = "sent";
  }

  /** The attempt of a task that waits, was sent or runs. */
  find(taskId: string): Attempt {
    const attempt = this.#live.get(taskId);
    if (attempt === undefined) throw new TypeError(`Cannot find attempt: none is of ${taskId}`);
    return attempt;
  }

  start(taskId: string): void {
    const attempt = this.find(taskId);
    attempt.place = "running";
    attempt.started(0);
    attempt.withdrawal?.answer(false);
    attempt.withdrawal = undefined;
  }

  /** It comes back, begun or not; one that is to be withdrawn is cancelled then. */
  comeBack(taskId: string): void {
    const attempt = this.find(taskId);
    if (attempt.withdrawal !== undefined) {
      this.#cancel(attempt, attempt.withdrawal.cause);
      return attempt.withdrawal.answer(true);
    }
    this.#queue.putBack(attempt);
    attempt.requeued();
  }

  /** It ends; one that was sent may end before it was seen to run. */
  end(taskId: string, ending: Ending, startedAtMs: number): void {
    const attempt = this.find(taskId);
    const { stop } = attempt;
    this.#leave(attempt);
    const ran = { startedAtMs, runMs: 5 };
    if (ending === "done") attempt.settled({ kind: "done", ...ran, value: '"result"' }, 0);
    else if (ending === "stopped") {
      attempt.settled({ kind: "cancelled", ...ran, cause: stop?.cause ?? "stopped" }, 0);
    } else {
      const failure = { code: CODES[ending], name: "Error", message: ending, stack: null };
      attempt.settled({ kind: "failed", ...ran, failure }, 0);
    }
  }

  /** It ends because the server does. */
  interrupt(taskId: string, cause: string): void {
    const attempt = this.find(taskId);
    this.#leave(attempt);
    attempt.settled({ kind: "cancelled", startedAtMs: null, runMs: null, cause }, null);
  }

  /** Between those of its priority that were submitted before it, and those after it. */
  #ageOf(attempt: Attempt): number {
    const equals = [...this.#live.values()].filter(({ priority }) => priority === attempt.priority);
    const before = equals.filter((other) => orderOf(other) < orderOf(attempt));
    const after = equals.filter((other) => orderOf(other) > orderOf(attempt));
    if (after.length === 0) return ++this.#nowMs;
    const from = Math.max(0, ...before.map(({ enqueuedMs }) => enqueuedMs));
    return (from + Math.min(...after.map(({ enqueuedMs }) => enqueuedMs))) / 2;
  }

  #cancel(attempt: Attempt, cause: string): void {
    this.#leave(attempt);
    attempt.settled({ kind: "cancelled", startedAtMs: null, runMs: null, cause }, null);
  }

  #leave(attempt: Attempt): void {
    attempt.place = "nowhere";
    this.#live.delete(attempt.taskId);
  }
}

/** When a task was submitted, beside others. */
function orderOf(attempt: Attempt): number {
  if (attempt instanceof TaskRecord) return attempt.order;
  throw new TypeError("Cannot tell an attempt's age: it is no task's record");
}
