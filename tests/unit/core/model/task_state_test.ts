import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import fc from "fast-check";
import { LidoError } from "../../../../core/model/errors.ts";
import {
  isFinal,
  TASK_STATES,
  type TaskEvent,
  type TaskState,
  transition,
  TRANSITIONS,
} from "../../../../core/model/task_state.ts";

const EVENTS = [
  "unblock",
  "due",
  "start",
  "complete",
  "retry",
  "requeue",
  "recover",
  "fail",
  "cancel",
] as const satisfies readonly TaskEvent[];

/** The state after an event; the same one when the table has no such step. */
function after(state: TaskState, event: TaskEvent): TaskState {
  try {
    return transition(state, event);
  } catch (error) {
    if (error instanceof LidoError && error.code === "illegal_transition") return state;
    throw error;
  }
}

Deno.test("transition() leaves no final state, whatever events come", () => {
  const start = fc.constantFrom(...TASK_STATES);
  fc.assert(fc.property(start, fc.array(fc.constantFrom(...EVENTS)), (from, events) => {
    let state = from;
    let end: TaskState | undefined;
    for (const event of events) {
      if (isFinal(state)) end ??= state;
      state = after(state, event);
    }
    strictEqual(state, end ?? state);
  }));
});

Deno.test("transition() does what the table says, and throws illegal_transition for the rest", () => {
  for (const state of TASK_STATES) {
    const steps: Partial<Record<TaskEvent, TaskState>> = TRANSITIONS[state];
    for (const event of EVENTS) {
      const to = steps[event];
      if (to !== undefined) strictEqual(transition(state, event), to);
      else throws(() => transition(state, event), { code: "illegal_transition" });
    }
  }
});

Deno.test("isFinal() holds for completed, failed and cancelled", () => {
  deepStrictEqual(TASK_STATES.filter(isFinal), ["completed", "failed", "cancelled"]);
});
