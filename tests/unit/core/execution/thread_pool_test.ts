/** A pool with real threads: what runs, in which order, and how it ends. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { Gate } from "../../../helpers/gate.ts";
import { startPool } from "../../../helpers/start_pool.ts";
import { until } from "../../../helpers/until.ts";
import { WatchedAttempt } from "../../../helpers/watched_attempt.ts";
import { within } from "../../../helpers/within.ts";

const HOUR_MS = 3_600_000;

Deno.test("ThreadPool.close() comes before anything ran", async () => {
  await using started = startPool({ minThreads: 0 });
  await started.pool.close();
  strictEqual(started.pool.hasRun, false);
});

Deno.test("ThreadPool.submit() after close() ends an attempt for the cause that those had that waited", async () => {
  await using started = startPool({ minThreads: 0 });
  await started.pool.close("test");
  const late = started.submit("hold");
  deepStrictEqual(late.outcome, {
    kind: "cancelled",
    startedAtMs: null,
    runMs: null,
    cause: "test",
  });
  deepStrictEqual([started.pool.queued, started.pool.hasRun], [0, false]);
});

Deno.test("ThreadPool runs one task a thread, and starts the next when it ends", async () => {
  await using started = startPool();
  using gate = new Gate();
  const first = started.submit("hold", gate.cells);
  const second = started.submit("hold", gate.cells);
  await gate.arrived(1);
  deepStrictEqual([gate.count, started.pool.queued], [1, 1]);
  gate.open();
  await Promise.all([first.whenEnded(), second.whenEnded()]);
  strictEqual(gate.count, 2);
});

Deno.test("ThreadPool uses as many threads as it may, and no more", async () => {
  await using started = startPool({ maxThreads: 3, warmSpare: true });
  using gate = new Gate();
  const all = Array.from({ length: 5 }, () => started.submit("hold", gate.cells));
  await gate.arrived(3);
  await until("three are seen to run", () => started.pool.queued === 2);
  strictEqual(started.pool.slots.length, 3);
  gate.open();
  await Promise.all(all.map((attempt) => attempt.whenEnded()));
});

Deno.test("ThreadPool starts higher priority first, then in the order of submission", async () => {
  await using started = startPool();
  const order: number[] = [];
  using gate = new Gate();
  const first = started.submit("hold", gate.cells);
  await gate.arrived(1);
  const rest = [0, 0, 5, -5, 5].map((priority, at) => {
    const attempt = started.submit("thread", at, { priority });
    attempt.whenEnded().then(() => order.push(at));
    return attempt;
  });
  gate.open();
  await Promise.all([first, ...rest].map((attempt) => attempt.whenEnded()));
  deepStrictEqual(order, [2, 4, 0, 1, 3]);
});

Deno.test("ThreadPool.takeBack() takes back what waits for its turn, and nothing else", async () => {
  await using started = startPool();
  using gate = new Gate();
  const runs = started.submit("hold", gate.cells);
  const waits = started.submit("hold", gate.cells);
  await gate.arrived(1);
  strictEqual(started.pool.takeBack(runs), false);
  strictEqual(started.pool.takeBack(waits), true);
  strictEqual(started.pool.takeBack(waits), false);
  deepStrictEqual([started.pool.queued, waits.events], [0, []]);
  gate.open();
  await runs.whenEnded();
});

Deno.test("ThreadPool.recycle() replaces a thread once it has finished what it runs", async () => {
  await using started = startPool({ minThreads: 1 });
  using gate = new Gate();
  const runs = started.submit("hold", gate.cells);
  await gate.arrived(1);
  const [before] = started.pool.slots;
  strictEqual(started.pool.recycle(9), 0);
  strictEqual(started.pool.recycle(before?.index), 1);
  const behind = started.submit("thread");
  await behind.whenEnded();
  strictEqual(runs.outcome, undefined);
  gate.open();
  await runs.whenEnded();
  strictEqual(runs.events.at(-1), "done");
  await until("the old thread is gone", () => !started.pool.slots.some((slot) => slot === before));
  strictEqual(started.pool.recycle(), 1);
});

Deno.test("ThreadPool.pause() starts nothing until resume()", async () => {
  await using started = startPool({ minThreads: 1 });
  await until("the thread is ready", () => started.pool.slots[0]?.isReady === true);
  started.pool.pause();
  const attempt = started.submit("echo", 1);
  strictEqual(started.pool.whyWaiting(attempt), "The pool is paused");
  await Promise.resolve();
  deepStrictEqual([attempt.place, started.pool.queued, started.pool.isPaused], ["queued", 1, true]);
  started.pool.resume();
  await attempt.whenEnded();
});

Deno.test("ThreadPool runs as many tasks on a thread as its settings say", async () => {
  await using started = startPool({ tasksPerThread: 4 });
  using gate = new Gate();
  const all = Array.from({ length: 6 }, () => started.submit("wait", gate.cells));
  await gate.arrived(4);
  deepStrictEqual([gate.count, started.pool.slots.length], [4, 1]);
  started.change({ tasksPerThread: 6 });
  await gate.arrived(6);
  gate.open();
  await Promise.all(all.map((attempt) => attempt.whenEnded()));
});

Deno.test("ThreadPool.stop() stops one of several tasks on a thread, and no other", async () => {
  await using started = startPool({ tasksPerThread: 4 });
  const all = Array.from({ length: 4 }, () => started.submit("until_stopped"));
  await until(
    "all run",
    () => all.every((attempt) => started.pool.progressOf(attempt)?.done === 1),
  );
  for (const attempt of all) {
    started.pool.stop(attempt, 30_000, "Enough");
    strictEqual((await attempt.whenEnded()).kind, "cancelled");
  }
  strictEqual(all.filter(({ events }) => events.length === 2).length, 4);
});

Deno.test("ThreadPool fails a task that waits too long", async () => {
  await using started = startPool({ queueTimeoutMs: 100, minThreads: 1 });
  await until("the thread is ready", () => started.pool.slots[0]?.isReady === true);
  using gate = new Gate();
  const holds = started.submit("hold", gate.cells);
  await gate.arrived(1);
  const outcome = await started.submit("echo").whenEnded();
  ok(outcome.kind === "failed");
  deepStrictEqual([outcome.startedAtMs, outcome.failure.code, outcome.failure.message], [
    null,
    "queue_timeout",
    "Waited longer than the 100 ms allowed",
  ]);
  gate.open();
  await holds.whenEnded();
});

Deno.test("ThreadPool does not count against what ran before how long ago it came", async () => {
  await using started = startPool({ queueTimeoutMs: HOUR_MS, minThreads: 1 });
  using gate = new Gate();
  const holds = started.submit("hold", gate.cells);
  await gate.arrived(1);
  const [ran, waited] = [new WatchedAttempt(), new WatchedAttempt()];
  started.pool.submit(ran, { waitedMs: 2 * HOUR_MS, hasRun: true });
  started.pool.submit(waited, { waitedMs: 2 * HOUR_MS });
  const outcome = await waited.whenEnded();
  ok(outcome.kind === "failed");
  deepStrictEqual([outcome.failure.code, ran.place], ["queue_timeout", "queued"]);
  strictEqual(await started.pool.withdraw(ran, "Not needed"), true);
  gate.open();
  await holds.whenEnded();
});

Deno.test("ThreadPool.withdraw() cancels a task that waits, and answers that one that runs is not", async () => {
  await using started = startPool();
  using gate = new Gate();
  const runs = started.submit("hold", gate.cells);
  const waits = started.submit("echo");
  await gate.arrived(1);
  await runs.whenStarted();
  strictEqual(await started.pool.withdraw(waits, "Not needed"), true);
  strictEqual(await started.pool.withdraw(runs, "Not needed"), false);
  strictEqual(await started.pool.withdraw(waits, "Not needed"), false);
  deepStrictEqual(waits.outcome, {
    kind: "cancelled",
    startedAtMs: null,
    runMs: null,
    cause: "Not needed",
  });
});

Deno.test("ThreadPool.whenIdle() resolves when nothing waits and nothing runs", async () => {
  await using started = startPool();
  await started.pool.whenIdle();
  using gate = new Gate();
  const all = Array.from({ length: 3 }, () => started.submit("hold", gate.cells));
  const idle = started.pool.whenIdle();
  await gate.arrived(1);
  gate.open();
  await within("the pool is idle", idle);
  ok(all.every(({ outcome }) => outcome?.kind === "done"));
});
