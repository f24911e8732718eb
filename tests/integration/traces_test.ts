/** Traces of the real program: exported to a local collector, and kept where nothing is exported. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { attributesOf, type CollectedSpan, OtlpCollector } from "../helpers/otlp_collector.ts";
import { type StartedServer, startServer } from "../helpers/start_server.ts";
import { until } from "../helpers/until.ts";

const TASKS = fileURLToPath(new URL("../fixtures/traced_tasks", import.meta.url));
const TRACE = "0af7651916cd43dd8448eb211c80319c";
const CALLER = "b7ad6b7169203331";
const TRACEPARENT = `00-${TRACE}-${CALLER}-01`;

/** What the fixture returns. */
interface Told {
  readonly traceparent: string | null;
  readonly told: Readonly<Record<string, string>>;
}
interface Task {
  readonly task_id: string;
  readonly status: string;
  readonly trace_id: string | null;
  readonly result: Told;
  readonly worker: number;
}

async function openPool(server: StartedServer, settings: object): Promise<string> {
  const body = { name: "traced", max_workers: 1, ...settings };
  return (await server.ask<{ pool_id: string }>("POST", "/api/pools", body)).pool_id;
}

/** Submits a task in the caller's span, and waits for its end. */
async function run(server: StartedServer, poolId: string, input: object): Promise<Task> {
  const body = { pool_id: poolId, task_type: "plan_pictures", input };
  const headers = { traceparent: TRACEPARENT };
  const answer = await server.call("POST", "/api/tasks?wait=60", { body, headers });
  const { data } = answer.body as { data: Task };
  strictEqual(data.status, "completed", JSON.stringify(data));
  return data;
}

function edges(spans: readonly CollectedSpan[]): Set<string> {
  const names = new Map(spans.map(({ spanId, name }) => [spanId, name]));
  return new Set(
    spans.map(({ name, parentSpanId = "" }) =>
      `${names.get(parentSpanId) ?? parentSpanId} > ${name}`
    ),
  );
}

for (const isolation of ["process", "thread"]) {
  Deno.test(`A trace leads from the submit over the wait to the attempt and its own spans: isolation ${isolation}`, async () => {
    await using collector = new OtlpCollector();
    await using server = await startServer({ flags: ["--tasks", TASKS], env: collector.env });
    const poolId = await openPool(server, { isolation });
    const input = { names: ["good", "broken"], secret: "sesame-open" };
    const task = await run(server, poolId, input);
    strictEqual(task.trace_id, TRACE);
    const submit = await collector.span(TRACE, "POST /api/tasks");
    const attempt = await collector.span(TRACE, "attempt plan_pictures");
    await collector.span(TRACE, "plan pictures");
    await collector.span(TRACE, "wait");
    const own = collector.spans.filter(({ traceId }) => traceId === TRACE);
    deepStrictEqual(
      edges(own),
      new Set([
        `${CALLER} > POST /api/tasks`,
        "POST /api/tasks > wait",
        "POST /api/tasks > attempt plan_pictures",
        "attempt plan_pictures > plan pictures",
        "plan pictures > picture",
      ]),
    );
    deepStrictEqual(
      own.filter(({ name }) => name === "picture").map(({ status }) => status?.message ?? "")
        .sort(),
      ["", "broken"],
    );
    // Task code passes its span on, and that is one which was exported.
    strictEqual(task.result.traceparent, `00-${TRACE}-${attempt.spanId}-01`);
    const [, , told] = (task.result.told["traceparent"] ?? "").split("-");
    ok(own.some(({ spanId }) => spanId === told), `no span ${told}`);
    const { "lido.task.id": id, "lido.outcome": outcome, ...others } = attributesOf(attempt);
    deepStrictEqual([id, outcome, others["lido.task.type"], others["lido.pool.id"]], [
      task.task_id,
      "done",
      "plan_pictures",
      poolId,
    ]);
    ok(BigInt(submit.startTimeUnixNano) <= BigInt(attempt.endTimeUnixNano));
    ok(!collector.bodies.some((text) => text.includes("sesame")), "an input was exported");
  });
}

Deno.test("An attempt is part of its own trace only, though it follows another in one go", async () => {
  await using collector = new OtlpCollector();
  await using server = await startServer({ flags: ["--tasks", TASKS], env: collector.env });
  const poolId = await openPool(server, { isolation: "thread" });
  const unsampled = `00-${"f".repeat(32)}-${CALLER}-00`;
  const body = { pool_id: poolId, task_type: "plan_pictures", input: { names: ["one"] } };
  const submit = async (traceparent: string, query = "") => {
    const answer = await server.call("POST", `/api/tasks${query}`, {
      body,
      headers: { traceparent },
    });
    return (answer.body as { data: Task }).data.task_id;
  };
  await submit(`00-${"e".repeat(32)}-${CALLER}-01`, "?wait=60");
  // Known to be short, tasks come in batches, and one begins where the one before ended.
  for (let run = 0; run < 20; run++) await submit(unsampled, "?wait=60");
  await server.ask("POST", `/api/pools/${poolId}/pause`);
  const ids: string[] = [];
  for (let at = 0; at < 40; at++) ids.push(await submit(at % 2 === 0 ? TRACEPARENT : unsampled));
  await server.ask("POST", `/api/pools/${poolId}/resume`);
  for (const id of ids) await server.ask("GET", `/api/tasks/${id}?wait=60`);
  const count = (name: string) => collector.spans.filter((one) => one.name === name).length;
  await until("21 attempts came", () => count("attempt plan_pictures") === 21);
  await until("their spans came", () => count("plan pictures") >= 21);
  deepStrictEqual([count("wait"), count("plan pictures"), count("picture")], [21, 21, 21]);
});

