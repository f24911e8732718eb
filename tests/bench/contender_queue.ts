/**
 * Lido's durable queue as the contender of `bench-queues`, the harness beside the project:
 *
 *     ../shared/bench-queues/run.sh --contender 'deno run -A tests/bench/contender_queue.ts'
 *
 * Pools are as durable as they are by default: a submit is answered when it is on the disk, and a
 * task counts as done when its outcome is in the journal. `LIDO_DURABILITY=relaxed` makes them as durable
 * as the harness' peers on Redis: answered when the system has it, on the disk within a second.
 * `LIDO_ISOLATION` is `thread` or `process`.
 *
 * The server has run for a while before anything is measured: `LIDO_WARM_TASKS` tasks, 240,000 if left
 * out. All of `drain-c100` takes it a sixth of a second, and V8 more than one to compile what is busy;
 * of what takes the other systems, that is a small part. Its text index has them all by then. 0
 * measures a cold server.
 */
import process from "node:process";
import { fileURLToPath } from "node:url";
import { Config, Manager, type PoolId } from "../../core/mod.ts";
import { Durability } from "../../core/model/pool.ts";
import { sleep, untilIndexed } from "./bench.ts";

/** Tasks of one batch, as the harness' other systems have them. */
const BATCH = 1_000;
/** Tasks at a time that warm the server up. */
const WARM_JOBS = 20_000;
/** Tasks that it is warmed up with one by one. */
const WARM_SINGLES = 500;
/** By then what waited for quiet is in the tables. */
const QUIET_MS = 1_500;
/** And by then V8 has collected what a burst left, in each thread several times. */
const SETTLED_MS = 10_000;
/** How often the journal is asked whether all are done. */
const LOOK_MS = 2;

const [workload = ""] = process.argv.slice(2);
const jobs = Number(process.env.BENCH_JOBS ?? 20_000);
const warmTasks = Number(process.env.LIDO_WARM_TASKS ?? 240_000);
const samples = Number(process.env.BENCH_SAMPLES ?? 300);
const data = process.env.BENCH_DATA ?? ":memory:";
const isolation = process.env.LIDO_ISOLATION === "process" ? "process" : "thread";

const durability = Durability.parse(process.env.LIDO_DURABILITY ?? "fsync");

const [kind, arg = ""] = workload.split("-");
if (kind === "drain" && /^c\d+$/.test(arg)) emit(await drain(Number(arg.slice(1))), "drain");
else if (kind === "pickup" && /^p\d+$/.test(arg)) {
  emit(await pickup(Number(arg.slice(1)) / 100), "pickup");
} else throw new TypeError("Cannot measure: the workloads are drain-cN and pickup-pN");
Deno.exit(0);

/** Tasks a second, from the first submit until the last outcome is in the journal. */
async function drain(room: number): Promise<number> {
  await using manager = await start();
  const poolId = await openPool(manager, room);
  const beganMs = performance.now();
  await runNoops(manager, poolId, jobs);
  return jobs / ((performance.now() - beganMs) / 1000);
}

/** Returns when so many tasks that do nothing are recorded as done. */
async function runNoops(manager: Manager, poolId: PoolId, count: number): Promise<void> {
  const submission = { poolId, type: "noop", input: null, priority: 0, tags: [] };
  const until = doneCount(manager) + count;
  for (let at = 0; at < count; at += BATCH) {
    const size = Math.min(BATCH, count - at);
    await manager.submitBatch(Array.from({ length: size }, () => submission));
  }
  while (doneCount(manager) < until) await sleep(LOOK_MS);
}

/** Milliseconds from before a submit until the task's first statement, at a quantile. */
async function pickup(quantile: number): Promise<number> {
  await using manager = await start();
  const poolId = await openPool(manager, 2);
  const waits: number[] = [];
  for (let at = 0; at < samples; at++) {
    await sleep(5 + Math.random() * 20);
    const beganMs = performance.timeOrigin + performance.now();
    waits.push(await runOne(manager, poolId, "stamp") - beganMs);
  }
  waits.sort((one, other) => one - other);
  return waits[Math.min(waits.length - 1, Math.floor(waits.length * quantile))] ?? NaN;
}

/** What a task gives as its result: of the type `stamp`, when its first statement ran. */
async function runOne(manager: Manager, poolId: PoolId, type: string): Promise<number> {
  const { task } = await manager.submit({ poolId, type, input: null, priority: 0, tags: [] });
  const { status } = await manager.waitForTask(task.id, { waitMs: 10_000 });
  if (status.state !== "completed") throw new TypeError(`Cannot measure: it ${status.state}`);
  return Number(status.resultJson);
}

function start(): Promise<Manager> {
  const tasks = fileURLToPath(new URL("./tasks/", import.meta.url));
  return Manager.start({ config: Config.parse({ data, tasks }) });
}

/** A pool with room for so many tasks at a time, and its threads started. */
async function openPool(manager: Manager, room: number): Promise<PoolId> {
  const threads = Math.min(2, room);
  const { id } = await manager.createPool({
    name: "bench",
    isolation,
    durability,
    minThreads: threads,
    maxThreads: threads,
    tasksPerThread: Math.min(64, Math.ceil(room / threads)),
  });
  for (const type of ["noop", "stamp"]) await runOne(manager, id, type);
  // As the harness' other systems, whose workers have all started before anything is measured.
  while (manager.getPool(id).slots.filter(({ state }) => state === "idle").length < threads) {
    await sleep(LOOK_MS);
  }
  for (let left = warmTasks; left > 0; left -= WARM_JOBS) {
    await runNoops(manager, id, Math.min(WARM_JOBS, left));
    await sleep(QUIET_MS);
  }
  if (warmTasks === 0) return id;
  // Single tasks come to a server at rest, a burst to one at work.
  if (kind === "pickup") await sleep(SETTLED_MS);
  for (let at = 0; at < WARM_SINGLES; at++) await runOne(manager, id, "stamp");
  if (data !== ":memory:") await untilIndexed(data, warmTasks + WARM_SINGLES);
  return id;
}

/** Those whose ends are on the disk: none is counted before that. */
function doneCount(manager: Manager): number {
  return manager.getStats().counts.completed;
}

function emit(value: number, what: "drain" | "pickup"): void {
  const [metric, unit] = what === "drain" ? ["throughput", "jobs/s"] : ["pickup_latency", "ms"];
  const n = what === "drain" ? jobs : samples;
  const line = { peer: "lido", workload, metric, value: Number(value.toFixed(2)), unit, n };
  // The harness reads standard output.
  Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(line)}\n`));
}
