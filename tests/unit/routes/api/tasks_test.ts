import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { LidoError, TaskSubmission } from "../../../../core/mod.ts";
import { appWith, jsonRequest, readAnswer } from "../../../helpers/app_with.ts";
import { POOL_ID, TASK, TASK_ID, UNKNOWN_ID } from "../../../helpers/fake_manager.ts";
import { refusedInput } from "../../../helpers/refused_input.ts";

/** As text, since its numbers have more digits than a parsed value keeps. */
const SHOWN_TASK = `{"task_id":"${TASK_ID}","name":"nap","pool_id":"${POOL_ID}",` +
  `"status":"completed","task_type":"sleep","submit_time":"2026-01-02T03:04:05.000Z",` +
  `"start_time":"2026-01-02T03:04:06.000Z","end_time":"2026-01-02T03:04:07.000Z",` +
  `"running_time":1,"result":{"camelCase":98765432109876543210},"exception":null,` +
  `"failure":null,"cancel_cause":null,"progress":null,` +
  `"input":{"seconds":1,"big":12345678901234567890},"priority":0,"tags":["a"],"attempt":1,` +
  `"worker":0,"stop_requested_at":null,"is_zombie":false,"why_waiting":null,` +
  `"run_timeout_ms":null,"code_version":"0123456789abcdef","metrics":{"rows":3},` +
  `"late_errors":[{"at":"2026-01-02T03:04:08.000Z","message":"late"}],` +
  `"trace_id":"0af7651916cd43dd8448eb211c80319c"}`;

interface HappyCase {
  readonly ask: readonly [method: string, path: string, body?: unknown];
  /** The method called last, and its arguments; a signal among them is left out. */
  readonly call: readonly [method: string, ...args: unknown[]];
  readonly status: number;
  /** What follows `"success":true` in the text. */
  readonly answer: string;
}

const task = `"data":${SHOWN_TASK}`;
const submission = TaskSubmission.parse({ poolId: POOL_ID, type: "sleep" });
const pagination =
  `"pagination":{"current_page":1,"per_page":10,"total_items":1,"total_is_exact":true,` +
  `"total_pages":1,"has_next":false,"has_prev":false,"start_item":1,"end_item":1,` +
  `"next_cursor":null,"prev_cursor":null}`;

const HAPPY: readonly HappyCase[] = [
  {
    ask: ["GET", ""],
    call: ["listTasks", {}, { page: 1, perPage: 10 }],
    status: 200,
    answer: `"data":[${SHOWN_TASK}],${pagination}`,
  },
  {
    ask: ["GET", `?pool_id=${POOL_ID}&status=failed&page=1&per_page=10`],
    call: ["listTasks", { poolId: POOL_ID, states: ["failed"] }, { page: 1, perPage: 10 }],
    status: 200,
    answer: `"data":[${SHOWN_TASK}],${pagination}`,
  },
  {
    ask: ["GET", "?cursor=abc&per_page=5&page=9&pool_id="],
    call: ["listTasks", {}, { cursor: "abc", perPage: 5 }],
    status: 200,
    answer: `"data":[${SHOWN_TASK}],"pagination":{"current_page":null,"per_page":5,` +
      `"total_items":1,"total_is_exact":true,"total_pages":1,"has_next":false,"has_prev":false,"start_item":null,` +
      `"end_item":null,"next_cursor":null,"prev_cursor":null}`,
  },
  {
    ask: ["POST", "", { pool_id: POOL_ID, task_type: "sleep" }],
    call: ["submit", submission, { traceparent: null }],
    status: 202,
    answer: task,
  },
  {
    ask: ["POST", "", {
      pool_id: POOL_ID,
      task_name: "n",
      task_type: "report",
      input: { task_name: { poolId: 1 }, pool_id: [2], constructor: "F1" },
      priority: -3,
      run_timeout_ms: 1000,
      tags: ["t"],
    }],
    call: ["submit", {
      poolId: POOL_ID,
      name: "n",
      type: "report",
      input: { task_name: { poolId: 1 }, pool_id: [2], constructor: "F1" },
      priority: -3,
      runTimeoutMs: 1000,
      tags: ["t"],
    }, { traceparent: null }],
    status: 202,
    answer: task,
  },
  {
    ask: ["POST", "?wait=1.5", { pool_id: POOL_ID, task_type: "sleep" }],
    call: ["waitForTask", TASK_ID, { waitMs: 1500 }],
    status: 202,
    answer: task,
  },
  {
    ask: ["POST", "/batch", {
      tasks: [{ pool_id: POOL_ID, task_type: "sleep" }, { pool_id: POOL_ID }],
    }],
    call: ["submitBatch", [submission, { ...submission, input: { seconds: 5 } }], {
      traceparent: null,
    }],
    status: 202,
    answer: `"data":{"task_ids":["${TASK_ID}","${TASK_ID}"]}`,
  },
  { ask: ["GET", `/${TASK_ID}`], call: ["getTask", TASK_ID], status: 200, answer: task },
  {
    ask: ["GET", `/${TASK_ID}?wait=60`],
    call: ["waitForTask", TASK_ID, { waitMs: 60_000 }],
    status: 200,
    answer: task,
  },
  {
    ask: ["GET", `/${TASK_ID}/logs`],
    call: ["readLogs", TASK_ID],
    status: 200,
    answer: `"data":[{"at":"2026-01-02T03:04:06.000Z","level":"info","text":"hello","attempt":1}]`,
  },
  { ask: ["DELETE", `/${TASK_ID}`], call: ["cancelTask", TASK_ID], status: 200, answer: task },
  { ask: ["PUT", `/${TASK_ID}/stop`], call: ["stopTask", TASK_ID, {}], status: 202, answer: task },
  {
    ask: ["PUT", `/${TASK_ID}/stop`, { grace_ms: 0 }],
    call: ["stopTask", TASK_ID, { graceMs: 0 }],
    status: 202,
    answer: task,
  },
];

