/**
 * The contract with clients of the first API: its paths, envelopes, fields and their types, paging
 * and statuses, with a real manager behind the app. Written from the contract: what is checked here
 * must not change, whatever the code says.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { type ManagedApp, managedApp } from "../helpers/managed_app.ts";

/** What a value may be: a `typeof` word, `time`, `null`, or several of them. */
type Shape = Readonly<Record<string, string>>;

const POOL: Shape = {
  pool_id: "string",
  name: "string",
  status: "string",
  max_workers: "number",
  total_tasks: "number",
  active_tasks: "number",
  pending_tasks: "number",
  running_tasks: "number",
  completed_tasks: "number",
  cancelled_tasks: "number",
  failed_tasks: "number",
};
const TASK: Shape = {
  task_id: "string",
  name: "string",
  pool_id: "string",
  status: "string",
  submit_time: "time",
  start_time: "time|null",
  end_time: "time|null",
  running_time: "number|null",
  exception: "string|null",
};
const STATS: Shape = {
  total_pools: "number",
  total_tasks: "number",
  active_tasks: "number",
  completed_tasks: "number",
};
const PAGINATION: Shape = {
  current_page: "number",
  per_page: "number",
  total_items: "number",
  total_pages: "number",
  has_next: "boolean",
  has_prev: "boolean",
  start_item: "number",
  end_item: "number",
};
const RESIZE_INFO: Shape = {
  pool_id: "string",
  name: "string",
  status: "string",
  current_max_workers: "number",
  active_tasks: "number",
  can_resize: "boolean",
  suggested_max_workers: "number",
};
const PROBLEM: Shape = {
  success: "boolean",
  error: "string",
  code: "string",
  details: "object",
  type: "string",
  title: "string",
  status: "number",
  detail: "string",
  instance: "string",
};

type Json = Readonly<Record<string, unknown>>;

function kindOf(value: unknown): string {
  if (value === null) return "null";
  const isTime = typeof value === "string" &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value);
  return isTime ? "time" : typeof value;
}

/** Each field of the shape is there, and is what the shape says. There may be more. */
function checkShape(value: unknown, shape: Shape): asserts value is Json {
  const record = value as Json; // an undefined one fails below
  for (const [field, kinds] of Object.entries(shape)) {
    const kind = kindOf(record?.[field]);
    ok(kinds.split("|").includes(kind), `${field} is ${kinds}, and was ${kind}`);
  }
}

async function ask(world: ManagedApp, method: string, path: string, body?: unknown): Promise<Json> {
  const { status, body: answer } = await world.ask(method, path, body);
  ok(status < 300, `${method} ${path}: ${JSON.stringify(answer)}`);
  const envelope = answer as Json;
  strictEqual(envelope["success"], true);
  return envelope;
}

async function newPool(world: ManagedApp, settings: object = {}): Promise<string> {
  const { data } = await ask(world, "POST", "/api/pools", settings);
  checkShape(data, POOL);
  return String(data["pool_id"]);
}

/** A pool that starts nothing, with so many tasks: their states are known for certain. */
async function pausedPool(world: ManagedApp, tasks: number): Promise<string> {
  const pool_id = await newPool(world, { name: "paused" });
  await ask(world, "POST", `/api/pools/${pool_id}/pause`);
  for (let at = 0; at < tasks; at++) {
    await ask(world, "POST", "/api/tasks", { pool_id, task_name: `task ${at}`, duration: 0 });
  }
  return pool_id;
}

Deno.test("GET and POST /api/pools give and make pools as the first page reads them", async () => {
  await using world = await managedApp();
  const list = await ask(world, "GET", "/api/pools");
  deepStrictEqual(Object.keys(list).sort(), ["data", "success"]);
  const [first] = list["data"] as unknown[];
  checkShape(first, POOL);
  strictEqual(first["name"], "default");

  const made = await world.ask("POST", "/api/pools", { name: "crunch", max_workers: 3 });
  strictEqual(made.status, 201);
  const { data } = made.body as Json;
  checkShape(data, POOL);
  deepStrictEqual(
    [data["name"], data["status"], data["max_workers"], data["total_tasks"]],
    ["crunch", "running", 3, 0],
  );
  // Its form sends no name when the field is empty, and 5 when the number is no number.
  const { data: unnamed } = await ask(world, "POST", "/api/pools", { max_workers: 5 });
  checkShape(unnamed, POOL);
  ok(String(unnamed["name"]).length > 0);
});

