/** What a record is written as: rows of a group, in the order of their columns. */
import type { Outcome } from "../../execution/attempt.ts";
import type { NewTask } from "../engine.ts";
import type { Cell } from "./journal/group.ts";
import { STORED_EVENTS, storedState } from "./journal/schema.ts";
import type { StoredNotes } from "./journal/stored_task.ts";
import type { Move, TaskRecord } from "./task_record.ts";

/** A new task; see `SUBMIT_COLUMNS`. */
export function submitRow(
  task: NewTask,
  seq: number,
  pool: number,
  submittedAtMs: number,
): readonly Cell[] {
  return [
    seq,
    task.id,
    pool,
    task.type.name,
    task.name,
    task.priority,
    submittedAtMs,
    task.runTimeoutMs,
    task.type.url,
    task.type.codeVersion,
    task.idempotencyKey,
    task.tags.length === 0 ? null : JSON.stringify(task.tags),
    task.inputJson,
  ];
}

/** What is kept of the trace of a new task; see `TRACED_COLUMNS`. */
export function tracedRow(
  { task: { traceparent }, seq }: { readonly task: NewTask; readonly seq: number },
): readonly Cell[] {
  return traceparent === null ? NO_CELLS : [seq, traceparent];
}

const NO_CELLS: readonly Cell[] = [];

/** A step to a state that is not final; see `MOVE_COLUMNS`. */
export function moveRow(record: TaskRecord, pool: number, move: Move): readonly Cell[] {
  return [
    record.order,
    pool,
    storedState(move.from),
    storedState(record.state),
    STORED_EVENTS.indexOf(move.event),
    Math.round(move.atMs),
    record.number,
    record.ranOnSlot,
    move.cause,
    record.deaths,
  ];
}

/** The end of a task; see `END_COLUMNS`. */
export function endRow(record: TaskRecord, pool: number, move: Move): readonly Cell[] {
  const { outcome } = record;
  if (outcome === undefined) throw new TypeError("Cannot write end of task: it has no outcome");
  const value = outcome.kind === "done" ? outcome.value : undefined;
  return [
    record.order,
    pool,
    storedState(move.from),
    storedState(record.state),
    STORED_EVENTS.indexOf(move.event),
    Math.round(record.finishedAtMs),
    record.number,
    record.startedAtMs === null ? null : Math.round(record.startedAtMs),
    outcome.runMs,
    record.ranOnSlot,
    outcome.kind === "cancelled" ? outcome.cause : null,
    typeof value === "string" ? value : null,
    endingOf(outcome),
    notesOf(record),
    record.task.type.codeVersion,
    move.isStartedNow ? 1 : 0,
    timeoutOf(outcome),
  ];
}

/** JSON of what its code said beside its result; null when it said nothing. */
export function notesOf({ metrics, lateErrors }: TaskRecord): string | null {
  const hasMetrics = Object.keys(metrics).length > 0;
  if (!hasMetrics && lateErrors.length === 0) return null;
  const notes: StoredNotes = { metrics, lateErrors };
  return JSON.stringify(notes);
}

/** 1: it failed because it ran too long; 2: because it waited too long; 0: neither. */
export function timeoutOf(outcome: Outcome): 0 | 1 | 2 {
  if (outcome.kind !== "failed") return 0;
  const { code } = outcome.failure;
  return code === "run_timeout" ? 1 : code === "queue_timeout" ? 2 : 0;
}

function endingOf(outcome: Outcome): string | null {
  switch (outcome.kind) {
    case "done":
      return null;
    case "failed":
      return JSON.stringify(outcome.failure);
    case "cancelled":
      return outcome.cause;
  }
}
