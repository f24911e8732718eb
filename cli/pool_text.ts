/** Pools as a person reads them in a terminal. */
import { type Column, drawFacts, drawTable } from "./table.ts";
import type { WireOutlook, WirePool, WireResizeInfo, WireWorker } from "./client/mod.ts";
import type { Output } from "./world.ts";

const POOL_COLUMNS: readonly Column<WirePool>[] = [
  { title: "ID", text: (pool) => pool.pool_id, isWhole: true },
  { title: "NAME", text: (pool) => pool.name },
  { title: "STATUS", text: (pool) => pool.status, isWhole: true },
  { title: "MAX", text: (pool) => String(pool.max_workers), isNumber: true },
  { title: "WAIT", text: (pool) => String(pool.pending_tasks), isNumber: true },
  { title: "RUN", text: (pool) => String(pool.running_tasks), isNumber: true },
  { title: "DONE", text: (pool) => String(pool.completed_tasks), isNumber: true },
  { title: "FAIL", text: (pool) => String(pool.failed_tasks), isNumber: true },
];

const WORKER_COLUMNS: readonly Column<WireWorker>[] = [
  { title: "THREAD", text: (worker) => String(worker.index), isNumber: true },
  { title: "STATE", text: (worker) => worker.state },
  { title: "DONE", text: (worker) => String(worker.done), isNumber: true },
  { title: "FAILED", text: (worker) => String(worker.failed), isNumber: true },
  { title: "MIB", text: (worker) => mebibytes(worker.memory_bytes), isNumber: true },
  { title: "PID", text: (worker) => String(worker.pid ?? "–"), isNumber: true },
];

/** Draws a list of pools. */
export function drawPools(pools: readonly WirePool[], output: Output): string {
  return pools.length === 0 ? "No pools.\n" : drawTable(pools, POOL_COLUMNS, output);
}

/** Draws one pool with its threads. */
export function drawPool(pool: WirePool, output: Output): string {
  const facts = drawFacts([
    ["pool", pool.pool_id],
    ["name", pool.name],
    ["status", pool.status],
    ["isolation", pool.isolation],
    ["threads", `${pool.min_workers} to ${pool.max_workers}`],
    ["pending", String(pool.pending_tasks)],
    ["running", String(pool.running_tasks)],
    ["completed", String(pool.completed_tasks)],
    ["failed", String(pool.failed_tasks)],
    ["cancelled", String(pool.cancelled_tasks)],
    ...(pool.zombies > 0 ? [["zombies", String(pool.zombies)]] as const : []),
    ...(pool.start_problem === null ? [] : [["problem", pool.start_problem]] as const),
  ]);
  if (pool.workers.length === 0) return facts;
  return `${facts}\n${drawTable(pool.workers, WORKER_COLUMNS, output)}`;
}

const OUTLOOK_COLUMNS: readonly Column<WireOutlook>[] = [
  { title: "THREADS", text: ({ size }) => String(size), isNumber: true },
  {
    title: "WAIT P95",
    text: ({ wait_p95_ms }) => wait_p95_ms === null ? "∞" : `${Math.round(wait_p95_ms)} ms`,
    isNumber: true,
  },
  {
    title: "BUSY",
    text: ({ utilisation }) => `${Math.round(utilisation * 100)} %`,
    isNumber: true,
  },
];

/** Draws how many threads a pool wants, and what other sizes would bring. */
export function drawSizing(info: WireResizeInfo, output: Output): string {
  const { advice, autoscale_suggestion: suggestion } = info;
  const facts = drawFacts([
    ["pool", info.name],
    ["threads", String(info.current_max_workers)],
    ["suggested", String(info.suggested_max_workers)],
    ["why", info.reason],
    ["autoscale", info.autoscale],
    ...(suggestion === null
      ? []
      : [["it would set", `${suggestion.size}: ${suggestion.reason}`]] as const),
  ]);
  return advice === null ? facts : `${facts}\n${drawTable(advice.sizes, OUTLOOK_COLUMNS, output)}`;
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0);
}
