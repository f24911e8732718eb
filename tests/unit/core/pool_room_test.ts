/** What a pool promises while the disk refuses what is to be on record. */
import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { Config } from "../../../core/config.ts";
import { Manager } from "../../../core/manager.ts";
import { PoolSettings } from "../../../core/model/pool.ts";
import { TaskSubmission } from "../../../core/model/task.ts";
import { getLogger } from "../../../core/observation/logging.ts";
import { PoolRoom } from "../../../core/pool_room.ts";
import { newPoolId } from "../../conformance/engine_world.ts";
import { openEngine } from "../../helpers/open_engine.ts";
import {
  refuseWrites,
  refuseWritesOnceAPoolDrains,
  takeWrites,
} from "../../helpers/refusing_journal.ts";
import { ScriptedThread } from "../../helpers/scripted_thread.ts";
import { startPool } from "../../helpers/start_pool.ts";
import { newTask } from "../../helpers/tasks_of_pool.ts";
import { until } from "../../helpers/until.ts";
import { within } from "../../helpers/within.ts";

const CHANNEL = { kind: "slack", name: "channel", url: "https://93.184.216.34/hook" } as const;
const REFUSED = { code: "journal_unavailable" };

/** A manager with a pool of one thread, a task that runs and one that waits, on a disk that can refuse. */
async function openWorld() {
  const data = await Deno.makeTempDir({ prefix: "lido-room-" });
  const path = join(data, "journal.sqlite");
  const manager = await Manager.start({ config: Config.parse({ data }) });
  const { id } = await manager.createPool({ name: "mine", maxThreads: 1, isolation: "thread" });
  const task = TaskSubmission.parse({ poolId: id, type: "sleep", input: { seconds: 600 } });
  const { task: running } = await manager.submit(task);
  const stateOf = async (taskId = running.id) => (await manager.getTask(taskId)).status.state;
  await until("the task runs", async () => await stateOf() === "running");
  const { task: waiting } = await manager.submit(task);
  return {
    manager,
    id,
    running: running.id,
    waiting: waiting.id,
    stateOf,
    refuse: () => refuseWrites(path),
    refuseOnceItDrains: () => refuseWritesOnceAPoolDrains(path),
    async recover() {
      takeWrites(path);
      await until("the disk takes writes", () => manager.getHealth().isHealthy);
    },
    async [Symbol.asyncDispose]() {
      await within("the manager is closed", manager.close());
      await Deno.remove(data, { recursive: true });
    },
  };
}

Deno.test("PoolRoom changes nothing that the disk refuses, also not once it takes writes again", async () => {
  await using world = await openWorld();
  const { manager, id } = world;
  const before = manager.getPool(id);
  const look = () => {
    const { state, settings, settingsVersion } = manager.getPool(id);
    return [state, settings, settingsVersion, manager.findPoolName(id)];
  };
  const seen = look();
  world.refuse();
  const asked = {
    "the first change": manager.resizePool(id, { maxThreads: 3 }),
    "the next one": manager.changePool(id, { name: "other" }),
    "a pause": manager.pausePool(id),
    "a resume": manager.resumePool(id),
    "a close": manager.closePool(id, { deadlineMs: 0 }),
    "a close by force": manager.forceClosePool(id),
    "a cancel of all": manager.cancelPending(id),
    "a cancel": manager.cancelTask(world.waiting),
    "a stop of one that waits": manager.stopTask(world.waiting),
    "a change of a task": manager.changeTask(world.waiting, { priority: 5 }),
    "another pool": manager.createPool({ name: "another" }),
    "a view": manager.saveView({ name: "view", query: "" }),
    "an alert channel": manager.channels.save(CHANNEL),
    "a rule": manager.alerts.silenceRule("journal", 60_000),
  };
  await Promise.all(
    Object.entries(asked).map(([what, answer]) =>
      within(`${what} is refused`, rejects(answer, REFUSED, what))
    ),
  );
  await world.recover();
  deepStrictEqual(look(), seen);
  deepStrictEqual(manager.getPool(id).counts, before.counts);
  strictEqual((await manager.getTask(world.waiting)).priority, 0);
  strictEqual(manager.listPools().length, 2);
  deepStrictEqual(manager.listViews(), []);
  deepStrictEqual(manager.channels.listChannels(), []);
  await manager.changePool(id, { name: "other" });
  deepStrictEqual(
    (await manager.listSettingsVersions(id)).map((
      { version, settings },
    ) => [version, settings.name]),
    [[2, "other"], [1, "mine"]],
  );
});

