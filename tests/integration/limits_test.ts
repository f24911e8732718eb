/** Too much at once, a server that was held up, and lists that shrink while they are read. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { Config, Manager, type TaskId } from "../../core/mod.ts";
import { managedApp } from "../helpers/managed_app.ts";
import { median } from "../helpers/median.ts";
import { until } from "../helpers/until.ts";

const MIB = 1024 * 1024;

Deno.test("What is too large or too many is refused with its name, and nothing comes of it", async () => {
  await using app = await managedApp();
  const [pool] = app.manager.listPools();
  const task = { pool_id: pool?.id, task_type: "sleep", input: { seconds: 0 } };
  const cases: readonly (readonly [number, string, object, Record<string, string>?])[] = [
    [413, "body", { ...task, input: "x".repeat(17 * MIB) }],
    [422, "task_name", { ...task, task_name: "x".repeat(64 * 1024) }],
    [422, "tags", { ...task, tags: Array.from({ length: 1_000 }, (_, at) => `tag${at}`) }],
    [422, "tags", { ...task, tags: ["x".repeat(64 * 1024)] }],
    [422, "input", { ...task, input: { seconds: 0, more: "x".repeat(10 * MIB) } }],
    [422, "idempotency", task, { "idempotency-key": "x".repeat(10_000) }],
  ];
  const times: number[] = [];
  for (const [status, name, body, headers] of cases) {
    const beganMs = performance.now();
    const answer = await app.ask("POST", "/api/tasks", body, headers);
    const { error } = answer.body as { error: string };
    strictEqual(answer.status, status, error);
    ok(error.toLowerCase().includes(name), error);
    ok(error.length < 1_000, "the answer does not repeat what was sent");
    times.push(performance.now() - beganMs);
  }
  ok(median(times) < 1_000, "they are answered within a second");
  strictEqual(app.manager.getStats().counts.pending, 0);
});

Deno.test("A server that is held up for two seconds loses no task, and calls none lost", async () => {
  await using manager = await Manager.start({ config: Config.parse({ data: ":memory:" }) });
  const ids: TaskId[] = [];
  for (const isolation of ["process", "thread"] as const) {
    const { id } = await manager.createPool({ name: isolation, isolation, maxThreads: 2 });
    for (let at = 0; at < 2; at++) {
      const task = { poolId: id, type: "sleep", input: { seconds: 1 }, priority: 0, tags: [] };
      ids.push((await manager.submit(task)).task.id);
    }
  }
  const all = () => Promise.all(ids.map((id) => manager.getTask(id)));
  await until(
    "all have begun", // on a slow machine the first may have ended by then
    async () => (await all()).every(({ status }) => status.state !== "pending"),
  );
  const endMs = performance.now() + 2_000;
  while (performance.now() < endMs); // nothing else happens in this thread meanwhile
  for (const id of ids) await manager.waitForTask(id, { waitMs: 30_000 });
  deepStrictEqual((await all()).map(({ status, attempt }) => [status.state, attempt]), [
    ...ids.map(() => ["completed", 1]),
  ]);
  // How much memory this process has depends on the tests that ran in it before.
  const alerts = manager.getHealth().alerts.filter(({ kind }) => kind !== "much_memory");
  deepStrictEqual(alerts, []);
});

interface Page {
  readonly data: readonly { readonly task_id: string }[];
  readonly pagination: { readonly next_cursor: string | null };
}

Deno.test("A list that is read by cursor while old tasks go, skips none that stays", async () => {
  await using app = await managedApp({ journal: { maxTaskHistory: 300 } });
  const { manager } = app;
  const { id: poolId } = await manager.createPool({ name: "mine" });
  await manager.pausePool(poolId);
  const task = { poolId, type: "sleep", input: { seconds: 0 }, priority: 0, tags: [] };
  const endSome = async (count: number) => {
    await manager.submitBatch(Array.from({ length: count }, () => task));
    await manager.cancelPending(poolId);
  };
  /** All that is on the list, page by page; something happens between two pages. */
  const walk = async (between: () => Promise<void>): Promise<string[]> => {
    const ids: string[] = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const from: string = cursor === "" ? "" : `&cursor=${cursor}`;
      const answer = await app.ask("GET", `/api/tasks?per_page=20${from}`);
      strictEqual(answer.status, 200);
      const page = answer.body as Page;
      ids.push(...page.data.map(({ task_id }) => task_id));
      cursor = page.pagination.next_cursor;
      await between();
    }
    return ids;
  };
  await endSome(300);
  for (let turn = 0; turn < 5; turn++) {
    const before = await walk(() => Promise.resolve());
    const seen = await walk(() => endSome(7));
    const after = new Set(await walk(() => Promise.resolve()));
    strictEqual(new Set(seen).size, seen.length, "none comes twice");
    const missed = before.filter((id) => after.has(id) && !seen.includes(id));
    deepStrictEqual(missed, [], "none is skipped that is still there");
    const oldest = `/api/tasks/${before.at(-1)}`;
    await until("the oldest is gone", async () => (await app.ask("GET", oldest)).status === 404);
  }
});
