/** What the project that Lido follows promised and did not do: each fault is a test here. */
import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { Config } from "../../core/config.ts";
import { TaskRecord } from "../../core/engine/local/task_record.ts";
import { Manager } from "../../core/manager.ts";
import type { PoolId, PoolSettingsInput } from "../../core/model/pool.ts";
import { type TaskId, type TaskSnapshot, TaskSubmission } from "../../core/model/task.ts";
import { isFinal } from "../../core/model/task_state.ts";
import { GATE_TASKS, startPool } from "../helpers/start_pool.ts";
import { until } from "../helpers/until.ts";
import { within } from "../helpers/within.ts";

const WAIT_MS = 30_000;

/** A manager whose task types are those of `tests/fixtures/gate_tasks/`. */
class World implements AsyncDisposable {
  private constructor(readonly manager: Manager) {}

  static async open(): Promise<World> {
    return new World(
      await Manager.start({ config: Config.parse({ data: ":memory:", tasks: GATE_TASKS }) }),
    );
  }

  async pool(settings: Partial<PoolSettingsInput> = {}): Promise<PoolId> {
    const { id } = await this.manager.createPool({
      name: "mine",
      maxThreads: 1,
      warmSpare: false,
      ...settings,
    });
    return id;
  }

  async submit(poolId: PoolId, type: string, input?: unknown): Promise<TaskId> {
    const submission = TaskSubmission.parse({ poolId, type, input });
    return (await this.manager.submit(submission)).task.id;
  }

  async ended(id: TaskId): Promise<TaskSnapshot> {
    const task = await this.manager.waitForTask(id, { waitMs: WAIT_MS });
    ok(isFinal(task.status.state), `the task is ${task.status.state}`);
    return task;
  }

  /** Resolves when the task's code itself says that it runs. */
  told(id: TaskId): Promise<void> {
    return until("the task tells its progress", async () => {
      const { status } = await this.manager.getTask(id);
      return status.state === "running" && status.progress?.done === 1;
    });
  }

  /** Which thread a pool of one runs its tasks on. */
  async threadOf(pool: PoolId): Promise<string> {
    const { status } = await this.ended(await this.submit(pool, "thread"));
    ok(status.state === "completed" && status.resultJson !== null);
    return JSON.parse(status.resultJson).id;
  }

  closed(id: PoolId): Promise<void> {
    return until("the pool is closed", () => this.manager.getPool(id).state === "closed");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return within("the manager is closed", this.manager.close());
  }
}

for (const isolation of ["thread", "process"] as const) {
  Deno.test(`stop really stops a running task that checks its signal (isolation ${isolation})`, async () => {
    await using world = await World.open();
    const pool = await world.pool({ isolation });
    const thread = await world.threadOf(pool);
    const id = await world.submit(pool, "until_stopped");
    await world.told(id);
    const asked = await world.manager.stopTask(id, { graceMs: WAIT_MS });
    ok(asked.status.state === "running" && asked.status.stopRequestedAtMs !== null);
    const { status } = await world.ended(id);
    ok(status.state === "cancelled" && status.startedAtMs !== null);
    strictEqual(status.cause, "It was asked to stop");
    await until(
      "both lines can be read",
      async () => (await world.manager.readLogs(id)).length === 2,
    );
    deepStrictEqual((await world.manager.readLogs(id)).map(({ text }) => text), [
      "I run",
      "I was asked to stop: It was asked to stop",
    ]);
    // It ended by itself: the same thread takes the next task.
    deepStrictEqual(await world.threadOf(pool), thread);
  });

  Deno.test(`force close runs nothing that was queued (isolation ${isolation})`, async () => {
    await using world = await World.open();
    const pool = await world.pool({ isolation });
    for (let at = 0; at < 20; at++) await world.ended(await world.submit(pool, "echo", at));
    const runs = await world.submit(pool, "deaf");
    await world.told(runs);
    const queued: TaskId[] = [];
    for (let at = 0; at < 50; at++) queued.push(await world.submit(pool, "echo", at));
    const { cancelledTasks, stoppedTasks } = await world.manager.forceClosePool(pool);
    deepStrictEqual([cancelledTasks, stoppedTasks], [50, 1]);
    await world.closed(pool);
    const statuses = await Promise.all(queued.map((id) => world.manager.getTask(id)));
    ok(statuses.every(({ status }) => status.state === "cancelled" && status.startedAtMs === null));
    strictEqual((await world.manager.getTask(runs)).status.state, "cancelled");
    strictEqual(world.manager.getPool(pool).run.count, 20);
    await rejects(world.submit(pool, "echo"), { code: "pool_closed" });
  });
}

