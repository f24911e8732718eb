/** A task's life: states, counters, cancel and stop, waiting, logs, and what is kept. */
import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { TaskId } from "../../core/model/task.ts";
import { isFinal, TASK_STATES, type TaskState } from "../../core/model/task_state.ts";
import { until } from "../helpers/until.ts";
import { within } from "../helpers/within.ts";
import { EngineWorld, type MakeEngine } from "./engine_world.ts";

const UNKNOWN = TaskId.parse("01890000-0000-7000-8000-000000000000");
const ENDS = ["done", "failed", "timed_out", "stopped"] as const;

/** Registers the tests. */
export function testLife(name: string, make: MakeEngine): void {
  Deno.test(`${name}.get() shows each state with the facts that exist in it`, async () => {
    await using world = await EngineWorld.open(make);
    const [done = UNKNOWN, failed = UNKNOWN] = await world.fill(2);
    const { engine, runner } = world;
    deepStrictEqual((await engine.get(done)).status, {
      state: "pending",
      why: "The test has not started it",
    });
    runner.start(done, 3);
    const running = (await engine.get(done)).status;
    ok(running.state === "running");
    deepStrictEqual([running.slot, running.stopRequestedAtMs, running.isZombie], [3, null, false]);
    runner.end(done, "done");
    runner.start(failed);
    runner.end(failed, "failed");
    await engine.flush();
    const { finishedAtMs: _, ...completed } = ended((await engine.get(done)).status);
    deepStrictEqual(completed, {
      state: "completed",
      slot: 0,
      startedAtMs: 1_000,
      runMs: 5,
      resultJson: '"result"',
    });
    const { finishedAtMs: __, ...failure } = ended((await engine.get(failed)).status);
    deepStrictEqual(failure, {
      state: "failed",
      slot: 0,
      startedAtMs: 1_000,
      runMs: 5,
      failure: { code: "task_error", name: "Error", message: "failed", stack: null },
    });
  });

  Deno.test(`${name}: counters are what its tasks' events add up to`, async () => {
    const event = fc.constantFrom("start", "requeue", "cancel", "stop", ...ENDS);
    const steps = fc.array(fc.tuple(event, fc.nat({ max: 5 })), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(steps, async (list) => {
        await using world = await EngineWorld.open(make);
        const ids = await world.fill(6);
        for (const [what, at] of list) await apply(world, what, ids[at] ?? UNKNOWN);
        const states = await Promise.all(ids.map((id) => world.stateOf(id)));
        const counts = world.engine.counts(world.poolId);
        const folded = TASK_STATES.map((state) => states.filter((one) => one === state).length);
        deepStrictEqual(TASK_STATES.map((state) => counts[state]), folded);
        deepStrictEqual(world.engine.counts(), counts);
      }),
      { numRuns: 20 },
    );
  });

  Deno.test(`${name}.cancel() cancels a waiting task, and says why it cannot the others`, async () => {
    await using world = await EngineWorld.open(make);
    const [waits = UNKNOWN, runs = UNKNOWN, over = UNKNOWN] = await world.fill(3);
    world.runner.start(runs);
    world.runner.start(over);
    world.runner.end(over, "done");
    await world.engine.cancel(waits, "Asked by a test");
    const { finishedAtMs: _, ...status } = ended((await world.engine.get(waits)).status);
    deepStrictEqual(status, {
      state: "cancelled",
      slot: null,
      startedAtMs: null,
      runMs: null,
      cause: "Asked by a test",
    });
    for (
      const [id, message] of [
        [runs, "Cannot cancel task: it is running; stop it instead"],
        [over, "Cannot cancel task: it is completed"],
        [waits, "Cannot cancel task: it is cancelled"],
      ] as const
    ) {
      await rejects(world.engine.cancel(id, "x"), { code: "task_not_cancellable", message });
    }
    await rejects(world.engine.cancel(UNKNOWN, "x"), { code: "task_not_found" });
  });

  Deno.test(`${name}.stop() stops a running task, cancels a waiting one, refuses an ended one`, async () => {
    await using world = await EngineWorld.open(make);
    const [waits = UNKNOWN, runs = UNKNOWN] = await world.fill(2);
    world.runner.start(runs);
    await world.engine.stop(waits, 100, "early");
    strictEqual(await world.stateOf(waits), "cancelled");
    await world.engine.stop(runs, 100, "Enough");
    deepStrictEqual(world.runner.stops, [{ taskId: runs, graceMs: 100, cause: "Enough" }]);
    const status = (await world.engine.get(runs)).status;
    ok(status.state === "running" && status.stopRequestedAtMs !== null);
    world.runner.end(runs, "stopped");
    strictEqual(await world.stateOf(runs), "cancelled");
    await rejects(world.engine.stop(runs, 0, "x"), { code: "task_not_stoppable" });
    await rejects(world.engine.stop(UNKNOWN, 0, "x"), { code: "task_not_found" });
  });

  Deno.test(`${name}.cancelPending() cancels what waits, and nothing else`, async () => {
    await using world = await EngineWorld.open(make, { queueCapacity: 5_000 });
    const ids = await world.engine.enqueue(Array.from({ length: 2_500 }, () => world.task()));
    for (const { id } of ids.slice(0, 3)) world.runner.start(id);
    strictEqual(await world.engine.cancelPending(world.poolId, "all"), 2_497);
    deepStrictEqual(world.counts(), { running: 3, cancelled: 2_497 });
    strictEqual(await world.engine.cancelPending(world.poolId, "all"), 0);
  });

  Deno.test(`${name}.waitFor() resolves for each of several when the task has ended`, async () => {
    await using world = await EngineWorld.open(make);
    const [id = UNKNOWN] = await world.fill(1);
    const never = new AbortController().signal;
    const waits = Array.from({ length: 3 }, () => world.engine.waitFor(id, never));
    world.runner.start(id);
    world.runner.end(id, "failed");
    await within("all that wait are told", Promise.all(waits));
    await within("one that comes late is told", world.engine.waitFor(id, never));
  });

  Deno.test(`${name}.waitFor() rejects with the signal's reason, for that caller alone`, async () => {
    await using world = await EngineWorld.open(make);
    const [id = UNKNOWN] = await world.fill(1);
    const leaving = new AbortController();
    const left = world.engine.waitFor(id, leaving.signal);
    const stays = world.engine.waitFor(id, new AbortController().signal);
    leaving.abort(new Error("I left"));
    await rejects(left, /I left/);
    await rejects(world.engine.waitFor(id, leaving.signal), /I left/);
    await rejects(world.engine.waitFor(UNKNOWN, leaving.signal), { code: "task_not_found" });
    world.runner.start(id);
    world.runner.end(id, "done");
    await within("the one that stayed is told", stays);
  });

  Deno.test(`${name}.readLogs() gives what the task said, oldest first`, async () => {
    await using world = await EngineWorld.open(make);
    const [id = UNKNOWN] = await world.fill(1);
    world.runner.start(id);
    const lines = ["one", "two"].map((text) => ({ atMs: 5, level: "info" as const, text }));
    const attempt = world.runner.find(id);
    const others = { counters: [], spans: [], droppedSpans: 0 };
    attempt.noted({ ...others, lines, dropped: 0, progressNote: "half", metrics: { rows: 2 } });
    attempt.noted({ ...others, lines: [], dropped: 3, progressNote: "half", metrics: null });
    attempt.noted({ ...others, lines: [], dropped: 4, progressNote: "half", metrics: null });
    await world.engine.flush();
    const read = await world.engine.readLogs(id);
    deepStrictEqual(read.map(({ level, text }) => [level, text]), [
      ["info", "one"],
      ["info", "two"],
      ["warning", "The task logged too much: lines were dropped from here on"],
    ]);
    deepStrictEqual((await world.engine.get(id)).metrics, { rows: 2 });
    await rejects(world.engine.readLogs(UNKNOWN), { code: "task_not_found" });
  });

  Deno.test(`${name} keeps so many ended tasks, lets the oldest end go, and keeps its counters`, async () => {
    await using world = await EngineWorld.open(make, { finishedTasksMax: 2 });
    const keyed = world.task({ idempotencyKey: "k" });
    await world.engine.enqueue([keyed]);
    const ids = [keyed.id, ...await world.fill(3)];
    for (const id of ids) {
      world.runner.start(id);
      world.runner.end(id, "done");
    }
    for (const id of ids.slice(0, 2)) {
      await until(
        "the record was let go",
        () => world.engine.get(id).then(() => false, () => true),
      );
      await rejects(world.engine.get(id), { code: "task_not_found" });
    }
    deepStrictEqual(await world.page({ page: 1, perPage: 10 }), ids.slice(2).toReversed());
    deepStrictEqual(world.counts(), { completed: 4 });
    const [again] = await world.engine.enqueue([world.task({ idempotencyKey: "k" })]);
    strictEqual(again?.isNew, true);
  });

  Deno.test(`${name} gives one end when cancel, stop, timeout and completion race`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.boolean(), async (s, isSent) => {
        await using world = await EngineWorld.open(make);
        const [id = UNKNOWN] = await world.fill(1);
        if (isSent) world.runner.find(id).place = "sent";
        else world.runner.start(id);
        const ends: TaskState[] = [];
        const waits = world.engine.waitFor(id, new AbortController().signal);
        const race = [
          () => world.engine.cancel(id, "cancelled").catch(() => {}),
          () => world.engine.stop(id, 0, "stopped").catch(() => {}),
          () => world.runner.end(id, "timed_out"),
          () => world.runner.end(id, "done"),
          () => world.runner.end(id, "stopped"),
        ];
        const moves = race.map((move) =>
          s.schedule(Promise.resolve()).then(move).then(async () => {
            await world.engine.flush();
            const state = (await world.engine.get(id)).status.state;
            if (isFinal(state)) ends.push(state);
          })
        );
        await s.waitFor(Promise.all(moves));
        await within("the task has ended", waits);
        strictEqual(new Set(ends).size, 1);
        const { pending, running, completed, failed, cancelled } = world.engine.counts();
        deepStrictEqual([pending, running, completed + failed + cancelled], [0, 0, 1]);
      }),
      { numRuns: 20 },
    );
  });
}

/** Does what a pool or a caller may do in the task's state, and nothing where it may not. */
async function apply(world: EngineWorld, what: string, id: TaskId): Promise<void> {
  const { place } = world.runner.find(id);
  if (what === "cancel") await world.engine.cancel(id, "x").catch(() => {});
  else if (what === "stop") await world.engine.stop(id, 0, "x").catch(() => {});
  else if (what === "start" && place === "queued") world.runner.start(id);
  else if (what === "requeue" && place === "running") world.runner.requeue(id);
  else if (place === "running") {
    const end = ENDS.find((one) => one === what);
    if (end !== undefined) world.runner.end(id, end);
  }
}

function ended<Status extends { readonly state: TaskState }>(status: Status) {
  ok("finishedAtMs" in status, `the task is ${status.state}`);
  return status;
}
