/** Traces of the real program: exported to a local collector, and kept where nothing is exported. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { attributesOf, type CollectedSpan, OtlpCollector } from "../helpers/otlp_collector.ts";
import { type StartedServer, startServer } from "../helpers/start_server.ts";

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
