import type {
  AttemptEntry,
  LogEntry,
  TaskEventEntry,
  TaskSnapshot,
  TaskStatus,
} from "../../core/mod.ts";
import { readTraceparent } from "../../core/mod.ts";
import { presentTime } from "./time.ts";
import { JsonText } from "./write_json.ts";

/** A task as the wire has it; `nowMs` tells how long a running one has run. */
export function presentTask(task: TaskSnapshot, nowMs: number): Record<string, unknown> {
  const { status } = task;
  return {
    task_id: task.id,
    name: task.name,
    pool_id: task.poolId,
    status: status.state,
    task_type: task.type,
    submit_time: presentTime(task.submittedAtMs),
    start_time: presentTime("startedAtMs" in status ? status.startedAtMs : null),
    end_time: presentTime("finishedAtMs" in status ? status.finishedAtMs : null),
    running_time: runningSeconds(status, nowMs),
    ...presentOutcome(status),
    progress: status.state === "running" ? status.progress : null,
    input: jsonText(task.inputJson),
    priority: task.priority,
    tags: task.tags,
    attempt: task.attempt,
    worker: "slot" in status ? status.slot : null,
    stop_requested_at: presentTime(status.state === "running" ? status.stopRequestedAtMs : null),
    is_zombie: status.state === "running" && status.isZombie,
    why_waiting: whyWaiting(status),
    run_timeout_ms: task.runTimeoutMs,
    code_version: task.codeVersion,
    metrics: task.metrics,
    late_errors: task.lateErrors.map(({ atMs, message }) => ({ at: presentTime(atMs), message })),
    trace_id: traceIdOf(task.traceparent),
  };
}

/** A line that a task's code logged, as the wire has it. */
export function presentLogLine(entry: LogEntry): Record<string, unknown> {
  const { atMs, level, text, attempt } = entry;
  return { at: presentTime(atMs), level, text, attempt };
}

/** One thing that happened to a task, as the wire has it. */
export function presentEvent(entry: TaskEventEntry): Record<string, unknown> {
  const { atMs, event, attempt, cause } = entry;
  return { at: presentTime(atMs), event, attempt, cause };
}

/** An attempt that ended, as the wire has it. */
export function presentAttempt(entry: AttemptEntry): Record<string, unknown> {
  return {
    number: entry.number,
    worker: entry.slot,
    start_time: presentTime(entry.startedAtMs),
    end_time: presentTime(entry.finishedAtMs),
    running_time: entry.runMs === null ? null : Math.round(entry.runMs) / 1000,
    outcome: entry.outcome,
    message: entry.message,
    code_version: entry.codeVersion,
  };
}

/** By which a viewer of traces finds a task's. */
export function traceIdOf(traceparent: string | null): string | null {
  return traceparent === null ? null : readTraceparent(traceparent)?.traceId ?? null;
}

function presentOutcome(status: TaskStatus): Record<string, unknown> {
  const failure = status.state === "failed" ? status.failure : null;
  return {
    result: jsonText(status.state === "completed" ? status.resultJson : null),
    exception: failure && `${failure.name}: ${failure.message}`,
    failure: failure && {
      code: failure.code,
      name: failure.name,
      message: failure.message,
      stack: failure.stack,
    },
    cancel_cause: status.state === "cancelled" ? status.cause : null,
  };
}

/** Seconds in task code, to the millisecond; null when it never ran. */
function runningSeconds(status: TaskStatus, nowMs: number): number | null {
  if (status.state === "running") {
    return Math.max(0, Math.round(nowMs - status.startedAtMs)) / 1000; // a clock may go back
  }
  const runMs = "runMs" in status ? status.runMs : null;
  return runMs === null ? null : Math.round(runMs) / 1000;
}

function whyWaiting(status: TaskStatus): string | null {
  switch (status.state) {
    case "pending":
      return status.why;
    case "scheduled":
      return `Waits until ${presentTime(status.runAtMs)}`;
    case "blocked":
      return `Waits for ${status.waitsFor.join(", ")} to complete`;
    default:
      return null;
  }
}

function jsonText(text: string | null): JsonText | null {
  return text === null ? null : new JsonText(text);
}
