/** What an attempt came to, put together from what the host and the thread know. */
import { SENTENCES } from "../model/sentences.ts";
import type { FailureCode, TaskFailure } from "../model/task.ts";
import type { Attempt, Outcome } from "./attempt.ts";

/** The attempt was ordered to end, and did; `ran` is what its thread said of it, if it could. */
export function stopped(
  attempt: Attempt,
  ran?: { readonly startedAtMs: number; readonly runMs: number },
): Outcome {
  const seenMs = attempt.place === "running" ? performance.now() - attempt.beganMs : null;
  const runMs = ran?.runMs ?? seenMs;
  const startedAtMs = ran?.startedAtMs ?? (runMs === null ? null : Date.now() - runMs);
  const { cause, isTimeout } = attempt.stop ?? { cause: SENTENCES.endedItself(), isTimeout: false };
  if (!isTimeout) return { kind: "cancelled", startedAtMs, runMs, cause };
  const failure = {
    code: "run_timeout",
    name: "TimeoutError",
    message: cause,
    stack: null,
  } as const;
  return { kind: "failed", startedAtMs, runMs, failure };
}

/** The attempt never began. */
export function cancelled(cause: string): Outcome {
  return { kind: "cancelled", startedAtMs: null, runMs: null, cause };
}

/** The attempt ended without a word from its thread. */
export function failed(attempt: Attempt, code: FailureCode, message: string): Outcome {
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
export function failureOf(code: FailureCode, value: unknown): TaskFailure {
  const parts = (typeof value === "object" && value !== null ? value : {}) as Record<
    string,
    unknown
  >;
  return {
    code,
    name: typeof parts.name === "string" ? parts.name : "Error",
    message: typeof parts.message === "string" ? parts.message : "The thread gave no reason",
    stack: typeof parts.stack === "string" ? parts.stack : null,
  };
}
