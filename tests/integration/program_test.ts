/** The program as the machine sees it: its start, its probes, its end, and what it leaves behind. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import type { WirePool } from "../../cli/client/mod.ts";
import { PROJECT_FOLDER } from "../helpers/import_graph.ts";
import { childrenOf, isGone } from "../helpers/processes.ts";
import { runCommand, type StartedServer, startServer } from "../helpers/start_server.ts";
import { until } from "../helpers/until.ts";
import type { TaskJson } from "../helpers/wire.ts";

const TASKS = join(PROJECT_FOLDER, "tests/fixtures/outside_tasks");

/** Submits a task that runs until it is stopped, and waits until it runs. */
async function holdTask(server: StartedServer): Promise<string> {
  const [pool] = await server.ask<WirePool[]>("GET", "/api/pools");
  const { task_id } = await server.ask<TaskJson>("POST", "/api/tasks", {
    pool_id: pool?.pool_id,
    task_type: "wait_for_file",
    input: { path: join(server.folder, "never") },
  });
  await until("the task runs", async () => {
    return (await server.ask<TaskJson>("GET", `/api/tasks/${task_id}`)).status === "running";
  });
  return task_id;
}

/** Where nothing listens: the system does not give a port again that was just free. */
function freeUrl(): string {
  using listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  return `http://127.0.0.1:${listener.addr.port}`;
}

/** Sends a request, and resolves when its bytes are with the server: `fetch` does not tell. */
async function sendRaw(server: StartedServer, path: string): Promise<Response> {
  const { hostname, port } = new URL(server.url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  const head = `GET ${path} HTTP/1.1\r\nhost: ${hostname}\r\nconnection: close\r\n\r\n`;
  await connection.write(new TextEncoder().encode(head));
  return new Response(connection.readable);
}

Deno.test("The probes answer, and tell how the server is", async () => {
  await using server = await startServer();
  for (const path of ["/health", "/health/live", "/health/ready"]) {
    const { status, body } = await server.call("GET", path);
    const { healthy, alerts, stats } = body as { healthy: boolean; alerts: unknown; stats: object };
    deepStrictEqual([path, status, healthy, alerts], [path, 200, true, []]);
    strictEqual("total_pools" in stats && stats.total_pools, 1);
  }
  const findings = await server.ask<{ name: string; is_ok: boolean }[]>("GET", "/api/doctor");
  deepStrictEqual(findings.filter((finding) => !finding.is_ok), []);
});

Deno.test("Task code sees the variables that its pool's permissions name, and no others", async () => {
  await using server = await startServer({
    flags: ["--tasks", TASKS],
    env: { COLOUR: "blue", SHAPE: "round" },
  });
  const { pool_id } = await server.ask<WirePool>("POST", "/api/pools", {
    name: "painters",
    permissions: { env: ["COLOUR"] },
  });
  const run = (name: string) =>
    server.ask<TaskJson>("POST", "/api/tasks?wait=60", {
      pool_id,
      task_type: "read_variable",
      input: { name },
    });
  deepStrictEqual(((task) => [task.status, task.result])(await run("COLOUR")), [
    "completed",
    "blue",
  ]);
  deepStrictEqual((await run("SHAPE")).status, "failed");
});

Deno.test("SIGTERM lets who waits know, stops what runs after its time, and leaves nothing", async () => {
  await using server = await startServer({ flags: ["--tasks", TASKS, "--shutdown-ms", "100"] });
  const id = await holdTask(server);
  const waiting = await sendRaw(server, `/api/tasks/${id}?wait=30`);
  // Connections are not taken in their order: after so many answers the server has seen the wait.
  for (let seen = 0; seen < 20; seen++) await server.call("GET", "/health/live");
  const children = childrenOf(server.pid);
  ok(children.length > 0);

  const { code } = await server.stop("SIGTERM");
  strictEqual(code, 0);
  deepStrictEqual(children.filter((pid) => !isGone(pid)), []);
  // It goes on when the server starts again.
  match(await waiting.text(), /^HTTP\/1.1 200 OK\r\n[^]*"status":"pending"[^]*"attempt":2/);
});

Deno.test("Answers are compressed for those who take it, and streams are not held back", async () => {
  await using server = await startServer();
  const ask = async (path: string) => {
    const headers = { "accept-encoding": "gzip" };
    const response = await fetch(`${server.url}${path}`, { headers });
    await response.body?.cancel();
    return response.headers.get("vary")?.includes("Accept-Encoding") ?? false;
  };
  deepStrictEqual([await ask("/"), await ask("/api/pools"), await ask("/api/events")], [
    true,
    true,
    false,
  ]);
});

Deno.test("SIGINT ends an idle server at once", async () => {
  await using server = await startServer();
  deepStrictEqual(await server.stop("SIGINT"), { code: 0, stderr: "" });
});

Deno.test("After kill -9 of the server its threads are gone too, and it starts again", async () => {
  await using server = await startServer({ flags: ["--tasks", TASKS] });
  await holdTask(server);
  const children = childrenOf(server.pid);
  ok(children.length > 0);
  await server.kill9(); // waits until they are gone, or fails
  deepStrictEqual(children.filter((pid) => !isGone(pid)), []);
  await using again = await startServer({ flags: ["--tasks", TASKS] });
  strictEqual((await again.call("GET", "/health")).status, 200);
});

Deno.test("A second server on the same port fails with one sentence", async () => {
  await using server = await startServer();
  const { port } = new URL(server.url);
  const { code, stdout, stderr } = await runCommand(
    ["start", "--port", port, "--data", ":memory:", "--log-level", "warning"],
    {
      cwd: server.folder,
    },
  );
  deepStrictEqual([code, stdout, stderr], [
    1,
    "",
    `Cannot listen on 127.0.0.1:${port}: something listens there already; ` +
    "name another port with --port\n",
  ]);
});

Deno.test("A command that reaches no server says so, and ends with 3", async () => {
  const url = freeUrl();
  const { code, stdout, stderr } = await runCommand(["pool", "list"], { env: { LIDO_URL: url } });
  deepStrictEqual([code, stdout], [3, ""]);
  match(stderr, new RegExp(`^Cannot reach Lido at ${url}[^\n]*\n`));
});

Deno.test("A task that failed makes its command fail, with the reason", async () => {
  await using server = await startServer();
  const args = ["submit", "checksum", "--path", "/nowhere/at/all", "--wait"];
  const { code, stdout, stderr } = await server.command(...args);
  deepStrictEqual([code, stdout], [1, ""]);
  match(stderr, /^Task [0-9a-f-]{36} failed: /);
});

Deno.test("doctor tries what this machine can do, without a server", async () => {
  const { code, stdout, stderr } = await runCommand(["doctor", "--json"], {
    env: { LIDO_URL: freeUrl() },
  });
  const findings: { is_ok: boolean }[] = JSON.parse(stdout);
  deepStrictEqual([code, stderr, findings.every(({ is_ok }) => is_ok)], [
    0,
    "No server is running: this process tests itself\n",
    true,
  ]);
});
