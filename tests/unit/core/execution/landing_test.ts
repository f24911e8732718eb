/** What becomes of attempts that come back, whatever their thread says or leaves. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { SlotWorld } from "../../../helpers/slot_world.ts";
import { WatchedAttempt } from "../../../helpers/watched_attempt.ts";

const HOUR_MS = 3_600_000;

/** Attempts whose inputs tell them apart. */
function attempts(count: number): WatchedAttempt[] {
  return Array.from({ length: count }, (_, input) => new WatchedAttempt({ input }));
}

function queued(world: SlotWorld): readonly unknown[] {
  return world.queue.clear().map(({ input }) => input);
}

Deno.test("Landing settles an outcome once, and looks for what could run next", async () => {
  await using world = new SlotWorld();
  const attempt = new WatchedAttempt({ input: "a" });
  const { slot, thread } = world.open(attempt);
  const before = world.calls.dispatch;
  thread.finish("a");
  thread.tell();
  deepStrictEqual([attempt.events, attempt.place, slot.inFlight], [
    ["started", "done"],
    "nowhere",
    0,
  ]);
  strictEqual(world.calls.dispatch, before + 1);
  strictEqual(world.stats.loadPercentiles("wait").count, 1);
});

for (const isolation of ["thread", "process"] as const) {
  const count = isolation === "process" ? 1 : 0;
  Deno.test(`Landing counts ${count} runs of a task in isolation ${isolation}`, async () => {
    await using world = new SlotWorld({ isolation });
    const { thread } = world.open(new WatchedAttempt({ input: "a" }));
    thread.finish("a");
    thread.tell();
    strictEqual(world.stats.loadPercentiles("run").count, count);
  });
}

Deno.test("Landing believes a thread's clocks only as far as they are possible", async () => {
  await using world = new SlotWorld();
  const attempt = new WatchedAttempt();
  const { slot } = world.open(attempt);
  slot.outcomes({
    kind: "outcomes",
    token: attempt.token,
    seqs: [attempt.seq],
    codes: [],
    startedAtMs: [NaN],
    runMs: [1e15],
    values: [],
  });
  const { outcome } = attempt;
  ok(outcome?.kind === "done");
  ok(outcome.runMs <= performance.now() - slot.startedMs, `It ran for ${outcome.runMs} ms`);
  ok(outcome.startedAtMs > Date.now() - 3_600_000, `It started at ${outcome.startedAtMs}`);
});

Deno.test("Landing ends a thread that reports what it was not given, and blames its task", async () => {
  await using world = new SlotWorld();
  const attempt = new WatchedAttempt();
  const { slot, thread } = world.open(attempt);
  slot.outcomes({
    kind: "outcomes",
    token: attempt.token + 1,
    seqs: [attempt.seq],
    codes: [],
    startedAtMs: [0],
    runMs: [0],
    values: [],
  });
  deepStrictEqual([slot.killedMs !== undefined, attempt.events], [true, ["started"]]);
  thread.die();
  ok(attempt.outcome?.kind === "failed");
  strictEqual(attempt.outcome.failure.code, "protocol_violation");
});

Deno.test("Landing blames a task that was alone on a thread that died", async () => {
  await using world = new SlotWorld();
  const attempt = new WatchedAttempt();
  const { thread } = world.open(attempt);
  thread.die();
  ok(attempt.outcome?.kind === "failed");
  deepStrictEqual([attempt.outcome.failure.code, attempt.outcome.failure.message], [
    "thread_exited",
    "The test ended it",
  ]);
});

Deno.test("Landing puts those of a thread that died beneath several back in their order", async () => {
  await using world = new SlotWorld();
  const all = attempts(3);
  const { thread } = world.open(...all);
  thread.die();
  deepStrictEqual(all.map(({ outcome }) => outcome), [undefined, undefined, undefined]);
  deepStrictEqual(queued(world), [0, 1, 2]);
});

