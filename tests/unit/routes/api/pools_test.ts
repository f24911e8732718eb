/** What the operations of pools call, and what they answer. */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { PoolSettings } from "../../../../core/mod.ts";
import { appWith, jsonRequest, readAnswer } from "../../../helpers/app_with.ts";
import { POOL, POOL_ID, TASK_ID } from "../../../helpers/fake_manager.ts";

const PERCENTILES = { count: 7, p50: 1, p95: 2, p99: 3, max: 4 };
const SHOWN_RESIZE_INFO = {
  pool_id: POOL_ID,
  name: "p",
  status: "running",
  current_max_workers: 4,
  current_min_workers: 1,
  active_tasks: 7,
  can_resize: true,
  suggested_max_workers: 9,
  reason: "Tasks wait",
  advice: {
    size: 9,
    reason: "Tasks wait",
    keeps_target: true,
    target_wait_ms: 1_000,
    arrival_rate: 7.5,
    mean_run_ms: 1_000,
    utilisation: 7.5 / 9,
    seen_tasks: 7_500,
    seen_ms: 1_000_000,
    sizes: [
      { size: 4, wait_p95_ms: null, utilisation: 7.5 / 4 },
      { size: 9, wait_p95_ms: 640, utilisation: 7.5 / 9 },
    ],
  },
  autoscale: "suggest",
  autoscale_suggestion: { size: 9, reason: "Tasks wait" },
};

const SHOWN_POOL = {
  pool_id: POOL_ID,
  name: "p",
  status: "running",
  max_workers: 4,
  min_workers: 1,
  isolation: "process",
  settings_version: 1,
  total_tasks: 28,
  active_tasks: 7,
  pending_tasks: 3,
  running_tasks: 4,
  completed_tasks: 5,
  failed_tasks: 6,
  cancelled_tasks: 7,
  timed_out_tasks: 1,
  queue_timed_out_tasks: 0,
  rejected_tasks: 9,
  created_at: "2026-01-02T03:04:05.678Z",
  oldest_wait_ms: null,
  wait_ms: PERCENTILES,
  run_ms: PERCENTILES,
  zombies: 0,
  start_problem: null,
  permissions: { read: ["/data"], write: [], net: [], env: [] },
  memory_mb: 512,
  tasks_per_thread: 1,
  queue_capacity: 100,
  rejection: "reject",
  run_timeout_ms: null,
  queue_timeout_ms: 5,
  stop_grace_ms: 5_000,
  target_wait_ms: 1_000,
  autoscale: "off",
  autoscale_max_threads: 16,
  autoscale_cool_down_ms: 120_000,
  priority_ageing_ms: 60_000,
  idle_retire_ms: 60_000,
  recycle_after_tasks: null,
  durability: "fsync",
  keep_finished_tasks: null,
  keep_finished_ms: null,
  warm_spare: true,
  workers: [{
    index: 0,
    state: "busy",
    running: [{
      task_id: TASK_ID,
      name: "Nap",
      task_type: "sleep",
      run_ms: 12,
      progress: { done: 1, total: 2 },
    }],
    done: 3,
    failed: 1,
    heartbeat_age_ms: 10,
    memory_bytes: 1024,
    busy_ms: 99,
    pid: 4711,
  }],
};

interface HappyCase {
  readonly ask: readonly [method: string, path: string, body?: unknown];
  readonly call: readonly [method: string, ...args: unknown[]];
  readonly status: number;
  readonly answer: Record<string, unknown>;
}

