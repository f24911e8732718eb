/**
 * The disk below the journal fills up, or can only be read: submits are refused with the reason, what
 * was acknowledged can be read, nothing is told as done that is not on record, and all goes on by
 * itself once there is room. Needs a small disk of its own: run as root on Linux.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { ServerProcess, type WireTask } from "../helpers/server_process.ts";
import { CAN_MOUNT, SmallDisk } from "../helpers/small_disk.ts";
import { runCommand } from "../helpers/start_server.ts";
import { until } from "../helpers/until.ts";

const TASKS = fileURLToPath(new URL("../fixtures/outside_tasks", import.meta.url));
const ignore = !CAN_MOUNT;
/** Fills the disk quicker. */
const TAGS = Array.from({ length: 20 }, (_, at) => `${at}`.padEnd(64, "x"));

/** One answer of the API, whatever it says. */
interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: { readonly code?: string; readonly error?: string; readonly data?: WireTask };
}

async function submit(server: ServerProcess, poolId: string, type: object): Promise<Answer> {
  const response = await fetch(`${server.url}/api/tasks`, {
    method: "POST",
    body: JSON.stringify({ pool_id: poolId, tags: TAGS, ...type }),
    headers: { "content-type": "application/json" },
  });
  const retryAfter = response.headers.get("retry-after");
  return { status: response.status, retryAfter, body: await response.json() };
}

const NOTHING = { task_type: "sleep", input: { seconds: 0 } };

/** Submits until one is refused; gives that answer, and the tasks that were acknowledged before. */
async function submitUntilRefused(
  server: ServerProcess,
  poolId: string,
): Promise<{ refused: Answer; acknowledged: readonly string[] }> {
  const acknowledged: string[] = [];
  for (;;) {
    const answer = await submit(server, poolId, NOTHING);
    if (answer.status !== 202) return { refused: answer, acknowledged };
    acknowledged.push(answer.body.data?.task_id ?? "");
  }
}

async function readiness(server: ServerProcess): Promise<number> {
  const response = await fetch(`${server.url}/health/ready`);
  await response.body?.cancel();
  return response.status;
}

/** What the journal's file says of a task, read past the server. */
function stateOnDisk(data: string, id: string): number {
  const db = new DatabaseSync(join(data, "journal.sqlite"), { readOnly: true });
  try {
    const row = db.prepare("SELECT state FROM tasks WHERE id = unhex(?, '-')").get(id);
    return Number(row?.["state"]);
  } finally {
    db.close();
  }
}

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
