/** One thing done to many tasks, over HTTP. */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { call, type ManagedApp, managedApp } from "../helpers/managed_app.ts";
import { until } from "../helpers/until.ts";

interface WireBulk {
  readonly operation_id: string;
  readonly status: string;
  readonly done: number;
  readonly total: number;
  readonly succeeded: number;
  readonly skipped: number;
  readonly failed: number;
  readonly results: readonly { task_id: string; is_ok: boolean; text: string }[];
}

/** An app with a paused pool in which three tasks of falling priority wait. */
async function openWorld() {
  const app = await managedApp();
  const { data: { pool_id } } = await call(app, "POST", "/api/pools", { name: "held" });
  await call(app, "POST", `/api/pools/${pool_id}/pause`);
  const tasks = [];
  for (const priority of [3, 2, 1]) {
    const task = { pool_id, task_type: "sleep", input: { seconds: 0 }, priority, tags: ["mine"] };
    tasks.push((await call(app, "POST", "/api/tasks", task)).data.task_id);
  }
  return { app, pool_id, tasks, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
}

async function finish(app: ManagedApp, id: string): Promise<WireBulk> {
  let operation: WireBulk | undefined;
  await until("the operation is over", async () => {
    operation = (await call(app, "GET", `/api/tasks/bulk/${id}`)).data;
    return operation?.status !== "running";
  });
  if (operation === undefined) throw new TypeError("There is no operation");
  return operation;
}

Deno.test("A dry run counts what a filter means, and does nothing", async () => {
  await using world = await openWorld();
  const { app, pool_id } = world;
  const filter = { pool_id, status: ["pending", "running"], min_priority: 2, tag: "mine" };
  const body = { action: "cancel", filter, dry_run: true };
  const { status, data } = await call(app, "POST", "/api/tasks/bulk", body);
  deepStrictEqual([status, data], [200, { action: "cancel", total: 2, total_is_exact: true }]);
  strictEqual((await call(app, "GET", `/api/pools/${pool_id}`)).data.pending_tasks, 3);
});

Deno.test("Tasks of a filter are cancelled, each with its result, and what ended before is skipped", async () => {
  await using world = await openWorld();
  const { app, pool_id, tasks } = world;
  await call(app, "DELETE", `/api/tasks/${tasks[0]}`);
  const body = { action: "cancel", filter: { pool_id, min_priority: 2 } };
  const begun = await call(app, "POST", "/api/tasks/bulk", body);
  strictEqual(begun.status, 202);
  strictEqual(begun.headers.get("location"), `/api/tasks/bulk/${begun.data.operation_id}`);
  const { done, total, succeeded, skipped, failed, results } = await finish(
    app,
    begun.data.operation_id,
  );
  deepStrictEqual({ done, total, succeeded, skipped, failed }, {
    done: 2,
    total: 2,
    succeeded: 1,
    skipped: 1,
    failed: 0,
  });
  deepStrictEqual(results.map(({ task_id, is_ok }) => [task_id, is_ok]), [
    [tasks[0], false],
    [tasks[1], true],
  ]);
  strictEqual((await call(app, "GET", `/api/tasks/${tasks[2]}`)).data.status, "pending");
});

Deno.test("Tasks of ids are run again, and an operation that is over cannot be ended", async () => {
  await using world = await openWorld();
  const { app, pool_id, tasks } = world;
  const body = { action: "run_again", task_ids: [tasks[0], tasks[0], tasks[2]] };
  const { data } = await call(app, "POST", "/api/tasks/bulk", body);
  const { succeeded, results } = await finish(app, data.operation_id);
  strictEqual(succeeded, 2);
  deepStrictEqual(results.map(({ task_id }) => task_id), [tasks[0], tasks[2]]);
  strictEqual((await call(app, "GET", `/api/pools/${pool_id}`)).data.pending_tasks, 5);
  const ended = await call(app, "DELETE", `/api/tasks/bulk/${data.operation_id}`);
  deepStrictEqual([ended.status, ended.data.status], [200, "finished"]);
});

Deno.test("A task is submitted once more as it was", async () => {
  await using world = await openWorld();
  const { app, tasks } = world;
  const { status, data, headers } = await call(app, "POST", `/api/tasks/${tasks[0]}/again`);
  strictEqual(status, 202);
  strictEqual(headers.get("location"), `/api/tasks/${data.task_id}`);
  const { priority, input, tags } = data;
  deepStrictEqual([priority, input, tags], [3, { seconds: 0 }, ["mine"]]);
  strictEqual(tasks.includes(data.task_id), false);
});

Deno.test("All tasks are meant where it is said, with an empty filter or none", async () => {
  await using world = await openWorld();
  const { app, pool_id } = world;
  const counted = { action: "stop", filter: {}, all: true, dry_run: true };
  const { data } = await call(app, "POST", "/api/tasks/bulk", counted);
  deepStrictEqual(data, { action: "stop", total: 3, total_is_exact: true });
  const begun = await call(app, "POST", "/api/tasks/bulk", { action: "cancel", all: true });
  strictEqual((await finish(app, begun.data.operation_id)).succeeded, 3);
  strictEqual((await call(app, "GET", `/api/pools/${pool_id}`)).data.pending_tasks, 0);
});

const ID = "01990000-0000-7000-8000-ffffffffffff";
const BAD: readonly (readonly [object, RegExp])[] = [
  [{ action: "cancel" }, /task_ids, filter and all/],
  [{ action: "cancel", all: false }, /task_ids, filter and all/],
  [{ action: "cancel", task_ids: [ID], all: true }, /task_ids, filter and all/],
  [{ action: "cancel", filter: {} }, /filter: .*"all": true/],
  [{ action: "cancel", filter: {}, dry_run: true }, /filter: .*"all": true/],
  [{ action: "cancel", filter: { tag: [], text: "", input: {} } }, /filter: .*"all": true/],
  [{ action: "cancel", filter: { text: "\0zzz" } }, /text: .*NUL/],
  [{ action: "cancel", filter: { input: { "seconds\0": 0 } } }, /input: .*NUL/],
  [{ action: "cancel", filter: { text: null } }, /^Cannot act on tasks: filter\.text: /],
  [{ action: "cancel", filter: { text: { a: 1 } } }, /filter\.text: /],
  [{ action: "cancel", filter: { pool_id: null } }, /filter\.pool_id: /],
  [{ action: "cancel", filter: { tag: ["mine,other"] } }, /filter\.tag\.0: .*comma/],
  [{ action: "cancel", filter: { tag: 5 } }, /filter\.tag: .*list/],
  [{ action: "cancel", filter: { min_priority: "1" } }, /filter\.min_priority: /],
  [{ action: "cancel", filter: { input: { seconds: [] } } }, /filter\.input\.seconds: .*plain/],
  [{ action: "cancel", filter: { submitted_after: "now" } }, /filter\.submitted_after: .*time/],
  [{ action: "cancel", filter: "status" }, /filter: /],
  [{ action: "cancel", filter: null }, /filter: /],
  [{ action: "cancel", filter: {}, all: "true" }, /all: .*boolean/],
  [{ action: "cancel", task_ids: [], filter: {} }, /task_ids/],
  [{ action: "drop", filter: {} }, /action/],
  [{ action: "cancel", filter: { state: "pending" } }, /filter\.state.*status/],
  [
    { action: "cancel", filter: { status: "open" } },
    /^Cannot act on tasks: filter\.status: .*open/,
  ],
  [{ action: "cancel", filter: { min_priority: "high" } }, /min_priority/],
  [{ action: "cancel", task_ids: ["no-id"] }, /task_ids\.0/],
  [{ action: "cancel", filter: {}, all: true, dryRun: true }, /dryRun.*dry_run/],
];
for (const [body, names] of BAD) {
  Deno.test(`A bulk operation is refused: ${JSON.stringify(body)}`, async () => {
    await using world = await openWorld();
    const { status, error, code } = await call(world.app, "POST", "/api/tasks/bulk", body);
    deepStrictEqual([status, code], [422, "invalid_input"], error);
    match(error, names);
    strictEqual((await call(world.app, "GET", "/api/stats")).data.pending_tasks, 3);
  });
}

Deno.test("An operation that is not kept is not found", async () => {
  await using world = await openWorld();
  for (const method of ["GET", "DELETE"]) {
    const { status, code } = await call(world.app, method, "/api/tasks/bulk/none");
    deepStrictEqual([status, code], [404, "not_found"]);
  }
});

Deno.test("A task that is named in upper case is the same: it is run again once", async () => {
  await using world = await openWorld();
  const { app, pool_id, tasks } = world;
  const body = { action: "run_again", task_ids: [tasks[0].toUpperCase(), tasks[0]] };
  const { data } = await call(app, "POST", "/api/tasks/bulk", body);
  const { results } = await finish(app, data.operation_id.toUpperCase());
  deepStrictEqual(results.map(({ task_id }) => task_id), [tasks[0]]);
  strictEqual((await call(app, "GET", `/api/pools/${pool_id}`)).data.pending_tasks, 4);
});

Deno.test("A pool that is named in upper case is the same, for a submit and a change", async () => {
  await using world = await openWorld();
  const { app, pool_id } = world;
  const { data: { pool_id: other } } = await call(app, "POST", "/api/pools", { name: "other" });
  await call(app, "POST", `/api/pools/${other}/pause`);
  const task = { pool_id: pool_id.toUpperCase(), task_type: "sleep", input: { seconds: 0 } };
  const submitted = await call(app, "POST", "/api/tasks", task);
  deepStrictEqual([submitted.status, submitted.data.pool_id], [202, pool_id]);
  const path = `/api/tasks/${submitted.data.task_id}`;
  const moved = await call(app, "PATCH", path, { pool_id: other.toUpperCase() });
  deepStrictEqual([moved.status, moved.data.pool_id], [200, other]);
});
