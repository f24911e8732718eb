/** Steering what runs, over HTTP, while files that are not there hold the tasks. */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import type { WirePool } from "../../cli/client/mod.ts";
import { PROJECT_FOLDER } from "../helpers/import_graph.ts";
import { type StartedServer, startServer } from "../helpers/start_server.ts";
import { until } from "../helpers/until.ts";
import type { TaskJson } from "../helpers/wire.ts";

const TASKS = join(PROJECT_FOLDER, "tests/fixtures/outside_tasks");

/** A pool on a real server, whose tasks run until the test lets them. */
class HeldPool {
  constructor(readonly server: StartedServer, readonly id: string) {}

  static async open(server: StartedServer, maxWorkers: number): Promise<HeldPool> {
    const settings = { max_workers: maxWorkers, permissions: { read: [server.folder] } };
    const { pool_id } = await server.ask<WirePool>("POST", "/api/pools", settings);
    return new HeldPool(server, pool_id);
  }

  /** Submits a task that waits for the gate of that name. */
  submit(gate: string): Promise<TaskJson> {
    return this.server.ask("POST", "/api/tasks", {
      pool_id: this.id,
      task_type: "wait_for_file",
      task_name: gate,
      input: { path: join(this.server.folder, gate) },
    });
  }

  async openGate(gate: string): Promise<void> {
    await Deno.writeTextFile(join(this.server.folder, gate), "");
  }

  look(): Promise<WirePool> {
    return this.server.ask("GET", `/api/pools/${this.id}`);
  }

  async runs(count: number): Promise<void> {
    await until(`${count} tasks run`, async () => (await this.look()).running_tasks === count);
  }

  ended({ task_id }: TaskJson): Promise<TaskJson> {
    return this.server.ask("GET", `/api/tasks/${task_id}?wait=30`);
  }

  async counts(): Promise<Record<string, number>> {
    const { pending_tasks, running_tasks, completed_tasks, cancelled_tasks } = await this.look();
    return {
      pending: pending_tasks,
      running: running_tasks,
      completed: completed_tasks,
      cancelled: cancelled_tasks,
    };
  }
}

Deno.test("A pool's threads tell which tasks they run", async () => {
  await using server = await startServer({ flags: ["--tasks", TASKS] });
  const pool = await HeldPool.open(server, 1);
  const held = await pool.submit("gate");
  await pool.runs(1);
  const { workers } = await pool.look();
  deepStrictEqual(
    workers.flatMap(({ running }) =>
      running.map(({ task_id, name, task_type }) => ({ task_id, name, task_type }))
    ),
    [{ task_id: held.task_id, name: "gate", task_type: "wait_for_file" }],
  );
  await pool.openGate("gate");
  await pool.ended(held);
});

Deno.test("A task that waits can be cancelled, and one that runs can be stopped", async () => {
  await using server = await startServer({ flags: ["--tasks", TASKS] });
  const pool = await HeldPool.open(server, 1);
  const running = await pool.submit("never");
  await pool.runs(1);
  const waiting = await pool.submit("never");

  const refused = await server.call("DELETE", `/api/tasks/${running.task_id}`);
  deepStrictEqual([refused.status, (refused.body as { code: string }).code], [
    409,
    "task_not_cancellable",
  ]);
  const cancelled = await server.ask<TaskJson>("DELETE", `/api/tasks/${waiting.task_id}`);
  deepStrictEqual([cancelled.status, cancelled.cancel_cause], [
    "cancelled",
    "It was cancelled before it began",
  ]);

  const stopped = await server.call("PUT", `/api/tasks/${running.task_id}/stop`);
  strictEqual(stopped.status, 202);
  const { status, cancel_cause } = await pool.ended(running);
  deepStrictEqual([status, cancel_cause], ["cancelled", "It was asked to stop"]);
  const again = await server.call("PUT", `/api/tasks/${running.task_id}/stop`, { body: {} });
  deepStrictEqual([again.status, (again.body as { code: string }).code], [
    409,
    "task_not_stoppable",
  ]);
  deepStrictEqual(await pool.counts(), { pending: 0, running: 0, completed: 0, cancelled: 2 });
});

Deno.test("A pool grows and shrinks while tasks run, and moves, loses and repeats none", async () => {
  await using server = await startServer({ flags: ["--tasks", TASKS] });
  const pool = await HeldPool.open(server, 1);
  const tasks = [await pool.submit("a"), await pool.submit("b"), await pool.submit("c")];
  await pool.runs(1);
  strictEqual((await pool.look()).pending_tasks, 2);

  const grown = await server.call("PUT", `/api/pools/${pool.id}/resize`, {
    body: { max_workers: 3 },
  });
  const report = { pool_id: pool.id, status: "running", active_tasks: 3 };
  const sizes = { old_max_workers: 1, new_max_workers: 3, old_min_workers: 0, new_min_workers: 0 };
  const name = "pool";
  deepStrictEqual(grown.body, {
    success: true,
    data: { ...report, ...sizes },
    message: `Pool ${name} was resized from 1 to 3 threads`,
  });
  await pool.runs(3);

  await server.ask("PUT", `/api/pools/${pool.id}/resize`, { max_workers: 1 });
  deepStrictEqual(await pool.counts(), { pending: 0, running: 3, completed: 0, cancelled: 0 });
  await Promise.all(["a", "b", "c"].map((gate) => pool.openGate(gate)));
  const ends = await Promise.all(tasks.map((task) => pool.ended(task)));
  deepStrictEqual(ends.map(({ status, metrics }) => [status, metrics]), [
    ["completed", { files_found: 1 }],
    ["completed", { files_found: 1 }],
    ["completed", { files_found: 1 }],
  ]);
  await until("one thread is left", async () => (await pool.look()).workers.length === 1);
});

