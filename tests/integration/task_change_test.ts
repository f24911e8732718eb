/** A waiting task's priority and pool, threads and settings versions, over HTTP. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { call, managedApp } from "../helpers/managed_app.ts";
import { until } from "../helpers/until.ts";

/** An app with a paused pool that has three tasks, and an open one. */
async function openWorld() {
  const app = await managedApp();
  const held: string = (await call(app, "POST", "/api/pools", { name: "held" })).data.pool_id;
  const open: string = (await call(app, "POST", "/api/pools", { name: "open" })).data.pool_id;
  await call(app, "POST", `/api/pools/${held}/pause`);
  const tasks: string[] = [];
  for (let at = 0; at < 3; at++) {
    const task = { pool_id: held, task_type: "sleep", input: { seconds: 0 } };
    tasks.push((await call(app, "POST", "/api/tasks", task)).data.task_id);
  }
  return { app, held, open, tasks, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
}

Deno.test("A task is moved to another pool and runs there; its events say so", async () => {
  await using world = await openWorld();
  const { app, held, open, tasks } = world;
  const path = `/api/tasks/${tasks[0]}`;
  const { status, data } = await call(app, "PATCH", path, { pool_id: open, priority: 4 });
  deepStrictEqual([status, data.pool_id, data.priority], [200, open, 4]);
  strictEqual((await call(app, "GET", `${path}?wait=30`)).data.status, "completed");
  const { data: events } = await call(app, "GET", `${path}/events`);
  deepStrictEqual(
    events.filter(({ event }: { event: string }) => event === "change")
      .map(({ cause }: { cause: string }) => cause),
    [
      "Its priority was changed from 0 to 4",
      "It was moved from the pool held to open",
    ],
  );
  strictEqual((await call(app, "GET", `/api/pools/${held}`)).data.pending_tasks, 2);
  strictEqual((await call(app, "GET", `/api/pools/${open}`)).data.completed_tasks, 1);
});

Deno.test("A task that cannot be changed as asked stays as it is, with the reason", async () => {
  await using world = await openWorld();
  const { app, open, tasks } = world;
  const path = `/api/tasks/${tasks[0]}`;
  for (
    const [body, status, code, error] of [
      [{}, 422, "invalid_input", /priority, pool_id or both/],
      [{ priority: 101 }, 422, "invalid_input", /priority: .*<=100/],
      [{ priority: "1" }, 422, "invalid_input", /priority/],
      [{ pool: open }, 422, "invalid_input", /pool_id/],
      [{ pool_id: tasks[0] }, 404, "pool_not_found", /pool/],
    ] as const
  ) {
    const answer = await call(app, "PATCH", path, body);
    deepStrictEqual([answer.status, answer.code], [status, code], JSON.stringify(body));
    match(answer.error, error);
  }
  await call(app, "DELETE", path);
  const over = await call(app, "PATCH", path, { priority: 1 });
  deepStrictEqual([over.status, over.code], [409, "task_not_changeable"]);
  match(over.error, /it is cancelled/);
  strictEqual((await call(app, "GET", `/api/tasks/${tasks[1]}`)).data.priority, 0);
});

Deno.test("Many tasks are moved and lifted at once, and the pool runs each once", async () => {
  await using world = await openWorld();
  const { app, held, open } = world;
  const order = { action: "change", filter: { pool_id: held }, pool_id: open, priority: 2 };
  const { data: begun } = await call(app, "POST", "/api/tasks/bulk", order);
  const path = `/api/tasks/bulk/${begun.operation_id}`;
  await until("it is over", async () => (await call(app, "GET", path)).data.status === "finished");
  const { data } = await call(app, "GET", path);
  deepStrictEqual([data.succeeded, data.skipped, data.failed], [3, 0, 0]);
  await until("all ran", async () => {
    return (await call(app, "GET", `/api/pools/${open}`)).data.completed_tasks === 3;
  });
  for (const order of [{ action: "change" }, { action: "stop", priority: 1 }]) {
    const answer = await call(app, "POST", "/api/tasks/bulk", { ...order, all: true });
    deepStrictEqual([answer.status, answer.code], [422, "invalid_input"]);
    match(answer.error, /action: /);
  }
});

Deno.test("A list is exported whole, in both formats, and a wrong word is refused", async () => {
  await using world = await openWorld();
  const { app, held, tasks } = world;
  const path = `/api/tasks/export?pool_id=${held}`;
  const lines =
    (await app.fetch(new Request(`http://localhost${path}`)).then((answer) => answer.text())).trim()
      .split("\n");
  deepStrictEqual(lines.map((line) => JSON.parse(line).task_id), tasks.toReversed());
  const csv = await app.fetch(new Request(`http://localhost${path}&format=csv`));
  match(csv.headers.get("content-disposition") ?? "", /tasks\.csv/);
  strictEqual((await csv.text()).trim().split("\r\n").length, 4);
  for (const [query, named] of [["format=xml", /format/], ["state=failed", /status/]] as const) {
    const answer = await call(app, "GET", `/api/tasks/export?${query}`);
    strictEqual(answer.status, 422);
    match(answer.error, named);
  }
});

Deno.test("A pool's settings go back to a version, and each version tells what it changed", async () => {
  await using world = await openWorld();
  const { app, open } = world;
  const path = `/api/pools/${open}`;
  const reason = "More room";
  const changed = await call(app, "PATCH", path, {
    queue_capacity: 9,
    priority_ageing_ms: 5_000,
    reason,
  });
  strictEqual(changed.status, 200, changed.error);
  const back = await call(app, "POST", `${path}/revert`, { version: 1, reason: "Too much" });
  strictEqual(back.status, 200);
  const { data: versions } = await call(app, "GET", `${path}/settings`);
  const [third, second, first] = versions;
  deepStrictEqual([third.reason, second.reason, first.reason], ["Too much", reason, null]);
  deepStrictEqual(second.changes.map(({ setting }: { setting: string }) => setting), [
    "queue_capacity",
    "priority_ageing_ms",
  ]);
  deepStrictEqual(third.changes[0], {
    setting: "queue_capacity",
    before: 9,
    after: first.settings.queue_capacity,
  });
  deepStrictEqual([first.changes, third.settings], [[], first.settings]);
  const none = await call(app, "POST", `${path}/revert`, { version: 9 });
  deepStrictEqual([none.status, none.code], [404, "version_not_found"]);
  const nothing = await call(app, "PATCH", path, { reason });
  deepStrictEqual([nothing.status, nothing.code], [422, "invalid_input"]);
});

Deno.test("Threads are replaced by others, one or all", async () => {
  await using world = await openWorld();
  const { app, open } = world;
  const path = `/api/pools/${open}`;
  await call(app, "PUT", `${path}/resize`, { max_workers: 2, min_workers: 2 });
  const look = async () => (await call(app, "GET", path)).data.workers;
  const pidsOf = (workers: readonly { pid: number }[]) => workers.map(({ pid }) => pid);
  await until("two threads are there", async () => {
    return (await look()).filter(({ state }: { state: string }) => state === "idle").length === 2;
  });
  const before = pidsOf(await look());
  const one = await call(app, "POST", `${path}/recycle`, { worker: 0 });
  deepStrictEqual([one.status, one.data], [202, { recycled_workers: 1 }]);
  await until("one is another", async () => {
    const now = pidsOf(await look());
    return now.length === 2 && now.filter((pid) => before.includes(pid)).length === 1;
  });
  strictEqual((await call(app, "POST", `${path}/recycle`)).data.recycled_workers, 2);
  await until("all are others", async () => {
    const now = pidsOf(await look());
    return now.length === 2 && !now.some((pid) => before.includes(pid));
  });
  const none = await call(app, "POST", `${path}/recycle`, { worker: 99 });
  deepStrictEqual([none.status, none.code], [404, "thread_not_found"]);
  ok(none.error.includes("99"), none.error);
});
