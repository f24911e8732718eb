/** A full queue: the three rejection policies. */
import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { within } from "../helpers/within.ts";
import { EngineWorld, type MakeEngine } from "./engine_world.ts";

/** Registers the tests. */
export function testCapacity(name: string, make: MakeEngine): void {
  Deno.test(`${name} with rejection reject throws queue_full, and counts it`, async () => {
    await using world = await EngineWorld.open(make, { queueCapacity: 2 });
    await world.fill(2);
    await rejects(world.engine.enqueue([world.task()]), (error: Error & { details?: object }) => {
      strictEqual(error.message, "Cannot submit task: the pool's queue holds 2 of at most 2");
      deepStrictEqual(error.details, { retryAfterMs: 1_000 });
      return true;
    });
    deepStrictEqual(world.counts(), { pending: 2, rejected: 1 });
    deepStrictEqual(world.counts(world.poolId), { pending: 2, rejected: 1 });
  });

  Deno.test(`${name} takes no more than its capacity of 20 submits at once`, async () => {
    await using world = await EngineWorld.open(make, { queueCapacity: 3 });
    const calls = Array.from({ length: 20 }, () => world.engine.enqueue([world.task()]));
    const answers = await Promise.allSettled(calls);
    strictEqual(answers.filter(({ status }) => status === "fulfilled").length, 3);
    deepStrictEqual(world.counts(), { pending: 3, rejected: 17 });
  });

  Deno.test(`${name} counts only what waits against the capacity`, async () => {
    await using world = await EngineWorld.open(make, { queueCapacity: 1 });
    const [first = never()] = await world.fill(1);
    world.runner.start(first);
    await world.fill(1);
    await rejects(world.engine.enqueue([world.task()]), { code: "queue_full" });
  });

  Deno.test(`${name} gives a known key its task also when the queue is full`, async () => {
    await using world = await EngineWorld.open(make, { queueCapacity: 1 });
    const first = world.task({ idempotencyKey: "k" });
    await world.engine.enqueue([first]);
    deepStrictEqual(await world.engine.enqueue([world.task({ idempotencyKey: "k" })]), [
      { id: first.id, isNew: false },
    ]);
  });

  Deno.test(`${name} with rejection wait lets callers in when there is room, in order`, async () => {
    await using world = await EngineWorld.open(make, { queueCapacity: 1, rejection: "wait" });
    const [first = never()] = await world.fill(1);
    const order: string[] = [];
    const calls = ["a", "b"].map(async (label) => {
      const [enqueued] = await world.engine.enqueue([world.task({ name: label })]);
      order.push(label);
      return enqueued?.id ?? never();
    });
    world.runner.start(first);
    const second = await within("the first caller got room", Promise.race(calls));
    deepStrictEqual([order, world.counts()], [["a"], { pending: 1, running: 1 }]);
    world.runner.start(second);
    await within("the second caller got room", Promise.all(calls));
    deepStrictEqual(order, ["a", "b"]);
  });

  Deno.test(`${name} with rejection wait lets all in that a larger capacity has room for`, async () => {
    await using world = await EngineWorld.open(make, { queueCapacity: 1, rejection: "wait" });
    await world.fill(1);
    const calls = Array.from({ length: 5 }, () => world.engine.enqueue([world.task()]));
    world.setPolicy({ queueCapacity: 6, rejection: "wait" });
    await within("all callers got room", Promise.all(calls));
    deepStrictEqual(world.counts(), { pending: 6 });
  });

  Deno.test(`${name} with rejection wait lets batches in whole`, async () => {
    await using world = await EngineWorld.open(make, { queueCapacity: 3, rejection: "wait" });
    const ids = await world.fill(3);
    const batch = world.engine.enqueue([world.task(), world.task()]);
    await world.engine.cancel(ids[0] ?? never(), "test");
    deepStrictEqual(world.counts(), { pending: 2, cancelled: 1 });
    await world.engine.cancel(ids[1] ?? never(), "test");
    strictEqual((await within("the batch got room", batch)).length, 2);
    deepStrictEqual(world.counts(), { pending: 3, cancelled: 2 });
  });

  Deno.test(`${name} with rejection wait refuses at once what can never fit`, async () => {
    await using world = await EngineWorld.open(make, { queueCapacity: 1, rejection: "wait" });
    await rejects(world.engine.enqueue([world.task(), world.task()]), { code: "queue_full" });
  });

  Deno.test(`${name} with rejection wait gives a caller's turn to the next when it aborts`, async () => {
    await using world = await EngineWorld.open(make, { queueCapacity: 1, rejection: "wait" });
    const [first = never()] = await world.fill(1);
    const leaving = new AbortController();
    const left = world.engine.enqueue([world.task()], { signal: leaving.signal });
    const stays = world.engine.enqueue([world.task()]);
    leaving.abort(new Error("I left"));
    await rejects(left, /I left/);
    world.runner.start(first);
    await within("the caller that stayed got room", stays);
    deepStrictEqual(world.counts(), { pending: 1, running: 1 });
  });

  Deno.test(`${name} with rejection wait loses no caller when one aborts as it is let in`, async () => {
    await using world = await EngineWorld.open(make, { queueCapacity: 1, rejection: "wait" });
    const [first = never()] = await world.fill(1);
    const leaving = new AbortController();
    const left = world.engine.enqueue([world.task()], { signal: leaving.signal }).catch(() =>
      undefined
    );
    const stays = world.engine.enqueue([world.task()]);
    world.runner.start(first);
    leaving.abort();
    const wasLetIn = (await within("the caller that aborted was answered", left))?.[0];
    if (wasLetIn !== undefined) world.runner.start(wasLetIn.id);
    await within("the caller that stayed got room", stays);
  });

  Deno.test(`${name} with rejection wait does not begin to wait for an aborted signal`, async () => {
    await using world = await EngineWorld.open(make, { queueCapacity: 1, rejection: "wait" });
    await world.fill(1);
    const signal = AbortSignal.abort(new Error("before"));
    await rejects(world.engine.enqueue([world.task()], { signal }), /before/);
  });

  Deno.test(`${name} with rejection wait looks for no signal where there is room`, async () => {
    await using world = await EngineWorld.open(make, { queueCapacity: 1, rejection: "wait" });
    const looks: string[] = [];
    const options = (task: string) => ({
      get signal() {
        looks.push(task);
        return AbortSignal.abort(new Error("before"));
      },
    });
    await world.engine.enqueue([world.task()], options("first"));
    await rejects(world.engine.enqueue([world.task()], options("second")), /before/);
    deepStrictEqual(looks, ["second"]);
  });

  Deno.test(`${name} with rejection wait refuses who waits when the policy becomes reject`, async () => {
    await using world = await EngineWorld.open(make, { queueCapacity: 1, rejection: "wait" });
    await world.fill(1);
    const refused = rejects(world.engine.enqueue([world.task()]), { code: "queue_full" });
    world.setPolicy({ queueCapacity: 1, rejection: "reject" });
    await within("the caller was refused", refused);
  });

  Deno.test(`${name}.seal() refuses those that wait, and those that come`, async () => {
    await using world = await EngineWorld.open(make, { queueCapacity: 1, rejection: "wait" });
    const [first = never()] = await world.fill(1);
    const refused = rejects(world.engine.enqueue([world.task()]), { code: "pool_closed" });
    world.engine.seal(world.poolId);
    await refused;
    await rejects(world.engine.enqueue([world.task()]), { code: "pool_closed" });
    world.runner.start(first);
    world.runner.end(first, "done");
    strictEqual(await world.stateOf(first), "completed");
  });

  Deno.test(`${name} with rejection wait takes none when another pool is sealed meanwhile`, async () => {
    await using world = await EngineWorld.open(make, { queueCapacity: 1, rejection: "wait" });
    const other = await world.addPool({ rejection: "wait" });
    const [first = never()] = await world.fill(1);
    const batch = world.engine.enqueue([world.task(), world.task({ poolId: other })]);
    const refused = rejects(batch, { code: "pool_closed" });
    world.engine.seal(other);
    world.runner.start(first);
    await within("the batch was refused", refused);
    deepStrictEqual(world.counts(), { running: 1 });
  });

  Deno.test(`${name} with rejection wait takes none when a key came meanwhile with another task`, async () => {
    await using world = await EngineWorld.open(make, { queueCapacity: 1, rejection: "wait" });
    const other = await world.addPool();
    const keyed = (inputJson: string) =>
      world.task({ poolId: other, idempotencyKey: "k", inputJson });
    const [first = never()] = await world.fill(1);
    const batch = world.engine.enqueue([world.task(), keyed("1")]);
    const refused = rejects(batch, { code: "idempotency_conflict" });
    await world.engine.enqueue([keyed("2")]);
    world.runner.start(first);
    await within("the batch was refused", refused);
    deepStrictEqual(world.counts(), { pending: 1, running: 1 });
  });

  Deno.test(`${name} with rejection wait lets nobody pass who waits for more room`, async () => {
    await using world = await EngineWorld.open(make, { queueCapacity: 2, rejection: "wait" });
    const [first = never(), second = never()] = await world.fill(2);
    const [waits, comesLater] = [waiting(), waiting()];
    const batch = world.engine.enqueue([world.task(), world.task()], waits.options);
    await within("the batch waits", waits.begun);
    world.runner.start(first); // there is room for one
    const single = world.engine.enqueue([world.task()], comesLater.options);
    await within("it waits, too, or is in", Promise.race([comesLater.begun, single]));
    world.runner.start(second);
    const [next = never()] = await within("the batch got room", batch);
    deepStrictEqual(world.counts(), { pending: 2, running: 2 });
    world.runner.start(next.id);
    await within("who came after it got room", single);
    deepStrictEqual(world.counts(), { pending: 2, running: 3 });
  });

  Deno.test(`${name} with rejection wait lets the next in when the first waits for another pool`, async () => {
    await using world = await EngineWorld.open(make, { queueCapacity: 1, rejection: "wait" });
    const other = await world.addPool({ queueCapacity: 1, rejection: "wait" });
    const [first = never()] = await world.fill(1);
    await world.engine.enqueue([world.task({ poolId: other })]);
    const [waits, comesLater] = [waiting(), waiting()];
    const pair = [world.task(), world.task({ poolId: other })];
    const refused = rejects(world.engine.enqueue(pair, waits.options), { code: "pool_closed" });
    await within("the first waits", waits.begun);
    const next = world.engine.enqueue([world.task()], comesLater.options);
    await within("the next one waits", comesLater.begun);
    world.runner.start(first);
    await within("the next one got room", next);
    world.engine.seal(other);
    await within("the first was refused", refused);
    deepStrictEqual(world.counts(), { pending: 2, running: 1 });
  });

  Deno.test(`${name} with rejection drop_oldest cancels what waited longest`, async () => {
    await using world = await EngineWorld.open(make, {
      queueCapacity: 2,
      rejection: "drop_oldest",
    });
    const ids = await world.fill(2);
    const [newest] = await world.engine.enqueue([world.task()]);
    deepStrictEqual(
      await Promise.all([...ids, newest?.id ?? never()].map((id) => world.stateOf(id))),
      ["cancelled", "pending", "pending"],
    );
    deepStrictEqual(world.counts(), { pending: 2, cancelled: 1 });
  });

  Deno.test(`${name} with rejection drop_oldest makes room for a whole batch, or for nothing`, async () => {
    await using world = await EngineWorld.open(make, {
      queueCapacity: 2,
      rejection: "drop_oldest",
    });
    await world.fill(2);
    const batch = [world.task(), world.task(), world.task()];
    await rejects(world.engine.enqueue(batch), { code: "queue_full" });
    deepStrictEqual(world.counts(), { pending: 2, rejected: 3 });
    await world.engine.enqueue(batch.slice(1));
    deepStrictEqual(world.counts(), { pending: 2, cancelled: 2, rejected: 3 });
  });
}

/** Options of a caller of whom it is seen that it begins to wait: its signal is looked at only then. */
function waiting() {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { signal } = new AbortController();
  const options = {
    get signal() {
      resolve();
      return signal;
    },
  };
  return { options, begun: promise };
}

function never(): never {
  throw new TypeError("Cannot go on: the task is not there");
}
