/** What holds for a pool in both isolations, with real threads. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { ThreadBudget } from "../../../../core/execution/thread_budget.ts";
import { startPool } from "../../../helpers/start_pool.ts";
import { until } from "../../../helpers/until.ts";
import type { WatchedAttempt } from "../../../helpers/watched_attempt.ts";
import { within } from "../../../helpers/within.ts";

/** More than enough runs for a type to be run without a context of its own. */
const WELL_KNOWN_RUNS = 30;

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
    const counts = (["wait", "run"] as const).map((which) => stats.loadPercentiles(which).count);
    deepStrictEqual(counts, [2, 2]);
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

  for (const way of ["rejection", "node_timer"] as const) {
    Deno.test(`ThreadPool in isolation ${isolation} fails no task for a late ${way} of a type that it knows well`, async () => {
      await using started = startPool({ isolation });
      // Neither is such a type followed any more, nor was the one that follows the first to do so.
      for (let runs = 0; runs < WELL_KNOWN_RUNS; runs++) await started.run("leaves_error");
      const leaving = started.submit("leaves_error", way);
      await leaving.whenEnded();
      strictEqual(await started.run("leaves_error", "follow"), "untouched");
      const ofThread = () => started.losses.flatMap(({ kind, reason }) => [kind, reason]);
      const told = () => leaving.lateErrors.length + started.losses.length > 0;
      await until("the error was told", told);
      const message = "RangeError: I was late";
      deepStrictEqual(
        [leaving.lateErrors, ofThread()],
        way === "rejection" ? [[message], []] : [[], ["erred", message]],
      );
    });
  }

  Deno.test(`ThreadPool in isolation ${isolation} replaces a thread that a task ended`, async () => {
    await using started = startPool({ isolation });
    const outcome = await started.submit("exit").whenEnded();
    ok(outcome.kind === "failed");
    strictEqual(outcome.failure.code, "thread_exited");
    strictEqual(await started.run("echo", 3), 3);
  });

  Deno.test(`ThreadPool in isolation ${isolation} finds out which of those that ran together ends threads`, async () => {
    await using started = startPool({ isolation, tasksPerThread: 4 });
    await started.run("echo"); // its thread is ready: all four go there at once
    const poison = started.submit("exit");
    const others = Array.from({ length: 3 }, () => started.submit("until_stopped"));
    const outcome = await poison.whenEnded();
    ok(outcome.kind === "failed");
    strictEqual(outcome.failure.code, "thread_exited");
    // Once with the others, and once alone; those ran on, and were not failed for it.
    const deaths = ({ events }: WatchedAttempt) =>
      events.filter((one) => one === "requeued").length;
    deepStrictEqual([poison, ...others].map(deaths), [1, 1, 1, 1]);
    deepStrictEqual(others.map((attempt) => attempt.outcome), [undefined, undefined, undefined]);
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

Deno.test("ThreadPool in isolation process follows a task whose thread's clock is set ahead", async () => {
  await using started = startPool({ isolation: "process" });
  const attempt = started.submit("shift_clock");
  // The thread looks at its clock when it beats, twice a second.
  await until("three beats are told", () => (started.pool.progressOf(attempt)?.done ?? 0) >= 3);
  started.pool.stop(attempt, 30_000, "Enough");
  strictEqual((await attempt.whenEnded()).kind, "cancelled");
});
