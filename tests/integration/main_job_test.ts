/** The main job, by the real program: tasks come in by HTTP and by command, run, and give results. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { WirePool } from "../../cli/client/mod.ts";
import { PROJECT_FOLDER } from "../helpers/import_graph.ts";
import { type StartedServer, startServer } from "../helpers/start_server.ts";
import { until } from "../helpers/until.ts";
import type { TaskJson } from "../helpers/wire.ts";

const FILES = 300;
const FIXTURE = join(PROJECT_FOLDER, "tests/fixtures/outside_tasks/wait_for_file.task.ts");

/** What `checksum` gives of a file. */
interface FileDigest {
  readonly path: string;
  readonly bytes: number;
  readonly digest: string;
}

/** Writes a few hundred files in folders, and gives what node:crypto makes of them, by path. */
async function generateFiles(folder: string): Promise<FileDigest[]> {
  const files: FileDigest[] = [];
  for (let index = 0; index < FILES; index++) {
    const inner = `${folder}/${index % 7}/ä ${index % 3}`;
    await Deno.mkdir(inner, { recursive: true });
    const content = `${index}: ${"line\n".repeat(index ** 2 % 5_000)}`;
    const path = `${inner}/file ${index}.txt`;
    await Deno.writeTextFile(path, content);
    const digest = createHash("sha256").update(content).digest("hex");
    files.push({ path, bytes: new TextEncoder().encode(content).length, digest });
  }
  return files.sort((one, other) => one.path < other.path ? -1 : 1);
}

async function findPool(server: StartedServer, name: string): Promise<WirePool> {
  const pools = await server.ask<WirePool[]>("GET", "/api/pools");
  const pool = pools.find((one) => one.name === name);
  ok(pool, `there is a pool ${name}`);
  return pool;
}

