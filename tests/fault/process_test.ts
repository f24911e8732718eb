/** What happens to the process itself: signals, pipes that break, a full disk of logs, a terminal. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { PROJECT_FOLDER } from "../helpers/import_graph.ts";
import { isGone } from "../helpers/processes.ts";
import { HAS_SCRIPT, SCRIPT_MISSING } from "../helpers/pty.ts";
import { CAN_MOUNT, SmallDisk } from "../helpers/small_disk.ts";
import { type StartedServer, startServer } from "../helpers/start_server.ts";
import { until } from "../helpers/until.ts";

const TASKS = join(PROJECT_FOLDER, "tests/fixtures/gate_tasks");
/** Something to log there is at the start and at the end. */
const TALKS = ["--log-level", "info"];

/** Runs a task to its end, and fails if that is not `completed`. */
async function runTask(server: StartedServer): Promise<void> {
  const [pool] = await server.ask<{ pool_id: string }[]>("GET", "/api/pools");
  const task = { pool_id: pool?.pool_id, task_type: "sleep", input: { seconds: 0 } };
  const { status } = await server.ask<{ status: string }>("POST", "/api/tasks?wait=60", task);
  strictEqual(status, "completed");
}

/** How many lines of its log a server lost so far. */
async function lostLines(server: StartedServer): Promise<number> {
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  return Number(/^lido_log_lines_lost_total (\d+)$/m.exec(metrics)?.[1]);
}

/** Has it log something: a pool is paused and goes on. */
async function makeLog(server: StartedServer): Promise<void> {
  const [pool] = await server.ask<{ pool_id: string }[]>("GET", "/api/pools");
  await server.ask("POST", `/api/pools/${pool?.pool_id}/pause`);
  await server.ask("POST", `/api/pools/${pool?.pool_id}/resume`);
}

/** Whether anything of this machine listens there. */
async function listens(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch {
    return false;
  }
}

Deno.test("SIGPIPE, SIGWINCH, SIGCONT and SIGUSR1 change nothing, and open no inspector", async () => {
  await using server = await startServer();
  for (const signal of ["SIGPIPE", "SIGWINCH", "SIGCONT", "SIGUSR1", "SIGUSR1"] as const) {
    Deno.kill(server.pid, signal);
    await runTask(server);
  }
  await until("no inspector listens", async () => !await listens(9229));
  strictEqual((await server.stop()).code, 0);
});

Deno.test("SIGHUP ends the server like a power cut: what was answered is there again", async () => {
  const data = await Deno.makeTempDir({ prefix: "lido-hup-" });
  try {
    await using first = await startServer({ flags: ["--data", data] });
    const [pool] = await first.ask<{ pool_id: string }[]>("GET", "/api/pools");
    await first.call("POST", `/api/pools/${pool?.pool_id}/pause`);
    const task = { pool_id: pool?.pool_id, task_type: "sleep", input: { seconds: 0 } };
    const { task_id } = await first.ask<{ task_id: string }>("POST", "/api/tasks", task);
    strictEqual((await first.stop("SIGHUP")).code, 129);
    await using again = await startServer({ flags: ["--data", data] });
    const { status } = await again.ask<{ status: string }>("GET", `/api/tasks/${task_id}`);
    strictEqual(status, "pending");
  } finally {
    await Deno.remove(data, { recursive: true });
  }
});

Deno.test("SIGTERM twice ends the server at once, whatever runs", async () => {
  await using server = await startServer({ flags: ["--tasks", TASKS, "--shutdown-ms", "600000"] });
  const [pool] = await server.ask<{ pool_id: string }[]>("GET", "/api/pools");
  const task = { pool_id: pool?.pool_id, task_type: "loop", input: {} };
  const { task_id } = await server.ask<{ task_id: string }>("POST", "/api/tasks", task);
  await until("it runs", async () => {
    const { status } = await server.ask<{ status: string }>("GET", `/api/tasks/${task_id}`);
    return status === "running";
  });
  Deno.kill(server.pid, "SIGTERM");
  await until("it takes nothing new", async () => !await listens(Number(new URL(server.url).port)));
  ok(!isGone(server.pid), "it waits for its task");
  strictEqual((await server.stop("SIGTERM")).code, 1);
});

for (const stream of ["stdout", "stderr"] as const) {
  Deno.test(`A server whose ${stream} nobody reads any more goes on`, async () => {
    // `server | head -1`, and `server 2>&1 >/dev/null | head -1`.
    const script = stream === "stdout"
      ? 'exec "$@" > >(head -1 >&3)'
      : 'exec "$@" 2> >(head -1 >/dev/null)';
    const via = ["bash", "-c", `exec 3>&1; ${script}`, "bash"] as const;
    await using server = await startServer({ flags: TALKS, via });
    for (let turn = 0; turn < 5; turn++) await runTask(server);
    if (stream === "stderr") {
      await until("lines are lost, and counted", async () => {
        await makeLog(server);
        return await lostLines(server) > 0;
      });
    } else {
      await makeLog(server);
      strictEqual(await lostLines(server), 0);
    }
    strictEqual((await server.stop()).code, 0);
  });
}

Deno.test({
  name: "A server goes on while the disk of its log is full, and logs again when it is not",
  ignore: !CAN_MOUNT, // needs root on Linux, to mount a small disk
  fn: async () => {
    await using disk = await SmallDisk.mount(1);
    const file = join(disk.path, "lido.log");
    await using server = await startServer({ flags: [...TALKS, "--log-file", file] });
    disk.fill();
    for (let turn = 0; turn < 5; turn++) await runTask(server);
    await until("lines are lost, and counted", async () => {
      await makeLog(server);
      return await lostLines(server) > 0;
    });
    deepStrictEqual((await server.call("GET", "/health")).status, 200);
    const before = (await Deno.readTextFile(file)).length;
    disk.empty();
    const { code } = await server.stop();
    strictEqual(code, 0);
    const log = await Deno.readTextFile(file);
    ok(log.length > before, "its end is logged");
    const lines = log.trimEnd().split("\n").map((line) => JSON.parse(line));
    const told = lines.find(({ message }) => message === "Log lines were lost");
    ok(told.properties.lines > 0);
  },
});

Deno.test({
  name: "A server asks nothing of a terminal that it runs in: what is not permitted fails" +
    (HAS_SCRIPT ? "" : ` (${SCRIPT_MISSING})`),
  ignore: !HAS_SCRIPT,
  fn: async () => {
    // `script` gives a terminal to the command that it is given as one text.
    const quoted = 'printf -v line "%q " "$@"; exec script -qec "exec $line" /dev/null';
    await using server = await startServer({ via: ["bash", "-c", quoted, "bash"] });
    await runTask(server);
    for (const isolation of ["process", "thread"]) {
      const { pool_id } = await server.ask<{ pool_id: string }>("POST", "/api/pools", {
        name: isolation,
        isolation,
      });
      const task = { pool_id, task_type: "word_count", input: { path: "/etc/hostname" } };
      const ended = await server.ask<{ status: string }>("POST", "/api/tasks?wait=60", task);
      strictEqual(ended.status, "failed");
    }
  },
});
