/** Changes of tasks that are on disk only. */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { EngineWorld } from "../../../../conformance/engine_world.ts";
import { openEngine } from "../../../../helpers/open_engine.ts";
import { until } from "../../../../helpers/until.ts";

const WINDOW = 8;
const TASKS = 60;

/** An engine with one pool that has far more tasks than fit in memory. */
async function openLong() {
  const world = await EngineWorld.open(() => openEngine(":memory:", { windowTasks: WINDOW }));
  const ids = await world.fill(TASKS);
  await world.engine.flush();
  return { world, ids, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
}

Deno.test("LocalEngine.change() lifts a task that is on disk only before all others", async () => {
  await using long = await openLong();
  const { world, ids } = long;
  const last = ids.at(-1) ?? never();
  await world.engine.change(last, { priority: 5 });
  const first = world.runner.waiting.toSorted((one, other) => other.priority - one.priority)[0];
  strictEqual(first?.taskId, last);
  deepStrictEqual(world.counts(), { pending: TASKS });
});

Deno.test("LocalEngine.change() leaves a task on disk whose turn comes after what is there", async () => {
  await using long = await openLong();
  const { world, ids } = long;
  const last = ids.at(-1) ?? never();
  await world.engine.change(last, { priority: 5 });
  await world.engine.change(last, { priority: 0 });
  strictEqual(world.runner.waiting.some(({ taskId }) => taskId === last), false);
  const order = await runAll(world);
  deepStrictEqual(order, ids);
});

Deno.test("LocalEngine cancels a task on disk once, however many ask at the same time", async () => {
  await using long = await openLong();
  const { world, ids } = long;
  const id = ids.at(-1) ?? never();
  const answers = await Promise.allSettled(
    Array.from({ length: 8 }, () => world.engine.cancel(id, "Asked by a test")),
  );
  strictEqual(answers.filter(({ status }) => status === "fulfilled").length, 1);
  await world.engine.flush();
  deepStrictEqual(world.counts(), { pending: TASKS - 1, cancelled: 1 });
  deepStrictEqual((await world.engine.readEvents(id)).map(({ event }) => event), [
    "submit",
    "cancel",
  ]);
});

for (const verb of ["cancel", "stop"] as const) {
  Deno.test(`LocalEngine.${verb}() finds a task that goes back to the disk meanwhile`, async () => {
    // In each gap between two steps of the submit that fills the window a second time.
    for (let gap = 0; gap < 16; gap++) {
      await using world = await EngineWorld.open(() => openEngine(":memory:", { windowTasks: 1 }));
      const [id = never()] = await world.fill(1);
      await world.engine.enqueue([world.task({ priority: 1 })]);
      world.setPolicy({ durability: "relaxed" });
      const given = world.engine.enqueue([world.task({ priority: 2 })]);
      for (let left = gap; left > 0; left--) await Promise.resolve();
      const cause = "Asked by a test";
      if (verb === "cancel") await world.engine.cancel(id, cause);
      else await world.engine.stop(id, 0, cause);
      await given;
      await world.engine.flush();
      deepStrictEqual(world.counts(), { pending: 2, cancelled: 1 }, `gap ${gap}`);
    }
  });
}

/** Runs one task after the other; gives their ids in that order. */
async function runAll({ runner, engine, poolId }: EngineWorld): Promise<readonly string[]> {
  const order: string[] = [];
  while (engine.counts(poolId).pending > 0) {
    await until("a task waits in memory", () => runner.waiting.length > 0);
    const { taskId } = runner.waiting[0] ?? never();
    order.push(taskId);
    runner.start(taskId);
    runner.end(taskId, "done");
    await engine.flush();
  }
  return order;
}

function never(): never {
  throw new TypeError("Cannot test: no task is there");
}
