/**
 * Somebody sets the wall clock by an hour, forwards and backwards, while tasks wait and run: none is
 * lost, repeated or stuck, and no duration jumps. In the last test the real server's clock is set.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Engine } from "../../core/engine/engine.ts";
import type { Attempt } from "../../core/execution/attempt.ts";
import type { TaskFilter, TaskId } from "../../core/model/task.ts";
import { EngineWorld } from "../conformance/engine_world.ts";
import { FAKETIME, FAKETIME_MISSING, FakeWall } from "../helpers/faketime.ts";
import { type FakeClock, fakeClock } from "../helpers/fake_clock.ts";
import { openEngine } from "../helpers/open_engine.ts";
import { report } from "../helpers/report.ts";
import { ScriptedRunner } from "../helpers/scripted_runner.ts";
import { ServerProcess, type WireTask } from "../helpers/server_process.ts";
import { until } from "../helpers/until.ts";

const HOUR_MS = 3_600_000;
const TASKS = fileURLToPath(new URL("../fixtures/outside_tasks", import.meta.url));
const isCi = Deno.env.get("CI") === "true";

/** A pool of threads that notes how long its tasks are said to have waited. */
class WaitingRunner extends ScriptedRunner {
  readonly waitedMs: number[] = [];

  override submit(attempt: Attempt, options?: { readonly waitedMs?: number }): void {
    this.waitedMs.push(options?.waitedMs ?? 0);
    super.submit(attempt);
  }
}

function openWorld(clock: FakeClock, data = ":memory:", windowTasks = 4): Promise<EngineWorld> {
  return EngineWorld.open(() => openEngine(data, { clock, windowTasks }));
}

for (const byMs of [HOUR_MS, -HOUR_MS]) {
  const way = byMs > 0 ? "forwards" : "backwards";

  Deno.test(`LocalEngine hands over all that waits, in order, when the clock is set ${way}`, async () => {
    const clock = fakeClock();
    await using world = await openWorld(clock);
    const runner = new WaitingRunner();
    const poolId = await world.addPool({}, undefined, runner);
    const ids: TaskId[] = [];
    for (let at = 0; at < 24; at++) {
      if (at === 12) clock.setWall(byMs);
      clock.advance(1_000);
      const task = world.task({ poolId });
      await world.engine.enqueue([task]);
      ids.push(task.id);
    }
    for (const id of ids) {
      await until(`task ${ids.indexOf(id)} is next`, () => runner.waiting[0]?.taskId === id);
      runner.start(id);
      runner.end(id, "done");
    }
    await world.engine.whenIdle(poolId);
    // As the clock that never jumps has it: the wall's hour is in none of them.
    ok(runner.waitedMs.every((ms) => ms >= 0 && ms <= 24_000), `${runner.waitedMs}`);
    deepStrictEqual(world.counts(poolId), { completed: 24 });
  });

  Deno.test(`LocalEngine gives times, ranges and order when the clock is set ${way}`, async () => {
    const clock = fakeClock();
    await using world = await openWorld(clock, ":memory:", 64);
    const startMs = clock.nowMs();
    const before = await world.fill(5);
    clock.setWall(byMs);
    const after = await world.fill(5);
    const [first] = after;
    ok(first !== undefined);
    clock.advance(10);
    world.runner.start(first);
    clock.advance(10);
    world.runner.end(first, "failed");
    await world.engine.flush();
    const { status, submittedAtMs } = await world.engine.get(first);
    ok(status.state === "failed");
    deepStrictEqual([submittedAtMs, status.finishedAtMs], [startMs + byMs, startMs + byMs + 20]);
    const show = (filter: TaskFilter) => world.page({ page: 1, perPage: 20 }, filter);
    const near = (ms: number) => ({ submittedAtMs: { min: ms - 1, max: ms + 1 } });
    deepStrictEqual(await show({}), [...before, ...after].toReversed());
    deepStrictEqual(await show(near(startMs)), before.toReversed());
    deepStrictEqual(await show(near(startMs + byMs)), after.toReversed());
    deepStrictEqual(await show(near(startMs + 2 * byMs)), []);
  });

  Deno.test(`LocalEngine goes on after a restart with the clock set ${way}`, async () => {
    const data = await Deno.makeTempDir({ prefix: "lido-clock-" });
    try {
      const clock = fakeClock();
      const before: TaskId[] = [];
      {
        await using world = await openWorld(clock, data);
        before.push(...await world.fill(10));
      }
      clock.setWall(byMs);
      await using engine = await openEngine(data, { clock, windowTasks: 4 });
      const world = readopt(engine);
      const after = await world.fill(10);
      const all = [...before, ...after];
      strictEqual(new Set(all).size, 20);
      deepStrictEqual(await world.page({ page: 1, perPage: 30 }), all.toReversed());
      for (const id of all) {
        await until("it is next", () => world.runner.waiting[0]?.taskId === id);
        world.runner.start(id);
        world.runner.end(id, "done");
      }
      await engine.flush();
      for (const id of all) {
        const events = (await engine.readEvents(id)).map(({ event }) => event);
        deepStrictEqual(events, ["submit", "start", "complete"]);
      }
    } finally {
      await Deno.remove(data, { recursive: true });
    }
  });
}

