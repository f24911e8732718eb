/** The rules that concern more than one pool or task; what runs is another test's matter. */
import { deepStrictEqual, ok, rejects, strictEqual, throws } from "node:assert/strict";
import { join } from "node:path";
import { Config } from "../../../core/config.ts";
import { migrate } from "../../../core/engine/local/journal/migrations.ts";
import { Manager } from "../../../core/manager.ts";
import { PoolId, type PoolSettingsInput } from "../../../core/model/pool.ts";
import { TaskId, TaskSubmission } from "../../../core/model/task.ts";
import { TempFolder } from "./tasks/temp_folder.ts";
import { fakeClock } from "../../helpers/fake_clock.ts";
import { keepLog } from "../../helpers/log_lines.ts";
import { refuseWrites, takeWrites } from "../../helpers/refusing_journal.ts";
import { until } from "../../helpers/until.ts";
import { within } from "../../helpers/within.ts";

const NOWHERE = PoolId.parse("01890000-0000-7000-8000-000000000000");

/** A manager with a pool that is paused, so that nothing runs. */
async function startManager(limits: object = {}, settings: Partial<PoolSettingsInput> = {}) {
  const clock = fakeClock();
  const manager = await Manager.start({
    config: Config.parse({ data: ":memory:", limits }),
    clock,
  });
  const { id } = await manager.createPool({ name: "mine", ...settings });
  await manager.pausePool(id);
  const sleeps = (changes: object = {}) =>
    TaskSubmission.parse({ poolId: id, type: "sleep", input: { seconds: 0 }, ...changes });
  return {
    manager,
    clock,
    id,
    sleeps,
    [Symbol.asyncDispose]: () => within("the manager is closed", manager.close()),
  };
}

Deno.test("Manager.start() opens the pool default and knows the built-in types", async () => {
  await using manager = await Manager.start({
    config: Config.parse({ data: ":memory:" }),
    clock: fakeClock(42),
  });
  deepStrictEqual(manager.listPools().map(({ settings, state }) => [settings.name, state]), [
    ["default", "running"],
  ]);
  strictEqual(manager.getStats().startedAtMs, 42);
  ok(manager.listTaskTypes().some(({ name }) => name === "sleep"));
  strictEqual(manager.getTaskType("demo").name, "sleep");
  strictEqual(manager.getHealth().isHealthy, true);
});

Deno.test("Manager.createPool() throws invalid_input with every fault", async () => {
  await using world = await startManager();
  const input = { name: " ", maxThreads: 0, unknown: 1 } as PoolSettingsInput;
  let paths: unknown;
  await rejects(
    async () => await world.manager.createPool(input),
    (error: Error & { code?: string; details?: { faults: { path: unknown }[] } }) => {
      paths = error.details?.faults.map(({ path }) => path);
      return error.code === "invalid_input";
    },
  );
  deepStrictEqual(paths, [["name"], ["maxThreads"], ["unknown"]]);
});

Deno.test("Manager.createPool() throws pool_limit_reached; a closed pool frees its place", async () => {
  await using world = await startManager({ pools: 2 });
  const create = async () => await world.manager.createPool({ name: "third" });
  await rejects(create, { code: "pool_limit_reached" });
  await world.manager.forceClosePool(world.id);
  await until("the pool is closed", () => world.manager.getPool(world.id).state === "closed");
  strictEqual((await create()).settings.name, "third");
});

Deno.test("Manager throws pool_not_found for a pool that is not there", async () => {
  await using world = await startManager();
  const { manager } = world;
  const calls = [
    () => manager.changePool(NOWHERE, {}),
    () => manager.readResizeInfo(NOWHERE),
    () => manager.resizePool(NOWHERE, { maxThreads: 1 }),
    () => manager.pausePool(NOWHERE),
    () => manager.resumePool(NOWHERE),
    () => manager.closePool(NOWHERE),
    () => manager.forceClosePool(NOWHERE),
    () => manager.cancelPending(NOWHERE),
    () => manager.submit(world.sleeps({ poolId: NOWHERE })),
  ];
  for (const call of calls) await rejects(async () => await call(), { code: "pool_not_found" });
  throws(() => manager.getPool(NOWHERE), { code: "pool_not_found" });
});