Deno.test("POST /api/tasks runs the demo, and GET /api/tasks/:id tells its whole life", async () => {
  await using world = await managedApp();
  const pool_id = await newPool(world, { max_workers: 1 });
  const body = { pool_id, task_name: "nap", task_type: "demo", duration: 0 };
  const submitted = await world.ask("POST", "/api/tasks", body);
  strictEqual(submitted.status, 202);
  const { data } = submitted.body as Json;
  checkShape(data, TASK);
  deepStrictEqual([data["name"], data["pool_id"]], ["nap", pool_id]);

  const { data: ended } = await ask(world, "GET", `/api/tasks/${data["task_id"]}?wait=30`);
  checkShape(ended, { ...TASK, start_time: "time", end_time: "time", running_time: "number" });
  deepStrictEqual([ended["status"], ended["result"], ended["exception"]], [
    "completed",
    "Task completed after 0 seconds",
    null,
  ]);
});

Deno.test("A demo without a type, or with a duration that is no number, is forgiven", async () => {
  await using world = await managedApp();
  const pool_id = await pausedPool(world, 0);
  const durations = [undefined, "7", 7, "soon", null, 1.5];
  const seconds = [];
  for (const duration of durations) {
    const { data } = await ask(world, "POST", "/api/tasks", { pool_id, duration });
    seconds.push((data as { input: unknown }).input);
  }
  const expected = [5, 7, 7, 5, 5, 5].map((each) => ({ seconds: each }));
  deepStrictEqual(seconds, expected);
});

Deno.test("GET /api/tasks pages are clamped, and tell where they are", async () => {
  await using world = await managedApp();
  const pool_id = await pausedPool(world, 12);
  const pages: readonly (readonly [string, readonly unknown[]])[] = [
    // query, and: items, current_page, per_page, total_pages, has_next, has_prev, start, end
    ["", [10, 1, 10, 2, true, false, 1, 10]],
    ["page=2", [2, 2, 10, 2, false, true, 11, 12]],
    ["page=99", [2, 2, 10, 2, false, true, 11, 12]],
    ["page=0", [10, 1, 10, 2, true, false, 1, 10]],
    ["page=-3", [10, 1, 10, 2, true, false, 1, 10]],
    ["page=x&per_page=y", [10, 1, 10, 2, true, false, 1, 10]],
    ["per_page=0", [1, 1, 1, 12, true, false, 1, 1]],
    ["per_page=5&page=3", [2, 3, 5, 3, false, true, 11, 12]],
    ["per_page=1000", [12, 1, 100, 1, false, false, 1, 12]],
  ];
  for (const [query, expected] of pages) {
    const { data, pagination } = await ask(world, "GET", `/api/tasks?pool_id=${pool_id}&${query}`);
    checkShape(pagination, PAGINATION);
    const fields = ["current_page", "per_page", "total_pages", "has_next", "has_prev"];
    const places = [...fields, "start_item", "end_item"].map((field) => pagination[field]);
    deepStrictEqual([(data as unknown[]).length, ...places], expected, query);
    strictEqual(pagination["total_items"], 12);
    for (const task of data as unknown[]) checkShape(task, TASK);
  }
});

Deno.test("An empty list of tasks has one page, with nothing on it", async () => {
  await using world = await managedApp();
  const { data, pagination } = await ask(world, "GET", "/api/tasks?pool_id=");
  checkShape(pagination, PAGINATION);
  deepStrictEqual([data, pagination["total_pages"], pagination["current_page"]], [[], 1, 1]);
  deepStrictEqual([pagination["start_item"], pagination["end_item"]], [0, 0]);
});

Deno.test("DELETE /api/tasks/:id cancels, and cancel_pool_tasks cancels all that wait", async () => {
  await using world = await managedApp();
  const pool_id = await pausedPool(world, 3);
  const { data: tasks } = await ask(world, "GET", `/api/tasks?pool_id=${pool_id}`);
  const [newest] = tasks as Json[];
  const { data: cancelled } = await ask(world, "DELETE", `/api/tasks/${newest?.["task_id"]}`);
  checkShape(cancelled, TASK);
  strictEqual(cancelled["status"], "cancelled");

  const all = await ask(world, "POST", `/api/pools/${pool_id}/cancel_pool_tasks`);
  deepStrictEqual(all["data"], { cancelled_tasks: 2 });
  const { data: pool } = await ask(world, "GET", `/api/pools/${pool_id}`);
  checkShape(pool, POOL);
  deepStrictEqual([pool["cancelled_tasks"], pool["active_tasks"], pool["total_tasks"]], [3, 0, 3]);
});

