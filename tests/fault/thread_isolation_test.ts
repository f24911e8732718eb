/**
 * Isolation `thread`: what it contains, and what it cannot. A server of its own is put to it,
 * because a thread that cannot be ended burns on until its process ends.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { ServerProcess, type WirePool } from "../helpers/server_process.ts";
import { until } from "../helpers/until.ts";

const TASKS = fileURLToPath(new URL("./tasks", import.meta.url));
const SETTINGS = { isolation: "thread", max_workers: 1, stop_grace_ms: 20 };

const CONTAINED: readonly (readonly [string, string, string])[] = [
  ["thrower", "sync.null", "task_error"],
  ["thrower", "sync.hostile_getters", "task_error"],
  ["thrower", "async.error", "task_error"],
  ["thrower", "rejection.nothing", "task_error"],
  ["thrower", "timer.error", "task_error"],
  ["dying", "stack_overflow", "task_error"],
  ["dying", "exit_0", "thread_exited"],
  ["dying", "exit_7", "thread_exited"],
  ["dying", "process_exit", "thread_exited"],
  ["dying", "exit_in_timer", "thread_exited"],
  ["dying", "self_close", "thread_exited"],
  ["odd_result", "function", "result_unserializable"],
  ["odd_result", "symbol", "result_unserializable"],
  ["odd_result", "cyclic", "result_unserializable"],
  ["odd_result", "long_text", "result_too_large"],
  ["blocker", "never_settles", "run_timeout"],
  ["blocker", "deaf_to_signal", "run_timeout"],
  ["leaker", "interval", "completed"],
  ["leaker", "file", "completed"],
  ["polluter", "array_prototype", "completed"],
];

/** Only what would not end by itself is given a time: on a busy machine any may be short. */
async function run(
  server: ServerProcess,
  pool: WirePool,
  type: string,
  input: object,
  ends = "completed",
) {
  const { task_id } = await server.submit({
    pool_id: pool.pool_id,
    task_type: type,
    input,
    ...ends === "run_timeout" && { run_timeout_ms: 200 },
  });
  return await server.ended(task_id);
}

async function checkGood(server: ServerProcess, pool: WirePool): Promise<void> {
  const { status, result, late_errors } = await run(server, pool, "good", {});
  deepStrictEqual({ status, result, late_errors }, {
    status: "completed",
    result: { ticks: [0, 1, 2], traces: [], pid: server.pid },
    late_errors: [],
  });
}

Deno.test("isolation thread contains what throws, exits, leaks and cannot be sent", async (t) => {
  await using server = await ServerProcess.start({ tasks: TASKS });
  const pool = await server.openPool({
    ...SETTINGS,
    permissions: { read: [server.folder], write: [], net: [], env: [] },
  });
  await checkGood(server, pool);
  for (const [type, how, ends] of CONTAINED) {
    await t.step(`${type} ${how} ends as ${ends}`, async () => {
      const task = await run(server, pool, type, { how, folder: server.folder }, ends);
      strictEqual(task.failure?.code ?? task.status, ends, JSON.stringify(task.failure));
      await checkGood(server, pool);
    });
  }
});

for (const how of ["loop", "regular_expression", "atomics_wait", "wasm", "microtasks"]) {
  Deno.test(`isolation thread cannot end ${how}: it is a zombie, and says so`, async () => {
    await using server = await ServerProcess.start({
      tasks: TASKS,
      flags: ["--shutdown-ms", "0"],
    });
    const pool = await server.openPool(SETTINGS);
    // Its thread has the type: one that is still loading it when its time is over can be ended.
    await run(server, pool, "blocker", { how: "nothing", folder: "" });
    const { task_id } = await server.submit({
      pool_id: pool.pool_id,
      task_type: "blocker",
      input: { how, folder: "" },
      run_timeout_ms: 50,
    });
    await until("it is a zombie", async () => (await server.getTask(task_id)).is_zombie);
    strictEqual((await server.getTask(task_id)).status, "running");
    const { zombies, workers } = await server.getPool(pool.pool_id);
    deepStrictEqual([zombies, workers.filter(({ state }) => state === "zombie").length], [1, 1]);
    const health = await server.health();
    strictEqual(health.healthy, false);
    ok(health.alerts.some(({ level }) => level === "critical"));
    // Its place is taken by a thread that works.
    await checkGood(server, pool);
    strictEqual((await server.getTask(task_id)).status, "running");
  });
}

Deno.test("isolation thread proves a zombie dead once its code ends", async () => {
  await using server = await ServerProcess.start({ tasks: TASKS });
  const pool = await server.openPool(SETTINGS);
  await run(server, pool, "busy", { ms: 0 });
  const { task_id } = await server.submit({
    pool_id: pool.pool_id,
    task_type: "busy",
    // A second after it was ended by force a thread is a zombie: it computes well beyond that.
    input: { ms: 5_000 },
    run_timeout_ms: 50,
  });
  await until("it is a zombie", async () => (await server.getTask(task_id)).is_zombie);
  const ended = await server.ended(task_id);
  // Its code came to its end before its thread did: that is told, however late.
  strictEqual(ended.status, "completed");
  await until("no zombie is left", async () => (await server.getPool(pool.pool_id)).zombies === 0);
  strictEqual((await server.health()).healthy, true);
});