const pool = { data: SHOWN_POOL };
const HAPPY: readonly HappyCase[] = [
  {
    ask: ["GET", ""],
    call: ["listPools", undefined],
    status: 200,
    answer: { data: [SHOWN_POOL] },
  },
  {
    ask: ["GET", "?status=paused,closed"],
    call: ["listPools", ["paused", "closed"]],
    status: 200,
    answer: { data: [SHOWN_POOL] },
  },
  {
    ask: ["GET", "?status=all"],
    call: ["listPools", ["running", "paused", "draining", "closed"]],
    status: 200,
    answer: { data: [SHOWN_POOL] },
  },
  {
    ask: ["POST", "", {}],
    call: ["createPool", PoolSettings.parse({ name: "pool" })],
    status: 201,
    answer: pool,
  },
  {
    ask: ["POST", "", { name: " q ", max_workers: 8, min_workers: 2, isolation: "thread" }],
    call: [
      "createPool",
      PoolSettings.parse({ name: "q", maxThreads: 8, minThreads: 2, isolation: "thread" }),
    ],
    status: 201,
    answer: pool,
  },
  { ask: ["GET", `/${POOL_ID}`], call: ["getPool", POOL_ID], status: 200, answer: pool },
  {
    ask: ["GET", `/${POOL_ID.toUpperCase()}`],
    call: ["getPool", POOL_ID],
    status: 200,
    answer: pool,
  },
  {
    ask: ["PATCH", `/${POOL_ID}`, { max_workers: 2, run_timeout_ms: null }],
    call: ["changePool", POOL_ID, { maxThreads: 2, runTimeoutMs: null }, {}],
    status: 200,
    answer: pool,
  },
  {
    ask: ["PATCH", `/${POOL_ID}`, { permissions: { net: ["a.example"] } }],
    call: [
      "changePool",
      POOL_ID,
      { permissions: { read: [], write: [], net: ["a.example"], env: [] } },
      {},
    ],
    status: 200,
    answer: pool,
  },
  {
    ask: ["PUT", `/${POOL_ID}/resize`, { max_workers: 8 }],
    call: ["resizePool", POOL_ID, { maxThreads: 8 }, {}],
    status: 200,
    answer: {
      data: {
        pool_id: POOL_ID,
        status: "running",
        old_max_workers: 2,
        new_max_workers: 4,
        old_min_workers: 0,
        new_min_workers: 1,
        active_tasks: 7,
      },
      message: "Pool p was resized from 2 to 4 threads",
    },
  },
  {
    ask: ["PUT", `/${POOL_ID}/resize`, { max_workers: 8, min_workers: 0 }],
    call: ["resizePool", POOL_ID, { maxThreads: 8, minThreads: 0 }, {}],
    status: 200,
    answer: {
      data: {
        pool_id: POOL_ID,
        status: "running",
        old_max_workers: 2,
        new_max_workers: 4,
        old_min_workers: 0,
        new_min_workers: 1,
        active_tasks: 7,
      },
      message: "Pool p was resized from 2 to 4 threads",
    },
  },
  {
    ask: ["GET", `/${POOL_ID}/resize-info`],
    call: ["readResizeInfo", POOL_ID, undefined],
    status: 200,
    answer: {
      data: SHOWN_RESIZE_INFO,
    },
  },
  {
    ask: ["GET", `/${POOL_ID}/resize-info?max_workers=12`],
    call: ["readResizeInfo", POOL_ID, 12],
    status: 200,
    answer: { data: SHOWN_RESIZE_INFO },
  },
  {
    ask: ["POST", `/${POOL_ID}/pause`],
    call: ["pausePool", POOL_ID],
    status: 200,
    answer: pool,
  },
  {
    ask: ["POST", `/${POOL_ID}/resume`, {}],
    call: ["resumePool", POOL_ID],
    status: 200,
    answer: pool,
  },
  {
    ask: ["POST", `/${POOL_ID}/cancel_pool_tasks`],
    call: ["cancelPending", POOL_ID],
    status: 200,
    answer: { data: { cancelled_tasks: 3 } },
  },
  {
    ask: ["POST", `/${POOL_ID}/drain`],
    call: ["closePool", POOL_ID, {}],
    status: 202,
    answer: pool,
  },
  {
    ask: ["POST", `/${POOL_ID}/drain`, { deadline_ms: 60_000 }],
    call: ["closePool", POOL_ID, { deadlineMs: 60_000 }],
    status: 202,
    answer: pool,
  },
  { ask: ["DELETE", `/${POOL_ID}`], call: ["closePool", POOL_ID, {}], status: 202, answer: pool },
  {
    ask: ["DELETE", `/${POOL_ID}?deadline_ms=0`],
    call: ["closePool", POOL_ID, { deadlineMs: 0 }],
    status: 202,
    answer: pool,
  },
  {
    ask: ["DELETE", `/${POOL_ID}/force-close`],
    call: ["forceClosePool", POOL_ID],
    status: 200,
    answer: {
      data: { cancelled_tasks: 3, stopped_tasks: 4 },
      cancelled_tasks: 3,
      stopped_tasks: 4,
    },
  },
];

for (const { ask: [method, path, body], call: [called, ...args], status, answer } of HAPPY) {
  const asked = body === undefined ? "" : ` ${JSON.stringify(body)}`;
  Deno.test(`${method} /api/pools${path}${asked} calls ${called} and answers ${status}`, async () => {
    const { app, calls } = appWith();
    const request = body === undefined ? { method } : jsonRequest(method, body);
    const answered = await readAnswer(app.request(`/api/pools${path}`, request));
    deepStrictEqual(answered, { status, body: { success: true, ...answer } });
    deepStrictEqual(calls, [{ method: called, args }]);
  });
}

Deno.test("POST /api/pools says where the new pool is", async () => {
  const response = await appWith().app.request("/api/pools", jsonRequest("POST", {}));
  strictEqual(response.headers.get("location"), `/api/pools/${POOL_ID}`);
});

Deno.test("GET /api/pools/:id shows the pool's own name, whatever it is", async () => {
  const name = "<script>alert(1)</script>\u2028";
  const { app } = appWith({
    getPool: () => ({ ...POOL, settings: { ...POOL.settings, name } }),
  });
  const response = await app.request(`/api/pools/${POOL_ID}`);
  deepStrictEqual((await response.json()).data, { ...SHOWN_POOL, name });
});
