/** The server's own log, as an operator reads it: what it tells, of whom, and what it never tells. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { PROJECT_FOLDER } from "../helpers/import_graph.ts";
import { type StartedServer, startServer } from "../helpers/start_server.ts";

const TASKS = join(PROJECT_FOLDER, "tests/fixtures/gate_tasks");

interface Line {
  readonly level: string;
  readonly message: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Ends the server; gives all that it logged. */
async function logOf(server: StartedServer): Promise<readonly Line[]> {
  const { code, stderr } = await server.stop();
  strictEqual(code, 0);
  return stderr.trimEnd().split("\n").map((line) => JSON.parse(line));
}

/** Lines of these messages, each with what it has of these properties. */
function pick(lines: readonly Line[], messages: readonly string[], names: readonly string[]) {
  return lines.filter(({ message }) => messages.includes(message)).map((
    { message, properties },
  ) => [
    message,
    ...names.map((name) => properties[name]),
  ]);
}

Deno.test("The log tells a pool's whole life, with the ids of the requests that made it", async () => {
  await using server = await startServer({ flags: ["--log-level", "info"] });
  const as = (id: string, body?: unknown) => ({ headers: { "x-request-id": id }, body });
  const pools = "/api/pools";
  const { body } = await server.call(
    "POST",
    pools,
    as("r-create", { name: "crunch", max_workers: 1 }),
  );
  const { pool_id } = (body as { data: { pool_id: string } }).data;
  const pool = `${pools}/${pool_id}`;
  await server.call("PATCH", pool, as("r-change", { max_workers: 3, reason: "more to do" }));
  await server.call("POST", `${pool}/pause`, as("r-pause"));
  await server.call("POST", `${pool}/resume`, as("r-resume"));
  await server.call("DELETE", `${pool}/force-close`, as("r-force"));
  const lines = (await logOf(server)).filter(({ properties }) => properties.poolId === pool_id);
  const names = ["pool", "version", "requestId"];
  deepStrictEqual(pick(lines, lines.map(({ message }) => message), names).sort(), [
    ["Pool changed", "crunch", 2, "r-change"],
    ["Pool closed", "crunch", 2, "r-force"],
    ["Pool created", "crunch", 1, "r-create"],
    ["Pool is closed by force", "crunch", 2, "r-force"],
    ["Pool paused", "crunch", 2, "r-pause"],
    ["Pool resumed", "crunch", 2, "r-resume"],
  ]);
  const [changed] = lines.filter(({ message }) => message === "Pool changed");
  deepStrictEqual([changed?.properties.reason, changed?.properties.changes], [
    "more to do",
    [{ setting: "maxThreads", before: 1, after: 3 }],
  ]);
});

Deno.test("The log tells of a thread that died, and of each task's end when it is asked to", async () => {
  await using server = await startServer({ flags: ["--tasks", TASKS, "--log-level", "info"] });
  const [pool] = await server.ask<{ pool_id: string }[]>("GET", "/api/pools");
  const run = async (task_type: string, input: unknown) => {
    const task = { pool_id: pool?.pool_id, task_type, input };
    return (await server.ask<{ task_id: string }>("POST", "/api/tasks?wait=60", task)).task_id;
  };
  const dying = await run("exit", {});
  await run("echo", 1); // its end is no matter of this level
  const { code, stdout } = await server.command("log-level", "debug");
  deepStrictEqual([code, stdout], [0, "debug (started with info)\n"]);
  const failing = await run("fail", {});
  const working = await run("echo", 2);
  const lines = await logOf(server);

  const [death] = lines.filter(({ message }) => message === "Thread died");
  deepStrictEqual(
    [death?.level, death?.properties.poolId, death?.properties.code, death?.properties.taskIds],
    ["WARN", pool?.pool_id, "thread_exited", [dying]],
  );
  strictEqual(death?.properties.requestId, undefined); // no request has to do with it
  deepStrictEqual(
    pick(lines, ["Task ended"], ["taskId", "poolId", "type", "attempt", "state", "code"]),
    [
      ["Task ended", failing, pool?.pool_id, "fail", 1, "failed", "task_error"],
      ["Task ended", working, pool?.pool_id, "echo", 1, "completed", null],
    ],
  );
});

Deno.test("The log has text of users as data only, and none of their secrets", async () => {
  await using server = await startServer({ flags: ["--log-level", "debug"] });
  const canary = "c4n4ry-hunter2";
  const name = `x"}\n{"level":"ERROR"}\r\u001b[2J\u202e ${"y".repeat(40)}`;
  const { pool_id } = await server.ask<{ pool_id: string }>("POST", "/api/pools", {
    name: name.replaceAll(/\p{Cc}/gu, " "), // names are one line
    isolation: "thread",
  });
  await server.call("POST", "/api/pools", { body: { name, password: canary } });
  await server.call("GET", `/api/tasks?token=${canary}`, {
    headers: { authorization: `Bearer ${canary}`, "x-request-id": 'r"}\t{' },
  });
  await server.ask("POST", "/api/tasks?wait=60", {
    pool_id,
    task_type: "http_request",
    input: { url: `http://user:${canary}@127.0.0.1:1/?token=${canary}` },
  });
  const { code, stderr } = await server.stop();
  strictEqual(code, 0);
  strictEqual(stderr.includes(canary), false);
  const lines = stderr.trimEnd().split("\n");
  ok(lines.every((line) => typeof JSON.parse(line).message === "string"));
  // deno-lint-ignore no-control-regex -- those are what shall not be there
  deepStrictEqual(stderr.match(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]/g), null);
  ok(lines.some((line) => line.includes("Pool created") && line.includes("\\u202e")));
});

Deno.test("The log tells that the server's last life was cut off", async () => {
  const data = await Deno.makeTempDir({ prefix: "lido-logs-" });
  const flags = ["--data", data];
  try {
    await using first = await startServer({ flags });
    await first.kill9();
    await using second = await startServer({ flags });
    const cut = await logOf(second);
    deepStrictEqual(cut.map(({ message }) => message), ["The server's last life was cut off"]);
    await using third = await startServer({ flags });
    deepStrictEqual((await third.stop()).stderr, "");
  } finally {
    await Deno.remove(data, { recursive: true });
  }
});

Deno.test("log-level tells, sets and limits how much is logged, and the log says so", async () => {
  await using server = await startServer({ flags: ["--log-level", "warning"] });
  strictEqual((await server.command("log-level")).stdout, "warning\n");
  const { stdout } = await server.command("log-level", "debug", "--for-ms", "60000", "--json");
  const { until, ...others } = JSON.parse(stdout);
  deepStrictEqual(others, { level: "debug", configured_level: "warning" });
  ok(Date.parse(until) > Date.now());
  const refused = await server.command("log-level", "loud");
  deepStrictEqual([refused.code, refused.stderr.includes("level")], [2, true]);
  strictEqual((await server.command("log-level", "--for-ms", "60000")).code, 2);
  const messages = (await logOf(server)).map(({ message }) => message);
  strictEqual(messages[0], "Log level changed");
});
