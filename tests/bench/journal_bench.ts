/**
 * `deno task bench:journal`: what the journal costs with a little and with a lot on record. For 10,000
 * and for 1,000,000 tasks (a tenth of them pending) it prints how long a start takes until its first
 * task is done, and how long lists, filters, searches and details take in the server; then how much
 * memory 1,000,000 waiting tasks cost above an idle server. `BENCH_TASKS` says how many the lot is.
 *
 * Ratios of one run say something; the figures themselves depend on the machine.
 */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { Config, Manager, type PoolId, type TaskFilter, type TaskId } from "../../core/mod.ts";

const LOT = Number(Deno.env.get("BENCH_TASKS") ?? 1_000_000);
const LITTLE = LOT / 100;
const PENDING_SHARE = 0.1;
const SAMPLES = 500;
const BATCH = 5_000;
const TASKS = fileURLToPath(new URL("./tasks/", import.meta.url));

/** One kind of read, and its p99 in milliseconds. */
type Figures = Readonly<Record<string, number>>;

function open(data: string): Promise<Manager> {
  return Manager.start({ config: Config.parse({ data, tasks: TASKS }) });
}

/** Puts ended tasks on record by running them, and pending ones into a pool that is paused. */
async function fill(data: string, count: number): Promise<void> {
  await using manager = await open(data);
  const { id: busy } = await manager.createPool({
    name: "busy",
    isolation: "thread",
    maxThreads: 2,
    queueCapacity: LOT,
  });
  const { id: paused } = await manager.createPool({ name: "paused", queueCapacity: LOT });
  await manager.pausePool(paused);
  const pending = Math.round(count * PENDING_SHARE);
  await submit(manager, busy, count - pending);
  await submit(manager, paused, pending);
  while (manager.getPool(busy).counts.completed < count - pending) await sleep(50);
  await indexed(data, count);
}

async function submit(manager: Manager, poolId: PoolId, count: number): Promise<void> {
  for (let at = 0; at < count; at += BATCH) {
    await manager.submitBatch(
      Array.from({ length: Math.min(BATCH, count - at) }, (_, index) => ({
        poolId,
        type: "echo",
        name: `task ${at + index}`,
        input: { number: at + index, user: { id: (at + index) % 1_000 } },
        priority: index % 3,
        tags: (at + index) % 100 === 0 ? ["rare"] : [],
      })),
    );
  }
}

/** Waits until the text index has seen all of them. */
async function indexed(data: string, count: number): Promise<void> {
  for (;;) {
    const db = new DatabaseSync(join(data, "search.sqlite"), { readOnly: true });
    const row = db.prepare("SELECT seq FROM progress").get();
    db.close();
    if (Number(row?.["seq"] ?? 0) >= count) return;
    await sleep(200);
  }
}

/** From before the journal is opened until a task that is submitted then is done. */
async function startToFirstDone(data: string): Promise<number> {
  const beganMs = performance.now();
  await using manager = await open(data);
  const pool = manager.listPools().find(({ settings }) => settings.name === "busy");
  if (pool === undefined) throw new TypeError("Cannot measure: the pool did not come back");
  const submission = { poolId: pool.id, type: "noop", input: null, priority: 0, tags: [] };
  const { task } = await manager.submit(submission);
  await manager.waitForTask(task.id, { waitMs: 60_000 });
  return performance.now() - beganMs;
}