Deno.test("a resize never runs a task twice or loses one (isolation thread)", async () => {
  const TASKS = 10_000;
  const RESIZES = 200;
  await using started = startPool({ maxThreads: 4, warmSpare: true });
  const cells = new Int32Array(new SharedArrayBuffer(4 * TASKS));
  const all = [];
  for (let round = 0; round < RESIZES; round++) {
    const wave = Array.from(
      { length: TASKS / RESIZES },
      (_, at) => started.submit("add", [cells, all.length + at]),
    );
    all.push(...wave);
    started.change({ maxThreads: 1 + round * 7 % 4 });
    // Some of each wave, so that resizes meet threads that start, run, and hold what was sent ahead.
    await wave[round % wave.length]?.whenEnded();
  }
  await Promise.all(all.map((attempt) => attempt.whenEnded()));
  ok(all.every(({ outcome }) => outcome?.kind === "done"));
  deepStrictEqual(new Set(cells), new Set([1]));
  strictEqual(started.pool.stats.loadPercentiles("run").count, TASKS);
});

Deno.test("a resize never runs a task twice or loses one (isolation process)", async () => {
  await using world = await World.open();
  const pool = await world.pool({ isolation: "process", maxThreads: 2 });
  const ids: TaskId[] = [];
  for (let round = 0; round < 20; round++) {
    const submissions = Array.from(
      { length: 100 },
      (_, at) => TaskSubmission.parse({ poolId: pool, type: "echo", input: ids.length + at }),
    );
    const wave = await world.manager.submitBatch(submissions);
    ids.push(...wave);
    await world.manager.resizePool(pool, { maxThreads: 1 + round % 3 });
    const some = wave[round];
    if (some !== undefined) await world.ended(some);
  }
  const results = await Promise.all(ids.map((id) => world.ended(id)));
  deepStrictEqual(
    results.map(({ status }) => status.state === "completed" ? status.resultJson : status),
    ids.map((_, at) => String(at)),
  );
  const { counts, run } = world.manager.getPool(pool);
  deepStrictEqual([counts.completed, counts.pending, counts.running, run.count], [
    2_000,
    0,
    0,
    2_000,
  ]);
});

Deno.test("closing a slow pool delays no other call", async () => {
  await using world = await World.open();
  const slow = await world.pool({ isolation: "thread" });
  const other = await world.pool({ isolation: "thread" });
  const holds = await world.submit(slow, "until_stopped");
  await world.told(holds);
  const events: string[] = [];
  strictEqual((await world.manager.closePool(slow, { deadlineMs: 3_600_000 })).state, "draining");
  const closed = world.closed(slow).then(() => events.push("slow pool closed"));
  events.push((await world.ended(await world.submit(other, "echo"))).status.state);
  await world.manager.createPool({ name: "third" });
  events.push(String((await world.manager.listTasks({}, { page: 1, perPage: 5 })).tasks.length));
  await world.manager.closePool(other);
  await world.closed(other);
  events.push("other pool closed", world.manager.getPool(slow).state);
  await world.manager.stopTask(holds, { graceMs: WAIT_MS });
  await closed;
  deepStrictEqual(events, ["completed", "2", "other pool closed", "draining", "slow pool closed"]);
});

Deno.test("submit returns the task's id", async () => {
  await using world = await World.open();
  const pool = await world.pool({ isolation: "thread" });
  const submission = TaskSubmission.parse({ poolId: pool, type: "echo", name: "mine", input: 5 });
  const { task, isNew } = await world.manager.submit(submission);
  deepStrictEqual([isNew, task.name, task.poolId], [true, "mine", pool]);
  strictEqual((await world.manager.getTask(task.id)).id, task.id);
  const { status } = await world.ended(task.id);
  ok(status.state === "completed" && status.resultJson === "5");
});

