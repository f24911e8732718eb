import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { openEngine } from "../helpers/open_engine.ts";
import { until } from "../helpers/until.ts";
import { within } from "../helpers/within.ts";
import { EngineWorld } from "./engine_world.ts";
import { testEngine } from "./engine_conformance.ts";

testEngine(
  "LocalEngine",
  ({ finishedTasksMax }) => openEngine(":memory:", { keep: { tasks: finishedTasksMax, ms: null } }),
);

testEngine(
  "LocalEngine with all in its inbox first",
  ({ finishedTasksMax }) =>
    openEngine(":memory:", { keep: { tasks: finishedTasksMax, ms: null }, inboxRowsMin: 0 }),
);

Deno.test("LocalEngine shows a task's end, and counts it, only once it is written", async () => {
  await using world = await EngineWorld.open(() => openEngine());
  const [id = never()] = await world.fill(1);
  world.runner.start(id);
  world.runner.end(id, "done");
  // Nothing was awaited since: the writer has not answered.
  const seen = await world.engine.get(id);
  deepStrictEqual([seen.status.state, world.counts()], ["running", { running: 1 }]);
  strictEqual(await world.stateOf(id), "completed");
  deepStrictEqual(world.counts(), { completed: 1 });
});

Deno.test("LocalEngine forgets no task that is written after a later one of its pool and priority", async () => {
  await using world = await EngineWorld.open(() => openEngine(":memory:", { windowTasks: 4 }));
  const { engine, runner } = world;
  world.setPolicy({ durability: "memory" });
  const synced = await world.addPool({ durability: "fsync" });
  // A batch is as durable as the pool that wants most; the others wait for no disk.
  const late = engine.enqueue([world.task(), world.task({ poolId: synced })]);
  await world.fill(1);
  for (let at = 0; at < 20; at++) await engine.enqueue([world.task({ priority: 9 })]);
  await late;
  await until("all that waits was loaded, and ran", async () => {
    for (const { taskId } of runner.waiting) {
      runner.start(taskId);
      runner.end(taskId, "done");
    }
    await engine.flush();
    return engine.counts().pending === 0;
  });
  deepStrictEqual(world.counts(), { completed: 23 });
});

Deno.test("LocalEngine.cancelPending() cancels all that waited when it was asked, whatever comes meanwhile", async () => {
  await using world = await EngineWorld.open(() => openEngine(":memory:", { windowTasks: 4 }));
  const { engine } = world;
  world.setPolicy({ durability: "memory" }); // so that the later one waits for no disk
  const tasks = (count: number, priority: number) =>
    Array.from({ length: count }, () => world.task({ priority }));
  await engine.enqueue(tasks(10, 5));
  await engine.enqueue(tasks(2_500, 0)); // more than is cancelled in one step
  const cancelling = engine.cancelPending(world.poolId, "all");
  await engine.enqueue(tasks(1, 5));
  strictEqual(await cancelling, 2_510);
  deepStrictEqual(world.counts(), { pending: 1, cancelled: 2_510 });
});

Deno.test("LocalEngine.cancelPending() of a sealed pool leaves none behind that was on its way there", async () => {
  await using world = await EngineWorld.open(
    () => openEngine(":memory:", { windowTasks: 4 }),
    { queueCapacity: 10_000 },
  );
  const { engine, poolId } = world;
  // So many that they are written one batch after the other.
  const calls = [1, 5_100, 1].map((count) =>
    engine.enqueue(Array.from({ length: count }, () => world.task()))
  );
  while (engine.load.unwrittenTasks < 5_102) await Promise.resolve();
  engine.seal(poolId);
  await engine.cancelPending(poolId, "closed");
  deepStrictEqual(world.counts(), { cancelled: 5_102 });
  await within("all callers are answered", Promise.all(calls));
});

Deno.test("LocalEngine.attach() cancels what a closed pool still has, handed to a thread or on disk", async () => {
  const data = await Deno.makeTempDir({ prefix: "lido-closed-" });
  try {
    await (async () => {
      await using world = await EngineWorld.open(() => openEngine(data));
      const [first = never()] = await world.fill(1);
      world.runner.start(first);
      await world.engine.enqueue(Array.from({ length: 20 }, () => world.task()));
      const [pool = never()] = world.engine.pools;
      await world.engine.savePool({ ...pool, state: "closed" });
    })();
    await using engine = await openEngine(data, { windowTasks: 4 });
    const [pool = never()] = engine.pools;
    const world = EngineWorld.reopen(engine, pool);
    await within("all of it has ended", engine.whenIdle(pool.id));
    deepStrictEqual(world.counts(), { cancelled: 21 });
  } finally {
    await Deno.remove(data, { recursive: true });
  }
});

Deno.test("LocalEngine.attach() lets nothing of a pool that keeps nothing run again", async () => {
  const data = await Deno.makeTempDir({ prefix: "lido-memory-" });
  try {
    await (async () => {
      await using world = await EngineWorld.open(() => openEngine(data));
      const [first = never()] = await world.fill(1);
      world.runner.start(first);
      const [pool = never()] = world.engine.pools;
      const settings = { ...pool.settings, durability: "memory" } as const;
      await world.engine.savePool({ ...pool, settings });
    })();
    await using engine = await openEngine(data);
    const [pool = never()] = engine.pools;
    const world = EngineWorld.reopen(engine, pool);
    strictEqual(world.runner.given.length, 1);
    // In the same turn, whatever the disk does: no thread can take it.
    deepStrictEqual(world.runner.waiting, []);
    await within("it has ended", engine.whenIdle(pool.id));
    deepStrictEqual(world.counts(), { cancelled: 1 });
  } finally {
    await Deno.remove(data, { recursive: true });
  }
});

function never(): never {
  throw new TypeError("Cannot test: the engine took none");
}
