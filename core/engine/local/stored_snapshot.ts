/** How a task leaves core that is on disk only. */
import type { TaskFailure, TaskSnapshot, TaskStatus } from "../../model/task.ts";
import type { NewTask } from "../engine.ts";
import { readStoredJson } from "./journal/stored_json.ts";
import type { StoredNotes, StoredTask } from "./journal/stored_task.ts";

/** A frozen copy of a task that is not in memory. */
export function snapshotOf(row: StoredTask, why: string): TaskSnapshot {
  // As they were written.
  const notes = row.notes === null ? {} : readStoredJson(row.notes) as StoredNotes;
  return {
    id: row.id,
    poolId: row.poolId,
    name: row.name,
    type: row.type,
    codeVersion: row.startedAtMs === null ? null : row.codeVersion,
    priority: row.priority,
    tags: row.tags,
    attempt: row.attempt,
    submittedAtMs: row.submittedAtMs,
    runTimeoutMs: row.runTimeoutMs,
    inputJson: row.inputJson,
    traceparent: row.traceparent,
    status: statusOf(row, why),
    metrics: notes.metrics ?? {},
    lateErrors: notes.lateErrors ?? [],
  };
}

/** A task that was submitted a moment ago, and waits. */
export function newSnapshot(task: NewTask, submittedAtMs: number, why: string): TaskSnapshot {
  const { id, poolId, name, type, priority, tags, runTimeoutMs, inputJson, traceparent } = task;
  return {
    id,
    poolId,
    name,
    type: type.name,
    codeVersion: null,
    priority,
    tags,
    attempt: 1,
    submittedAtMs,
    runTimeoutMs,
    inputJson,
    traceparent,
    status: { state: "pending", why },
    metrics: {},
    lateErrors: [],
  };
}

/** The task as it was submitted; `type` is where its code is now. */
export function taskOf(row: StoredTask, type: NewTask["type"] | undefined): NewTask {
  return {
    id: row.id,
    poolId: row.poolId,
    name: row.name,
    type: type ?? { name: row.type, url: row.codeUrl, codeVersion: row.codeVersion },
    inputJson: row.inputJson,
    priority: row.priority,
    runTimeoutMs: row.runTimeoutMs,
    tags: row.tags,
    idempotencyKey: row.idempotencyKey,
    traceparent: row.traceparent,
  };
}

function statusOf(row: StoredTask, why: string): TaskStatus {
  const { slot, startedAtMs, runMs } = row;
  const finishedAtMs = row.finishedAtMs ?? 0;
  switch (row.state) {
    case "blocked":
      return { state: "blocked", waitsFor: [] };
    case "scheduled":
      return { state: "scheduled", runAtMs: row.submittedAtMs };
    case "pending":
      return { state: "pending", why };
    case "running":
      return {
        state: "running",
        slot: slot ?? 0,
        startedAtMs: startedAtMs ?? 0,
        stopRequestedAtMs: null,
        isZombie: false,
        progress: null,
      };
    case "completed":
      return {
        state: "completed",
        slot: slot ?? 0,
        startedAtMs: startedAtMs ?? 0,
        finishedAtMs,
        runMs: runMs ?? 0,
        resultJson: row.resultJson,
      };
    case "failed": {
      const failure = readStoredJson(row.ending ?? "null") as TaskFailure; // as it was written
      return { state: "failed", slot, startedAtMs, finishedAtMs, runMs, failure };
    }
    case "cancelled": {
      const cause = row.ending ?? "";
      return { state: "cancelled", slot, startedAtMs, finishedAtMs, runMs, cause };
    }
  }
}