Deno.test("counters are exact under contention", async () => {
  const TASKS = 20_000;
  await using started = startPool({ maxThreads: 8, minThreads: 8 });
  await until(
    "eight threads are ready",
    () => started.pool.slots.filter((slot) => slot.isReady).length === 8,
  );
  const cells = new Int32Array(new SharedArrayBuffer(4));
  const all = Array.from({ length: TASKS }, () => started.submit("add", [cells, 0]));
  const failing = Array.from({ length: 100 }, () => started.submit("fail"));
  await Promise.all([...all, ...failing].map((attempt) => attempt.whenEnded()));
  const { stats } = started.pool;
  strictEqual(cells[0], TASKS);
  ok(all.every(({ outcome }) => outcome?.kind === "done"));
  ok(failing.every(({ outcome }) => outcome?.kind === "failed"));
  deepStrictEqual(
    [stats.loadPercentiles("run").count, stats.loadPercentiles("wait").count],
    [TASKS + 100, TASKS + 100],
  );
});

Deno.test("a list never touches more rows than its page", async () => {
  await using world = await World.open();
  const pool = await world.pool();
  await world.manager.pausePool(pool);
  const one = TaskSubmission.parse({ poolId: pool, type: "echo" });
  await world.manager.submitBatch(Array.from({ length: 5_000 }, () => one));
  const filter = { poolId: pool, states: ["pending"] } as const;
  await until("lists show all of them", async () => {
    const { tasks } = await world.manager.listTasks(filter, { page: 100, perPage: 50 });
    return tasks.length === 50;
  });
  const { snapshot } = TaskRecord.prototype;
  let touched = 0;
  TaskRecord.prototype.snapshot = function () {
    touched++;
    return snapshot.call(this);
  };
  try {
    const { totalItems, nextCursor } = await world.manager.listTasks(filter, {
      page: 70,
      perPage: 50,
    });
    deepStrictEqual([totalItems, touched], [5_000, 50]);
    await world.manager.listTasks(filter, { cursor: nextCursor ?? "", perPage: 50 });
    world.manager.getStats();
    world.manager.getPool(pool);
    strictEqual(touched, 100);
  } finally {
    TaskRecord.prototype.snapshot = snapshot;
  }
});

Deno.test("a failed task cannot be reported as completed", async () => {
  await using world = await World.open();
  const pool = await world.pool({ isolation: "thread" });
  const id = await world.submit(pool, "fail");
  const before = await world.ended(id);
  ok(before.status.state === "failed" && before.status.failure.message === "I failed");
  await rejects(world.manager.cancelTask(id), { code: "task_not_cancellable" });
  await rejects(world.manager.stopTask(id), { code: "task_not_stoppable" });
  await world.manager.forceClosePool(pool);
  await world.closed(pool);
  deepStrictEqual((await world.manager.getTask(id)).status, before.status);
  const { completed, failed } = world.manager.getStats().counts;
  deepStrictEqual([completed, failed], [0, 1]);
});

Deno.test("ten pools created at once get ten ids", async () => {
  await using world = await World.open();
  const ids = await Promise.all(Array.from({ length: 10 }, () => world.pool()));
  strictEqual(new Set(ids).size, 10);
  strictEqual(world.manager.listPools().length, 11);
});

Deno.test("100 submits at once give 100 tasks", async () => {
  await using world = await World.open();
  const pool = await world.pool({ isolation: "thread", maxThreads: 2 });
  const ids = await Promise.all(
    Array.from({ length: 100 }, (_, at) => world.submit(pool, "echo", at)),
  );
  strictEqual(new Set(ids).size, 100);
  const results = await Promise.all(ids.map((id) => world.ended(id)));
  deepStrictEqual(
    results.map(({ status }) => status.state === "completed" && status.resultJson),
    ids.map((_, at) => String(at)),
  );
});

Deno.test("1,000 pools open at once, idle, work", async () => {
  await using world = await World.open();
  const pools = await Promise.all(
    Array.from({ length: 1_000 }, () => world.pool({ isolation: "thread" })),
  );
  strictEqual(new Set(pools).size, 1_000);
  strictEqual(world.manager.getStats().threads, 0);
  const some = [0, 499, 999].flatMap((at) => pools[at] ?? []);
  const ids = await Promise.all(some.map((pool, at) => world.submit(pool, "echo", at)));
  const results = await Promise.all(ids.map((id) => world.ended(id)));
  deepStrictEqual(
    results.map((
      { status, poolId },
    ) => [poolId, status.state === "completed" && status.resultJson]),
    some.map((pool, at) => [pool, String(at)]),
  );
  strictEqual(world.manager.getStats().threads, 3);
});
