/**
 * `deno task bench:pages`: what the pages cost with 1,000,000 tasks on record and 200 pools: the first
 * byte of each page (p50, p99), its HTML, and a look at a fragment that has not changed. `BENCH_TASKS`
 * and `BENCH_POOLS` say how many there are. Each is asked for 1,000 times.
 *
 * Ratios of one run say something; the figures themselves depend on the machine.
 */
import { fileURLToPath } from "node:url";
import { Config, Manager, type PoolId, type TaskId } from "../../core/mod.ts";
import { serveManager } from "../helpers/serve_manager.ts";
import { askClient, say, sleep, untilIndexed } from "./bench.ts";
import type { Sample, SampleRequest } from "./pages_client.ts";

const TASKS_ON_RECORD = Number(Deno.env.get("BENCH_TASKS") ?? 1_000_000);
const POOLS = Number(Deno.env.get("BENCH_POOLS") ?? 200);
const SAMPLES = 1_000;
const BATCH = 5_000;
const TASKS = fileURLToPath(new URL("./tasks/", import.meta.url));

const client = new Worker(new URL("./pages_client.ts", import.meta.url), { type: "module" });
const data = await Deno.makeTempDir({ prefix: "lido-bench-" });
try {
  await using manager = await Manager.start({
    config: Config.parse({ data, tasks: TASKS, limits: { pools: POOLS + 1 } }),
  });
  const pools = await openPools(manager);
  const taskId = await fill(manager, pools);
  const { server, errors } = serveManager(manager);
  await measure(server.url.replace(/\/$/, ""), pools[0] as PoolId, taskId);
  await server.shutdown({ graceMs: 100 });
  if (errors.length > 0) throw new AggregateError(errors, "Unforeseen errors");
} finally {
  await Deno.remove(data, { recursive: true });
}
Deno.exit(0);

async function openPools(manager: Manager): Promise<readonly PoolId[]> {
  const ids: PoolId[] = [];
  for (let at = 0; at < POOLS; at++) {
    const name = `pool ${String(at).padStart(3, "0")}`;
    const { id } = await manager.createPool({
      name,
      isolation: "thread",
      queueCapacity: 10_000_000,
    });
    ids.push(id);
  }
  return ids;
}

/** Tasks that ended, spread over some of the pools; gives one of them. */
async function fill(manager: Manager, pools: readonly PoolId[]): Promise<TaskId> {
  const used = pools.slice(0, 4);
  let last: TaskId | undefined;
  for (let at = 0; at < TASKS_ON_RECORD; at += BATCH) {
    const poolId = used[at / BATCH % used.length] as PoolId; // there are some
    const ids = await manager.submitBatch(
      Array.from({ length: Math.min(BATCH, TASKS_ON_RECORD - at) }, (_, index) => ({
        poolId,
        type: "echo",
        name: `task ${at + index}`,
        input: { number: at + index },
        priority: index % 3,
        tags: (at + index) % 100 === 0 ? ["rare"] : [],
      })),
    );
    last = ids.at(-1) ?? last;
  }
  while (manager.getStats().counts.completed < TASKS_ON_RECORD) await sleep(50);
  await untilIndexed(data, TASKS_ON_RECORD);
  return last as TaskId; // at least one was submitted
}

async function measure(url: string, poolId: PoolId, taskId: TaskId): Promise<void> {
  const pages = {
    overview: "/",
    pools: "/pools",
    "pool, live": `/pools/${poolId}`,
    "pool, tasks": `/pools/${poolId}?tab=tasks`,
    "pool, charts": `/pools/${poolId}?tab=charts&range=24h`,
    "pool, settings": `/pools/${poolId}?tab=settings`,
    tasks: "/tasks",
    "tasks, 100 a page": "/tasks?per_page=100",
    "tasks, page 500": "/tasks?page=500",
    "tasks, failed": "/tasks?q=state:failed",
    "tasks, a tag": "/tasks?q=tag:rare",
    "tasks, a text": `/tasks?q=${encodeURIComponent('"task 7000"')}`,
    task: `/tasks/${taskId}`,
    submit: "/submit",
    types: "/types",
  };
  print(["page", "p50 ms", "p99 ms", "kB of HTML"]);
  for (const [name, path] of Object.entries(pages)) {
    const { times, bytes } = await sample(`${url}${path}`, { accept: "text/html" }, 200);
    print([name, at(times, 0.5), at(times, 0.99), (bytes / 1_000).toFixed(0)]);
  }
  for (
    const [name, path, target] of [["strip", "/strip", "strip"], ["pools", "/pools", "page"], [
      "overview",
      "/",
      "page",
    ]]
  ) {
    await quiet(`${url}${path}`, String(name), String(target));
  }
}

/** A fragment is asked for again with the tag that it had: nothing has changed. */
async function quiet(url: string, name: string, target: string): Promise<void> {
  const headers = { "hx-request": "true", "hx-target": `div#${target}` };
  let tag = "";
  for (;;) {
    const response = await fetch(url, { headers: { ...headers, "hx-ptag": tag } });
    await response.body?.cancel();
    if (response.status === 304) break; // it has come to rest
    tag = response.headers.get("hx-ptag") ?? "";
    await sleep(200);
  }
  const { times } = await sample(url, { ...headers, "hx-ptag": tag }, 304);
  print([`${name}, unchanged`, at(times, 0.5), at(times, 0.99), "0"]);
}

/** Has the client ask again and again. */
function sample(url: string, headers: Record<string, string>, status: number): Promise<Sample> {
  const request: SampleRequest = { url, headers, status, samples: SAMPLES };
  return askClient(client, request);
}

function at(times: readonly number[], quantile: number): string {
  return (times[Math.floor(times.length * quantile)] ?? NaN).toFixed(2);
}

function print(cells: readonly string[]): void {
  const [name = "", ...figures] = cells;
  say([name.padEnd(24), ...figures.map((figure) => figure.padStart(11))].join(""));
}
