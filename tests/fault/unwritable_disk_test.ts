/**
 * The disk takes no more writes while the server runs, as one that has turned read-only: submits are
 * refused with the reason, reads go on, nothing that was acknowledged is lost, and all goes on by
 * itself once the disk is well.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { NOTHING, readiness, submit } from "../helpers/answers_of_submits.ts";
import { ServerProcess, type WireTask } from "../helpers/server_process.ts";
import { until } from "../helpers/until.ts";

const TASKS = fileURLToPath(new URL("../fixtures/outside_tasks", import.meta.url));
const PRLIMIT = "/usr/bin/prlimit";

/** How often a refusal is looked for: the disk's failure is noticed by the next write. */
const TRIES = 200;

/** What holds of a server whose disk fails: gives the tasks that were acknowledged meanwhile. */
async function checkRefusals(server: ServerProcess, poolId: string): Promise<readonly string[]> {
  const acknowledged: string[] = [];
  for (let turn = 0;; turn++) {
    const { status, body } = await submit(server, poolId, NOTHING);
    if (status !== 202) {
      deepStrictEqual([status, body.code], [503, "journal_unavailable"]);
      break;
    }
    acknowledged.push(body.data?.task_id ?? "");
    ok(turn < TRIES, "submits are acknowledged though the disk fails");
  }
  strictEqual(await readiness(server), 503);
  const tasks = await server.call<readonly WireTask[]>("GET", "/api/tasks?per_page=100");
  ok(tasks.length > 0, "lists are answered");
  return acknowledged;
}

/** Fails the disk, heals it, fails it again and kills the server; then looks for what was acknowledged. */
async function checkLife(
  options: { readonly via?: readonly [string, ...string[]] },
  failing: (server: ServerProcess) => Promise<AsyncDisposable>,
): Promise<void> {
  const data = await Deno.makeTempDir({ prefix: "lido-failing-" });
  const acknowledged: string[] = [];
  {
    await using server = await ServerProcess.start({ tasks: TASKS, data, ...options });
    const { pool_id: poolId } = await server.openPool({ name: "pool", max_workers: 1 });
    const first = await server.submit({ pool_id: poolId, ...NOTHING });
    await server.ended(first.task_id);
    acknowledged.push(first.task_id);
    {
      await using _failing = await failing(server);
      acknowledged.push(...await checkRefusals(server, poolId));
    }
    await until("the server is ready again", async () => await readiness(server) === 200);
    const after = await submit(server, poolId, NOTHING);
    strictEqual(after.status, 202);
    acknowledged.push(after.body.data?.task_id ?? "");
    await using _failing = await failing(server);
    acknowledged.push(...await checkRefusals(server, poolId));
    await server.kill();
  }
  {
    await using server = await ServerProcess.start({ tasks: TASKS, data });
    const states = [];
    for (const id of acknowledged) states.push((await server.ended(id)).status);
    deepStrictEqual(states, acknowledged.map(() => "completed"));
  }
  await Deno.remove(data, { recursive: true });
}

Deno.test({
  name: "a disk that takes no more writes refuses submits, loses nothing, and goes on when it does",
  ignore: !(await isThere(PRLIMIT)),
  async fn() {
    // Beyond the limit writes fail, as on a disk that has turned read-only; by default they would kill.
    const via = ["sh", "-c", `trap '' XFSZ; exec "$@"`, "sh"] as const;
    await checkLife({ via: [...via] }, async ({ pid }) => {
      await prlimit(pid, "0:unlimited");
      return { [Symbol.asyncDispose]: () => prlimit(pid, "unlimited:unlimited") };
    });
  },
});

async function prlimit(pid: number, limits: string): Promise<void> {
  // The server may be gone by then: whoever killed it knows.
  await new Deno.Command(PRLIMIT, { args: ["--pid", String(pid), `--fsize=${limits}`] }).output();
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
