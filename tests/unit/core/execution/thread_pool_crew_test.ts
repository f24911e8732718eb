/** A pool that starts, keeps, replaces and loses threads. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { StartThread } from "../../../../core/execution/thread.ts";
import { ThreadBudget } from "../../../../core/execution/thread_budget.ts";
import { startWorkerThread } from "../../../../core/execution/worker_thread.ts";
import { Gate } from "../../../helpers/gate.ts";
import { ScriptedThread } from "../../../helpers/scripted_thread.ts";
import { SlotWorld } from "../../../helpers/slot_world.ts";
import { startPool } from "../../../helpers/start_pool.ts";
import { until } from "../../../helpers/until.ts";
import { WatchedAttempt } from "../../../helpers/watched_attempt.ts";
import { within } from "../../../helpers/within.ts";

Deno.test("ThreadPool replaces a thread after so many tasks", async () => {
  await using started = startPool({ recycleAfterTasks: 3 });
  const runs = [];
  for (let at = 0; at < 7; at++) runs.push(await started.run("thread"));
  const ids = new Set(runs.map((result) => JSON.stringify(result).slice(0, 44)));
  strictEqual(ids.size, 3);
});

Deno.test("ThreadPool runs no more than recycleAfterTasks on a thread, also in batches", async () => {
  await using started = startPool({ recycleAfterTasks: 10 });
  await warmUp(started.run.bind(started), "echo");
  const all = Array.from({ length: 40 }, () => started.submit("thread"));
  const outcomes = await Promise.all(all.map((attempt) => attempt.whenEnded()));
  const most = Math.max(
    ...outcomes.map((outcome) =>
      outcome.kind === "done" ? (outcome.value as { runs: number }).runs : 0
    ),
  ); // what the task returns
  ok(most <= 10, `${most} ran on one thread`);
});

Deno.test("ThreadPool retires idle threads down to the minimum", async () => {
  await using started = startPool({ maxThreads: 3, minThreads: 1, idleRetireMs: 100 });
  using gate = new Gate();
  const all = Array.from({ length: 3 }, () => started.submit("hold", gate.cells));
  await gate.arrived(3);
  gate.open();
  await Promise.all(all.map((attempt) => attempt.whenEnded()));
  await until("one thread is left", () => started.pool.slots.length === 1);
});

Deno.test("ThreadPool keeps a warm spare while all threads are busy", async () => {
  await using started = startPool({ maxThreads: 3, warmSpare: true });
  using gate = new Gate();
  const runs = started.submit("hold", gate.cells);
  await gate.arrived(1);
  await until("a spare is ready", () => started.pool.slots.filter((s) => s.isReady).length === 2);
  gate.open();
  await runs.whenEnded();
});

Deno.test("ThreadPool starts its minimum of threads at once", async () => {
  await using started = startPool({ maxThreads: 2, minThreads: 2 });
  await until(
    "two are ready",
    () => started.pool.slots.filter((slot) => slot.isReady).length === 2,
  );
});

Deno.test("ThreadPool says why it has no thread, and goes on when a place is free", async () => {
  const budget = new ThreadBudget(1, 0);
  await using other = startPool({ budget });
  await other.run("echo");
  await using started = startPool({ budget });
  const attempt = started.submit("echo", 7);
  await until("it was refused", () => started.pool.startProblem !== null);
  const reason = "Cannot start thread: all 1 threads that may live at a time are in use";
  deepStrictEqual([started.pool.startProblem, started.pool.whyWaiting(attempt)], [reason, reason]);
  await other.pool.close();
  strictEqual((await attempt.whenEnded()).kind, "done");
  strictEqual(started.pool.startProblem, null);
});

Deno.test("ThreadPool tries again, after a while, when a thread dies as it starts", async () => {
  let starts = 0;
  const startThread: StartThread = (settings, listener) => {
    if (++starts > 2) return startWorkerThread(settings, listener);
    queueMicrotask(() => listener.died({ code: "thread_exited", message: "it would not start" }));
    return new ScriptedThread(listener);
  };
  await using started = startPool({ startThread });
  const attempt = started.submit("echo", 1);
  await until("a start failed", () => started.pool.startProblem !== null);
  strictEqual(started.pool.startProblem, "Cannot start thread: it would not start");
  strictEqual(started.pool.whyWaiting(attempt), "Cannot start thread: it would not start");
  strictEqual((await attempt.whenEnded()).kind, "done");
  deepStrictEqual([starts, started.pool.startProblem], [3, null]);
});

Deno.test("ThreadPool closes while it waits to try again", async () => {
  const startThread: StartThread = (_settings, listener) => {
    queueMicrotask(() => listener.died({ code: "thread_exited", message: "it would not start" }));
    return new ScriptedThread(listener);
  };
  await using started = startPool({ startThread });
  const attempt = started.submit("echo", 1);
  await until("a start failed", () => started.pool.startProblem !== null);
  await started.pool.close();
  strictEqual((await attempt.whenEnded()).kind, "cancelled");
});

Deno.test("ThreadPool shows a thread that cannot be ended as a zombie, and goes on without it", async () => {
  const budget = new ThreadBudget(4, 4);
  const threads: ScriptedThread[] = [];
  const startThread: StartThread = (settings, listener) => {
    if (threads.length > 0) return startWorkerThread(settings, listener);
    const thread = new ScriptedThread(listener);
    threads.push(thread);
    queueMicrotask(() => listener.ready());
    return thread;
  };
  await using started = startPool({ startThread, budget });
  const endless = started.submit("echo");
  await endless.whenStarted();
  started.pool.stop(endless, 0, "Enough");
  // Its place is taken at once.
  strictEqual((await started.submit("echo", 1).whenEnded()).kind, "done");
  await until("it counts as a zombie", () => started.pool.isZombie(endless));
  strictEqual(endless.outcome, undefined);
  deepStrictEqual(started.pool.slots.map(({ isZombie }) => isZombie).toSorted(), [false, true]);
  await within("close() does not wait for a zombie", started.pool.close());
  strictEqual(endless.outcome, undefined);
  threads[0]?.die();
  strictEqual((await endless.whenEnded()).kind, "cancelled");
  const told = { slot: 0, code: null, reason: null, taskIds: [endless.taskId] };
  deepStrictEqual(started.losses, [{ kind: "zombie", ...told }]); // its death was asked for
});

for (
  const [warmSpare, busy, left] of [[true, 1, 2], [false, 1, 1], [true, 0, 1]] as const
) {
  const spare = warmSpare ? "a" : "no";
  Deno.test(`SlotCrew.trim() leaves ${left} of 3 threads, ${busy} busy, with ${spare} warm spare`, async () => {
    await using world = new SlotWorld({ maxThreads: 3, minThreads: 1, warmSpare });
    world.open(...Array.from({ length: busy }, () => new WatchedAttempt()));
    world.open();
    world.open();
    const laterMs = performance.now() + 1e9;
    strictEqual(world.crew.msToRetire(laterMs), 0);
    world.crew.trim(laterMs);
    deepStrictEqual([world.crew.open.length, world.crew.msToRetire(laterMs)], [left, undefined]);
  });
}

Deno.test("ThreadPool takes no process for a zombie that has no task and takes its time to end", async () => {
  const threads: ScriptedThread[] = [];
  const startThread: StartThread = (_settings, listener) => {
    const thread = new ScriptedThread(listener, 1);
    threads.push(thread);
    queueMicrotask(() => listener.ready());
    return thread;
  };
  await using started = startPool({
    startThread,
    isolation: "process",
    maxThreads: 2,
    minThreads: 2,
  });
  await until("two are ready", () => started.pool.slots.filter((s) => s.isReady).length === 2);
  const endless = started.submit("echo", undefined, { taskId: "t-1" });
  await endless.whenStarted();
  const [idle] = started.pool.slots.filter(({ inFlight }) => inFlight === 0);
  started.pool.recycle(idle?.index);
  started.pool.stop(endless, 0, "Enough");
  // It was told to end later than the other.
  await until("the busy one counts as a zombie", () => started.pool.isZombie(endless));
  deepStrictEqual(started.losses.map(({ kind, taskIds }) => [kind, taskIds]), [["zombie", [
    "t-1",
  ]]]);
  strictEqual(idle?.isZombie, false);
  const closed = started.pool.close();
  for (const thread of threads) thread.die();
  await within("the pool is closed", closed);
});

Deno.test("ThreadPool tells of a thread that died unasked, and of none that it ended itself", async () => {
  await using started = startPool();
  const exits = started.submit("exit", undefined, { taskId: "t-1" });
  strictEqual((await exits.whenEnded()).kind, "failed");
  const stopped = started.submit("until_stopped");
  await stopped.whenStarted();
  started.pool.stop(stopped, 0, "Enough");
  await stopped.whenEnded();
  started.pool.recycle();
  await started.run("echo", 1);
  deepStrictEqual(
    started.losses.map(({ kind, slot, code, taskIds }) => [kind, slot, code, taskIds]),
    [["died", 0, "thread_exited", [exits.taskId]]],
  );
});

/** Runs a type often enough that it counts as short, and is sent ahead. */
async function warmUp(run: (name: string) => Promise<unknown>, name: string): Promise<void> {
  for (let at = 0; at < 40; at++) await run(name);
}
