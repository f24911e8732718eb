import { LidoError } from "./errors.ts";

/** Where a task is in its life. A running task that was asked to stop is still `running`. */
export type TaskState = keyof typeof TRANSITIONS;

/** What can happen to a task. */
export type TaskEvent =
  | "unblock"
  | "due"
  | "start"
  | "complete"
  | "retry"
  | "requeue"
  | "recover"
  | "change"
  | "fail"
  | "cancel";

/** The whole life of a task. A state with no way out is final; nothing else decides that. */
export const TRANSITIONS = {
  blocked: { unblock: "pending", cancel: "cancelled", fail: "failed" },
  scheduled: { due: "pending", cancel: "cancelled" },
  pending: {
    start: "running",
    // A thread had it when the server died, and may have begun it: that attempt counts, too.
    recover: "pending",
    // Its priority or its pool is another now.
    change: "pending",
    cancel: "cancelled",
    fail: "failed",
  },
  running: {
    complete: "completed",
    retry: "scheduled",
    // Taken back from a thread that had not begun it, or that died beneath it: no attempt is lost.
    requeue: "pending",
    // It ran when the server died: that attempt counts, and another follows.
    recover: "pending",
    fail: "failed",
    cancel: "cancelled",
  },
  completed: {},
  failed: {},
  cancelled: {},
} as const satisfies Record<string, Partial<Record<TaskEvent, string>>>;

/** All states, in the order of a task's life. */
export const TASK_STATES = Object.keys(TRANSITIONS) as readonly TaskState[]; // keys of a literal

/**
 * Names the state that follows; changes nothing.
 * @throws {LidoError} `illegal_transition` if the table has no such step.
 */
export function transition(from: TaskState, event: TaskEvent): TaskState {
  const steps: Partial<Record<TaskEvent, TaskState>> = TRANSITIONS[from];
  const to = steps[event];
  if (to !== undefined) return to;
  throw new LidoError("illegal_transition", `Cannot ${event} task: it is ${from}`);
}

/** Whether nothing can follow: the task has ended. */
export function isFinal(state: TaskState): boolean {
  return Object.keys(TRANSITIONS[state]).length === 0;
}
