/** How what waits is withdrawn, and what runs is stopped. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { SlotWorld } from "../../../helpers/slot_world.ts";
import { WatchedAttempt } from "../../../helpers/watched_attempt.ts";
import { within } from "../../../helpers/within.ts";

const CANCELLED = { kind: "cancelled", startedAtMs: null, runMs: null };

Deno.test("EndOrders.withdraw() cancels what waits in the queue at once", async () => {
  await using world = new SlotWorld();
  const attempt = new WatchedAttempt();
  world.queue.push(attempt);
  strictEqual(world.orders.withdraw(attempt, "Not needed"), true);
  deepStrictEqual([attempt.outcome, world.queue.length], [
    { ...CANCELLED, cause: "Not needed" },
    0,
  ]);
});

Deno.test("EndOrders.withdraw() answers all who ask for what was sent ahead, when it is back", async () => {
  await using world = new SlotWorld();
  const ahead = new WatchedAttempt({ input: "ahead" });
  const { thread } = world.open(new WatchedAttempt({ input: "runs" }), ahead);
  const answers = [world.orders.withdraw(ahead, "First"), world.orders.withdraw(ahead, "Second")];
  strictEqual(ahead.outcome, undefined);
  thread.hear();
  thread.tell();
  deepStrictEqual(await within("both are answered", Promise.all(answers)), [true, true]);
  deepStrictEqual(ahead.outcome, { ...CANCELLED, cause: "First" });
});

Deno.test("EndOrders.withdraw() answers that what began meanwhile was not withdrawn", async () => {
  await using world = new SlotWorld();
  const ahead = new WatchedAttempt({ input: "ahead" });
  const { thread } = world.open(new WatchedAttempt({ input: "runs" }), ahead);
  const answer = world.orders.withdraw(ahead, "Too late");
  thread.finish("runs");
  thread.begin();
  thread.hear(); // it is asked for what it has not begun
  thread.tell();
  thread.tell();
  strictEqual(await within("it is answered", Promise.resolve(answer)), false);
  deepStrictEqual([ahead.place, world.orders.withdraw(ahead, "Again")], ["running", false]);
});

Deno.test("EndOrders.stop() tells the thread once, and a second order only brings the end forward", async () => {
  await using world = new SlotWorld();
  const attempt = new WatchedAttempt({ input: "runs" });
  const { slot, thread } = world.open(attempt);
  world.orders.stop(attempt, 60_000, "First");
  const order = attempt.stop;
  world.orders.stop(attempt, 90_000, "Second");
  deepStrictEqual(attempt.stop, order);
  world.orders.stop(attempt, 1_000, "Third");
  ok(order !== undefined && attempt.stop !== undefined && attempt.stop.killAtMs < order.killAtMs);
  deepStrictEqual([attempt.stop.cause, slot.killedMs, world.calls.watch], ["First", undefined, 3]);
  thread.hear();
  ok(thread.heardStopOf(attempt.seq));
});

Deno.test("EndOrders.stop() without grace ends the thread, and settles when it is dead", async () => {
  await using world = new SlotWorld();
  const attempt = new WatchedAttempt();
  const { slot, thread } = world.open(attempt);
  world.orders.stop(attempt, 0, "Enough");
  deepStrictEqual([slot.killedMs !== undefined, attempt.outcome], [true, undefined]);
  thread.die();
  ok(attempt.outcome?.kind === "cancelled");
  strictEqual(attempt.outcome.cause, "Enough");
});

Deno.test("EndOrders.stop() does nothing to what is on no slot", async () => {
  await using world = new SlotWorld();
  const attempt = new WatchedAttempt();
  world.queue.push(attempt);
  world.orders.stop(attempt, 0, "Enough");
  deepStrictEqual([attempt.stop, world.queue.length], [undefined, 1]);
});

Deno.test("EndOrders.stopAll() stops what is in flight on every slot, and nothing else", async () => {
  await using world = new SlotWorld();
  const all = [new WatchedAttempt(), new WatchedAttempt()];
  for (const attempt of all) world.open(attempt);
  const waits = new WatchedAttempt();
  world.queue.push(waits);
  world.orders.stopAll(1_000, "Enough");
  deepStrictEqual([...all, waits].map(({ stop }) => stop?.cause), ["Enough", "Enough", undefined]);
});

Deno.test("EndOrders.cancelQueued() cancels all that wait, and nothing that runs", async () => {
  await using world = new SlotWorld();
  const runs = new WatchedAttempt();
  world.open(runs);
  const waiting = [new WatchedAttempt(), new WatchedAttempt()];
  for (const attempt of waiting) world.queue.push(attempt);
  world.orders.cancelQueued("Enough");
  deepStrictEqual([...waiting, runs].map(({ outcome }) => outcome?.kind), [
    "cancelled",
    "cancelled",
    undefined,
  ]);
});

Deno.test("EndOrders tell a time limit that was reached in the outcome", async () => {
  await using world = new SlotWorld();
  const [runs, waits] = [new WatchedAttempt(), new WatchedAttempt()];
  const { thread } = world.open(runs);
  world.queue.push(waits);
  world.orders.timedOut(runs, 20, 0);
  world.orders.expired(waits, 30);
  thread.die();
  const failures = [runs, waits].map(({ outcome }) =>
    outcome?.kind === "failed" ? [outcome.failure.code, outcome.failure.message] : []
  );
  deepStrictEqual(failures, [
    ["run_timeout", "Ran longer than the 20 ms allowed"],
    ["queue_timeout", "Waited longer than the 30 ms allowed"],
  ]);
  strictEqual(world.queue.length, 0);
});