Deno.test("Manager.resizePool() lowers the minimum with the maximum, unless it is said", async () => {
  await using world = await startManager({}, { minThreads: 0, maxThreads: 4 });
  const { manager, id } = world;
  await manager.changePool(id, { maxThreads: 6 });
  const { before, pool } = await manager.resizePool(id, { maxThreads: 2 });
  deepStrictEqual(before, { minThreads: 0, maxThreads: 6 });
  deepStrictEqual([pool.settings.minThreads, pool.settings.maxThreads], [0, 2]);
  await rejects(async () => await manager.resizePool(id, { maxThreads: 1, minThreads: 2 }), {
    code: "invalid_input",
  });
  strictEqual(manager.getPool(id).settings.maxThreads, 2);
});

Deno.test("Manager.submit() stamps a task with the clock and the pool's defaults", async () => {
  await using world = await startManager({}, { runTimeoutMs: 1_234 });
  world.clock.advance(5_000);
  const { task } = await world.manager.submit(world.sleeps());
  deepStrictEqual([task.submittedAtMs, task.name, task.runTimeoutMs, task.status], [
    world.clock.nowMs(),
    "sleep",
    1_234,
    { state: "pending", why: "The pool is paused" },
  ]);
  const unlimited = await world.manager.submit(world.sleeps({ runTimeoutMs: null }));
  strictEqual(unlimited.task.runTimeoutMs, null);
});

Deno.test("Manager.submit() gives the first task of a key, though its pool's timeout is another since", async () => {
  await using world = await startManager({}, { runTimeoutMs: 1_234 });
  const { manager, id } = world;
  const keyed = world.sleeps({ idempotencyKey: "once" });
  const { task: first } = await manager.submit(keyed);
  await manager.changePool(id, { runTimeoutMs: 99 });
  const again = await manager.submit(keyed);
  deepStrictEqual([again.isNew, again.task], [false, first]);
  strictEqual((await manager.submit({ ...keyed, runTimeoutMs: 1_234 })).isNew, false);
  await rejects(manager.submit({ ...keyed, runTimeoutMs: 99 }), { code: "idempotency_conflict" });
});

Deno.test("Manager.submit() gives the first task of a key, whatever refuses a new one since", async () => {
  await using world = await startManager({}, { isolation: "thread" });
  const { manager, id } = world;
  const keyed = world.sleeps({ idempotencyKey: "once" });
  const other = world.sleeps({ idempotencyKey: "other" });
  const { task: { id: first } } = await manager.submit(keyed);
  const giveFirst = async () => {
    const { task, isNew } = await manager.submit(keyed);
    deepStrictEqual([task.id, isNew], [first, false]);
    deepStrictEqual(await manager.submitBatch([keyed, keyed]), [first, first]);
  };
  await manager.forceClosePool(id);
  await giveFirst();
  await rejects(manager.submit(other), { code: "pool_closed" });
  const pool_closed = { code: "pool_closed", message: /\(task 1 of the batch\)$/ };
  await rejects(manager.submitBatch([keyed, other]), pool_closed);
  const { id: poolId } = await manager.createPool({ name: "busy", isolation: "thread" });
  const { task } = await manager.submit({ ...world.sleeps({ input: { seconds: 60 } }), poolId });
  const isRunning = async () => (await manager.getTask(task.id)).status.state === "running";
  await until("it runs, and holds the end up", isRunning);
  const closing = manager.close({ deadlineMs: 60_000 });
  await giveFirst();
  await rejects(manager.submit(other), { code: "server_closing" });
  await manager.close();
  await closing;
  await rejects(within("it is refused", manager.submit(keyed)), { code: "server_closing" });
});

