/** A pool with real threads, in both isolations. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { COUNTERS } from "../../../../core/execution/stats_block.ts";
import type { StartThread } from "../../../../core/execution/thread.ts";
import { ThreadBudget } from "../../../../core/execution/thread_budget.ts";
import { startWorkerThread } from "../../../../core/execution/worker_thread.ts";
import { Gate } from "../../../helpers/gate.ts";
import { ScriptedThread } from "../../../helpers/scripted_thread.ts";
import { startPool } from "../../../helpers/start_pool.ts";
import { until } from "../../../helpers/until.ts";
import { within } from "../../../helpers/within.ts";

for (const isolation of ["thread", "process"] as const) {
  Deno.test(`ThreadPool in isolation ${isolation} runs tasks and tells what they came to`, async () => {
    await using started = startPool({ isolation });
    const done = started.submit("echo", { text: "é\n" });
    const failed = started.submit("fail");
    const outcome = await done.whenEnded();
    ok(outcome.kind === "done");
    deepStrictEqual(outcome.value, isolation === "thread" ? { text: "é\n" } : '{"text":"é\\n"}');
    const failure = await failed.whenEnded();
    ok(failure.kind === "failed");
    const { code, name, message } = failure.failure;
    deepStrictEqual([code, name, message], ["task_error", "RangeError", "I failed"]);
    deepStrictEqual([started.pool.queued, started.pool.isIdle], [0, true]);
    const { stats } = started.pool;
    deepStrictEqual(COUNTERS.map((counter) => stats.loadCounter(counter)), [2, 1, 1]);
  });

  Deno.test(`ThreadPool.stop() in isolation ${isolation} stops a task that listens`, async () => {
    await using started = startPool({ isolation });
    for (const name of ["until_stopped", "loop_until_stopped"]) {
      const attempt = started.submit(name);
      await until("it tells its progress", () => started.pool.progressOf(attempt)?.done === 1);
      started.pool.stop(attempt, 30_000, "Enough");
      const outcome = await attempt.whenEnded();
      ok(outcome.kind === "cancelled");
      strictEqual(outcome.cause, "Enough");
      deepStrictEqual(attempt.events, ["started", "cancelled"]);
    }
    // The same thread goes on.
    strictEqual(await started.run("echo", 1), 1);
    strictEqual(started.pool.slots.length, 1);
  });

  Deno.test(`ThreadPool.stop() in isolation ${isolation} ends by force one that does not`, async () => {
    await using started = startPool({ isolation });
    const before = await started.run("thread");
    const attempt = started.submit(isolation === "process" ? "loop" : "deaf");
    await until("it tells its progress", () => started.pool.progressOf(attempt)?.done === 1);
    started.pool.stop(attempt, 1, "Enough");
    const outcome = await attempt.whenEnded();
    ok(outcome.kind === "cancelled" && outcome.runMs !== null);
    strictEqual(outcome.cause, "Enough");
    const after = await started.run("thread");
    ok(JSON.stringify(before) !== JSON.stringify(after), "a fresh thread takes its place");
  });

  Deno.test(`ThreadPool in isolation ${isolation} fails a task that runs too long`, async () => {
    await using started = startPool({ isolation, stopGraceMs: 30_000 });
    const attempt = started.submit("until_stopped", undefined, { runTimeoutMs: 30 });
    const outcome = await attempt.whenEnded();
    ok(outcome.kind === "failed");
    deepStrictEqual(outcome.failure, {
      code: "run_timeout",
      name: "TimeoutError",
      message: "Ran longer than the 30 ms allowed",
      stack: null,
    });
  });

  Deno.test(`ThreadPool in isolation ${isolation} blames a late error on its task`, async () => {
    await using started = startPool({ isolation });
    const attempt = started.submit("err_late");
    strictEqual((await attempt.whenEnded()).kind, "done");
    await until("the late error came", () => attempt.lateErrors.length > 0);
    deepStrictEqual(attempt.lateErrors, ["RangeError: I was late"]);
    strictEqual(await started.run("echo", 2), 2);
  });

  Deno.test(`ThreadPool in isolation ${isolation} replaces a thread that a task ended`, async () => {
    await using started = startPool({ isolation });
    const outcome = await started.submit("exit").whenEnded();
    ok(outcome.kind === "failed");
    strictEqual(outcome.failure.code, "thread_exited");
    strictEqual(await started.run("echo", 3), 3);
  });

  Deno.test(`ThreadPool.close() in isolation ${isolation} cancels what waits and what runs`, async () => {
    await using started = startPool({ isolation });
    const runs = started.submit("until_stopped");
    const waits = started.submit("echo");
    await runs.whenStarted();
    const [first, second] = [started.pool.close(), started.pool.close()];
    await within("both calls end", Promise.all([first, second]));
    for (const attempt of [runs, waits]) {
      const outcome = await attempt.whenEnded();
      ok(outcome.kind === "cancelled");
      strictEqual(outcome.cause, "The pool was closed");
    }
    deepStrictEqual(waits.events, ["cancelled"]);
  });

  Deno.test(`ThreadPool in isolation ${isolation} gives back its place when it closes as a thread starts`, async () => {
    const budget = new ThreadBudget(1, 0);
    for (let round = 0; round < 3; round++) {
      await using started = startPool({ isolation, budget });
      started.submit("echo");
      await until("a thread is being started", () => started.pool.slots.length === 1);
      await started.pool.close();
    }
    await using started = startPool({ isolation, budget });
    strictEqual(await started.run("echo", 4), 4);
  });

  Deno.test(`ThreadPool in isolation ${isolation} is resized while a thread starts`, async () => {
    const budget = new ThreadBudget(2, 0);
    await using started = startPool({ isolation, budget, maxThreads: 2, minThreads: 2 });
    for (let round = 0; round < 4; round++) {
      await until("a thread is being started", () => started.pool.slots.length > 0);
      started.change({ maxThreads: 1, minThreads: 0 });
      started.change({ maxThreads: 2, minThreads: 2 });
    }
    strictEqual(await started.run("echo", 5), 5);
    await until(
      "two threads are ready",
      () => started.pool.slots.filter((slot) => slot.isReady && !slot.isLeaving).length === 2,
    );
  });
}

Deno.test("ThreadPool.close() comes before anything ran", async () => {
  await using started = startPool({ minThreads: 0 });
  await started.pool.close();
  strictEqual(started.pool.hasRun, false);
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

Deno.test("ThreadPool.pause() takes back what was sent ahead", async () => {
  await using started = startPool();
  await warmUp(started.run.bind(started), "wait");
  using gate = new Gate();
  const first = started.submit("wait", gate.cells);
  const others = Array.from({ length: 20 }, () => started.submit("wait"));
  await gate.arrived(1);
  started.pool.pause();
  await until("all others came back", () => started.pool.queued === others.length);
  gate.open();
  await first.whenEnded();
  strictEqual(started.pool.queued, others.length);
  started.pool.resume();
  await Promise.all(others.map((attempt) => attempt.whenEnded()));
  ok(others.every(({ events }) => events.at(-1) === "done"));
});

Deno.test("ThreadPool tells a short task's end while the one behind it runs long", async () => {
  await using started = startPool();
  await warmUp(started.run.bind(started), "wait");
  using gate = new Gate();
  const short = Array.from({ length: 3 }, () => started.submit("wait"));
  const long = started.submit("wait", gate.cells);
  const behind = started.submit("wait");
  await gate.arrived(1);
  await Promise.all(short.map((attempt) => attempt.whenEnded()));
  strictEqual(long.outcome, undefined);
  gate.open();
  await Promise.all([long, behind].map((attempt) => attempt.whenEnded()));
});

Deno.test("ThreadPool gives what waits behind a long task to an idle thread", async () => {
  await using started = startPool({ maxThreads: 2, minThreads: 2 });
  await until(
    "both threads are ready",
    () => started.pool.slots.filter((s) => s.isReady).length === 2,
  );
  await warmUp(started.run.bind(started), "hold");
  using gate = new Gate();
  const long = started.submit("hold", gate.cells);
  const short = Array.from({ length: 30 }, () => started.submit("hold"));
  await gate.arrived(1);
  await Promise.all(short.map((attempt) => attempt.whenEnded()));
  strictEqual(long.outcome, undefined);
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

for (const isolation of ["thread", "process"] as const) {
  Deno.test(`ThreadPool.withdraw() in isolation ${isolation} answers each of two that ask for one task`, async () => {
    await using started = startPool({ isolation });
    await warmUp(started.run.bind(started), "echo");
    const all = Array.from({ length: 50 }, (_, at) => started.submit("echo", at));
    await Promise.resolve(); // the pool looks at what came once the caller pauses
    const last = all.findLast(({ place }) => place === "sent");
    if (last === undefined) throw new TypeError("Cannot go on: nothing was sent ahead");
    const [one, other] = [started.pool.withdraw(last, "a"), started.pool.withdraw(last, "b")];
    const answers = await within("both are answered", Promise.all([one, other]));
    await Promise.all(all.map((attempt) => attempt.whenEnded()));
    strictEqual(answers[0], last.outcome?.kind === "cancelled");
  });
}

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

/** Runs a type often enough that it counts as short, and is sent ahead. */
async function warmUp(run: (name: string) => Promise<unknown>, name: string): Promise<void> {
  for (let at = 0; at < 40; at++) await run(name);
}

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
});
