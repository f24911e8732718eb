/**
 * `deno task bench:http`: how many tasks a second come in by HTTP, one by one and in streams, durably;
 * and how long reads take under a steady mixed load with 1,000,000 tasks on record. `BENCH_TASKS` says
 * how many there are. The client is a thread of the same machine: it takes one of its cores.
 */
import { fileURLToPath } from "node:url";
import { Config, Manager, type PoolId, type TaskId } from "../../core/mod.ts";
import { serveManager } from "../helpers/serve_manager.ts";
import { say, sleep, untilIndexed } from "./bench.ts";
import type { Load, LoadRequest } from "./http_client.ts";

const TASKS_ON_RECORD = Number(Deno.env.get("BENCH_TASKS") ?? 1_000_000);
const BATCH = 5_000;
const CONNECTIONS = 64;
const SUBMITS = 50_000;
const STREAMED = 100_000;
const READS = 44_000;
/** Requests of the same kinds before those that are measured: V8 compiles what runs often. */
const WARM_UP = 11_000;
const PER_SECOND = 1_000;
const TASKS = fileURLToPath(new URL("./tasks/", import.meta.url));
const CLIENT = fileURLToPath(new URL("./http_client.ts", import.meta.url));

const data = await Deno.makeTempDir({ prefix: "lido-bench-" });
try {
  await using manager = await Manager.start({ config: Config.parse({ data, tasks: TASKS }) });
  const { id: poolId } = await manager.createPool({
    name: "bench",
    isolation: "thread",
    queueCapacity: 10_000_000,
  });
  const { server, errors } = serveManager(manager);
  // Into a pool that is paused, so that submits are measured; then with all that runs meanwhile.
  await manager.pausePool(poolId);
  await submitOneByOne("paused", server.port, poolId);
  await submitStreams("paused", server.url, poolId);
  await manager.cancelPending(poolId);
  await manager.resumePool(poolId);
  await submitOneByOne("running", server.port, poolId);
  await submitStreams("running", server.url, poolId);
  await manager.cancelPending(poolId);
  const taskId = await fill(manager, poolId);
  await read(server.port, poolId, taskId);
  await server.shutdown({ graceMs: 100 });
  if (errors.length > 0) throw new AggregateError(errors, "Unforeseen errors");
} finally {
  await Deno.remove(data, { recursive: true });
}
Deno.exit(0);

async function submitOneByOne(state: string, port: number, poolId: PoolId): Promise<void> {
  const request = requestOf("POST", "/api/tasks", JSON.stringify(submission(poolId)));
  await send({
    port,
    connections: CONNECTIONS,
    requests: [request],
    count: 5_000,
    perSecond: null,
  });
  const load = await send({
    port,
    connections: CONNECTIONS,
    requests: [request],
    count: SUBMITS,
    perSecond: null,
  });
  const [times = []] = load.times;
  print(`${state}, one by one, ${CONNECTIONS} connections`, times);
  say(
    `${state}, one by one: ${Math.round(SUBMITS / load.seconds)} tasks/s, ${
      JSON.stringify(load.statuses)
    }`,
  );
}

async function submitStreams(state: string, url: string, poolId: PoolId): Promise<void> {
  const body = `${JSON.stringify(submission(poolId))}\n`.repeat(STREAMED);
  const rates: number[] = [];
  for (let turn = 0; turn < 3; turn++) {
    const beganMs = performance.now();
    const response = await fetch(`${url}api/tasks/batch`, {
      method: "POST",
      headers: { "content-type": "application/x-ndjson" },
      body,
    });
    const last = (await response.text()).trimEnd().split("\n").at(-1);
    if (JSON.parse(last ?? "{}").submitted !== STREAMED) throw new TypeError(`Cannot: ${last}`);
    rates.push(STREAMED / (performance.now() - beganMs) * 1_000);
  }
  say(
    `${state}, streams of ${STREAMED} lines: ${
      rates.map((rate) => Math.round(rate)).join(", ")
    } tasks/s`,
  );
}

async function fill(manager: Manager, poolId: PoolId): Promise<TaskId> {
  let last: TaskId | undefined;
  const before = manager.getStats().counts.completed;
  for (let at = 0; at < TASKS_ON_RECORD; at += BATCH) {
    const ids = await manager.submitBatch(
      Array.from({ length: Math.min(BATCH, TASKS_ON_RECORD - at) }, () => newSubmission(poolId)),
    );
    last = ids.at(-1) ?? last;
  }
  while (manager.getStats().counts.completed - before < TASKS_ON_RECORD) await sleep(100);
  await untilIndexed(data, TASKS_ON_RECORD);
  return last as TaskId; // at least one was submitted
}

/** Every read that the API has, and as many submits, at a steady pace. */
async function read(port: number, poolId: PoolId, taskId: TaskId): Promise<void> {
  const submit = requestOf("POST", "/api/tasks", JSON.stringify(submission(poolId)));
  const reads = {
    pools: "/api/pools",
    pool: `/api/pools/${poolId}`,
    history: `/api/pools/${poolId}/history`,
    tasks: "/api/tasks?per_page=50",
    "tasks, page 500": "/api/tasks?page=500",
    "tasks, completed": "/api/tasks?status=completed",
    "tasks, a type": "/api/tasks?task_type=noop",
    task: `/api/tasks/${taskId}`,
    events: `/api/tasks/${taskId}/events`,
    stats: "/api/stats",
    types: "/api/types",
  };
  const names = Object.keys(reads);
  // As many submits as reads, between them.
  const requests = Object.values(reads).flatMap((path) => [requestOf("GET", path), submit]);
  const load = { port, connections: CONNECTIONS, requests, perSecond: PER_SECOND };
  await send({ ...load, count: WARM_UP });
  const { times, statuses } = await send({ ...load, count: READS });
  say(`${READS} requests at ${PER_SECOND} a second: ${JSON.stringify(statuses)}`);
  for (const [at, name] of names.entries()) print(name, times[2 * at] ?? []);
  print("submits", times.filter((_, at) => at % 2 === 1).flat().sort((one, other) => one - other));
}

function submission(poolId: PoolId) {
  return { pool_id: poolId, task_type: "noop", input: null };
}

function newSubmission(poolId: PoolId) {
  return { poolId, type: "noop", input: null, priority: 0, tags: [] };
}

function requestOf(method: string, path: string, body?: string): string {
  const head = `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n`;
  if (body === undefined) return `${head}\r\n`;
  return `${head}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

async function send(request: LoadRequest): Promise<Load> {
  const client = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-net=127.0.0.1", CLIENT],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  await new Blob([JSON.stringify(request)]).stream().pipeTo(client.stdin);
  const { success, stdout } = await client.output();
  if (!success) throw new TypeError("Cannot measure: the client failed");
  return JSON.parse(new TextDecoder().decode(stdout));
}

function print(what: string, times: readonly number[]): void {
  const at = (quantile: number) =>
    (times[Math.floor(times.length * quantile)] ?? NaN).toFixed(2).padStart(8);
  say(`${what.padEnd(42)} p50 ${at(0.5)} ms  p99 ${at(0.99)} ms`);
}