Deno.test("Resizing tells what to know before it, and what it did", async () => {
  await using world = await managedApp();
  const pool_id = await newPool(world, { max_workers: 2 });
  const { data: info } = await ask(world, "GET", `/api/pools/${pool_id}/resize-info`);
  checkShape(info, RESIZE_INFO);
  deepStrictEqual([info["current_max_workers"], info["can_resize"]], [2, true]);

  const done = await ask(world, "PUT", `/api/pools/${pool_id}/resize`, { max_workers: 4 });
  checkShape(done, { message: "string", data: "object" });
  const report = done["data"] as Json;
  deepStrictEqual([report["old_max_workers"], report["new_max_workers"]], [2, 4]);
});

Deno.test("A force-close tells its count beside the data, where the first page looks", async () => {
  await using world = await managedApp();
  const pool_id = await pausedPool(world, 2);
  const closed = await ask(world, "DELETE", `/api/pools/${pool_id}/force-close`);
  strictEqual(closed["cancelled_tasks"], 2);
  const plain = await world.ask("DELETE", `/api/pools/${await newPool(world)}`);
  deepStrictEqual([plain.status, (plain.body as Json)["success"]], [202, true]);
});

Deno.test("GET /api/stats gives the four totals of the first page", async () => {
  await using world = await managedApp();
  await pausedPool(world, 2);
  const { data } = await ask(world, "GET", "/api/stats");
  checkShape(data, STATS);
  const totals = Object.keys(STATS).map((field) => data[field]);
  deepStrictEqual(totals, [2, 2, 2, 0]);
});

Deno.test("GET /health has the three fields of the first article, without an envelope", async () => {
  await using world = await managedApp();
  const { status, body } = await world.ask("GET", "/health");
  deepStrictEqual([status, Object.keys(body as Json).sort()], [
    200,
    ["alerts", "healthy", "stats"],
  ]);
  checkShape(body, { healthy: "boolean", alerts: "object", stats: "object" });
});

const NO_ID = "01979a3e-0000-7000-8000-000000000000";
const UNKNOWN: readonly (readonly [string, string, unknown, string])[] = [
  ["GET", `/api/pools/${NO_ID}`, undefined, "pool_not_found"],
  ["DELETE", `/api/pools/${NO_ID}`, undefined, "pool_not_found"],
  ["DELETE", `/api/pools/${NO_ID}/force-close`, undefined, "pool_not_found"],
  ["POST", `/api/pools/${NO_ID}/cancel_pool_tasks`, undefined, "pool_not_found"],
  ["PUT", `/api/pools/${NO_ID}/resize`, { max_workers: 1 }, "pool_not_found"],
  ["GET", `/api/pools/${NO_ID}/resize-info`, undefined, "pool_not_found"],
  ["GET", `/api/tasks?pool_id=${NO_ID}`, undefined, "pool_not_found"],
  ["POST", "/api/tasks", { pool_id: NO_ID, task_type: "demo", duration: 1 }, "pool_not_found"],
  ["GET", `/api/tasks/${NO_ID}`, undefined, "task_not_found"],
  ["DELETE", `/api/tasks/${NO_ID}`, undefined, "task_not_found"],
  ["PUT", `/api/tasks/${NO_ID}/stop`, {}, "task_not_found"],
  ["GET", "/api/nothing", undefined, "not_found"],
];

Deno.test("What is not there is a 404 in both envelopes, the first API's and RFC 9457's", async () => {
  await using world = await managedApp();
  for (const [method, path, sent, code] of UNKNOWN) {
    const { status, headers, body } = await world.ask(method, path, sent);
    strictEqual(status, 404, `${method} ${path}`);
    match(headers.get("content-type") ?? "", /^application\/problem\+json/);
    checkShape(body, PROBLEM);
    deepStrictEqual([body["success"], body["code"], body["status"]], [false, code, 404]);
    deepStrictEqual([body["error"], body["instance"]], [body["detail"], path.split("?")[0]]);
  }
});
