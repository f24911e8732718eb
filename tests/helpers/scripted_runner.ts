import type { AttemptRunner } from "../../core/engine/engine.ts";
import type { Attempt } from "../../core/execution/attempt.ts";

/** A pool of threads that does nothing by itself: the test says what becomes of each attempt. */
export class ScriptedRunner implements AttemptRunner {
  /** All that it was ever given, in order. */
  readonly given: Attempt[] = [];
  readonly stops: { readonly taskId: string; readonly graceMs: number; readonly cause: string }[] =
    [];
  /** How often it was asked about a waiting task: once for each that a list shows. */
  looks = 0;
  /** Whether it is to begin nothing. */
  isHeld = false;

  /** Those that wait, in order. */
  get waiting(): readonly Attempt[] {
    return this.given.filter(({ place }) => place === "queued");
  }

  submit(attempt: Attempt): void {
    attempt.place = "queued";
    this.given.push(attempt);
  }

  giveBack(count: number): readonly Attempt[] {
    const last = this.waiting.toSorted((one, other) => other.priority - one.priority)
      .slice(-count).toReversed();
    for (const attempt of last) attempt.place = "nowhere";
    return last;
  }

  takeBack(attempt: Attempt): boolean {
    if (attempt.place !== "queued") return false;
    attempt.place = "nowhere";
    return true;
  }

  hold(isHeld: boolean): void {
    this.isHeld = isHeld;
  }

  withdraw(attempt: Attempt, cause: string): boolean | Promise<boolean> {
    if (attempt.place === "sent") {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const others = attempt.withdrawal;
      attempt.withdrawal = {
        cause,
        answer(wasWithdrawn) {
          others?.answer(wasWithdrawn);
          resolve(wasWithdrawn);
        },
      };
      return promise;
    }
    if (attempt.place !== "queued") return false;
    attempt.place = "nowhere";
    attempt.settled({ kind: "cancelled", startedAtMs: null, runMs: null, cause }, null);
    return true;
  }

  stop(attempt: Attempt, graceMs: number, cause: string): void {
    if (attempt.place === "nowhere" || attempt.stop !== undefined) return;
    attempt.stop = { cause, isTimeout: false, requestedAtMs: Date.now(), killAtMs: graceMs };
    this.stops.push({ taskId: attempt.taskId, graceMs, cause });
  }

  mostExpendable(): Attempt | undefined {
    return this.waiting.toSorted((one, other) => one.priority - other.priority)[0];
  }

  progressOf(): null {
    return null;
  }

  whyWaiting(): string {
    this.looks++;
    return "The test has not started it";
  }

  isZombie(): boolean {
    return false;
  }

  /** The attempt of a task; of one that was given back and came again, the last. */
  find(taskId: string): Attempt {
    const attempt = this.given.findLast((one) => one.taskId === taskId);
    if (attempt === undefined) throw new TypeError(`Cannot find attempt: none is of ${taskId}`);
    return attempt;
  }

  start(taskId: string, slot = 0): void {
    const attempt = this.find(taskId);
    attempt.place = "running";
    attempt.started(slot);
  }

  requeue(taskId: string): void {
    const attempt = this.find(taskId);
    attempt.place = "queued";
    attempt.requeued();
  }

  /** Ends an attempt if it has not ended; as a pool does, it tells this once. */
  end(taskId: string, kind: "done" | "failed" | "timed_out" | "stopped"): void {
    const attempt = this.find(taskId);
    if (attempt.place === "nowhere") return;
    attempt.place = "nowhere";
    const ran = { startedAtMs: 1_000, runMs: 5 };
    if (kind === "done") attempt.settled({ kind, ...ran, value: '"result"' }, 0);
    else if (kind === "stopped") {
      attempt.settled({ kind: "cancelled", ...ran, cause: attempt.stop?.cause ?? "stopped" }, 0);
    } else {
      const code = kind === "failed" ? "task_error" as const : "run_timeout" as const;
      const failure = { code, name: "Error", message: kind, stack: null };
      attempt.settled({ kind: "failed", ...ran, failure }, 0);
    }
    attempt.withdrawal?.answer(false);
  }
}