Deno.test("PoolRoom whose drain ends while the disk refuses is closed once it takes writes", async () => {
  await using world = await openWorld();
  const { manager, id } = world;
  // Its deadline is brought forward once the disk refuses.
  await manager.closePool(id, { deadlineMs: 3_600_000 });
  world.refuse();
  await rejects(manager.saveView({ name: "view", query: "" }), REFUSED);
  strictEqual((await manager.closePool(id, { deadlineMs: 0 })).state, "draining");
  await until(
    "what ran is stopped",
    () => manager.getPool(id).slots.every(({ running }) => running.length === 0),
  );
  deepStrictEqual([await world.stateOf(), manager.getPool(id).state], ["running", "draining"]);
  await world.recover();
  await until("the pool is closed", () => manager.getPool(id).state === "closed");
  deepStrictEqual([await world.stateOf(), await world.stateOf(world.waiting)], [
    "cancelled",
    "cancelled",
  ]);
});

Deno.test("PoolRoom that is closed keeps its threads while one cannot be ended, and no longer", async () => {
  const scripted: ScriptedThread[] = [];
  await using started = startPool({
    startThread(_settings, listener) {
      const thread = new ScriptedThread(listener);
      scripted.push(thread);
      queueMicrotask(() => listener.ready());
      return thread;
    },
  });
  await using none = startPool();
  await none.pool.close();
  await using engine = await openEngine();
  const settings = PoolSettings.parse({ name: "mine", maxThreads: 1, isolation: "thread" });
  const record = { id: newPoolId(), createdAtMs: 0, settings, settingsVersion: 1 } as const;
  await engine.savePool({ ...record, state: "running" });
  const room = new PoolRoom({ ...record, state: "running" }, {
    threads: started.pool,
    noThreads: none.pool,
    engine,
    logger: getLogger("test"),
  });
  const task = newTask({ poolId: room.id });
  await engine.enqueue([task]);
  await until("the task runs", () => engine.counts(room.id).running === 1);
  await room.forceClose();
  await until("the pool is closed", () => room.state === "closed");
  deepStrictEqual([room.threads === started.pool, room.snapshot().zombies], [true, 1]);
  scripted[0]?.die();
  await until("its threads are let go", () => room.threads === none.pool);
  await within("the task has ended", engine.waitFor(task.id, new AbortController().signal));
  const { zombies, counts } = room.snapshot();
  deepStrictEqual([zombies, counts.running, counts.cancelled], [0, 0, 1]);
});

Deno.test("PoolRoom.forceClose() stops what runs though the disk refuses once the pool is sealed", async () => {
  await using world = await openWorld();
  const { manager, id } = world;
  world.refuseOnceItDrains();
  const closing = manager.forceClosePool(id);
  await until(
    "what ran is stopped",
    () => manager.getPool(id).slots.every(({ running }) => running.length === 0),
  );
  deepStrictEqual([await world.stateOf(), manager.getPool(id).state], ["running", "draining"]);
  await world.recover();
  const { cancelledTasks, stoppedTasks } = await within("it is answered", closing);
  deepStrictEqual([cancelledTasks, stoppedTasks], [1, 1]);
  await until("the pool is closed", () => manager.getPool(id).state === "closed");
  deepStrictEqual([await world.stateOf(), await world.stateOf(world.waiting)], [
    "cancelled",
    "cancelled",
  ]);
});
