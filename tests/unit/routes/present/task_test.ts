import { deepStrictEqual } from "node:assert/strict";
import type { TaskSnapshot, TaskStatus } from "../../../../core/mod.ts";
import { presentTask } from "../../../../routes/present/task.ts";
import { POOL_ID, TASK, TASK_ID } from "../../../helpers/fake_manager.ts";

const START_MS = Date.UTC(2026, 0, 2, 3, 4, 6);
const START = "2026-01-02T03:04:06.000Z";
const END = "2026-01-02T03:04:07.000Z";

/** What a task shows that is in no special state: each case names what is different. */
const PLAIN = {
  task_id: TASK_ID,
  name: "nap",
  pool_id: POOL_ID,
  task_type: "sleep",
  submit_time: "2026-01-02T03:04:05.000Z",
  start_time: null,
  end_time: null,
  running_time: null,
  result: null,
  exception: null,
  failure: null,
  cancel_cause: null,
  progress: null,
  input: null,
  priority: 0,
  tags: ["a"],
  attempt: 1,
  worker: null,
  stop_requested_at: null,
  is_zombie: false,
  why_waiting: null,
  run_timeout_ms: null,
  code_version: "0123456789abcdef",
  metrics: { rows: 3 },
  late_errors: [{ at: "2026-01-02T03:04:08.000Z", message: "late" }],
  trace_id: "0af7651916cd43dd8448eb211c80319c",
};

const failure = { code: "task_error", name: "TypeError", message: "no", stack: "at x" } as const;
const ended = { slot: 2, startedAtMs: START_MS, finishedAtMs: START_MS + 1000, runMs: 999.6 };
const shownEnded = { start_time: START, end_time: END, running_time: 1, worker: 2 };

const CASES: readonly [TaskStatus, Record<string, unknown>][] = [
  [{ state: "pending", why: "All threads are busy" }, { why_waiting: "All threads are busy" }],
  [{ state: "scheduled", runAtMs: START_MS }, { why_waiting: `Waits until ${START}` }],
  [{ state: "blocked", waitsFor: [TASK_ID] }, {
    why_waiting: `Waits for ${TASK_ID} to complete`,
  }],
  [{
    state: "running",
    slot: 1,
    startedAtMs: START_MS,
    stopRequestedAtMs: START_MS,
    isZombie: true,
    progress: { done: 1, total: 4, note: "first" },
  }, {
    start_time: START,
    running_time: 2.5,
    worker: 1,
    stop_requested_at: START,
    is_zombie: true,
    progress: { done: 1, total: 4, note: "first" },
  }],
  [{ state: "completed", ...ended, resultJson: null }, shownEnded],
  [{ state: "failed", ...ended, failure }, {
    ...shownEnded,
    exception: "TypeError: no",
    failure,
  }],
  [{ state: "cancelled", ...ended, cause: "Asked by a caller" }, {
    ...shownEnded,
    cancel_cause: "Asked by a caller",
  }],
  [{
    state: "cancelled",
    slot: null,
    startedAtMs: null,
    finishedAtMs: START_MS + 1000,
    runMs: null,
    cause: "Pool was closed",
  }, { end_time: END, cancel_cause: "Pool was closed" }],
];

for (const [status, different] of CASES) {
  Deno.test(`presentTask() shows a ${status.state} task with ${JSON.stringify(different)}`, () => {
    const task: TaskSnapshot = { ...TASK, inputJson: null, status };
    const shown = presentTask(task, START_MS + 2500);
    deepStrictEqual(shown, { ...PLAIN, status: status.state, ...different });
  });
}

Deno.test("presentTask() shows no negative running time when the clock went back", () => {
  const status = {
    state: "running",
    slot: 0,
    startedAtMs: START_MS,
    stopRequestedAtMs: null,
    isZombie: false,
    progress: null,
  } as const;
  deepStrictEqual(presentTask({ ...TASK, status }, START_MS - 5000).running_time, 0);
});
