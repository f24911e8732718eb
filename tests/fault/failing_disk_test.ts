/**
 * The disk fails beneath a running server: it takes no more writes, or does not keep what it took.
 * Submits are refused with the reason, reads go on, nothing is acknowledged that a power cut would
 * take, and all goes on by itself once the disk is well.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ServerProcess, type WireTask } from "../helpers/server_process.ts";
import { HAS_STRACE, Strace, STRACE_MISSING } from "../helpers/strace.ts";
import { until } from "../helpers/until.ts";

const TASKS = fileURLToPath(new URL("../fixtures/outside_tasks", import.meta.url));
const NOTHING = { task_type: "sleep", input: { seconds: 0 } };
const PRLIMIT = "/usr/bin/prlimit";

/** In CI what is missing is a failure of the test; elsewhere it is ignored, and says why. */
const isCi = Deno.env.get("CI") === "true";
const needsStrace = HAS_STRACE ? "" : ` (${STRACE_MISSING})`;
const ignore = !HAS_STRACE && !isCi;

/** How often a refusal is looked for: the disk's failure is noticed by the next write. */
const TRIES = 200;

async function submit(server: ServerProcess, poolId: string): Promise<Response> {
  return await fetch(`${server.url}/api/tasks`, {
    method: "POST",
    body: JSON.stringify({ pool_id: poolId, ...NOTHING }),
    headers: { "content-type": "application/json" },
  });
}

async function readiness(server: ServerProcess): Promise<number> {
  const response = await fetch(`${server.url}/health/ready`);
  await response.body?.cancel();
  return response.status;
}

/** What holds of a server whose disk fails: gives the tasks that were acknowledged meanwhile. */
async function checkRefusals(server: ServerProcess, poolId: string): Promise<readonly string[]> {
  const acknowledged: string[] = [];
  for (let turn = 0;; turn++) {
    const response = await submit(server, poolId);
    const { code, data } = await response.json();
    if (response.status !== 202) {
      deepStrictEqual([response.status, code], [503, "journal_unavailable"]);
      break;
    }
    acknowledged.push((data as WireTask).task_id);
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
    const after = await submit(server, poolId);
    strictEqual(after.status, 202);
    acknowledged.push((await after.json()).data.task_id);
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
  ignore: !(await isThere(PRLIMIT)) && !isCi,
  async fn() {
    // Beyond the limit writes fail, as on a disk that has turned read-only; by default they would kill.
    const via = ["sh", "-c", `trap '' XFSZ; exec "$@"`, "sh"] as const;
    await checkLife({ via: [...via] }, async ({ pid }) => {
      await prlimit(pid, "0:unlimited");
      return { [Symbol.asyncDispose]: () => prlimit(pid, "unlimited:unlimited") };
    });
  },
});

Deno.test({
  name:
    `a disk that does not keep what it took acknowledges nothing on the strength of it${needsStrace}`,
  ignore,
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "lido-strace-" });
    const calls = "fsync,fdatasync";
    await checkLife({}, ({ pid }) => {
      const args = ["-e", `trace=${calls}`, "-e", `inject=${calls}:error=EIO`];
      return Strace.attach(pid, join(folder, "calls"), args);
    });
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test({
  name: `each submit is on the disk before it is answered${needsStrace}`,
  ignore,
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "lido-strace-" });
    const submits = 20;
    await using server = await ServerProcess.start({ tasks: TASKS });
    const { pool_id: poolId } = await server.openPool({ name: "pool", max_workers: 1 });
    await server.call("POST", `/api/pools/${poolId}/pause`);
    let lines: readonly string[];
    {
      const calls = "fsync,fdatasync,write,writev,sendto,sendmsg";
      const args = ["-s", "16", "-y", "-e", `trace=${calls}`];
      await using strace = await Strace.attach(server.pid, join(folder, "calls"), args);
      for (let at = 0; at < submits; at++) {
        const response = await submit(server, poolId);
        await response.body?.cancel();
        strictEqual(response.status, 202);
      }
      const answered = () => strace.lines().filter((line) => line.includes('"HTTP/1.1 202')).length;
      await until("all answers were seen", () => answered() === submits);
      lines = strace.lines();
    }
    // One client, one submit after the other: since the last answer something was kept.
    let kept = 0;
    const keptBefore = lines.flatMap((line) => {
      if (/(fsync|fdatasync)(\(\d+<.*-wal>\)| resumed>).* = 0$/.test(line)) kept++;
      if (!line.includes('"HTTP/1.1 202')) return [];
      const since = kept;
      kept = 0;
      return [since];
    });
    ok(keptBefore.every((count) => count >= 1), `synced before each answer: ${keptBefore.join()}`);
    strictEqual(keptBefore.length, submits);
    await Deno.remove(folder, { recursive: true });
  },
});

async function prlimit(pid: number, limits: string): Promise<void> {
  // The server may be gone by then: whoever killed it knows.
  await new Deno.Command(PRLIMIT, { args: ["--pid", String(pid), `--fsize=${limits}`] }).output();
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
