/**
 * The disk below the journal fills up, or can only be read: submits are refused with the reason, what
 * was acknowledged can be read, nothing is told as done that is not on record, and all goes on by
 * itself once there is room. Needs a small disk of its own: run as root on Linux.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { LidoError } from "../../core/mod.ts";
import {
  NOTHING,
  readiness,
  stateOnDisk,
  submit,
  submitUntilRefused,
} from "../helpers/answers_of_submits.ts";
import { openEngine } from "../helpers/open_engine.ts";
import { ServerProcess, type WireTask } from "../helpers/server_process.ts";
import { CAN_MOUNT, SmallDisk } from "../helpers/small_disk.ts";
import { runCommand } from "../helpers/start_server.ts";
import { until } from "../helpers/until.ts";

const TASKS = fileURLToPath(new URL("../fixtures/outside_tasks", import.meta.url));
const ignore = !CAN_MOUNT;

Deno.test({
  name: "a full disk refuses submits, loses nothing, and goes on when there is room",
  ignore,
  async fn() {
    await using disk = await SmallDisk.mount(24);
    const data = join(disk.path, "data");
    const acknowledged: string[] = [];
    let held: WireTask;
    {
      await using server = await ServerProcess.start({ tasks: TASKS, data });
      const gate = join(server.folder, "gate");
      const pool = await server.openPool({
        name: "pool",
        max_workers: 2,
        permissions: { read: [server.folder] },
      });
      const open = { task_type: "wait_for_file", input: { path: gate } };
      held = (await submit(server, pool.pool_id, open)).body.data as WireTask; // 202
      await until(
        "the task runs",
        async () => (await server.getTask(held.task_id)).status === "running",
      );

      disk.fill();
      const full = await submitUntilRefused(server, pool.pool_id);
      acknowledged.push(...full.acknowledged);
      strictEqual(full.refused.status, 503);
      strictEqual(full.refused.body.code, "journal_unavailable");
      match(full.refused.body.error ?? "", /^Cannot write to the journal: .*(full|disk|I\/O)/);
      ok(Number(full.refused.retryAfter) >= 1);
      strictEqual(await readiness(server), 503);
      const cancel = await fetch(`${server.url}/api/pools/${pool.pool_id}/cancel_pool_tasks`, {
        method: "POST",
      });
      strictEqual((await cancel.json()).code, "journal_unavailable");

      // What is on record can be read, and what ends is not told as ended before that is on record.
      await Deno.writeTextFile(gate, "");
      for (let look = 0; look < 50; look++) {
        const { status } = await server.getTask(held.task_id);
        if (status === "completed") strictEqual(stateOnDisk(data, held.task_id), 5);
        const list = await server.call<readonly WireTask[]>("GET", "/api/tasks?per_page=100");
        ok(list.some(({ task_id: id }) => id === held.task_id));
      }

      disk.empty();
      strictEqual((await server.ended(held.task_id)).status, "completed");
      strictEqual(stateOnDisk(data, held.task_id), 5);
      await until("the server is ready again", async () => await readiness(server) === 200);
      const after = await submit(server, pool.pool_id, NOTHING);
      strictEqual(after.status, 202);
      acknowledged.push(after.body.data?.task_id ?? "");

      disk.fill();
      acknowledged.push(...(await submitUntilRefused(server, pool.pool_id)).acknowledged);
      await server.kill();
    }
    disk.empty();
    await using server = await ServerProcess.start({ tasks: TASKS, data });
    const states = [];
    for (const id of acknowledged) states.push((await server.ended(id)).status);
    deepStrictEqual(states, acknowledged.map(() => "completed"));
    strictEqual((await server.getTask(held.task_id)).attempt, 1);
  },
});

/** What an engine says that cannot be opened. */
async function refusalOf(data: string): Promise<LidoError> {
  try {
    await using _engine = await openEngine(data);
  } catch (error) {
    if (error instanceof LidoError) return error;
    throw error;
  }
  throw new Error(`It was opened: ${data}`);
}

Deno.test({
  name: "a disk that is full already stops the start, says so, and takes nothing for damaged",
  ignore,
  async fn() {
    await using disk = await SmallDisk.mount(24);
    const data = join(disk.path, "data");
    await (await openEngine(data))[Symbol.asyncDispose]();
    const spare = join(disk.path, "spare");
    await Deno.writeFile(spare, new Uint8Array(8192));
    disk.fill();
    const fresh = await refusalOf(join(disk.path, "fresh"));
    await Deno.remove(spare); // room to take the folder, but none to open the journal
    const old = await refusalOf(data);
    deepStrictEqual([old.code, fresh.code], ["journal_unavailable", "data_folder_unusable"]);
    match(old.message, /^Cannot open journal .*(full|disk|no space|I\/O)/);
    match(fresh.message, /^Cannot use data folder .*(full|no space)/);
    disk.empty();
    await (await openEngine(data))[Symbol.asyncDispose]();
  },
});

Deno.test({
  name: "a disk that can only be read stops the start, and names the folder",
  ignore,
  async fn() {
    await using disk = await SmallDisk.mount(24);
    const data = join(disk.path, "data");
    {
      await using server = await ServerProcess.start({ tasks: TASKS, data });
      strictEqual(await readiness(server), 200);
    }
    await disk.makeReadOnly();
    const { code, stderr } = await runCommand(["start", "--port", "0", "--data", data]);
    strictEqual(code, 1);
    ok(stderr.includes(`Cannot use data folder ${data}: `), stderr);
  },
});