for (const { ask: [method, path, body], call: [called, ...args], status, answer } of HAPPY) {
  const asked = body === undefined ? "" : ` ${JSON.stringify(body)}`;
  Deno.test(`${method} /api/tasks${path}${asked} calls ${called} and answers ${status}`, async () => {
    const { app, calls } = appWith();
    const request = body === undefined ? { method } : jsonRequest(method, body);
    const response = await app.request(`/api/tasks${path}`, request);
    strictEqual(await response.text(), `{"success":true,${answer}}`);
    strictEqual(response.status, status);
    const last = calls.at(-1);
    deepStrictEqual({ method: last?.method, args: last?.args.map(withoutSignal) }, {
      method: called,
      args,
    });
  });
}

function withoutSignal(arg: unknown): unknown {
  if (typeof arg !== "object" || arg === null || !("signal" in arg)) return arg;
  const { signal, ...others } = arg;
  ok(signal instanceof AbortSignal);
  return others;
}

Deno.test.each([
  ["", 1, 10],
  ["?page=2&per_page=50", 2, 50],
  ["?page=0&per_page=0", 1, 1],
  ["?page=-1&per_page=-5", 1, 1],
  ["?page=1e9&per_page=1e2", 1, 10],
  ["?page=0x10&per_page=ten", 1, 10],
  ["?page=%EF%BC%91&per_page=2.5", 1, 10],
  ["?page=%2B3&per_page=+7+", 3, 7],
  ["?page=99999999999999999999999&per_page=100000", Number.MAX_SAFE_INTEGER, 100],
  ["?page=&per_page=", 1, 10],
])("GET /api/tasks%s asks for page %i of %i", async (query, page, perPage) => {
  const { app, calls } = appWith();
  await (await app.request(`/api/tasks${query}`)).body?.cancel();
  deepStrictEqual(calls, [{ method: "listTasks", args: [{}, { page, perPage }] }]);
});

Deno.test.each([
  [{}, 5],
  [{ duration: 7 }, 7],
  [{ duration: "12" }, 12],
  [{ duration: " 3 " }, 3],
  [{ duration: "soon" }, 5],
  [{ duration: 2.5 }, 5],
  [{ duration: null }, 5],
  [{ duration: true }, 5],
  [{ duration: [1] }, 5],
  [{ duration: -1 }, -1],
])("POST /api/tasks of a demo with %j sleeps %i seconds", async (extra, seconds) => {
  for (const type of [{ task_type: "demo" }, {}]) {
    const { app, calls } = appWith();
    const body = { pool_id: POOL_ID, task_name: "d", ...type, ...extra };
    await (await app.request("/api/tasks", jsonRequest("POST", body))).body?.cancel();
    deepStrictEqual(calls[0]?.args[0], { ...submission, name: "d", input: { seconds } });
  }
});

