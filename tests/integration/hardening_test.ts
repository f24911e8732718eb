/** What a review found: each test failed before its mend. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { Config, Manager, PoolSettings } from "../../core/mod.ts";
import { storeOldPool } from "../helpers/old_pool.ts";
import { until } from "../helpers/until.ts";
import { TempFolder } from "../unit/core/tasks/temp_folder.ts";

async function startManager(): Promise<Manager> {
  return await Manager.start({ config: Config.parse({ data: ":memory:" }) });
}

const submission = (poolId: Parameters<Manager["getPool"]>[0], path: string) => ({
  poolId,
  type: "word_count",
  input: { path },
  priority: 0,
  tags: [],
});

Deno.test("ThreadPool says why no thread starts, when its permissions cannot be granted", async () => {
  for (const isolation of ["thread", "process"] as const) {
    await using folder = await TempFolder.with();
    const none = { read: [], write: [], env: [] };
    const id = await storeOldPool(folder.path, { ...none, net: ["[1:2]"] }, { isolation });
    await using manager = await Manager.start({ config: Config.parse({ data: folder.path }) });
    await manager.submit(submission(id, "/"));
    await until("the reason is told", () => manager.getPool(id).startProblem !== null);
    ok(manager.getPool(id).startProblem?.startsWith("Cannot start thread: "));
    await manager.forceClosePool(id);
    await until("it closes", () => manager.getPool(id).state === "closed");
  }
});

Deno.test("ThreadPool takes away a permission from threads that run", async () => {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/text.txt`;
  await Deno.writeTextFile(file, "one two\n");
  try {
    await using manager = await startManager();
    const { id } = await manager.createPool({ name: "p", permissions: { read: [folder] } });
    const run = async () => {
      const { task } = await manager.submit(submission(id, file));
      return (await manager.waitForTask(task.id, { waitMs: 30_000 })).status.state;
    };
    strictEqual(await run(), "completed");
    await manager.changePool(id, { permissions: { read: [], write: [], net: [], env: [] } });
    strictEqual(await run(), "failed");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("ThreadPool replaces threads that are spent when recycleAfterTasks is lowered", async () => {
  await using manager = await startManager();
  const { id } = await manager.createPool({ name: "p", minThreads: 1, maxThreads: 1 });
  const run = async () => {
    const sleep = { poolId: id, type: "sleep", input: { seconds: 0 }, priority: 0, tags: [] };
    const { task } = await manager.submit(sleep);
    return (await manager.waitForTask(task.id, { waitMs: 30_000 })).status.state;
  };
  deepStrictEqual([await run(), await run()], ["completed", "completed"]);
  await manager.changePool(id, { recycleAfterTasks: 1 });
  strictEqual(await run(), "completed");
});

Deno.test("PoolSettings gives no pool Lido's own variables", () => {
  const { success } = PoolSettings.safeParse({ name: "p", permissions: { env: ["LIDO_TOKEN"] } });
  strictEqual(success, false);
});

Deno.test("Manager.stopTask() brings an earlier order to stop forward", async () => {
  await using manager = await startManager();
  const { id } = await manager.createPool({ name: "p", maxThreads: 1 });
  const { task } = await manager.submit({
    poolId: id,
    type: "primes",
    input: { up_to: 10_000_000_000 },
    priority: 0,
    tags: [],
  });
  await until("it runs", async () => (await manager.getTask(task.id)).status.state === "running");
  await manager.stopTask(task.id, { graceMs: 3_600_000 });
  await manager.stopTask(task.id, { graceMs: 0 });
  const { status } = await manager.waitForTask(task.id, { waitMs: 30_000 });
  strictEqual(status.state, "cancelled");
});
