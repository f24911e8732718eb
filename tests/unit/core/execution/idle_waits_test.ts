import { deepStrictEqual } from "node:assert/strict";
import { SlotWorld } from "../../../helpers/slot_world.ts";
import { WatchedAttempt } from "../../../helpers/watched_attempt.ts";
import { within } from "../../../helpers/within.ts";

Deno.test("IdleWaits resolve at once when there is nothing to wait for", async () => {
  await using world = new SlotWorld();
  await within("nothing waits", world.waits.whenIdle());
  await within("nothing runs", world.waits.whenNothingRuns());
});

Deno.test("IdleWaits.whenNothingRuns() does not wait for the queue, whenIdle() does", async () => {
  await using world = new SlotWorld();
  const waiting = new WatchedAttempt();
  world.queue.push(waiting);
  const { thread } = world.open(new WatchedAttempt({ input: "runs" }));
  const order: string[] = [];
  const idle = world.waits.whenIdle().then(() => order.push("idle"));
  const still = world.waits.whenNothingRuns().then(() => order.push("nothing runs"));
  thread.finish("runs");
  thread.tell();
  await within("nothing runs", still);
  deepStrictEqual([order, world.waits.isIdle], [["nothing runs"], false]);
  world.orders.withdraw(waiting, "Enough");
  await within("the pool is idle", idle);
  deepStrictEqual([order, world.waits.isIdle], [["nothing runs", "idle"], true]);
});
