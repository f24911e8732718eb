/** One folder is one server's: a second one is refused, and what is no folder is said to be none. */
import { ok, strictEqual } from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ServerProcess } from "../helpers/server_process.ts";
import { runCommand } from "../helpers/start_server.ts";

const TASKS = fileURLToPath(new URL("../fixtures/outside_tasks", import.meta.url));

function start(data: string) {
  return runCommand(["start", "--port", "0", "--data", data]);
}

Deno.test("a second server on a data folder is told who has it, until that one is killed", async () => {
  const data = await Deno.makeTempDir({ prefix: "lido-shared-" });
  {
    await using first = await ServerProcess.start({ tasks: TASKS, data });
    const { code, stderr } = await start(data);
    strictEqual(code, 1);
    ok(stderr.includes(`Cannot use data folder ${data}: process ${first.pid} on `), stderr);
    ok(/ has used it since \d{4}-\d\d-\d\dT/.test(stderr), stderr);
    await first.kill();
  }
  {
    // What the dead one left names a process that may long be another.
    await using second = await ServerProcess.start({ tasks: TASKS, data });
    strictEqual((await second.health()).healthy, true);
  }
  await Deno.remove(data, { recursive: true });
});

Deno.test("start ends with one clear line where the data folder cannot be one", async () => {
  const folder = await Deno.makeTempDir({ prefix: "lido-folder-" });
  const file = join(folder, "file");
  await Deno.writeTextFile(file, "");
  for (const data of [file, join(file, "below"), "/proc/lido"]) {
    const { code, stderr } = await start(data);
    strictEqual(code, 1);
    ok(stderr.includes(`Cannot use data folder ${data}: `), stderr);
    strictEqual(stderr.trim().split("\n").length, 1, stderr);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("start ends with one clear line where others may write to the data folder or its journal", async () => {
  const data = await Deno.makeTempDir({ prefix: "lido-folder-" });
  const journal = join(data, "journal.sqlite");
  await Deno.writeTextFile(journal, "");
  for (const [path, mode] of [[data, 0o770], [data, 0o702], [journal, 0o620]] as const) {
    const before = (await Deno.stat(path)).mode ?? 0;
    await Deno.chmod(path, mode);
    const { code, stderr } = await start(data);
    strictEqual(code, 1);
    const reason = `others than its owner may write to ${path}: use chmod go-w`;
    ok(stderr.includes(`Cannot use data folder ${data}: ${reason}`), stderr);
    strictEqual(stderr.trim().split("\n").length, 1, stderr);
    await Deno.chmod(path, before & 0o777);
  }
  await Deno.remove(data, { recursive: true });
});

Deno.test("start makes the data folder, but no folder above it", async () => {
  const folder = await Deno.makeTempDir({ prefix: "lido-folder-" });
  const parent = join(folder, "unmounted");
  const { code, stderr } = await start(join(parent, "data"));
  strictEqual(code, 1);
  ok(stderr.includes(`its parent folder ${parent} does not exist`), stderr);
  strictEqual(existsSync(parent), false);
  await Deno.remove(folder, { recursive: true });
});