Deno.test("Manager.submit() gives the first task of a key, though its type is another now, or gone", async () => {
  await using folder = await TempFolder.with();
  const write = (type: string, input: string) =>
    folder.write(
      `tasks/${type}.task.ts`,
      'import { defineTask } from "lido";\nimport { z } from "zod";\n' +
        `export default defineTask({ name: "${type}", description: "Does nothing", input: ${input}, run: () => {} });\n`,
    );
  const config = Config.parse({
    data: join(folder.path, "data"),
    tasks: join(folder.path, "tasks"),
  });
  for (const type of ["changes", "goes"]) await write(type, "z.number()");
  const submissionOf = (poolId: PoolId, type: string) =>
    TaskSubmission.parse({ poolId, type, input: 1, idempotencyKey: type });
  const submit = async (manager: Manager, poolId: PoolId) =>
    await Promise.all(["changes", "goes"].map(async (type) => {
      const { task: { id }, isNew } = await manager.submit(submissionOf(poolId, type));
      return { id, isNew };
    }));

  await using before = await Manager.start({ config });
  const { id } = await before.createPool({ name: "mine" });
  await before.pausePool(id);
  const firsts = await submit(before, id);
  await before.close();
  await write("changes", "z.string()");
  await Deno.remove(join(folder.path, "tasks/goes.task.ts"));
  await using manager = await Manager.start({ config });
  deepStrictEqual(await submit(manager, id), firsts.map((first) => ({ ...first, isNew: false })));
  for (const [type, code] of [["changes", "invalid_input"], ["goes", "task_type_not_found"]]) {
    const other = { ...submissionOf(id, type ?? ""), idempotencyKey: "other" };
    await rejects(manager.submit(other), { code });
  }
});

Deno.test("Manager.submitBatch() takes none when one is wrong, and names its place", async () => {
  await using world = await startManager();
  const bad = world.sleeps({ input: { seconds: "long" } });
  await rejects(
    world.manager.submitBatch([world.sleeps(), bad]),
    (error: Error & { details?: { faults: { path: unknown }[] } }) => {
      deepStrictEqual(error.details?.faults.map(({ path }) => path), [[
        "tasks",
        1,
        "input",
        "seconds",
      ]]);
      return true;
    },
  );
  const unknown = world.sleeps({ type: "slep" });
  await rejects(world.manager.submitBatch([unknown]), { code: "task_type_not_found" });
  strictEqual(world.manager.getStats().counts.pending, 0);
});

Deno.test("Manager.waitForTask() tells how the task stands when the time is over", async () => {
  await using world = await startManager();
  const { task } = await world.manager.submit(world.sleeps());
  strictEqual((await world.manager.waitForTask(task.id, { waitMs: 1 })).status.state, "pending");
  const waits = world.manager.waitForTask(task.id, { waitMs: 30_000 });
  await world.manager.cancelTask(task.id);
  strictEqual((await waits).status.state, "cancelled");
});

Deno.test("Manager.closePool() drains a paused pool, then takes nothing", async () => {
  await using world = await startManager({}, { isolation: "thread" });
  const { manager, id } = world;
  const { task } = await manager.submit(world.sleeps());
  const state = (await manager.closePool(id)).state;
  strictEqual(state, "draining");
  await rejects(manager.submit(world.sleeps()), { code: "pool_closed" });
  await rejects(async () => await manager.resumePool(id), { code: "pool_closed" });
  await until("the pool is closed", () => manager.getPool(id).state === "closed");
  strictEqual((await manager.getTask(task.id)).status.state, "completed");
  await rejects(async () => await manager.closePool(id), { code: "pool_closed" });
});

Deno.test("Manager.close() may come twice, and refuses what comes after", async () => {
  const world = await startManager();
  await world.manager.submit(world.sleeps());
  const calls = [world.manager.close({ deadlineMs: 3_600_000 }), world.manager.close()];
  await rejects(async () => await world.manager.createPool({ name: "late" }), {
    code: "server_closing",
  });
  await rejects(world.manager.submit(world.sleeps()), { code: "server_closing" });
  await within("both calls end", Promise.all(calls));
  strictEqual(world.manager.getHealth().isHealthy, false);
  strictEqual(world.manager.listPools().length, 2); // they are there when the server starts again
});

Deno.test("Manager.close() lets all be answered whose tasks are being written, and keeps these", async () => {
  const data = await Deno.makeTempDir({ prefix: "lido-closing-" });
  try {
    const config = Config.parse({ data });
    const ids = await (async () => {
      await using manager = await Manager.start({ config });
      const [{ id: poolId } = never()] = manager.listPools();
      const submission = TaskSubmission.parse({ poolId, type: "sleep", input: { seconds: 0 } });
      const calls = Array.from({ length: 20 }, () => manager.submit(submission));
      await manager.close();
      return (await Promise.all(calls)).map(({ task }) => task.id);
    })();
    await using manager = await Manager.start({ config });
    const ends = ids.map((id) => manager.waitForTask(id, { waitMs: 30_000 }));
    const states = (await Promise.all(ends)).map(({ status }) => status.state);
    deepStrictEqual(states, Array(20).fill("completed"));
    strictEqual(manager.getStats().counts.completed, 20);
  } finally {
    await Deno.remove(data, { recursive: true });
  }
});

