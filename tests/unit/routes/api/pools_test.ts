import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { LidoError, type PoolId, PoolSettings } from "../../../../core/mod.ts";
import { appWith, jsonRequest, readAnswer } from "../../../helpers/app_with.ts";
import { POOL, POOL_ID, TASK_ID, UNKNOWN_ID } from "../../../helpers/fake_manager.ts";

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

/** A body, and the fault that its answer must name first: its field and its message. */
type BadBody = readonly [body: unknown, field: string, message: string];

const NO_OBJECT = "Invalid input: expected object, received array";
const BAD_NUMBERS: readonly (readonly [unknown, string])[] = [
  ["5", "Invalid input: expected number, received string"],
  [5.5, "Invalid input: expected int, received number"],
  [0, "Too small: expected number to be >=1"],
  [1e9, "Too big: expected number to be <=256"],
  [true, "Invalid input: expected number, received boolean"],
  [null, "Invalid input: expected number, received null"],
  [[5], "Invalid input: expected number, received array"],
  [{}, "Invalid input: expected number, received object"],
];
const BAD_SIZES: readonly BadBody[] = BAD_NUMBERS.map(([value, message]) => [
  { max_workers: value },
  "max_workers",
  message,
]);

const BAD_CREATES: readonly BadBody[] = [
  ...BAD_SIZES,
  [[], "", NO_OBJECT],
  [{ name: "" }, "name", "Too small: expected string to have >=1 characters"],
  [{ name: "x".repeat(129) }, "name", "Too big: expected string to have <=128 characters"],
  [{ name: null }, "name", "Invalid input: expected string, received null"],
  [{ max_worker: 1 }, "max_worker", "Unknown field: did you mean max_workers?"],
  [{ maxThreads: 1 }, "maxThreads", "Unknown field: did you mean max_workers?"],
  [{ min_workers: 9 }, "min_workers", "Too big: must not be above max_workers"],
  [{ permissions: { bar: 1 } }, "permissions.bar", "Unknown field"],
  [
    { permissions: { read: [1] } },
    "permissions.read.0",
    "Invalid input: expected string, received number",
  ],
  [
    { isolation: "vm" },
    "isolation",
    'Invalid option: expected one of "process"|"thread"',
  ],
];
const BAD_CHANGES: readonly BadBody[] = [
  [{ max_workers: -1 }, "max_workers", "Too small: expected number to be >=1"],
  ...BAD_SIZES,
  [[], "", NO_OBJECT],
  [{}, "", "No setting is named"],
  [{ isolation: "thread" }, "isolation", "Cannot be set here"],
  [{ warm_spar: true }, "warm_spar", "Unknown field: did you mean warm_spare?"],
];
const BAD_RESIZES: readonly BadBody[] = [
  ...BAD_SIZES,
  [{}, "max_workers", "Invalid input: expected number, received undefined"],
  [
    { max_workers: 1, name: "x" },
    "name",
    "Unknown field: known are max_workers, min_workers, reason",
  ],
];
const BAD_DRAINS: readonly BadBody[] = [
  [{ deadline_ms: -1 }, "deadline_ms", "Too small: expected number to be >=0"],
  [{ deadline_ms: "1" }, "deadline_ms", "Invalid input: expected number, received string"],
  [{ deadline: 1 }, "deadline", "Unknown field: did you mean deadline_ms?"],
];

const BAD_BODIES: readonly (readonly [string, string, string, readonly BadBody[]])[] = [
  ["POST", "/api/pools", "Cannot create pool", BAD_CREATES],
  ["PATCH", `/api/pools/${POOL_ID}`, "Cannot change pool", BAD_CHANGES],
  ["PUT", `/api/pools/${POOL_ID}/resize`, "Cannot resize pool", BAD_RESIZES],
  ["POST", `/api/pools/${POOL_ID}/drain`, "Cannot close pool", BAD_DRAINS],
];

