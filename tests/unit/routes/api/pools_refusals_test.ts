/** What the operations of pools refuse, and how their answers say so. */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { LidoError, type PoolId } from "../../../../core/mod.ts";
import { appWith, jsonRequest, readAnswer } from "../../../helpers/app_with.ts";
import { POOL_ID, UNKNOWN_ID } from "../../../helpers/fake_manager.ts";
import { refusedInput } from "../../../helpers/refused_input.ts";

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
      deepStrictEqual(answered, refusedInput({ action, field, message, path }));
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
