/** What can be changed of a task that waits: its priority, and its pool. */
import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import type { Attempt } from "../../core/execution/attempt.ts";
import { TaskId } from "../../core/model/task.ts";
import { ScriptedRunner } from "../helpers/scripted_runner.ts";
import { EngineWorld, type MakeEngine, newPoolId } from "./engine_world.ts";

const UNKNOWN = TaskId.parse("01890000-0000-7000-8000-000000000000");

/** Threads that are idle: what they are given starts as soon as whoever gives it goes on. */
class IdleRunner extends ScriptedRunner {
  override submit(attempt: Attempt): void {
    super.submit(attempt);
    queueMicrotask(() => this.start(attempt.taskId));
  }
}

/** A world with a second pool, whose threads are others. */
async function openTwo(make: MakeEngine, capacity = 1_000, otherRunner = new ScriptedRunner()) {
  const world = await EngineWorld.open(make);
  const other = await world.addPool({ queueCapacity: capacity }, newPoolId(), otherRunner);
  return { world, other, otherRunner, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
}

/** Registers the tests. */
export function testChange(name: string, make: MakeEngine): void {
  Deno.test(`${name}.change() gives a waiting task another priority, and says so`, async () => {
    await using world = await EngineWorld.open(make);
    const [id = UNKNOWN, other = UNKNOWN] = await world.fill(2);
    await world.engine.change(id, { priority: 7 });
    deepStrictEqual(world.runner.waiting.map(({ taskId, priority }) => [taskId, priority]), [
      [other, 0],
      [id, 7],
    ]);
    strictEqual((await world.engine.get(id)).priority, 7);
    deepStrictEqual(
      (await world.engine.readEvents(id)).map(({ event, cause }) => [event, cause]),
      [["submit", null], ["change", "Its priority was changed from 0 to 7"]],
    );
    deepStrictEqual(await world.page({ page: 1, perPage: 9 }, { priority: { min: 5 } }), [id]);
  });

  Deno.test(`${name}.change() moves a waiting task to another pool, which runs it once`, async () => {
    await using two = await openTwo(make);
    const { world, other, otherRunner } = two;
    const [id = UNKNOWN, stays = UNKNOWN] = await world.fill(2);
    await world.engine.change(id, { poolId: other });
    deepStrictEqual(world.runner.waiting.map(({ taskId }) => taskId), [stays]);
    deepStrictEqual(otherRunner.waiting.map(({ taskId }) => taskId), [id]);
    deepStrictEqual([world.counts(world.poolId), world.counts(other)], [{ pending: 1 }, {
      pending: 1,
    }]);
    otherRunner.start(id);
    otherRunner.end(id, "done");
    strictEqual(await world.stateOf(id), "completed");
    deepStrictEqual(world.counts(other), { completed: 1 });
    deepStrictEqual(await world.page({ page: 1, perPage: 9 }, { poolId: other }), [id]);
    deepStrictEqual(await world.page({ page: 1, perPage: 9 }, { poolId: world.poolId }), [stays]);
  });

  Deno.test(`${name}.change() tells of a move before the start in the other pool`, async () => {
    await using two = await openTwo(make, 1_000, new IdleRunner());
    const { world, other, otherRunner } = two;
    const [id = UNKNOWN] = await world.fill(1);
    await world.engine.change(id, { poolId: other });
    otherRunner.end(id, "done");
    await world.engine.flush();
    deepStrictEqual((await world.engine.readEvents(id)).map(({ event }) => event), [
      "submit",
      "change",
      "start",
      "complete",
    ]);
  });

  Deno.test(`${name}.change() tells of each step in its order, of one that comes back`, async () => {
    await using two = await openTwo(make, 1_000, new IdleRunner());
    const { world, other, otherRunner } = two;
    const [id = UNKNOWN] = await world.fill(1);
    world.runner.start(id);
    world.runner.requeue(id);
    await world.engine.change(id, { poolId: other });
    otherRunner.requeue(id);
    await world.engine.change(id, { priority: 1 });
    await world.engine.flush();
    deepStrictEqual((await world.engine.readEvents(id)).map(({ event }) => event), [
      "submit",
      "start",
      "requeue",
      "change",
      "start",
      "requeue",
      "change",
      "start",
    ]);
    deepStrictEqual([world.counts(world.poolId), world.counts(other)], [{}, { running: 1 }]);
  });

  Deno.test(`${name}.change() does nothing where nothing is changed`, async () => {
    await using world = await EngineWorld.open(make);
    const [id = UNKNOWN] = await world.fill(1);
    await world.engine.change(id, { priority: 0, poolId: world.poolId });
    strictEqual((await world.engine.readEvents(id)).length, 1);
    deepStrictEqual(world.counts(), { pending: 1 });
  });

  Deno.test(`${name}.change() refuses what a thread has, what runs and what has ended`, async () => {
    await using world = await EngineWorld.open(make);
    const [sent = UNKNOWN, runs = UNKNOWN, over = UNKNOWN] = await world.fill(3);
    world.runner.find(sent).place = "sent";
    world.runner.start(runs);
    world.runner.start(over);
    world.runner.end(over, "failed");
    await world.engine.flush();
    for (
      const [id, message] of [
        [sent, /a thread has it/],
        [runs, /it is running/],
        [over, /it is failed/],
      ] as const
    ) {
      await rejects(world.engine.change(id, { priority: 1 }), {
        code: "task_not_changeable",
        message,
      });
    }
    await rejects(world.engine.change(UNKNOWN, { priority: 1 }), { code: "task_not_found" });
    deepStrictEqual(world.counts(), { pending: 1, running: 1, failed: 1 });
  });

  Deno.test(`${name}.change() moves nothing to a pool that is full, sealed or not there`, async () => {
    await using two = await openTwo(make, 1);
    const { world, other } = two;
    const [id = UNKNOWN] = await world.fill(1);
    await world.engine.enqueue([world.task({ poolId: other })]);
    await rejects(world.engine.change(id, { poolId: other }), { code: "queue_full" });
    world.engine.seal(other);
    await rejects(world.engine.change(id, { poolId: other }), { code: "pool_closed" });
    await rejects(world.engine.change(id, { poolId: newPoolId() }), { code: "pool_not_found" });
    deepStrictEqual(world.counts(world.poolId), { pending: 1 });
    strictEqual(await world.stateOf(id), "pending");
  });

  Deno.test(`${name}.change() keeps a task with its key in its pool, and the key finds it`, async () => {
    await using two = await openTwo(make);
    const { world, other } = two;
    const keyed = world.task({ idempotencyKey: "key" });
    await world.engine.enqueue([keyed]);
    await rejects(world.engine.change(keyed.id, { poolId: other }), {
      code: "task_not_changeable",
      message: /idempotency key/,
    });
    await world.engine.change(keyed.id, { priority: 3 });
    const again = world.task({ idempotencyKey: "key" });
    deepStrictEqual(await world.engine.enqueue([again]), [{ id: keyed.id, isNew: false }]);
  });

  Deno.test(`${name}.change() makes room in the pool that a task leaves`, async () => {
    await using world = await EngineWorld.open(make, { queueCapacity: 1, rejection: "wait" });
    const other = await world.addPool({}, newPoolId(), new ScriptedRunner());
    const [id = UNKNOWN] = await world.fill(1);
    const waits = world.engine.enqueue([world.task()]);
    await world.engine.change(id, { poolId: other });
    deepStrictEqual((await waits).map(({ isNew }) => isNew), [true]);
  });

  Deno.test(`${name}: two moves that cross, and a cancel meanwhile, lose nothing`, async () => {
    await using two = await openTwo(make);
    const { world, other } = two;
    const [one = UNKNOWN, third = UNKNOWN] = await world.fill(2);
    const second = world.task({ poolId: other });
    await world.engine.enqueue([second]);
    const answers = await Promise.allSettled([
      world.engine.change(one, { poolId: other }),
      world.engine.change(second.id, { poolId: world.poolId }),
      world.engine.change(third, { poolId: other }),
      world.engine.cancel(third, "In between"),
    ]);
    deepStrictEqual(answers.slice(0, 2).map(({ status }) => status), ["fulfilled", "fulfilled"]);
    strictEqual(await world.stateOf(third), "cancelled");
    deepStrictEqual(world.counts(), { pending: 2, cancelled: 1 });
    strictEqual((await world.engine.get(one)).poolId, other);
    strictEqual((await world.engine.get(second.id)).poolId, world.poolId);
  });
}
