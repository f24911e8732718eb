/**
 * `deno task bench:journal`: what the journal costs with a little and with a lot on record. For 10,000
 * and for 1,000,000 tasks (a tenth of them pending) it prints how long a start takes until its first
 * task is done, and how long lists, filters, searches and details take in the server; then how much
 * memory 1,000,000 waiting tasks cost above an idle server. `BENCH_TASKS` says how many the lot is.
 *
 * Ratios of one run say something; the figures themselves depend on the machine. What the machine
 * alone does to them shows in the control, a read of nothing: what it takes in its slowest
 * hundredth, no other read can do without. `rows` is how many each read gives: of one that gives
 * more with a lot on record than with a little, growth says less.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ReaderThread } from "../../core/engine/local/journal/reader_thread.ts";
import { Config, Manager, type PoolId, type TaskFilter, type TaskId } from "../../core/mod.ts";
import { say, sleep, untilIndexed } from "./bench.ts";

const LOT = Number(Deno.env.get("BENCH_TASKS") ?? 1_000_000);
const LITTLE = LOT / 100;
const PENDING_SHARE = 0.1;
const WARM_UPS = 100;
const SAMPLES = 2_000;
const BATCH = 5_000;
const TASKS = fileURLToPath(new URL("./tasks/", import.meta.url));

/** One kind of read: how many rows it gives, and how long it takes, in milliseconds. */
interface Figure {
  readonly rows: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

type Figures = ReadonlyMap<string, Figure>;

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
  await untilIndexed(data, count);
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
  await using idle = await ReaderThread.open({
    journalPath: join(data, "journal.sqlite"),
    searchPath: join(data, "search.sqlite"),
  });
  const poolOf = (name: string) =>
    manager.listPools().find(({ settings }) => settings.name === name)?.id as PoolId; // made above
  const first = await manager.listTasks({}, { page: 1, perPage: 100 });
  const ids = await idsOfEnded(manager);
  const list = async (filter: TaskFilter, page = 1) =>
    (await manager.listTasks(filter, { page, perPage: 50 })).tasks.length;
  const cursor = first.nextCursor ?? "";
  const kinds: Record<string, (turn: number) => Promise<number>> = {
    "control: read nothing": async () => (await idle.read("bySeqs", [])).length,
    "list, first page": () => list({}),
    "list, page 100": () => list({}, 100),
    "list by cursor": async () =>
      (await manager.listTasks({}, { cursor, perPage: 50 })).tasks.length,
    "filter by state": () => list({ states: ["completed"] }),
    "filter by pool and state": () => list({ poolId: poolOf("paused"), states: ["pending"] }),
    "filter by type": () => list({ type: "echo" }),
    "filter by tag": () => list({ tags: ["rare"] }),
    "filter by priority": () => list({ priority: { min: 2 } }),
    "search what one task has": (turn) => list({ text: `:${7_000 + turn % 1_000},` }),
    "search what few tasks have": (turn) => list({ text: `task ${7_000 + turn % 1_000}` }),
    "search four characters": (turn) => list({ text: String(7_000 + turn % 1_000) }),
    "search what one in 100 has": (turn) => list({ text: `id":${10 + turn % 90}` }),
    "search what most tasks have": () => list({ text: "task" }),
    "search what no task has": (turn) => list({ text: `no task ${turn}` }),
    "details": async (turn) => {
      await manager.getTask(ids[turn % ids.length] as TaskId); // there are some
      return 1;
    },
  };
  const figures = new Map<string, Figure>();
  for (const [kind, read] of Object.entries(kinds)) figures.set(kind, await figureOf(read));
  return figures;
}

async function figureOf(read: (turn: number) => Promise<number>): Promise<Figure> {
  for (let turn = 0; turn < WARM_UPS; turn++) await read(turn);
  const times: number[] = [];
  const rows: number[] = [];
  for (let turn = 0; turn < SAMPLES; turn++) {
    const beganMs = performance.now();
    rows.push(await read(turn));
    times.push(performance.now() - beganMs);
  }
  const at = (list: number[], share: number) =>
    list.sort((one, other) => one - other)[Math.floor(list.length * share)] ?? NaN;
  return { rows: at(rows, 0.5), p50: at(times, 0.5), p90: at(times, 0.9), p99: at(times, 0.99) };
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
  say(String(Deno.memoryUsage().rss / 1024 / 1024));
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

function printStart(fewMs: number, manyMs: number): void {
  const [few, many, growth] = [fewMs, manyMs, manyMs / fewMs].map((value) => value.toFixed(2));
  say(`start to first task done: ${few} ms, ${many} ms, growth ${growth} ×`);
}

function printFigures(little: Figures, lot: Figures): void {
  const line = (kind: string, few: readonly string[], many: readonly string[], growth: string[]) =>
    say(
      `${kind.padEnd(27)} │${[few, many, growth].map(cellsOf).join(" │")}`,
    );
  const head = ["rows", "p50", "p90", "p99"];
  line("", [String(LITTLE), "tasks", "", ""], [String(LOT), "tasks", "", ""], ["growth", ""]);
  line("milliseconds", head, head, ["p50", "p99"]);
  for (const [kind, many] of lot) {
    const few = little.get(kind);
    if (few === undefined) continue;
    const growth = [many.p50 / few.p50, many.p99 / few.p99].map((ratio) => ratio.toFixed(2));
    line(kind, textsOf(few), textsOf(many), growth);
  }
}

function textsOf({ rows, p50, p90, p99 }: Figure): readonly string[] {
  return [String(rows), ...[p50, p90, p99].map((ms) => ms.toFixed(2))];
}

function cellsOf(texts: readonly string[]): string {
  return texts.map((text) => text.padStart(8)).join("");
}

if (Deno.args[0] === "--resident") await printResident(Deno.args[1] ?? "");
else {
  const little = await measure(LITTLE);
  const lot = await measure(LOT);
  printStart(little.startMs, lot.startMs);
  printFigures(little.figures, lot.figures);
  say(`memory of ${LOT} waiting above idle: ${(await memoryOfWaiting(LOT)).toFixed(0)} MiB`);
}
Deno.exit(0);