for (const [method, path, action, bodies] of BAD_BODIES) {
  for (const [body, field, message] of bodies) {
    const asked = JSON.stringify(body).slice(0, 60);
    Deno.test(`${method} ${path} refuses ${asked} and names ${field}`, async () => {
      const { app, calls } = appWith();
      const answered = await readAnswer(app.request(path, jsonRequest(method, body)));
      const error = `${action}: ${field && `${field}: `}${message}`;
      const pointer = field && `/${field.replaceAll(".", "/")}`;
      deepStrictEqual(answered, {
        status: 422,
        body: {
          success: false,
          error,
          code: "invalid_input",
          details: { faults: [{ field, pointer, message }] },
          type: "about:blank",
          title: "Unprocessable Entity",
          status: 422,
          detail: error,
          instance: path,
        },
      });
      deepStrictEqual(calls, []);
    });
  }
}

Deno.test.each([
  ["GET", "/api/pools?status=open", "status"],
  ["GET", "/api/pools?status=running&status=paused", "status"],
  ["GET", "/api/pools?state=running", "state"],
  ["GET", "/api/pools?a[__proto__][x]=1", "a[__proto__][x]"],
  ["DELETE", `/api/pools/${POOL_ID}?deadline_ms=soon`, "deadline_ms"],
  ["DELETE", `/api/pools/${POOL_ID}?deadline_ms=-1`, "deadline_ms"],
  ["DELETE", `/api/pools/${POOL_ID}?force=1`, "force"],
])("%s %s is refused for %s", async (method, path, field) => {
  const { app, calls } = appWith();
  const { status, body } = await readAnswer(app.request(path, { method }));
  const { code, details } = body as { code: string; details: { faults: { field: string }[] } };
  deepStrictEqual({ status, code, fields: details.faults.map((fault) => fault.field) }, {
    status: 422,
    code: "invalid_input",
    fields: [field],
  });
  deepStrictEqual(calls, []);
});

const ROUTES_OF_ONE = [
  ["GET", ""],
  ["PATCH", "", { max_workers: 1 }],
  ["DELETE", ""],
  ["PUT", "/resize", { max_workers: 1 }],
  ["GET", "/resize-info"],
  ["POST", "/pause"],
  ["POST", "/resume"],
  ["POST", "/cancel_pool_tasks"],
  ["POST", "/drain"],
  ["DELETE", "/force-close"],
] as const;

for (const [method, path, body] of ROUTES_OF_ONE) {
  for (const id of [UNKNOWN_ID, "pool-1", "__proto__", "%00", "a".repeat(5_000)]) {
    Deno.test(`${method} /api/pools/${id.slice(0, 40)}${path} answers pool_not_found`, async () => {
      const request = body === undefined ? { method } : jsonRequest(method, body);
      const { status, body: answered } = await readAnswer(
        appWith().app.request(`/api/pools/${id}${path}`, request),
      );
      const { code } = answered as { code: string };
      deepStrictEqual({ status, code }, { status: 404, code: "pool_not_found" });
    });
  }
}

const HIGHEST = "9".repeat(15);
Deno.test.each<[sent: string, change: { ifVersions?: readonly number[] }]>([
  ["*", {}],
  [" * ", {}],
  ['"3"', { ifVersions: [3] }],
  ['"3", "4"', { ifVersions: [3, 4] }],
  [', "3"\t,,"4" ,', { ifVersions: [3, 4] }],
  [`"${HIGHEST}"`, { ifVersions: [Number(HIGHEST)] }],
  // A weak tag says less than that all is the same, and no pool has the others.
  ['W/"3"', { ifVersions: [] }],
  ['W/"3", "4"', { ifVersions: [4] }],
  ['"", "03", "a,b", "*", "é", "-1", "0"', { ifVersions: [] }],
])("PATCH /api/pools/:id with If-Match %s is meant for %j", async (sent, change) => {
  const { app, calls } = appWith();
  const request = jsonRequest("PATCH", { max_workers: 2 });
  const headers = { "content-type": "application/json", "if-match": sent };
  const { status } = await readAnswer(
    app.request(`/api/pools/${POOL_ID}`, { ...request, headers }),
  );
  strictEqual(status, 200);
  deepStrictEqual(calls, [{ method: "changePool", args: [POOL_ID, { maxThreads: 2 }, change] }]);
});

