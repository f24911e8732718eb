/**
 * The disk takes no more writes while the server runs, as one that has turned read-only: submits are
 * refused with the reason, reads go on, nothing is told as done that is not on record, nothing that
 * was acknowledged is lost, and all goes on by itself once the disk is well.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { SENTENCES } from "../../core/model/sentences.ts";
import { NOTHING, readiness, stateOnDisk, submit } from "../helpers/answers_of_submits.ts";
import { report } from "../helpers/report.ts";
import { ServerProcess, type WireTask } from "../helpers/server_process.ts";
import { until } from "../helpers/until.ts";
import { HAS_PRLIMIT, PRLIMIT_MISSING, UnwritableDisk } from "../helpers/unwritable_disk.ts";

const TASKS = fileURLToPath(new URL("../fixtures/outside_tasks", import.meta.url));
/** The number of `completed` in the file. */
const COMPLETED = 5;

const ignore = !HAS_PRLIMIT;
if (ignore) report(`A disk that turns unwritable is not tested: ${PRLIMIT_MISSING}`);

/** A pool of one thread, and a task that holds it until the gate is there. */
async function openHeld(server: ServerProcess) {
  const gate = join(server.folder, "gate");
  const { pool_id: poolId } = await server.openPool({
    name: "pool",
    max_workers: 1,
    permissions: { read: [server.folder] },
  });
  const hold = { pool_id: poolId, task_type: "wait_for_file", input: { path: gate } };
  const { task_id: heldId } = await server.submit(hold);
  await until("the task runs", async () => (await server.getTask(heldId)).status === "running");
  return { gate, poolId, heldId };
}

/** What holds of a server whose disk takes nothing. */
async function checkRefused(server: ServerProcess, poolId: string): Promise<void> {
  const { status, retryAfter, body } = await submit(server, poolId, NOTHING);
  deepStrictEqual([status, body.code], [503, "journal_unavailable"]);
  match(body.error ?? "", /^Cannot write to the journal: ./);
  ok(Number(retryAfter) >= 1);
  const response = await fetch(`${server.url}/health/ready`);
  strictEqual(response.status, 503);
  const { alerts } = await response.json();
  match(alerts[0].message, /^Cannot write to the journal: .*; submits are refused until the disk/);
}

/** The task has ended on its thread, and nobody is told before that is on record. */
async function checkNotTold(
  server: ServerProcess,
  poolId: string,
  id: string,
  nextId: string,
): Promise<void> {
  await until("the thread is done with the task", async () => {
    const { workers } = await server.getPool(poolId);
    return workers.every(({ running }) => running.every((task) => task.task_id !== id));
  });
  strictEqual((await server.getTask(id)).status, "running");
  // Its result would wait in memory, too.
  const { status, why_waiting: why } = await server.getTask(nextId);
  deepStrictEqual([status, why], ["pending", SENTENCES.journalIsAwaited()]);
  const list = await server.call<readonly WireTask[]>("GET", "/api/tasks");
  deepStrictEqual(list.map(({ task_id, status }) => [task_id, status]), [
    [nextId, "pending"],
    [id, "running"],
  ]);
}

Deno.test({
  name: "a disk that takes no more writes refuses submits, loses nothing, and goes on when it does",
  ignore,
  async fn() {
    const data = await Deno.makeTempDir({ prefix: "lido-unwritable-" });
    const acknowledged: string[] = [];
    {
      await using server = await ServerProcess.start({ tasks: TASKS, data, ...UnwritableDisk.VIA });
      const { gate, poolId, heldId } = await openHeld(server);
      const { task_id: nextId } = await server.submit({ pool_id: poolId, ...NOTHING });
      {
        await using _disk = await UnwritableDisk.below(server.pid);
        await checkRefused(server, poolId);
        await Deno.writeTextFile(gate, "");
        await checkNotTold(server, poolId, heldId, nextId);
        await checkRefused(server, poolId);
      }
      const { status, attempt } = await server.ended(heldId);
      deepStrictEqual([status, attempt, stateOnDisk(data, heldId)], ["completed", 1, COMPLETED]);
      strictEqual((await server.ended(nextId)).status, "completed");
      await until("the server is ready again", async () => await readiness(server) === 200);
      const { task_id: after } = await server.submit({ pool_id: poolId, ...NOTHING });
      acknowledged.push(heldId, nextId, after);
      await using _disk = await UnwritableDisk.below(server.pid);
      await checkRefused(server, poolId);
      await server.kill();
    }
    {
      await using server = await ServerProcess.start({ tasks: TASKS, data });
      const states = [];
      for (const id of acknowledged) states.push((await server.ended(id)).status);
      deepStrictEqual(states, acknowledged.map(() => "completed"));
      const list = await server.call<readonly WireTask[]>("GET", "/api/tasks");
      deepStrictEqual(list.map(({ task_id: id }) => id).toSorted(), acknowledged.toSorted());
    }
    await Deno.remove(data, { recursive: true });
  },
});
