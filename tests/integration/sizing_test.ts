/** Advice and autoscale with a real manager and real threads. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { call, managedApp } from "../helpers/managed_app.ts";
import { until } from "../helpers/until.ts";

Deno.test("resize-info advises once tasks have run, tells of a size that is asked for, and refuses what is none", async () => {
  await using app = await managedApp();
  const { data: pool } = await call(app, "POST", "/api/pools", {
    name: "busy",
    isolation: "thread",
    max_workers: 2,
    target_wait_ms: 30_000,
  });
  const path = `/api/pools/${pool.pool_id}/resize-info`;
  const { data: before } = await call(app, "GET", path);
  deepStrictEqual([before.advice, before.autoscale], [null, "off"]);
  match(before.reason, /^Too few tasks have ended/);

  const task = { pool_id: pool.pool_id, task_type: "sleep", input: { seconds: 0 } };
  await call(app, "POST", "/api/tasks/batch", { tasks: Array.from({ length: 30 }, () => task) });
  await until(
    "all have run",
    async () => (await call(app, "GET", `/api/pools/${pool.pool_id}`)).data.completed_tasks === 30,
  );
  // What was asked before they had run is kept for some seconds, unless settings change.
  await call(app, "PATCH", `/api/pools/${pool.pool_id}`, { target_wait_ms: 20_000 });
  const { data: after } = await call(app, "GET", `${path}?max_workers=200`);
  const { advice } = after;
  deepStrictEqual([advice.seen_tasks, advice.target_wait_ms, advice.size], [30, 20_000, 1]);
  deepStrictEqual([after.suggested_max_workers, after.reason], [advice.size, advice.reason]);
  ok(advice.sizes.some(({ size }: { size: number }) => size === 200));

  for (const size of ["0", "257", "many", "1.5"]) {
    const refused = await call(app, "GET", `${path}?max_workers=${size}`);
    deepStrictEqual([refused.status, refused.code], [422, "invalid_input"]);
    match(refused.error, /max_workers/);
  }
});

Deno.test("autoscale sets a size by itself, as a version with its reason; a person can go back", async () => {
  await using app = await managedApp();
  const { data: pool } = await call(app, "POST", "/api/pools", {
    isolation: "thread",
    max_workers: 1,
    target_wait_ms: 1,
    autoscale: "apply",
    autoscale_max_threads: 2,
  });
  const path = `/api/pools/${pool.pool_id}`;
  const task = { pool_id: pool.pool_id, task_type: "sleep", input: { seconds: 60 } };
  await call(app, "POST", "/api/tasks/batch", { tasks: [task, task, task] });
  await until(
    "autoscale changed the size",
    async () => (await call(app, "GET", path)).data.max_workers === 2,
  );
  const { data: [version] } = await call(app, "GET", `${path}/settings`);
  deepStrictEqual(
    [version.author, version.changes],
    ["autoscale", [{ setting: "max_workers", before: 1, after: 2 }]],
  );
  match(
    version.reason,
    /^Too few tasks have ended to tell more\. Waiting: 2, the oldest for \d+ ms/,
  );
  const reverted = await call(app, "POST", `${path}/revert`, { version: 1 });
  strictEqual(reverted.data.max_workers, 1);
  await call(app, "DELETE", `${path}/force-close`);
});