Deno.test.each([
  [""],
  [","],
  ["3"],
  ['"3'],
  ['"3" "4"'],
  ['"3""4"'],
  ['*, "3"'],
  ['w/"3"'],
  ['W/ "3"'],
  ['"3 4"'],
  [`"3"${" ".repeat(60_000)}x`],
])("PATCH /api/pools/:id refuses the If-Match %j", async (sent) => {
  const { app, calls } = appWith();
  const request = jsonRequest("PATCH", { max_workers: 2 });
  const headers = { "content-type": "application/json", "if-match": sent };
  const { status, body } = await readAnswer(
    app.request(`/api/pools/${POOL_ID}`, { ...request, headers }),
  );
  const message = 'Invalid: must be * or ETags of the pool, such as "3"';
  deepStrictEqual([status, (body as { details: unknown }).details], [422, {
    faults: [{ field: "If-Match", pointer: "/If-Match", message }],
  }]);
  deepStrictEqual(calls, []);
});

Deno.test("PATCH /api/pools/:id answers pool_closed when the pool is closed", async () => {
  const { app } = appWith({
    changePool: (id: PoolId) =>
      Promise.reject(new LidoError("pool_closed", `Cannot change pool ${id}: it is closed`)),
  });
  const path = `/api/pools/${POOL_ID}`;
  const error = `Cannot change pool ${POOL_ID}: it is closed`;
  deepStrictEqual(await readAnswer(app.request(path, jsonRequest("PATCH", { max_workers: 1 }))), {
    status: 409,
    body: {
      success: false,
      error,
      code: "pool_closed",
      details: {},
      type: "about:blank",
      title: "Conflict",
      status: 409,
      detail: error,
      instance: path,
    },
  });
});

Deno.test("PATCH /api/pools/:id names the manager's faults as the wire does", async () => {
  const { app } = appWith({
    changePool: () => {
      const faults = [{ path: ["minThreads"], message: "Too big" }];
      const message = "Cannot change pool: minThreads: Too big";
      return Promise.reject(new LidoError("invalid_input", message, { faults }));
    },
  });
  const request = jsonRequest("PATCH", { min_workers: 200 });
  const { body } = await readAnswer(app.request(`/api/pools/${POOL_ID}`, request));
  const { error, details } = body as { error: string; details: unknown };
  deepStrictEqual({ error, details }, {
    error: "Cannot change pool: min_workers: Too big",
    details: { faults: [{ field: "min_workers", pointer: "/min_workers", message: "Too big" }] },
  });
});

Deno.test("POST /api/pools answers 503 and Retry-After when the budget is spent", async () => {
  const { app } = appWith({
    createPool: () =>
      Promise.reject(
        new LidoError("pool_limit_reached", "Cannot create pool: 10 are open", {
          retryAfterMs: 2_500,
          openPools: 10,
        }),
      ),
  });
  const response = await app.request("/api/pools", jsonRequest("POST", {}));
  strictEqual(response.headers.get("retry-after"), "3");
  const { code, details } = await response.json();
  deepStrictEqual({ status: response.status, code, details }, {
    status: 503,
    code: "pool_limit_reached",
    details: { retry_after_ms: 2_500, open_pools: 10 },
  });
});

Deno.test("GET /api/pools/:id shows the pool's own name, whatever it is", async () => {
  const name = "<script>alert(1)</script>\u2028";
  const { app } = appWith({
    getPool: () => ({ ...POOL, settings: { ...POOL.settings, name } }),
  });
  const response = await app.request(`/api/pools/${POOL_ID}`);
  deepStrictEqual((await response.json()).data, { ...SHOWN_POOL, name });
});