Deno.test("Spans hold no address, no input and no message, whatever becomes of a request or a task", async () => {
  await using collector = new OtlpCollector();
  await using server = await startServer({ flags: ["--tasks", TASKS], env: collector.env });
  const poolId = await openPool(server, {});
  const trace = (digit: string) => digit.repeat(32);
  const ask = async (digit: string, method: string, path: string, more: RequestInit = {}) => {
    const headers = { ...more.headers, traceparent: `00-${trace(digit)}-${CALLER}-01` };
    return await (await fetch(server.url + path, { method, ...more, headers })).json();
  };
  await ask("1", "GET", "/api/tasks?text=canary-query");
  await ask("2", "GET", "/api/tasks?canary-name=1");
  await ask("3", "GET", "/nowhere/canary-path?token=canary-token");
  const submit = (digit: string, input: object, path = "/api/tasks?wait=60") =>
    ask(digit, "POST", path, {
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ pool_id: poolId, task_type: "plan_pictures", input }),
    });
  const { data: failed } = await submit("4", { names: [], secret: "canary-input", fails: true });
  deepStrictEqual([failed.status, failed.failure.message], ["failed", "canary-input"]);
  await server.ask("POST", `/api/pools/${poolId}/pause`);
  const { data: waiting } = await submit("5", { names: [], secret: "canary-input" }, "/api/tasks");
  await server.ask("DELETE", `/api/tasks/${waiting.task_id}`);
  for (
    const [digit, name] of [
      ["1", "GET /api/tasks"],
      ["2", "GET /api/tasks"],
      ["3", "GET /*"],
      ["4", "POST /api/tasks"],
      ["5", "wait"],
    ] as const
  ) await collector.span(trace(digit), name);
  const attempt = await collector.span(trace("4"), "attempt plan_pictures");
  const { "lido.outcome": outcome, "error.type": code } = attributesOf(attempt);
  deepStrictEqual([outcome, code, attempt.status?.message], ["failed", "task_error", "task_error"]);
  deepStrictEqual(collector.bodies.filter((text) => text.includes("canary")), []);
  deepStrictEqual(
    collector.spans.filter(({ traceId }) => traceId === trace("5")).map(({ name }) => name).sort(),
    ["POST /api/tasks", "wait"],
  );
});

Deno.test("A trace is kept where nothing is exported, through a kill, and goes on in the next life", async () => {
  await using collector = new OtlpCollector();
  const data = await Deno.makeTempDir({ prefix: "lido-traces-" });
  const flags = ["--tasks", TASKS, "--data", data];
  try {
    const [poolId, id] = await (async () => {
      await using server = await startServer({ flags });
      const poolId = await openPool(server, {});
      const { result, trace_id } = await run(server, poolId, { names: ["one"] });
      deepStrictEqual([result, trace_id], [{ traceparent: TRACEPARENT, told: {} }, TRACE]);
      await server.ask("POST", `/api/pools/${poolId}/pause`);
      const body = { pool_id: poolId, task_type: "plan_pictures", input: { names: ["one"] } };
      const headers = { traceparent: TRACEPARENT };
      const answer = await server.call("POST", "/api/tasks", { body, headers });
      await server.kill9();
      return [poolId, (answer.body as { data: Task }).data.task_id];
    })();
    await using server = await startServer({ flags, env: collector.env });
    await server.ask("POST", `/api/pools/${poolId}/resume`);
    const task = await server.ask<Task>("GET", `/api/tasks/${id}?wait=60`);
    deepStrictEqual([task.status, task.trace_id], ["completed", TRACE]);
    await collector.span(TRACE, "attempt plan_pictures");
    await collector.span(TRACE, "picture");
    await collector.span(TRACE, "wait");
    deepStrictEqual(
      edges(collector.spans.filter(({ traceId }) => traceId === TRACE)),
      new Set([
        `${CALLER} > wait`,
        `${CALLER} > attempt plan_pictures`,
        "attempt plan_pictures > plan pictures",
        "plan pictures > picture",
      ]),
    );
  } finally {
    await Deno.remove(data, { recursive: true });
  }
});