Deno.test("Manager.close() waits for no deadline of a pool that drains, and leaves none behind", async () => {
  // What it left would be a timer, which fails the test.
  await using world = await startManager({}, { isolation: "thread" });
  const { manager, id, sleeps } = world;
  await manager.submit(sleeps({ input: { seconds: 600 } }));
  const { state } = await manager.closePool(id, { deadlineMs: 3_600_000 });
  strictEqual(state, "draining");
});

Deno.test("Manager.close() ends though the disk refuses what is written last, and what ran runs again", async () => {
  await using log = keepLog();
  const data = await Deno.makeTempDir({ prefix: "lido-manager-" });
  const config = Config.parse({ data });
  const first = await Manager.start({ config });
  const { id } = await first.createPool({ name: "mine", isolation: "thread" });
  const sleep = TaskSubmission.parse({ poolId: id, type: "sleep", input: { seconds: 600 } });
  const { task } = await first.submit(sleep);
  const stateIn = async (manager: Manager) => (await manager.getTask(task.id)).status.state;
  await until("the task runs", async () => await stateIn(first) === "running");
  refuseWrites(join(data, "journal.sqlite"));
  await within("the manager is closed", first.close());
  const told = log.read().filter(({ level }) => level === "ERROR");
  const reason = "Cannot write to the journal: the disk takes nothing";
  deepStrictEqual(told.map(({ message, properties }) => [message, properties.reason]), [
    ["Journal refuses writes", reason],
    ["What happened last is not on record: what ran runs again", reason],
  ]);
  takeWrites(join(data, "journal.sqlite"));
  const next = await Manager.start({ config });
  await until("the task runs again", async () => await stateIn(next) === "running");
  await within("the next one is closed", next.close());
  await Deno.remove(data, { recursive: true });
});

Deno.test("Manager.start() leaves nothing open when it cannot put the pool default on record", async () => {
  // What it left would be a worker and timers, which fail the test.
  const data = await Deno.makeTempDir({ prefix: "lido-manager-" });
  const path = join(data, "journal.sqlite");
  await migrate(path);
  refuseWrites(path, "pools");
  const config = Config.parse({ data });
  await within("it ends", rejects(Manager.start({ config }), { code: "journal_unavailable" }));
  takeWrites(path);
  await (await Manager.start({ config })).close();
  await Deno.remove(data, { recursive: true });
});

Deno.test("Manager steers no pool any more once it closes", async () => {
  const world = await startManager({}, { isolation: "thread" });
  const { manager, id } = world;
  await manager.submit(world.sleeps());
  const closed = manager.close();
  const closing = { code: "server_closing" };
  await rejects(async () => await manager.resumePool(id), closing);
  await rejects(async () => await manager.pausePool(id), closing);
  await rejects(async () => await manager.closePool(id), closing);
  await rejects(async () => await manager.forceClosePool(id), closing);
  await within("the manager is closed", closed);
  strictEqual(manager.getPool(id).state, "paused");
});

Deno.test("Manager.submitAgain() makes a new task as the old one was, without its key", async () => {
  await using world = await startManager({}, { runTimeoutMs: 1_234 });
  const { manager, id } = world;
  const said = {
    name: "nap",
    input: { seconds: 0.5 },
    priority: 7,
    tags: ["a", "b c"],
    runTimeoutMs: 99,
    idempotencyKey: "once",
  };
  const { task: old } = await manager.submit(world.sleeps(said));
  await manager.cancelTask(old.id);
  world.clock.advance(60_000);
  const task = await manager.submitAgain(old.id);
  ok(task.id !== old.id);
  const { name, type, priority, tags, runTimeoutMs, inputJson, poolId, attempt } = task;
  deepStrictEqual({ name, type, priority, tags, runTimeoutMs, inputJson, poolId, attempt }, {
    name: "nap",
    type: "sleep",
    priority: 7,
    tags: ["a", "b c"],
    runTimeoutMs: 99,
    inputJson: '{"seconds":0.5}',
    poolId: id,
    attempt: old.attempt,
  });
  strictEqual(task.submittedAtMs, world.clock.nowMs());
  strictEqual(task.status.state, "pending");
  strictEqual((await manager.getTask(old.id)).status.state, "cancelled");
  const { isNew } = await manager.submit(world.sleeps(said));
  strictEqual(isNew, false); // the key is still the old task's
});