Deno.test("A paused pool starts nothing until it is resumed", async () => {
  await using server = await startServer({ flags: ["--tasks", TASKS] });
  const pool = await HeldPool.open(server, 1);
  const paused = await server.ask<WirePool>("POST", `/api/pools/${pool.id}/pause`);
  strictEqual(paused.status, "paused");
  await pool.openGate("gate");
  const task = await pool.submit("gate");
  deepStrictEqual([task.status, task.why_waiting], ["pending", "The pool is paused"]);
  // Another pool does all this work meanwhile: time enough for a pool that is not paused.
  const other = await HeldPool.open(server, 1);
  strictEqual((await other.ended(await other.submit("gate"))).status, "completed");
  deepStrictEqual(await pool.counts(), { pending: 1, running: 0, completed: 0, cancelled: 0 });

  const resumed = await server.ask<WirePool>("POST", `/api/pools/${pool.id}/resume`);
  strictEqual(resumed.status, "running");
  strictEqual((await pool.ended(task)).status, "completed");
});

Deno.test("A draining pool takes nothing new, finishes what it has, and is then closed", async () => {
  await using server = await startServer({ flags: ["--tasks", TASKS] });
  const pool = await HeldPool.open(server, 1);
  const tasks = [await pool.submit("a"), await pool.submit("b")];
  await pool.runs(1);

  const path = `/api/pools/${pool.id}`;
  const drain = await server.call("POST", `${path}/drain`, { body: { deadline_ms: 30_000 } });
  deepStrictEqual([drain.status, (drain.body as { data: WirePool }).data.status], [
    202,
    "draining",
  ]);
  const body = { pool_id: pool.id, task_type: "sleep", input: { seconds: 0 } };
  const refused = await server.call("POST", "/api/tasks", { body });
  deepStrictEqual([refused.status, (refused.body as { code: string }).code], [409, "pool_closed"]);

  await Promise.all([pool.openGate("a"), pool.openGate("b")]);
  const ends = await Promise.all(tasks.map((task) => pool.ended(task)));
  deepStrictEqual(ends.map(({ status }) => status), ["completed", "completed"]);
  await until("the pool is closed", async () => (await pool.look()).status === "closed");
  deepStrictEqual((await pool.look()).workers, []);
});

Deno.test("DELETE of a pool stops what its deadline does not let end", async () => {
  await using server = await startServer({ flags: ["--tasks", TASKS] });
  const pool = await HeldPool.open(server, 1);
  const running = await pool.submit("never");
  await pool.runs(1);
  const waiting = await pool.submit("never");

  strictEqual((await server.call("DELETE", `/api/pools/${pool.id}?deadline_ms=0`)).status, 202);
  const ends = await Promise.all([running, waiting].map((task) => pool.ended(task)));
  deepStrictEqual(ends.map(({ status }) => status), ["cancelled", "cancelled"]);
  await until("the pool is closed", async () => (await pool.look()).status === "closed");
  const again = await server.call("DELETE", `/api/pools/${pool.id}`);
  deepStrictEqual([again.status, (again.body as { code: string }).code], [409, "pool_closed"]);
});

Deno.test("A force-close cancels what waits, stops what runs, and says how many", async () => {
  await using server = await startServer({ flags: ["--tasks", TASKS] });
  const pool = await HeldPool.open(server, 2);
  const tasks = [];
  for (let count = 0; count < 5; count++) tasks.push(await pool.submit("never"));
  await pool.runs(2);

  const closed = await server.call("DELETE", `/api/pools/${pool.id}/force-close`);
  const counts = { cancelled_tasks: 3, stopped_tasks: 2 };
  deepStrictEqual([closed.status, closed.body], [200, { success: true, data: counts, ...counts }]);
  const ends = await Promise.all(tasks.map((task) => pool.ended(task)));
  for (const { status, cancel_cause } of ends) {
    deepStrictEqual([status, cancel_cause], ["cancelled", "The pool was force-closed"]);
  }
  await until("the pool is closed", async () => (await pool.look()).status === "closed");
});

Deno.test("The commands steer pools and tasks as the API does", async () => {
  await using server = await startServer({ flags: ["--tasks", TASKS] });
  const create = ["pool", "create", "--name", "crunch", "--max-workers", "1"];
  const created = await server.command(...create, "--permissions-read", server.folder, "--json");
  strictEqual(created.code, 0, created.stderr);
  const pool = new HeldPool(server, JSON.parse(created.stdout).pool_id);
  const running = await pool.submit("never");
  await pool.runs(1);
  const waiting = await pool.submit("never");

  const lines: readonly (readonly [readonly string[], RegExp])[] = [
    [["task", "cancel", waiting.task_id], /^Cancelled task /],
    [["task", "stop", running.task_id], /^(Asked to stop|Stopped): task /],
    [["pool", "resize", "crunch", "2"], /2/],
    [["pool", "pause", "crunch"], /^Paused pool crunch /],
    [["pool", "resume", "crunch"], /^Resumed pool crunch /],
    [["pool", "show", "crunch"], /crunch/],
    [["task", "list", "--pool", "crunch"], /wait_for_file|never/],
    [["pool", "force-close", "crunch"], /./],
  ];
  for (const [args, told] of lines) {
    const { code, stdout, stderr } = await server.command(...args);
    deepStrictEqual([code, stderr], [0, ""], args.join(" "));
    match(stdout, told);
  }
  await until("the pool is closed", async () => (await pool.look()).status === "closed");
});
