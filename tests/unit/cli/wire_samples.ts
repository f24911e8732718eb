import type { WirePool, WireTask, WireTaskType } from "../../../cli/client/mod.ts";

/** An id of a pool. */
export const POOL_ID = "01979a3e-0000-7000-8000-000000000001";
/** An id of a task. */
export const TASK_ID = "01979a3e-0000-7000-8000-00000000000a";

/** A pool as the server sends it. */
export function wirePool(changes: Partial<WirePool> = {}): WirePool {
  return {
    pool_id: POOL_ID,
    name: "default",
    status: "running",
    isolation: "process",
    max_workers: 5,
    min_workers: 0,
    pending_tasks: 2,
    running_tasks: 1,
    completed_tasks: 7,
    failed_tasks: 0,
    cancelled_tasks: 0,
    oldest_wait_ms: null,
    wait_ms: { count: 0, p95: 0 },
    run_ms: { count: 0, p95: 0 },
    zombies: 0,
    start_problem: null,
    workers: [],
    permissions: { read: ["/data"], write: [], net: [], env: [] },
    ...changes,
  };
}

/** A completed task as the server sends it. */
export function wireTask(changes: Partial<WireTask> = {}): WireTask {
  return {
    task_id: TASK_ID,
    name: "sleep",
    pool_id: POOL_ID,
    status: "completed",
    task_type: "sleep",
    submit_time: "2026-01-02T03:04:05.678Z",
    start_time: "2026-01-02T03:04:06.000Z",
    end_time: "2026-01-02T03:04:07.500Z",
    running_time: 1.5,
    result: null,
    exception: null,
    cancel_cause: null,
    progress: null,
    priority: 0,
    attempt: 1,
    input: null,
    why_waiting: null,
    tags: [],
    run_timeout_ms: null,
    ...changes,
  };
}

/** A task type with a field of each kind. */
export const KINDS_TYPE: WireTaskType = {
  name: "kinds",
  description: "Takes each kind",
  input_schema: {
    type: "object",
    properties: {
      path: { type: "string", description: "Where" },
      up_to: { type: "integer" },
      ratio: { type: "number" },
      deep: { type: "boolean", default: true },
      algorithm: { enum: ["sha256", "sha512"] },
      tags: { type: "array", items: { type: "string" } },
      headers: { type: "object", additionalProperties: { type: "string" } },
      limits: { $ref: "#/$defs/Limits" },
      name: { anyOf: [{ type: "string" }, { type: "null" }] },
    },
    required: ["path"],
    $defs: { Limits: { type: "object", properties: { files: { type: "integer" } } } },
  },
  examples: [{ path: "docs" }],
};