Deno.test("POST /api/tasks gives the Idempotency-Key on, and answers 200 for an earlier task", async () => {
  const { app, calls } = appWith({ submit: () => Promise.resolve({ task: TASK, isNew: false }) });
  const request = jsonRequest("POST", { pool_id: POOL_ID, task_type: "sleep" });
  const headers = { "content-type": "application/json", "idempotency-key": "k1" };
  const response = await app.request("/api/tasks", { ...request, headers });
  strictEqual(response.status, 200);
  strictEqual(await response.text(), `{"success":true,${task}}`);
  deepStrictEqual(calls[0]?.args[0], { ...submission, idempotencyKey: "k1" });
});

Deno.test("GET /api/tasks/:id?wait= ends its wait when the client leaves, and logs nothing", async () => {
  const waiting = Promise.withResolvers<AbortSignal | undefined>();
  const { app, logged } = appWith({
    waitForTask: (_id, { signal }) => {
      waiting.resolve(signal);
      const ended = Promise.withResolvers<never>();
      signal?.addEventListener("abort", () => ended.reject(signal.reason), { once: true });
      return ended.promise;
    },
  });
  const client = new AbortController();
  const request = new Request(`http://localhost/api/tasks/${TASK_ID}?wait=60`, {
    signal: client.signal,
  });
  const answered = app.request(request);
  await waiting.promise;
  client.abort();
  strictEqual((await answered).status, 408);
  deepStrictEqual(logged, []);
});

const REQUIRED = { pool_id: POOL_ID, task_type: "sleep" };
const BAD_TYPE = "Invalid: lower-case letters, digits and _, beginning with a letter";
const MISSING_POOL = "Invalid input: expected string, received undefined";

const BAD_SUBMITS: readonly (readonly [body: unknown, field: string, message: string])[] = [
  [[], "", "Invalid input: expected object, received array"],
  ["x", "", "Invalid input: expected object, received string"],
  [null, "", "Invalid input: expected object, received null"],
  [{ task_type: "sleep" }, "pool_id", MISSING_POOL],
  [{ ...REQUIRED, pool_id: "p" }, "pool_id", "Invalid UUID"],
  [
    { ...REQUIRED, pool_id: [POOL_ID] },
    "pool_id",
    "Invalid input: expected string, received array",
  ],
  [{ ...REQUIRED, task_type: "A" }, "task_type", BAD_TYPE],
  [{ ...REQUIRED, task_type: null }, "task_type", "Invalid input: expected string, received null"],
  [{ ...REQUIRED, task_type: "__proto__" }, "task_type", BAD_TYPE],
  [
    { ...REQUIRED, task_name: "x".repeat(129) },
    "task_name",
    "Too big: expected string to have <=128 characters",
  ],
  [{ ...REQUIRED, priority: 101 }, "priority", "Too big: expected number to be <=100"],
  [{ ...REQUIRED, priority: "1" }, "priority", "Invalid input: expected number, received string"],
  [{ ...REQUIRED, run_timeout_ms: 0 }, "run_timeout_ms", "Too small: expected number to be >=1"],
  [{ ...REQUIRED, tags: "a" }, "tags", "Invalid input: expected array, received string"],
  [
    { ...REQUIRED, tags: ["a", ""] },
    "tags.1",
    "Too small: expected string to have >=1 characters",
  ],
  [{ ...REQUIRED, taskname: "x" }, "taskname", "Unknown field: did you mean task_name?"],
  [
    { ...REQUIRED, duration: 5 },
    "duration",
    "Unknown field: known are pool_id, task_name, task_type, input, priority, run_timeout_ms, tags, idempotency_key",
  ],
  [{ ...REQUIRED, poolId: "x" }, "poolId", "Unknown field: did you mean pool_id?"],
  [
    { ...REQUIRED, idempotency_key: "" },
    "idempotency_key",
    "Too small: expected string to have >=1 characters",
  ],
];