/** What sha256sum itself says of its own format; undefined where there is none. */
async function checkWithSha256sum(lines: string, cwd: string): Promise<number | undefined> {
  try {
    await Deno.writeTextFile(join(cwd, "sums"), lines);
    const { code } = await new Deno.Command("sha256sum", {
      args: ["--check", "--quiet", "--strict", "sums"],
      cwd,
    }).output();
    return code;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

Deno.test("checksum of a folder, over HTTP and by command, is what node:crypto says", async () => {
  await using server = await startServer();
  const folder = join(server.folder, "files");
  const expected = await generateFiles(folder);

  const { pool_id } = await findPool(server, "default");
  const submission = { pool_id, task_type: "checksum", input: { path: folder } };
  const task = await server.ask<TaskJson>("POST", "/api/tasks?wait=30", submission);
  const total = expected.reduce((sum, { bytes }) => sum + bytes, 0);
  deepStrictEqual([task.status, task.result], ["completed", {
    files: expected,
    total_bytes: total,
  }]);

  const said = await server.command("submit", "checksum", "--path", "files", "--wait");
  const lines = expected.map(({ path, digest }) =>
    `${digest}  ${path.slice(server.folder.length + 1)}\n`
  );
  deepStrictEqual(said, { code: 0, stdout: lines.join(""), stderr: "" });
  ok([0, undefined].includes(await checkWithSha256sum(said.stdout, server.folder)));
});

Deno.test("A batch of checksums by command gives all digests in order, from all threads", async () => {
  await using server = await startServer();
  const expected = await generateFiles(join(server.folder, "files"));
  const pool = await server.ask<WirePool>("POST", "/api/pools", {
    name: "crunch",
    min_workers: 2,
    max_workers: 2,
    permissions: { read: [server.folder] },
  });
  await until("both threads are ready", async () => {
    const { workers } = await server.ask<WirePool>("GET", `/api/pools/${pool.pool_id}`);
    return workers.filter(({ state }) => state === "idle").length === 2;
  });
  const lines = expected.map(({ path }) =>
    JSON.stringify({ task_type: "checksum", input: { path } })
  );
  await Deno.writeTextFile(join(server.folder, "batch.ndjson"), lines.join("\n"));

  const args = ["--batch", "batch.ndjson", "--pool", "crunch", "--wait", "--json"];
  const said = await server.command("submit", ...args);
  deepStrictEqual([said.code, said.stderr], [0, ""]);
  const tasks = said.stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  deepStrictEqual(tasks.flatMap(({ result }) => result.files), expected);

  const after = await findPool(server, "crunch");
  deepStrictEqual([after.completed_tasks, after.running_tasks, after.pending_tasks], [FILES, 0, 0]);
  await until("both threads have told what they did", async () => {
    const { workers } = await findPool(server, "crunch"); // they tell it ten times a second
    const sum = workers.reduce((before, { done }) => before + done, 0);
    return sum === FILES && workers.length === 2 && workers.every(({ done }) => done > 0);
  });
});

Deno.test("A user's task file from any folder runs, and shows its progress and logs", async () => {
  const tasks = await Deno.makeTempDir({ prefix: "lido-tasks-" });
  try {
    await Deno.copyFile(FIXTURE, join(tasks, "wait_for_file.task.ts"));
    await using server = await startServer({ flags: ["--tasks", tasks] });
    const gate = join(server.folder, "gate");

    const said = await server.command("submit", "wait_for_file", "--path", gate, "--json");
    strictEqual(said.code, 0, said.stderr);
    const path = `/api/tasks/${JSON.parse(said.stdout).task_id}`;
    await until("the task tells its progress", async () => {
      return (await server.ask<TaskJson>("GET", path)).progress?.note === "waits";
    });
    const running = await server.ask<TaskJson>("GET", path);
    deepStrictEqual([running.status, running.progress], [
      "running",
      { done: 1, total: 4, note: "waits" },
    ]);
    const early = await server.ask<TaskJson>("GET", `${path}?wait=0.05`);
    strictEqual(early.status, "running"); // it answered before the end, and the gate is shut

    const waiting = server.ask<TaskJson>("GET", `${path}?wait=30`);
    await Deno.writeTextFile(gate, "");
    const { status, result, metrics } = await waiting;
    deepStrictEqual([status, result, metrics], ["completed", { found: gate }, { files_found: 1 }]);
    const logs = await server.ask<{ level: string; text: string }[]>("GET", `${path}/logs`);
    deepStrictEqual(logs.map(({ level, text }) => [level, text]), [
      ["info", `Waits for ${gate}`],
      ["warning", "Found it"],
    ]);
    const printed = await server.command("task", "logs", JSON.parse(said.stdout).task_id);
    match(printed.stdout, /Waits for .*\n.*Found it\n$/);
  } finally {
    await Deno.remove(tasks, { recursive: true });
  }
});

Deno.test("The first API's demo and an Idempotency-Key work as they are told to", async () => {
  await using server = await startServer();
  const { pool_id } = await findPool(server, "default");
  const body = { pool_id, task_name: "nap", task_type: "demo", duration: 0 };
  const demo = await server.ask<TaskJson>("POST", "/api/tasks?wait=30", body);
  deepStrictEqual([demo.status, demo.name, demo.result], [
    "completed",
    "nap",
    "Task completed after 0 seconds",
  ]);

  const headers = { "idempotency-key": "order 7" };
  const first = await server.call("POST", "/api/tasks", { body, headers });
  const again = await server.call("POST", "/api/tasks", { body, headers });
  const other = await server.call("POST", "/api/tasks", {
    body: { ...body, duration: 1 },
    headers,
  });
  deepStrictEqual([first.status, again.status, other.status], [202, 200, 409]);
  strictEqual(again.headers.get("location"), first.headers.get("location"));
  const list = await server.call("GET", "/api/tasks?per_page=1");
  strictEqual((list.body as { pagination: { total_items: number } }).pagination.total_items, 2);
});