Deno.test("LocalEngine lets ended tasks go by age, and never one that waits", async () => {
  const clock = fakeClock();
  await using world = await openWorld(clock);
  const { runner } = world;
  const poolId = await world.addPool({ keepFinishedMs: HOUR_MS / 2 });
  const [waits, ended] = [world.task({ poolId }), world.task({ poolId })];
  await world.engine.enqueue([waits, ended]);
  runner.start(ended.id);
  runner.end(ended.id, "done");
  await world.engine.flush();
  clock.setWall(-HOUR_MS);
  strictEqual(await world.stateOf(ended.id), "completed");
  clock.setWall(2 * HOUR_MS);
  await until(
    "the ended task was let go",
    () => world.engine.get(ended.id).then(() => false, () => true),
  );
  strictEqual(await world.stateOf(waits.id), "pending");
  deepStrictEqual(world.counts(poolId), { pending: 1, completed: 1 });
});

if (FAKETIME === undefined && !isCi) report(`Not tested with a server: ${FAKETIME_MISSING}`);
Deno.test({
  name: "The server's tasks neither end, hang nor change places when its clock is set by an hour",
  ignore: FAKETIME === undefined && !isCi,
  fn: async () => {
    const folder = await Deno.makeTempDir({ prefix: "lido-clock-" });
    try {
      await setServersClock(folder);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

async function setServersClock(folder: string): Promise<void> {
  const wall = new FakeWall(folder);
  const startedMs = performance.now();
  const names: string[] = [];
  const ids = new Set<string>();
  let poolId = "";
  const options = { tasks: TASKS, data: join(folder, "data"), env: wall.env };
  const submit = async (server: ServerProcess, name: string, limits: object = {}) => {
    const input = { path: join(folder, name) };
    const task = { pool_id: poolId, task_type: "wait_for_file", task_name: name, input, ...limits };
    const { task_id: id } = await server.submit(task);
    names.push(name);
    ids.add(id);
    return id;
  };
  const open = (name: string) => Deno.writeTextFile(join(folder, name), "");
  {
    await using server = await ServerProcess.start(options);
    ({ pool_id: poolId } = await server.openPool({
      name: "clocked",
      max_workers: 2,
      min_workers: 2,
      run_timeout_ms: 600_000,
      queue_timeout_ms: 600_000,
      permissions: { read: [folder] },
    }));
    await until("both threads are ready", async () => {
      const { workers } = await server.getPool(poolId);
      return workers.filter(({ state }) => state === "idle").length === 2;
    });
    const held = await submit(server, "held");
    await whenRunning(server, held);
    for (const hours of [1, -1]) {
      wall.set(hours * 3_600);
      // Begun after the jump, on a thread that was there before it: one ends by its own time...
      const short = await submit(server, `short ${hours}`, { run_timeout_ms: 700 });
      const behind = await submit(server, `behind ${hours}`);
      const waits = await submit(server, `waits ${hours}`);
      const sinceMs = performance.now();
      strictEqual((await server.ended(short)).failure?.code, "run_timeout");
      ok(performance.now() - sinceMs < 10_000, "It timed out far too late");
      // ...and the others, which have ten minutes, do not.
      await whenRunning(server, behind);
      const late = await server.call<{ submit_time: string }>("GET", `/api/tasks/${behind}`);
      const offMs = Date.parse(late.submit_time) - Date.now();
      ok(Math.abs(offMs - hours * HOUR_MS) < 60_000, `The server's clock is off by ${offMs} ms`);
      const pool = await server.call<{ oldest_wait_ms: number }>("GET", `/api/pools/${poolId}`);
      const sinceStartMs = performance.now() - startedMs;
      ok(pool.oldest_wait_ms >= 0 && pool.oldest_wait_ms <= sinceStartMs, JSON.stringify(pool));
      strictEqual((await server.getTask(held)).status, "running");
      strictEqual((await server.getTask(waits)).status, "pending");
      await open(`behind ${hours}`);
      strictEqual((await server.ended(behind)).status, "completed");
      await open(`waits ${hours}`);
      strictEqual((await server.ended(waits)).status, "completed");
    }
    await open("held");
    strictEqual((await server.ended(held)).status, "completed");
    await server.call("POST", `/api/pools/${poolId}/pause`);
    await submit(server, "kept a");
    await submit(server, "kept b");
  }
  wall.set(-2 * 3_600);
  await using server = await ServerProcess.start(options);
  await submit(server, "new");
  strictEqual(ids.size, names.length);
  for (const name of ["kept a", "kept b", "new"]) await open(name);
  await server.call("POST", `/api/pools/${poolId}/resume`);
  for (const id of ids) await server.ended(id);
  const tasks = await server.call<readonly (WireTask & { readonly name: string })[]>(
    "GET",
    "/api/tasks?per_page=100",
  );
  deepStrictEqual(tasks.map(({ name }) => name), names.toReversed());
  deepStrictEqual(tasks.filter(({ attempt }) => attempt !== 1), []);
  const unwell = tasks.filter(({ status }) => status !== "completed").map(({ name }) => name);
  deepStrictEqual(unwell, ["short -1", "short 1"]);
}

async function whenRunning(server: ServerProcess, id: string): Promise<void> {
  await until(
    "the task runs",
    async () => (await server.getTask(id)).status === "running",
  );
}

/** A world on an engine whose one pool was on record already. */
function readopt(engine: Engine): EngineWorld {
  const [pool] = engine.pools;
  ok(pool !== undefined);
  return EngineWorld.reopen(engine, pool);
}
