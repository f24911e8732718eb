/** Taking tasks: all or none, and once for each idempotency key. */
import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { LidoError } from "../../core/model/errors.ts";
import { EngineWorld, type MakeEngine, newPoolId } from "./engine_world.ts";

/** Registers the tests. */
export function testEnqueue(name: string, make: MakeEngine): void {
  Deno.test(`${name}.enqueue() gives each task to its pool, in order`, async () => {
    await using world = await EngineWorld.open(make);
    const tasks = [world.task({ inputJson: "1" }), world.task({ priority: 5 })];
    const enqueued = await world.engine.enqueue(tasks);
    deepStrictEqual(enqueued, tasks.map(({ id }) => ({ id, isNew: true })));
    deepStrictEqual(
      world.runner.given.map(({ taskId, input, priority, number }) => ({
        taskId,
        input,
        priority,
        number,
      })),
      [
        { taskId: tasks[0]?.id, input: "1", priority: 0, number: 1 },
        { taskId: tasks[1]?.id, input: undefined, priority: 5, number: 1 },
      ],
    );
    deepStrictEqual(world.counts(), { pending: 2 });
  });

  Deno.test(`${name}.enqueue() keeps the trace of a task with it, to its end and after`, async () => {
    await using world = await EngineWorld.open(make);
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const [traced, plain] = [world.task({ traceparent }), world.task()];
    await world.engine.enqueue([traced, plain]);
    const kept = async () =>
      await Promise.all([traced, plain].map(async ({ id }) => {
        return (await world.engine.get(id)).traceparent;
      }));
    deepStrictEqual(await kept(), [traceparent, null]);
    for (const { id } of [traced, plain]) {
      world.runner.start(id);
      world.runner.end(id, "done");
    }
    await world.engine.flush();
    deepStrictEqual(await kept(), [traceparent, null]);
    const { tasks } = await world.list({}, { page: 1, perPage: 10 });
    deepStrictEqual(tasks.map((task) => task.traceparent), [null, traceparent]);
  });

  Deno.test(`${name}.enqueue() takes none when one pool of the batch is unknown`, async () => {
    await using world = await EngineWorld.open(make);
    const batch = [world.task(), world.task({ poolId: newPoolId() })];
    await rejects(world.engine.enqueue(batch), { code: "pool_not_found" });
    deepStrictEqual([world.counts(), world.runner.given.length], [{}, 0]);
  });

  Deno.test(`${name}.enqueue() takes none when one pool of the batch is sealed`, async () => {
    await using world = await EngineWorld.open(make);
    const sealed = await world.addPool({ rejection: "reject" });
    world.engine.seal(sealed);
    const batch = [world.task(), world.task({ poolId: sealed })];
    await rejects(world.engine.enqueue(batch), { code: "pool_closed" });
    deepStrictEqual([world.counts(), world.runner.given.length], [{}, 0]);
  });

  Deno.test(`${name}.enqueue() gives a known key its task also when the pool is sealed`, async () => {
    await using world = await EngineWorld.open(make);
    const first = world.task({ idempotencyKey: "k" });
    await world.engine.enqueue([first]);
    world.engine.seal(world.poolId);
    const again = () => world.task({ idempotencyKey: "k" });
    deepStrictEqual(await world.engine.enqueue([again()]), [{ id: first.id, isNew: false }]);
    await rejects(world.engine.enqueue([again(), world.task()]), { code: "pool_closed" });
    deepStrictEqual(world.counts(), { pending: 1 });
  });

  Deno.test(`${name}.enqueue() throws what stands against a task, unless its key is known`, async () => {
    await using world = await EngineWorld.open(make);
    const refusal = new LidoError("server_closing", "Cannot submit task: Lido is shutting down");
    const refused = world.task({ idempotencyKey: "k", refusal });
    await rejects(world.engine.enqueue([world.task(), refused]), refusal);
    deepStrictEqual(world.counts(), {});
    const first = world.task({ idempotencyKey: "k" });
    await world.engine.enqueue([first]);
    deepStrictEqual(await world.engine.enqueue([refused]), [{ id: first.id, isNew: false }]);
    const other = world.task({ idempotencyKey: "k", inputJson: "2", refusal });
    await rejects(world.engine.enqueue([other]), { code: "idempotency_conflict" });
  });

  Deno.test(`${name}.enqueue() takes none when the batch does not fit`, async () => {
    await using world = await EngineWorld.open(make, { queueCapacity: 2 });
    const batch = [world.task(), world.task(), world.task()];
    await rejects(world.engine.enqueue(batch), { code: "queue_full" });
    deepStrictEqual(world.counts(), { rejected: 3 });
    strictEqual(world.runner.given.length, 0);
  });

  Deno.test(`${name}.enqueue() gives the first task for a key that came before`, async () => {
    await using world = await EngineWorld.open(make);
    const first = world.task({ idempotencyKey: "k" });
    await world.engine.enqueue([first]);
    const again = await world.engine.enqueue([world.task({ idempotencyKey: "k" })]);
    deepStrictEqual(again, [{ id: first.id, isNew: false }]);
    world.runner.start(first.id);
    world.runner.end(first.id, "done");
    const later = await world.engine.enqueue([world.task({ idempotencyKey: "k" })]);
    deepStrictEqual(later, [{ id: first.id, isNew: false }]);
    strictEqual(world.runner.given.length, 1);
  });

  Deno.test(`${name}.enqueue() keeps the keys of pools apart`, async () => {
    await using world = await EngineWorld.open(make);
    const other = await world.addPool({ rejection: "reject" });
    const tasks = [
      world.task({ idempotencyKey: "k" }),
      world.task({ idempotencyKey: "k", poolId: other }),
    ];
    deepStrictEqual(
      await world.engine.enqueue(tasks),
      tasks.map(({ id }) => ({ id, isNew: true })),
    );
  });

  Deno.test(`${name}.enqueue() throws idempotency_conflict for another task with a key`, async () => {
    await using world = await EngineWorld.open(make);
    await world.engine.enqueue([world.task({ idempotencyKey: "k" })]);
    const batch = [world.task(), world.task({ idempotencyKey: "k", inputJson: "2" })];
    await rejects(world.engine.enqueue(batch), { code: "idempotency_conflict" });
    deepStrictEqual(world.counts(), { pending: 1 });
  });

  Deno.test(`${name}.enqueue() takes a key once that a batch has twice`, async () => {
    await using world = await EngineWorld.open(make);
    const first = world.task({ idempotencyKey: "k" });
    const enqueued = await world.engine.enqueue([first, world.task({ idempotencyKey: "k" })]);
    deepStrictEqual(enqueued, [{ id: first.id, isNew: true }, { id: first.id, isNew: false }]);
    deepStrictEqual(world.counts(), { pending: 1 });
  });

  Deno.test(`${name}.enqueue() takes none when two tasks of a batch share a key`, async () => {
    await using world = await EngineWorld.open(make);
    const batch = [
      world.task({ idempotencyKey: "k", inputJson: "1" }),
      world.task({ idempotencyKey: "k", inputJson: "2" }),
    ];
    await rejects(world.engine.enqueue(batch), { code: "idempotency_conflict" });
    deepStrictEqual([world.counts(), world.runner.given.length], [{}, 0]);
  });

  Deno.test(`${name}.enqueue() makes one task of 50 with one key at once`, async () => {
    await using world = await EngineWorld.open(make);
    const all = await Promise.all(
      Array.from({ length: 50 }, () => world.engine.enqueue([world.task({ idempotencyKey: "k" })])),
    );
    strictEqual(new Set(all.flat().map(({ id }) => id)).size, 1);
    strictEqual(all.flat().filter(({ isNew }) => isNew).length, 1);
    deepStrictEqual(world.counts(), { pending: 1 });
  });

  Deno.test(`${name}.enqueue() gives 100 tasks for 100 submits at once`, async () => {
    await using world = await EngineWorld.open(make);
    const all = await Promise.all(
      Array.from({ length: 100 }, () => world.engine.enqueue([world.task()])),
    );
    strictEqual(new Set(all.flat().map(({ id }) => id)).size, 100);
    deepStrictEqual(world.counts(), { pending: 100 });
  });
}
