import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { LidoError } from "../../../../core/mod.ts";
import { appWith, readAnswer } from "../../../helpers/app_with.ts";
import { POOL_ID, UNKNOWN_ID } from "../../../helpers/fake_manager.ts";

const SPAN = { mean: 1.5, max: 2 };
const PERCENTILES = { count: 7, p50: 1, p95: 2, p99: 3, max: 4 };
const SHOWN = {
  task_type: null,
  pool_id: null,
  step_s: 60,
  since: "2026-01-02T03:04:00.000Z",
  until: "2026-01-02T03:06:00.000Z",
  points: [{
    at: "2026-01-02T03:04:00.000Z",
    is_finished: true,
    seconds: 60,
    submitted_tasks: 0,
    completed_tasks: 0,
    failed_tasks: 0,
    cancelled_tasks: 0,
    timed_out_tasks: 0,
    queue_timed_out_tasks: 0,
    rejected_tasks: 0,
    tasks_per_second: {
      submitted: 0,
      completed: 0,
      failed: 0,
      cancelled: 0,
      timed_out: 0,
      queue_timed_out: 0,
      rejected: 0,
    },
    busy_ms: 0,
    pending_tasks: null,
    running_tasks: null,
    busy_workers: null,
    workers: null,
    max_workers: null,
    zombies: null,
    oldest_wait_ms: null,
    wait_ms: null,
    run_ms: null,
  }, {
    at: "2026-01-02T03:05:00.000Z",
    is_finished: false,
    seconds: 10,
    submitted_tasks: 30,
    completed_tasks: 20,
    failed_tasks: 5,
    cancelled_tasks: 4,
    timed_out_tasks: 2,
    queue_timed_out_tasks: 1,
    rejected_tasks: 1,
    tasks_per_second: {
      submitted: 3,
      completed: 2,
      failed: 0.5,
      cancelled: 0.4,
      timed_out: 0.2,
      queue_timed_out: 0.1,
      rejected: 0.1,
    },
    busy_ms: 9_000,
    pending_tasks: SPAN,
    running_tasks: SPAN,
    busy_workers: SPAN,
    workers: SPAN,
    max_workers: SPAN,
    zombies: SPAN,
    oldest_wait_ms: SPAN,
    wait_ms: PERCENTILES,
    run_ms: PERCENTILES,
  }],
  markers: [
    { kind: "start", at: "2026-01-02T03:04:01.000Z", was_closed: true },
    {
      kind: "settings",
      at: "2026-01-02T03:04:02.000Z",
      pool_id: POOL_ID,
      settings_version: 2,
      author: "ada",
      reason: null,
    },
  ],
};
const RANGE = "since=2026-01-02T03:04:00Z&until=2026-01-02T05:00:00%2B01:00&step=60";
const ASKED = {
  fromMs: Date.UTC(2026, 0, 2, 3, 4),
  toMs: Date.UTC(2026, 0, 2, 4),
  stepS: 60,
};

Deno.test.each([
  ["/api/history", {}, null],
  [`/api/history?${RANGE}`, ASKED, null],
  [`/api/history?pool_id=${POOL_ID}`, { poolId: POOL_ID }, POOL_ID],
  [`/api/pools/${POOL_ID}/history`, { poolId: POOL_ID }, POOL_ID],
  [`/api/pools/${POOL_ID.toUpperCase()}/history?${RANGE}`, { ...ASKED, poolId: POOL_ID }, POOL_ID],
])("GET %s answers 200 with the whole history", async (path, request, poolId) => {
  const { app, calls } = appWith();
  deepStrictEqual(await readAnswer(app.request(path)), {
    status: 200,
    body: { success: true, data: { ...SHOWN, pool_id: poolId } },
  });
  deepStrictEqual(calls, [{ method: "getHistory", args: [request] }]);
});

Deno.test("GET /api/history is of a task type, or of a pool", async () => {
  const { app, calls } = appWith();
  deepStrictEqual(await readAnswer(app.request("/api/history?task_type=sleep")), {
    status: 200,
    body: { success: true, data: { ...SHOWN, task_type: "sleep" } },
  });
  deepStrictEqual(calls, [{ method: "getHistory", args: [{ type: "sleep" }] }]);
  const unknown = await readAnswer(app.request("/api/history?task_type=none"));
  strictEqual(unknown.status, 404);
  const both = await readAnswer(app.request(`/api/history?task_type=sleep&pool_id=${POOL_ID}`));
  strictEqual(both.status, 422);
  match(JSON.stringify(both.body), /"task_type".*a pool or of a task type/);
});

Deno.test.each([
  ["/api/history?since=yesterday", "since", /must be a time such as/],
  ["/api/history?until=2026-13-01", "until", /must be a time such as/],
  ["/api/history?step=1.5", "step", /whole number of seconds/],
  ["/api/history?step=-5", "step", /whole number of seconds/],
  ["/api/history?step=5&step=60", "step", /more than once/],
  ["/api/history?pool=1", "pool", /did you mean pool_id/],
  [`/api/pools/${POOL_ID}/history?pool_id=${POOL_ID}`, "pool_id", /known are since, until, step/],
  [`/api/pools/${POOL_ID}/history?sinse=1`, "sinse", /did you mean since/],
])("GET %s answers 422 that names %s", async (path, field, message) => {
  const { app, calls } = appWith();
  const { status, body } = await readAnswer(app.request(path));
  const { code, error, details } = body as Problem;
  deepStrictEqual([status, code, details.faults.map((fault) => fault.field)], [
    422,
    "invalid_input",
    [field],
  ]);
  match(error, message);
  deepStrictEqual(calls, []);
});

Deno.test("GET /api/history tells the manager's faults by the names of the parameters", async () => {
  const faults = [{ path: ["fromMs"], message: "Invalid" }, {
    path: ["stepS"],
    message: "Too short",
  }];
  const { app } = appWith({
    getHistory: () =>
      Promise.reject(new LidoError("invalid_input", "Cannot read history: fromMs", { faults })),
  });
  for (const path of ["/api/history", `/api/pools/${POOL_ID}/history`]) {
    const { status, body } = await readAnswer(app.request(path));
    const { error, details } = body as Problem;
    strictEqual(status, 422);
    strictEqual(error, "Cannot read history: since: Invalid (and 1 more)");
    deepStrictEqual(details.faults.map(({ field }) => field), ["since", "step"]);
  }
});

Deno.test.each([
  `/api/history?pool_id=${UNKNOWN_ID}`,
  "/api/history?pool_id=none",
  `/api/pools/${UNKNOWN_ID}/history`,
  "/api/pools/none/history",
])("GET %s answers 404 for a pool that there is not", async (path) => {
  const { status, body } = await readAnswer(appWith().app.request(path));
  deepStrictEqual([status, (body as Problem).code], [404, "pool_not_found"]);
});

interface Problem {
  readonly code: string;
  readonly error: string;
  readonly details: { readonly faults: readonly { readonly field: string }[] };
}
