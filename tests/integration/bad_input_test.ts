/** What is wrong is refused with a sentence that names it, by a real manager, and changes nothing. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { OPERATIONS } from "../../routes/api/openapi/document.ts";
import { type ManagedWorld, managedWorld, withNames } from "../helpers/managed_world.ts";

/** A request, its status and code, and what its sentence must name: `<none>` is the id of that name. */
type Case = readonly [request: string, body: unknown, status: number, code: string, names: RegExp];

const LONG = "x".repeat(200);

const POOL_CASES: readonly Case[] = [
  ["POST /api/pools", { max_workers: "5" }, 422, "invalid_input", /max_workers/],
  ["POST /api/pools", { max_workers: 0 }, 422, "invalid_input", /max_workers/],
  ["POST /api/pools", { max_workers: 257 }, 422, "invalid_input", /max_workers/],
  ["POST /api/pools", { max_workers: 1.5 }, 422, "invalid_input", /max_workers/],
  ["POST /api/pools", { min_workers: 3, max_workers: 2 }, 422, "invalid_input", /min_workers/],
  ["POST /api/pools", { name: "" }, 422, "invalid_input", /name/],
  ["POST /api/pools", { name: LONG }, 422, "invalid_input", /name/],
  ["POST /api/pools", { name: null }, 422, "invalid_input", /name/],
  ["POST /api/pools", { isolation: "vm" }, 422, "invalid_input", /isolation/],
  ["POST /api/pools", { max_worker: 2 }, 422, "invalid_input", /max_worker.*max_workers/],
  ["POST /api/pools", { maxThreads: 2 }, 422, "invalid_input", /maxThreads/],
  ["POST /api/pools", { permissions: "all" }, 422, "invalid_input", /permissions/],
  [
    "POST /api/pools",
    { permissions: { read: ["/a,b"] } },
    422,
    "invalid_input",
    /permissions\.read/,
  ],
  ...["http://foo/bar baz", "exa mple", "host:99999", "*", "::1", "a..b", "10.0.0.0/33"].map(
    (host): Case => [
      "POST /api/pools",
      { permissions: { net: ["example.com", host] } },
      422,
      "invalid_input",
      /permissions\.net\.1/,
    ],
  ),
  ...["A=B", "*", "LIDO_X"].map((variable): Case => [
    "POST /api/pools",
    { permissions: { env: [variable] } },
    422,
    "invalid_input",
    /permissions\.env\.0/,
  ]),
  ["POST /api/pools", { permissions: { run: ["sh"] } }, 422, "invalid_input", /run/],
  ["POST /api/pools", { memory_mb: 1 }, 422, "invalid_input", /memory_mb/],
  ["POST /api/pools", { rejection: "explode" }, 422, "invalid_input", /rejection/],
  ["POST /api/pools", { run_timeout_ms: -1 }, 422, "invalid_input", /run_timeout_ms/],
  ["POST /api/pools", [], 422, "invalid_input", /object/],
  ["POST /api/pools", "null", 422, "invalid_input", /object/],
  ["POST /api/pools", "", 400, "invalid_json", /body|JSON/],
  ["POST /api/pools", "{", 400, "invalid_json", /JSON/],
  ["POST /api/pools", '{"name":"a","name":"b"}', 400, "invalid_json", /name/],
  ["POST /api/pools", '{"__proto__":{}}', 400, "invalid_json", /__proto__/],
  ["POST /api/pools", "[".repeat(200), 400, "invalid_json", /deep|level/],
  ["GET /api/pools?status=open", undefined, 422, "invalid_input", /status.*open/],
  ["GET /api/pools?state=running", undefined, 422, "invalid_input", /state/],
  ["GET /api/pools/{none}", undefined, 404, "pool_not_found", /<none>/],
  ["GET /api/pools/no-id", undefined, 404, "pool_not_found", /no-id/],
  ["PATCH /api/pools/{pool}", {}, 422, "invalid_input", /No setting/],
  ["PATCH /api/pools/{pool}", { isolation: "thread" }, 422, "invalid_input", /isolation/],
  ["PATCH /api/pools/{pool}", { stop_grace_ms: "1" }, 422, "invalid_input", /stop_grace_ms/],
  ["PATCH /api/pools/{pool}", { max_workers: 1, nmae: "a" }, 422, "invalid_input", /nmae.*name/],
  [
    "PATCH /api/pools/{pool}",
    { max_workers: 1, reason: "a\0b" },
    422,
    "invalid_input",
    /reason.*NUL/,
  ],
  ["PATCH /api/pools/{pool}", { min_workers: 200 }, 422, "invalid_input", /min_workers/],
  ["PATCH /api/pools/{closed}", { name: "a" }, 409, "pool_closed", /closed/],
  ["PATCH /api/pools/{none}", { name: "a" }, 404, "pool_not_found", /<none>/],
  ["PUT /api/pools/{pool}/resize", {}, 422, "invalid_input", /max_workers/],
  ["PUT /api/pools/{pool}/resize", { max_workers: 0 }, 422, "invalid_input", /max_workers/],
  ["PUT /api/pools/{pool}/resize", { max_workers: "many" }, 422, "invalid_input", /max_workers/],
  ["PUT /api/pools/{pool}/resize", { max_workers: 1e9 }, 422, "invalid_input", /max_workers/],
  ["PUT /api/pools/{pool}/resize", { max_workers: 1, force: true }, 422, "invalid_input", /force/],
  ["PUT /api/pools/{closed}/resize", { max_workers: 3 }, 409, "pool_closed", /closed/],
  ["PUT /api/pools/{none}/resize", { max_workers: 3 }, 404, "pool_not_found", /<none>/],
  ["GET /api/pools/{none}/resize-info", undefined, 404, "pool_not_found", /<none>/],
  ["POST /api/pools/{closed}/pause", undefined, 409, "pool_closed", /closed/],
  ["POST /api/pools/{none}/pause", undefined, 404, "pool_not_found", /<none>/],
  ["POST /api/pools/{closed}/resume", undefined, 409, "pool_closed", /closed/],
  ["POST /api/pools/{none}/resume", undefined, 404, "pool_not_found", /<none>/],
  ["POST /api/pools/{none}/cancel_pool_tasks", undefined, 404, "pool_not_found", /<none>/],
  ["POST /api/pools/{pool}/drain", { deadline_ms: -1 }, 422, "invalid_input", /deadline_ms/],
  ["POST /api/pools/{pool}/drain", { deadline: 1 }, 422, "invalid_input", /deadline/],
  ["POST /api/pools/{closed}/drain", {}, 409, "pool_closed", /closed/],
  ["POST /api/pools/{none}/drain", {}, 404, "pool_not_found", /<none>/],
  ["DELETE /api/pools/{pool}?deadline_ms=soon", undefined, 422, "invalid_input", /deadline_ms/],
  ["DELETE /api/pools/{pool}?wait=1", undefined, 422, "invalid_input", /wait/],
  ["DELETE /api/pools/{closed}", undefined, 409, "pool_closed", /closed/],
  ["DELETE /api/pools/{none}", undefined, 404, "pool_not_found", /<none>/],
  ["DELETE /api/pools/{closed}/force-close", undefined, 409, "pool_closed", /closed/],
  ["DELETE /api/pools/{none}/force-close", undefined, 404, "pool_not_found", /<none>/],
  ["PUT /api/pools", {}, 405, "method_not_allowed", /GET.*POST/],
];

