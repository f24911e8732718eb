import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { type Caller, Queue } from "../../../../../core/engine/local/queue.ts";
import { PoolSettings } from "../../../../../core/model/pool.ts";
import { ScriptedRunner } from "../../../../helpers/scripted_runner.ts";
import { POOL_ID } from "../../../../helpers/tasks_of_pool.ts";

/** A queue, and who was let in or sent away, in that order; those that `stay` keep their place then. */
function makeQueue() {
  const settings = PoolSettings.parse({ name: "a pool" });
  const queue = new Queue(POOL_ID, 1, new ScriptedRunner(), settings);
  const told: string[] = [];
  let arrivals = 0;
  const stay = async (name: string, caller: Caller, signal?: AbortSignal) => {
    try {
      await queue.waitForTurn(caller, signal);
      told.push(name);
    } catch (error) {
      told.push(`${name}: ${error}`);
    }
  };
  const wait = async (name: string, count: number, signal?: AbortSignal) => {
    const arrival = ++arrivals;
    await stay(name, { arrival, count }, signal);
    queue.leaveLine(arrival);
  };
  return { queue, told, wait, stay };
}

Deno.test("Queue.admitNext() lets one in at a time, first come, first served", async () => {
  const { queue, told, wait } = makeQueue();
  const waits = ["a", "b", "c"].map((name) => wait(name, 1));
  for (const [at, waiting] of waits.entries()) {
    strictEqual(queue.isAwaited, true);
    queue.admitNext(9);
    queue.admitNext(9); // it is the turn of the same one
    await waiting;
    deepStrictEqual(told, ["a", "b", "c"].slice(0, at + 1));
  }
  strictEqual(queue.isAwaited, false);
  queue.admitNext(9); // nobody is there
});

Deno.test("Queue.admitNext() lets nobody pass one that brings more than there is room for", async () => {
  const { queue, told, wait } = makeQueue();
  const waits = [wait("large", 5), wait("small", 1)];
  queue.admitNext(4);
  strictEqual(queue.isAwaited, true);
  queue.admitNext(5);
  await waits[0];
  deepStrictEqual(told, ["large"]);
  queue.admitNext(1);
  await waits[1];
  deepStrictEqual(told, ["large", "small"]);
});

Deno.test("Queue.waitForTurn() gives a caller the place that its arrival has, also when it comes again", async () => {
  const { queue, told, stay } = makeQueue();
  const second = stay("second", { arrival: 2, count: 1 });
  const first = stay("first", { arrival: 1, count: 1 });
  const before = () => [1, 2, 3].map((arrival) => queue.isAwaitedBefore(arrival));
  deepStrictEqual(before(), [false, true, true]);
  queue.admitNext(1);
  await first;
  // It was let in and has found no room.
  const again = stay("first again", { arrival: 1, count: 1 });
  queue.admitNext(1);
  await again;
  deepStrictEqual([told, before()], [["first", "first again"], [false, true, true]]);
  queue.leaveLine(1);
  deepStrictEqual(before(), [false, false, true]);
  queue.admitNext(1);
  await second;
  queue.leaveLine(2);
  queue.leaveLine(3); // it does not wait
  deepStrictEqual([told.at(-1), before()], ["second", [false, false, false]]);
});

Deno.test("Queue.admitAll() lets all look again in their order, whatever they bring", async () => {
  const { queue, told, wait } = makeQueue();
  const waits = [wait("a", 5), wait("b", 1)];
  queue.admitAll();
  await Promise.all(waits);
  strictEqual(queue.isAwaited, false);
  deepStrictEqual(told, ["a", "b"]);
});

Deno.test("Queue.refuseAll() tells all why, and keeps nobody", async () => {
  const { queue, told, wait } = makeQueue();
  const waits = [wait("a", 1), wait("b", 1)];
  queue.refuseAll(new Error("closed"));
  strictEqual(queue.isAwaited, false);
  await Promise.all(waits);
  deepStrictEqual(told, ["a: Error: closed", "b: Error: closed"]);
});

Deno.test("Queue.waitForTurn() gives the place of a caller that left to the next", async () => {
  const { queue, told, wait } = makeQueue();
  const leaving = new AbortController();
  const waits = [wait("a", 5, leaving.signal), wait("b", 1)];
  leaving.abort(new Error("left"));
  queue.admitNext(1);
  await Promise.all(waits);
  deepStrictEqual(told, ["a: Error: left", "b"]);
});

Deno.test("Queue.waitForTurn() takes no other's place when its caller leaves once it was let in", async () => {
  const { queue, told, wait } = makeQueue();
  const leaving = new AbortController();
  const waits = [wait("a", 1, leaving.signal), wait("b", 1)];
  queue.admitNext(1);
  leaving.abort(new Error("left"));
  await waits[0];
  deepStrictEqual(told, ["a"]);
  strictEqual(queue.isAwaited, true);
  queue.admitNext(1);
  await waits[1];
});

Deno.test("Queue.waitForTurn() does not begin for a caller that has left, nor listen once it ended", async () => {
  const { queue, wait } = makeQueue();
  const gone = AbortSignal.abort(new Error("left"));
  await rejects(queue.waitForTurn({ arrival: 9, count: 1 }, gone), { message: "left" });
  strictEqual(queue.isAwaited, false);
  const { signal } = new AbortController();
  const listeners = new Set<unknown>();
  signal.addEventListener = (_: string, listener: unknown) => void listeners.add(listener);
  signal.removeEventListener = (_: string, listener: unknown) => void listeners.delete(listener);
  const waiting = wait("a", 1, signal);
  strictEqual(listeners.size, 1);
  queue.admitAll();
  await waiting;
  strictEqual(listeners.size, 0);
});

Deno.test("Queue.tellIdle() tells all that wait for it, once", async () => {
  const { queue } = makeQueue();
  const told: string[] = [];
  const waits = ["a", "b"].map((name) => queue.nextIdle().then(() => told.push(name)));
  queue.tellIdle();
  const next = queue.nextIdle().then(() => told.push("next"));
  await Promise.all(waits);
  deepStrictEqual(told, ["a", "b"]);
  queue.tellIdle();
  await next;
  deepStrictEqual(told, ["a", "b", "next"]);
});