Deno.test("Manager.submitAgain() throws for no task, a full queue, a closed pool and at the end", async () => {
  await using world = await startManager({}, { queueCapacity: 1 });
  const { manager, id } = world;
  await rejects(manager.submitAgain(TaskId.parse(NOWHERE)), { code: "task_not_found" });
  const { task } = await manager.submit(world.sleeps());
  await rejects(manager.submitAgain(task.id), { code: "queue_full" });
  await manager.forceClosePool(id);
  await rejects(manager.submitAgain(task.id), { code: "pool_closed" });
  const closing = manager.close();
  await rejects(manager.submitAgain(task.id), { code: "server_closing" });
  await closing;
});

Deno.test("Manager.checkSubmission() refuses what submit() would, and submits nothing", async () => {
  await using world = await startManager();
  const { manager, id } = world;
  const check = (changes: object) => () => manager.checkSubmission(world.sleeps(changes));
  strictEqual(check({})(), undefined);
  throws(check({ poolId: NOWHERE }), { code: "pool_not_found" });
  throws(check({ type: "slep" }), { code: "task_type_not_found" });
  throws(check({ input: { seconds: "long" } }), { code: "invalid_input" });
  await manager.forceClosePool(id);
  throws(check({}), { code: "pool_closed" });
  strictEqual(check({ idempotencyKey: "a" })(), undefined); // it may be there already
  deepStrictEqual((await manager.listTasks({}, { page: 1, perPage: 1 })).tasks, []);
});

Deno.test("Manager.getRevision() stays while nothing happens, and changes with all that can be seen", async () => {
  await using world = await startManager();
  const { manager, id } = world;
  const first = manager.getRevision();
  ok(first !== undefined);
  world.clock.advance(1);
  strictEqual(manager.getRevision(), first);

  const seen = new Set([first]);
  const changes: readonly (readonly [string, () => Promise<unknown>])[] = [
    ["a pool goes on", () => manager.resumePool(id)],
    ["a pool is changed", () => manager.changePool(id, { maxThreads: 2 })],
    ["a pool is opened", () => manager.createPool({ name: "other" })],
    ["a pool is paused", () => manager.pausePool(id)],
    ["a rule is silenced", () => manager.alerts.silenceRule("many_pools", 1_000)],
    ["a task is cancelled", async () => {
      const { task } = await manager.submit(world.sleeps());
      strictEqual(manager.getRevision(), undefined); // it waits, each moment longer
      await manager.cancelTask(task.id);
    }],
    ["a pool is closed", async () => {
      await manager.forceClosePool(id);
      await until("the pool is closed", () => manager.getPool(id).state === "closed");
    }],
  ];
  for (const [what, change] of changes) {
    await change();
    const revision = manager.getRevision();
    ok(revision !== undefined && !seen.has(revision), what);
    seen.add(revision);
  }
});

Deno.test("Manager.getRevision() is another one in each life of the server", async () => {
  await using one = await Manager.start({
    config: Config.parse({ data: ":memory:" }),
    clock: fakeClock(1),
  });
  await using other = await Manager.start({
    config: Config.parse({ data: ":memory:" }),
    clock: fakeClock(2),
  });
  ok(one.getRevision() !== other.getRevision());
});

Deno.test("Manager.getRecent() is empty before anything was sampled, of a pool and of all", async () => {
  await using world = await startManager();
  deepStrictEqual(world.manager.getRecent(), []);
  deepStrictEqual(world.manager.getRecent(world.id), []);
});

function never(): never {
  throw new TypeError("Cannot test: there is no pool");
}

Deno.test("Manager.closePool() lets what waits run to its end before a deadline of months", async () => {
  await using world = await startManager({}, { isolation: "thread" });
  const { manager, id, sleeps } = world;
  const { task } = await manager.submit(sleeps());
  await manager.closePool(id, { deadlineMs: 60 * 86_400_000 });
  await until("the pool is closed", () => manager.getPool(id).state === "closed");
  strictEqual((await manager.getTask(task.id)).status.state, "completed");
});