const SLEEP = { pool_id: "{pool}", task_type: "sleep", input: { seconds: 1 } };
const MOVE = { action: "change", filter: { pool_id: "{pool}" } };

const TASK_CASES: readonly Case[] = [
  ["POST /api/tasks", {}, 422, "invalid_input", /pool_id/],
  ["POST /api/tasks", { ...SLEEP, pool_id: 7 }, 422, "invalid_input", /pool_id/],
  ["POST /api/tasks", { ...SLEEP, pool_id: "{none}" }, 404, "pool_not_found", /<none>/],
  ["POST /api/tasks", { ...SLEEP, pool_id: "{closed}" }, 409, "pool_closed", /<closed>|shut/],
  ["POST /api/tasks", { ...SLEEP, pool_id: "{full}" }, 429, "queue_full", /1 of at most 1/],
  ["POST /api/tasks", { ...SLEEP, task_type: "slep" }, 404, "task_type_not_found", /slep.*sleep/],
  ["POST /api/tasks", { ...SLEEP, task_type: 5 }, 422, "invalid_input", /task_type/],
  ["POST /api/tasks", { ...SLEEP, task_type: "A B" }, 422, "invalid_input", /task_type/],
  ["POST /api/tasks", { ...SLEEP, task_name: LONG }, 422, "invalid_input", /task_name/],
  ["POST /api/tasks", { ...SLEEP, task_name: "a\0b" }, 422, "invalid_input", /task_name.*NUL/],
  ["POST /api/tasks", { ...SLEEP, idempotency_key: "\0" }, 422, "invalid_input", /key.*NUL/],
  ["POST /api/tasks", { ...SLEEP, priority: 101 }, 422, "invalid_input", /priority/],
  ["POST /api/tasks", { ...SLEEP, priority: "high" }, 422, "invalid_input", /priority/],
  ["POST /api/tasks", { ...SLEEP, tags: "a" }, 422, "invalid_input", /tags/],
  ["POST /api/tasks", { ...SLEEP, tags: ["a", "a,b"] }, 422, "invalid_input", /tags\.1.*comma/],
  ["POST /api/tasks", { ...SLEEP, tags: [1] }, 422, "invalid_input", /tags\.0/],
  ["POST /api/tasks", { ...SLEEP, run_timeout_ms: 0 }, 422, "invalid_input", /run_timeout_ms/],
  ["POST /api/tasks", { ...SLEEP, prority: 1 }, 422, "invalid_input", /prority.*priority/],
  ["POST /api/tasks", { ...SLEEP, input: {} }, 422, "invalid_input", /seconds/],
  ["POST /api/tasks", { ...SLEEP, input: { seconds: "1" } }, 422, "invalid_input", /seconds/],
  ["POST /api/tasks", { ...SLEEP, input: { seconds: -1 } }, 422, "invalid_input", /seconds/],
  ["POST /api/tasks", { ...SLEEP, input: { secs: 1 } }, 422, "invalid_input", /sec/],
  ["POST /api/tasks", { ...SLEEP, input: null }, 422, "invalid_input", /object/],
  ["POST /api/tasks", { pool_id: "{pool}", duration: -5 }, 422, "invalid_input", /seconds/],
  ["POST /api/tasks", "not json", 400, "invalid_json", /JSON/],
  ["POST /api/tasks?wait=61", SLEEP, 422, "invalid_input", /wait.*60/],
  ["POST /api/tasks?wait=soon", SLEEP, 422, "invalid_input", /wait/],
  ["POST /api/tasks?hold=1", SLEEP, 422, "invalid_input", /hold/],
  ["POST /api/tasks/batch", {}, 422, "invalid_input", /tasks/],
  ["POST /api/tasks/batch", { tasks: [] }, 422, "invalid_input", /tasks/],
  ["POST /api/tasks/batch", { tasks: [SLEEP, 5] }, 422, "invalid_input", /tasks\.1/],
  [
    "POST /api/tasks/batch",
    { tasks: [SLEEP, { ...SLEEP, priority: "a" }] },
    422,
    "invalid_input",
    /tasks\.1\.priority/,
  ],
  [
    "POST /api/tasks/batch",
    { tasks: [SLEEP, { ...SLEEP, input: { seconds: "a" } }] },
    422,
    "invalid_input",
    /tasks.1/,
  ],
  [
    "POST /api/tasks/batch",
    { tasks: [SLEEP, { ...SLEEP, pool_id: "{full}" }] },
    429,
    "queue_full",
    /at most 1/,
  ],
  ["POST /api/tasks/bulk", { ...MOVE, pool_id: "{closed}" }, 409, "pool_closed", /move.*shut/],
  ["POST /api/tasks/bulk", { ...MOVE, pool_id: "{none}" }, 404, "pool_not_found", /<none>/],
  [
    "POST /api/tasks/bulk",
    { ...MOVE, pool_id: "{closed}", dry_run: true },
    409,
    "pool_closed",
    /move.*shut/,
  ],
  ["GET /api/tasks?status=done", undefined, 422, "invalid_input", /status.*done/],
  ["GET /api/tasks?text=%00", undefined, 422, "invalid_input", /text.*NUL/],
  ["GET /api/tasks?input=%7B%22a%5Cu0000%22%3A1%7D", undefined, 422, "invalid_input", /input.*NUL/],
  ["GET /api/tasks?pool=a", undefined, 422, "invalid_input", /pool.*pool_id/],
  ["GET /api/tasks?page=1&page=2", undefined, 422, "invalid_input", /page/],
  ["GET /api/tasks?input=$.a", undefined, 422, "invalid_input", /input.*object/],
  ["GET /api/tasks?input=%7B%22a%22%3A[]%7D", undefined, 422, "invalid_input", /input.*plain/],
  ["GET /api/tasks?cursor=abc", undefined, 400, "cursor_invalid", /cursor/],
  ["GET /api/tasks?pool_id={none}", undefined, 404, "pool_not_found", /<none>/],
  ["GET /api/tasks/{none}", undefined, 404, "task_not_found", /<none>/],
  ["GET /api/tasks/{pending}?wait=-1", undefined, 422, "invalid_input", /wait/],
  ["GET /api/tasks/no-id", undefined, 404, "task_not_found", /no-id/],
  ["GET /api/tasks/{pending}/logs?after=-1", undefined, 422, "invalid_input", /after/],
  ["GET /api/tasks/{pending}/logs?from=1", undefined, 422, "invalid_input", /from/],
  ["POST /api/tasks/{none}/again", undefined, 404, "task_not_found", /<none>/],
  ["GET /api/tasks/{none}/logs", undefined, 404, "task_not_found", /<none>/],
  ["DELETE /api/tasks/{none}", undefined, 404, "task_not_found", /<none>/],
  ["DELETE /api/tasks/{over}", undefined, 409, "task_not_cancellable", /cancelled/],
  ["PUT /api/tasks/{none}/stop", {}, 404, "task_not_found", /<none>/],
  ["PUT /api/tasks/{over}/stop", {}, 409, "task_not_stoppable", /cancelled/],
  ["PUT /api/tasks/{pending}/stop", { grace_ms: -1 }, 422, "invalid_input", /grace_ms/],
  ["PUT /api/tasks/{pending}/stop", { grace: 1 }, 422, "invalid_input", /grace/],
  ["PUT /api/tasks/{pending}/stop", "[]", 422, "invalid_input", /object/],
  ["PUT /api/log-level", {}, 422, "invalid_input", /level/],
  ["PUT /api/log-level", { level: "loud" }, 422, "invalid_input", /level/],
  ["PUT /api/log-level", { level: "info", for_ms: 999 }, 422, "invalid_input", /for_ms/],
  ["PUT /api/log-level", { level: "info", forms: 1 }, 422, "invalid_input", /forms.*for_ms/],
  ["PUT /api/log-level?for_ms=1000", { level: "info" }, 422, "invalid_input", /for_ms/],
  ["PUT /api/views/%FF", { query: "" }, 422, "invalid_input", /path.*percent-encoding/],
  ["DELETE /api/alerts/rules/%E0%A4%A", undefined, 422, "invalid_input", /path.*percent-encoding/],
  ["GET /api/types/slep", undefined, 404, "task_type_not_found", /slep.*sleep/],
  ["PUT /api/views/a", { query: "q=\0" }, 422, "invalid_input", /query.*NUL/],
  ["PATCH /api/stats", {}, 405, "method_not_allowed", /GET/],
];