Deno.test("Landing lets an attempt whose thread died count its metrics anew", async () => {
  await using world = new SlotWorld();
  const [attempt, other] = attempts(2) as [WatchedAttempt, WatchedAttempt];
  const { thread } = world.open(attempt, other); // neither of two is to blame
  const notes = { metrics: { rows: 2 }, counters: ["rows"] };
  world.userMetrics.add(attempt, notes);
  thread.die();
  world.userMetrics.add(attempt, notes);
  strictEqual(world.userMetrics.read()[0]?.value, 4);
});

Deno.test("Landing settles what was ordered to end as stopped, and gives the others back", async () => {
  await using world = new SlotWorld();
  const all = attempts(2);
  const { thread } = world.open(...all);
  world.orders.stop(all[0] as WatchedAttempt, 0, "Enough"); // the first of two
  thread.die();
  deepStrictEqual(all.map(({ outcome }) => outcome?.kind), ["cancelled", undefined]);
  deepStrictEqual(queued(world), [1]);
});

Deno.test("Landing puts what was not begun at the front of the queue", async () => {
  await using world = new SlotWorld();
  world.queue.push(new WatchedAttempt({ input: "later" }));
  const all = attempts(3);
  const { slot, thread } = world.open(...all);
  const before = world.calls.planDispatch;
  slot.takeBack();
  thread.hear();
  thread.tell();
  deepStrictEqual(queued(world), [1, 2, "later"]);
  deepStrictEqual([slot.inFlight, world.calls.planDispatch], [1, before + 1]);
});

Deno.test("Landing.close() cancels what comes back from then on", async () => {
  await using world = new SlotWorld();
  const all = attempts(2);
  const { slot, thread } = world.open(...all);
  slot.takeBack();
  world.landing.close("The pool was closed");
  thread.hear();
  thread.tell();
  deepStrictEqual(all.map(({ outcome }) => outcome), [undefined, {
    kind: "cancelled",
    startedAtMs: null,
    runMs: null,
    cause: "The pool was closed",
  }]);
  strictEqual(world.queue.length, 0);
});

Deno.test("Landing lets a worn slot go, and gives its tasks back", async () => {
  await using world = new SlotWorld();
  const { slot, thread } = world.open(...attempts(2));
  slot.worn();
  thread.hear();
  thread.tell();
  deepStrictEqual([slot.isLeaving, world.crew.open, queued(world)], [true, [], [1]]);
});

Deno.test("Landing puts back what its time limit was about to end before it had begun", async () => {
  await using world = new SlotWorld();
  const attempt = new WatchedAttempt({ runTimeoutMs: 1 });
  const { slot, thread } = world.open();
  slot.send([attempt]);
  slot.markRunning(performance.now()); // its thread got no processor yet
  world.orders.timedOut(attempt, 1, 60_000);
  for (let message = 0; message < 3; message++) thread.hear();
  thread.tell();
  deepStrictEqual([attempt.events, attempt.outcome, attempt.stop, attempt.place], [
    ["started", "requeued"],
    undefined,
    undefined,
    "queued",
  ]);
  deepStrictEqual([thread.begun, attempt.cameBackMs], [[], undefined]); // it waits as long as before
});

Deno.test("Landing cancels what somebody stopped after its time limit, and before it had begun", async () => {
  await using world = new SlotWorld();
  const attempt = new WatchedAttempt({ runTimeoutMs: 1 });
  const { slot, thread } = world.open();
  slot.send([attempt]);
  slot.markRunning(performance.now());
  world.orders.timedOut(attempt, 1, 60_000);
  world.orders.stop(attempt, 60_000, "Not needed");
  for (let message = 0; message < 3; message++) thread.hear();
  thread.tell();
  deepStrictEqual([attempt.outcome, world.queue.length], [
    { kind: "cancelled", startedAtMs: null, runMs: null, cause: "Not needed" },
    0,
  ]);
});

Deno.test("Landing lets the waiting begin anew of what ran, and not of what was only sent", async () => {
  await using world = new SlotWorld({ tasksPerThread: 2 });
  const all = attempts(3);
  for (const attempt of all) attempt.enqueuedMs = -HOUR_MS;
  const { thread } = world.open(...all);
  const diedMs = performance.now();
  thread.die();
  deepStrictEqual(world.queue.waitingSinceBefore(diedMs), [all[2]]);
  deepStrictEqual(queued(world), [0, 1, 2]);
});