async function reads(data: string): Promise<Figures> {
  await using manager = await open(data);
  const poolOf = (name: string) =>
    manager.listPools().find(({ settings }) => settings.name === name)?.id as PoolId; // made above
  const first = await manager.listTasks({}, { page: 1, perPage: 100 });
  const ids = await idsOfEnded(manager);
  const list = (filter: TaskFilter) => () => manager.listTasks(filter, { page: 1, perPage: 50 });
  let turn = 0;
  const kinds: Record<string, () => Promise<unknown>> = {
    "list, first page": list({}),
    "list, page 100": () => manager.listTasks({}, { page: 100, perPage: 50 }),
    "list by cursor": () => manager.listTasks({}, { cursor: first.nextCursor ?? "", perPage: 50 }),
    "filter by state": list({ states: ["completed"] }),
    "filter by pool and state": list({ poolId: poolOf("paused"), states: ["pending"] }),
    "filter by type": list({ type: "echo" }),
    "filter by tag": list({ tags: ["rare"] }),
    "filter by priority": list({ priority: { min: 2 } }),
    // As many have it with a lot on record as with a little: but for the pending ones, one.
    "search a text of one task": () => list({ text: `:${7_000 + turn++ % 1_000},` })(),
    "search a rare text": () => list({ text: `task ${7_000 + turn++ % 1_000}` })(),
    "search a common text": list({ text: "task" }),
    "details": () => manager.getTask(ids[turn++ % ids.length] as TaskId), // there are some
  };
  const figures: Record<string, number> = {};
  for (const [kind, read] of Object.entries(kinds)) {
    for (let warm = 0; warm < 20; warm++) await read();
    const times: number[] = [];
    for (let sample = 0; sample < SAMPLES; sample++) {
      const beganMs = performance.now();
      await read();
      times.push(performance.now() - beganMs);
    }
    times.sort((one, other) => one - other);
    figures[kind] = times[Math.floor(SAMPLES * 0.99)] ?? NaN;
  }
  return figures;
}

/** Of tasks that are not in memory, from all over the record. */
async function idsOfEnded(manager: Manager): Promise<readonly TaskId[]> {
  const filter: TaskFilter = { states: ["completed"] };
  const { totalItems } = await manager.listTasks(filter, { page: 1, perPage: 10 });
  const ids: TaskId[] = [];
  for (let part = 0; part < 10; part++) {
    const page = 1 + Math.floor(part * totalItems / 100);
    const { tasks } = await manager.listTasks(filter, { page, perPage: 10 });
    ids.push(...tasks.map(({ id }) => id));
  }
  return ids;
}

/** Resident memory with so many waiting, above what the idle server had, in MiB. */
async function memoryOfWaiting(count: number): Promise<number> {
  const data = await Deno.makeTempDir({ prefix: "lido-bench-" });
  try {
    {
      await using manager = await open(data);
      const { id } = await manager.createPool({ name: "paused", queueCapacity: LOT });
      await manager.pausePool(id);
      await submit(manager, id, count);
    }
    const empty = await Deno.makeTempDir({ prefix: "lido-bench-" });
    const [idle, full] = [await residentOf(empty), await residentOf(data)];
    await Deno.remove(empty, { recursive: true });
    return full - idle;
  } finally {
    await Deno.remove(data, { recursive: true });
  }
}

/** What a server in a process of its own takes a moment after its start. */
async function residentOf(data: string): Promise<number> {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", import.meta.filename ?? "", "--resident", data],
    stderr: "inherit",
  });
  const { stdout } = await process.output();
  return Number(new TextDecoder().decode(stdout));
}

async function printResident(data: string): Promise<void> {
  await using manager = await open(data);
  await manager.listTasks({}, { page: 1, perPage: 50 });
  await sleep(3_000);
  print(String(Deno.memoryUsage().rss / 1024 / 1024));
}

async function measure(count: number): Promise<{ startMs: number; figures: Figures }> {
  const data = await Deno.makeTempDir({ prefix: "lido-bench-" });
  try {
    await fill(data, count);
    const starts = [];
    for (let round = 0; round < 5; round++) starts.push(await startToFirstDone(data));
    starts.sort((one, other) => one - other);
    return { startMs: starts[2] ?? NaN, figures: await reads(data) };
  } finally {
    await Deno.remove(data, { recursive: true });
  }
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

if (Deno.args[0] === "--resident") await printResident(Deno.args[1] ?? "");
else {
  const little = await measure(LITTLE);
  const lot = await measure(LOT);
  const row = (what: string, few: number, many: number) =>
    print(
      `${what.padEnd(30)} ${few.toFixed(2).padStart(9)} ${many.toFixed(2).padStart(9)} ` +
        `${(many / few).toFixed(2).padStart(6)} ×`,
    );
  print(`${"".padEnd(30)} ${String(LITTLE).padStart(9)} ${String(LOT).padStart(9)}  growth`);
  row("start to first task done, ms", little.startMs, lot.startMs);
  for (const [kind, ms] of Object.entries(lot.figures)) {
    row(`${kind}, p99 ms`, little.figures[kind] ?? NaN, ms);
  }
  print(`memory of ${LOT} waiting above idle: ${(await memoryOfWaiting(LOT)).toFixed(0)} MiB`);
}
Deno.exit(0);