async function tryCase(world: ManagedWorld, [request, body, status, code, names]: Case) {
  const [method = "", path = ""] = withNames(request, world.names).split(" ");
  const sent = body === undefined || typeof body === "string"
    ? body
    : withNames(JSON.stringify(body), world.names);
  const answer = await world.ask(method, path, sent);
  const problem = answer.body as { success: boolean; code: string; error: string };
  const told = `${request} ${JSON.stringify(body)}: ${JSON.stringify(problem)}`.slice(0, 2_000);
  deepStrictEqual([answer.status, problem.code, problem.success], [status, code, false], told);
  const wanted = names.source.replaceAll(/<(\w+)>/g, (_, name) => world.names[name] ?? name);
  match(problem.error, new RegExp(wanted, "s"), told);
  match(problem.error, /^Cannot /, told);
}

for (const [room, cases] of [["/api/pools", POOL_CASES], ["/api/tasks", TASK_CASES]] as const) {
  Deno.test(`Bad input to ${room} is refused with its reason, and changes nothing`, async () => {
    await using world = await managedWorld();
    const before = await world.look();
    for (const one of cases) await tryCase(world, one);
    deepStrictEqual(await world.look(), before);
  });
}

Deno.test("A body is refused where an operation has none, unless it says nothing", async () => {
  await using world = await managedWorld();
  const before = await world.look();
  const bodiless = OPERATIONS.filter(({ method, body }) => method !== "get" && body === undefined);
  ok(bodiless.length > 10);
  for (const { method, path } of bodiless) {
    const { pool, over } = world.names;
    const id = path.startsWith("/api/tasks/") ? over : pool;
    const address = path.replaceAll(/\{\w+\}/g, id ?? "");
    const asked = async (body: string) => {
      const answer = await world.ask(method.toUpperCase(), address, body);
      return [answer.status, (answer.body as { error: string }).error];
    };
    deepStrictEqual(await asked('{"bogus": 5}'), [
      422,
      "Cannot read body: bogus: Unknown field: there is none",
    ]);
    strictEqual((await asked("{{"))[0], 400, address);
  }
  deepStrictEqual(await world.look(), before);
  const { status } = await world.ask("POST", `/api/pools/${world.names["pool"]}/pause`, "{}");
  strictEqual(status, 200);
});

