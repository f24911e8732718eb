import { strictEqual } from "node:assert/strict";
import { placeOfAlert } from "../../../../routes/present/alert_place.ts";

const OF_POOL = { pool_id: "p1", pool: "p" };
const PLACES: readonly (readonly [string, Readonly<Record<string, string>>, string | null])[] = [
  ["lido_pools", {}, "/pools"],
  ["lido_server_tasks", { state: "pending" }, "/tasks?q=state:pending"],
  ["lido_tasks", { ...OF_POOL, state: "blocked" }, "/tasks?q=state:blocked pool:p1"],
  ["lido_queue_used_ratio", OF_POOL, "/tasks?q=state:pending pool:p1"],
  ["lido_tasks_total", OF_POOL, "/tasks?q=state:failed pool:p1"],
  ["lido_tasks_timed_out_total", { ...OF_POOL, limit: "run" }, "/tasks?q=state:failed pool:p1"],
  ["lido_pool_threads", { ...OF_POOL, state: "zombie" }, "/pools/p1"],
  ["lido_pool_threads_missing", OF_POOL, "/pools/p1"],
  ["lido_tasks_rejected_total", OF_POOL, "/pools/p1"],
  ["process_resident_memory_bytes", {}, null],
  ["lido_journal_up", {}, null],
  ["lido_tasks_total", { pool_id: "gone" }, null],
  ["lido_pool_threads", { pool_id: "gone" }, null],
];
for (const [metric, labels, place] of PLACES) {
  Deno.test(`placeOfAlert() of ${metric} ${JSON.stringify(labels)} is ${place}`, () => {
    const found = placeOfAlert({ metric, labels }, (id) => id === "p1");
    strictEqual(found && decodeURIComponent(found), place);
  });
}