for (const [body, field, message] of BAD_SUBMITS) {
  const asked = JSON.stringify(body).slice(0, 120);
  Deno.test(`POST /api/tasks refuses ${asked} and names ${field}`, async () => {
    const { app, calls } = appWith();
    const answered = await readAnswer(app.request("/api/tasks", jsonRequest("POST", body)));
    const refused = { action: "Cannot submit task", field, message, path: "/api/tasks" };
    deepStrictEqual(answered, refusedInput(refused));
    deepStrictEqual(calls, []);
  });
}

/** Each bad request, and the fields that its answer names. */
const REFUSED: readonly (readonly [string, string, unknown, readonly string[]])[] = [
  ["POST", "/api/tasks/batch", {}, ["tasks"]],
  ["POST", "/api/tasks/batch", { tasks: [] }, ["tasks"]],
  ["POST", "/api/tasks/batch", { tasks: "x" }, ["tasks"]],
  ["POST", "/api/tasks/batch", { tasks: Array(10_001).fill(0) }, ["tasks"]],
  ["POST", "/api/tasks/batch", { tasks: [REQUIRED], all: true }, ["all"]],
  ["POST", "/api/tasks/batch", { tasks: [REQUIRED, { ...REQUIRED, prio: 1 }, 7] }, [
    "tasks.1.prio",
    "tasks.2",
  ]],
  ["POST", "/api/tasks?wait=61", REQUIRED, ["wait"]],
  ["POST", "/api/tasks?wait=-1", REQUIRED, ["wait"]],
  ["POST", "/api/tasks?wait=soon", REQUIRED, ["wait"]],
  ["POST", "/api/tasks?wait=1&wait=2", REQUIRED, ["wait"]],
  ["POST", "/api/tasks?wiat=1", REQUIRED, ["wiat"]],
  ["GET", `/api/tasks/${TASK_ID}?wait=1e1`, undefined, ["wait"]],
  ["GET", `/api/tasks/${TASK_ID}?wait=Infinity`, undefined, ["wait"]],
  ["GET", "/api/tasks?status=done", undefined, ["status"]],
  ["GET", "/api/tasks?status=pending,runing", undefined, ["status"]],
  ["GET", "/api/tasks?status=constructor", undefined, ["status"]],
  ["GET", "/api/tasks?pool=x&sort=y", undefined, ["pool", "sort"]],
  ["GET", `/api/tasks?pool_id=${POOL_ID}&pool_id=${POOL_ID}`, undefined, ["pool_id"]],
  ["PUT", `/api/tasks/${TASK_ID}/stop`, { grace_ms: "0" }, ["grace_ms"]],
  ["PUT", `/api/tasks/${TASK_ID}/stop`, { grace_ms: -1 }, ["grace_ms"]],
  ["PUT", `/api/tasks/${TASK_ID}/stop`, { grace: 0 }, ["grace"]],
];

for (const [method, path, sent, fields] of REFUSED) {
  const asked = sent === undefined ? "" : ` ${JSON.stringify(sent).slice(0, 80)}`;
  Deno.test(`${method} ${path}${asked} is refused for ${fields.join(" and ")}`, async () => {
    const { app, calls } = appWith();
    const request = sent === undefined ? { method } : jsonRequest(method, sent);
    const { status, body } = await readAnswer(app.request(path, request));
    const { code, details } = body as { code: string; details: { faults: { field: string }[] } };
    deepStrictEqual({ status, code, fields: details.faults.map((fault) => fault.field) }, {
      status: 422,
      code: "invalid_input",
      fields,
    });
    deepStrictEqual(calls, []);
  });
}

const NDJSON = { method: "POST", body: JSON.stringify(REQUIRED) };
const BULK = { action: "run_again", task_ids: [TASK_ID] };
const KEYLESS: readonly (readonly [string, string, RequestInit])[] = [
  ["/tasks/batch", "application/json", jsonRequest("POST", { tasks: [REQUIRED] })],
  ["/tasks/batch", "application/x-ndjson", NDJSON],
  ["/tasks/batch?atomic=true", "application/x-ndjson", NDJSON],
  [`/tasks/${TASK_ID}/again`, "application/json", { method: "POST" }],
  ["/tasks/bulk", "application/json", jsonRequest("POST", BULK)],
  ["/pools", "application/json", jsonRequest("POST", { name: "p" })],
];
for (const [path, type, request] of KEYLESS) {
  Deno.test(`POST /api${path} of ${type} refuses an Idempotency-Key`, async () => {
    const { app, calls } = appWith();
    const headers = { "content-type": type, "idempotency-key": "k1" };
    const { status, body } = await readAnswer(
      app.request(`/api${path}`, { ...request, headers }),
    );
    const { error, code, details } = body as {
      error: string;
      code: string;
      details: { faults: { field: string }[] };
    };
    deepStrictEqual([status, code, error, details.faults.map(({ field }) => field)], [
      422,
      "invalid_input",
      "Cannot read headers: Idempotency-Key: Invalid: only single submits, POST /api/tasks, take one",
      ["Idempotency-Key"],
    ]);
    deepStrictEqual(calls, []);
  });
}