Deno.test("Bodies that are too large, of another type or in disguise are refused", async () => {
  await using world = await managedWorld();
  const before = await world.look();
  const large = JSON.stringify({ name: "x".repeat(16 * 1024 * 1024) });
  const answers = [
    await world.ask("POST", "/api/pools", large),
    await world.ask("POST", "/api/pools", "{}", { "content-type": "text/plain" }),
    await world.ask("POST", "/api/pools", "{}", { "content-encoding": "gzip" }),
    await world.ask("POST", "/api/pools", "{}", { origin: "https://example.com" }),
    await world.ask("GET", "/api/pools", undefined, { host: "example.com" }),
    await world.ask("POST", "/api/tasks", withNames(JSON.stringify(SLEEP), world.names), {
      "idempotency-key": "k".repeat(256),
    }),
  ];
  deepStrictEqual(answers.map(({ status, body }) => [status, (body as { code: string }).code]), [
    [413, "body_too_large"],
    [415, "unsupported_media_type"],
    [415, "unsupported_media_type"],
    [403, "cross_site_request"],
    [421, "misdirected_request"],
    [422, "invalid_input"],
  ]);
  deepStrictEqual(await world.look(), before);
});

Deno.test("A full queue says when to come again", async () => {
  await using world = await managedWorld();
  const body = withNames(JSON.stringify({ ...SLEEP, pool_id: "{full}" }), world.names);
  const { status, headers } = await world.ask("POST", "/api/tasks", body);
  strictEqual(status, 429);
  ok(Number(headers.get("retry-after")) >= 1);
});