Deno.test("POST /api/tasks refuses a number in the input that no double holds", async () => {
  const { app, calls } = appWith();
  const body = `{"pool_id":"${POOL_ID}","task_type":"sleep","input":{"n":1e400}}`;
  const headers = { "content-type": "application/json" };
  const response = await app.request("/api/tasks", { method: "POST", headers, body });
  const { code, details } = await response.json();
  deepStrictEqual({ status: response.status, code, field: details.faults[0].field, calls }, {
    status: 422,
    code: "invalid_input",
    field: "input",
    calls: [],
  });
});

const ROUTES_OF_ONE = [
  ["GET", ""],
  ["GET", "?wait=1"],
  ["DELETE", ""],
  ["PUT", "/stop"],
  ["GET", "/logs"],
] as const;

for (const [method, path] of ROUTES_OF_ONE) {
  for (const id of [UNKNOWN_ID, "batch", "__proto__", "%2e%2e%2f"]) {
    Deno.test(`${method} /api/tasks/${id}${path} answers task_not_found`, async () => {
      const response = await appWith().app.request(`/api/tasks/${id}${path}`, { method });
      const { code } = await response.json();
      deepStrictEqual({ status: response.status, code }, { status: 404, code: "task_not_found" });
    });
  }
}

Deno.test.each([
  [`/api/tasks?pool_id=nothing`, "GET"],
  ["/api/tasks", "POST"],
])("%s answers pool_not_found for a pool that there is not", async (path, method) => {
  const request = method === "GET"
    ? {}
    : jsonRequest("POST", { pool_id: UNKNOWN_ID, task_type: "sleep" });
  const response = await appWith().app.request(path, request);
  const { code } = await response.json();
  deepStrictEqual({ status: response.status, code }, { status: 404, code: "pool_not_found" });
});

const MANAGER_ERRORS = [
  ["queue_full", 429, "2"],
  ["pool_closed", 409, null],
  ["task_type_not_found", 404, null],
  ["idempotency_conflict", 409, null],
  ["server_closing", 503, "2"],
] as const;

for (const [code, status, retryAfter] of MANAGER_ERRORS) {
  Deno.test(`POST /api/tasks answers ${status} when the manager throws ${code}`, async () => {
    const error = "Cannot submit task: no";
    const { app, logged } = appWith({
      submit: () => Promise.reject(new LidoError(code, error, { retryAfterMs: 1_001 })),
    });
    const response = await app.request("/api/tasks", jsonRequest("POST", REQUIRED));
    const answered = await response.json();
    strictEqual(response.headers.get("retry-after"), retryAfter);
    strictEqual(response.headers.get("content-type"), "application/problem+json");
    deepStrictEqual([response.status, answered.code, answered.error], [status, code, error]);
    deepStrictEqual(logged, []);
  });
}

Deno.test("POST /api/tasks names the manager's faults of the input, and renames nothing in it", async () => {
  const faults = [
    { path: ["input", "maxThreads"], message: "Too big" },
    { path: ["runTimeoutMs"], message: "Too small" },
  ];
  const { app } = appWith({
    submit: () =>
      Promise.reject(new LidoError("invalid_input", "Cannot submit task: x", { faults })),
  });
  const response = await app.request("/api/tasks", jsonRequest("POST", REQUIRED));
  const { error, details } = await response.json();
  strictEqual(error, "Cannot submit task: input.maxThreads: Too big (and 1 more)");
  deepStrictEqual(details.faults, [
    { field: "input.maxThreads", pointer: "/input/maxThreads", message: "Too big" },
    { field: "run_timeout_ms", pointer: "/run_timeout_ms", message: "Too small" },
  ]);
});
