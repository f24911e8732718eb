/**
 * The disk fails an fsync beneath the server. What was not acknowledged is refused, and nothing is
 * acknowledged because a later fsync succeeds: the operating system takes what it could not write for
 * written, so all that counts must be written again before.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { NOTHING, readiness, submit } from "../helpers/answers_of_submits.ts";
import { report } from "../helpers/report.ts";
import { roomIsMade } from "../helpers/room_made.ts";
import { ServerProcess, type WireTask } from "../helpers/server_process.ts";
import { HAS_STRACE, Strace, STRACE_MISSING } from "../helpers/strace.ts";
import { until } from "../helpers/until.ts";

const TASKS = fileURLToPath(new URL("../fixtures/outside_tasks", import.meta.url));
const CALLS = ["-e", "trace=fsync,fdatasync,ftruncate,pwrite64"];
const EIO = "inject=fsync,fdatasync:error=EIO";
/** Tasks of a batch that takes many more pages than what comes after it. */
const BATCH_TASKS = 500;
/** So long that a batch of them makes a checkpoint due. */
const TAGS = Array.from({ length: 20 }, (_, at) => `${at}`.padEnd(64, "x"));
/** Times that the writer must have tried in vain. */
const TRIES = 6;

const ignore = !HAS_STRACE;
if (ignore) report(`Failing fsyncs are not tested: ${STRACE_MISSING}`);

/** A pool that is paused, so that nothing is written but what the test submits. */
async function openPaused(server: ServerProcess): Promise<string> {
  const { pool_id: poolId } = await server.openPool({ name: "pool", max_workers: 1 });
  await server.call("POST", `/api/pools/${poolId}/pause`);
  return poolId;
}

/** What strace saw of the write-ahead file. */
async function attach(server: ServerProcess, data: string, inject: string): Promise<Strace> {
  const wal = join(data, "journal.sqlite-wal");
  await roomIsMade(data);
  return await Strace.attach(server.pid, join(data, "trace"), [...CALLS, "-e", inject, "-P", wal]);
}

async function readTrace(data: string): Promise<readonly string[]> {
  return (await Deno.readTextFile(join(data, "trace"))).split("\n");
}

/** After the server was killed: what it acknowledged runs, and nothing else is there. */
async function checkNextLife(data: string, poolId: string, acknowledged: readonly string[]) {
  await using server = await ServerProcess.start({ tasks: TASKS, data });
  const list = await server.call<readonly WireTask[]>("GET", "/api/tasks?per_page=100");
  deepStrictEqual(list.map(({ task_id: id }) => id).toSorted(), acknowledged.toSorted());
  await server.call("POST", `/api/pools/${poolId}/resume`);
  for (const id of acknowledged) strictEqual((await server.ended(id)).status, "completed");
}

async function submitTaken(server: ServerProcess, poolId: string): Promise<string> {
  const { status, body } = await submit(server, poolId, NOTHING);
  strictEqual(status, 202, body.error);
  return body.data?.task_id ?? "";
}

async function inFolder(act: (data: string) => Promise<void>): Promise<void> {
  const data = await Deno.makeTempDir({ prefix: "lido-fsync-" });
  try {
    await act(data);
  } finally {
    await Deno.remove(data, { recursive: true });
  }
}

Deno.test({
  name:
    "an fsync that fails once refuses its submits, and the next waits until all is written again",
  ignore,
  fn: () =>
    inFolder(async (data) => {
      const acknowledged: string[] = [];
      let poolId: string;
      {
        await using server = await ServerProcess.start({ tasks: TASKS, data });
        poolId = await openPaused(server);
        acknowledged.push(await submitTaken(server, poolId));
        {
          await using _strace = await attach(server, data, `${EIO}:when=1`);
          const tasks = Array.from({ length: BATCH_TASKS }, () => ({
            pool_id: poolId,
            ...NOTHING,
          }));
          const response = await fetch(`${server.url}/api/tasks/batch`, {
            method: "POST",
            body: JSON.stringify({ tasks }),
            headers: { "content-type": "application/json" },
          });
          strictEqual(response.status, 503);
          match((await response.json()).error, /^Cannot write to the journal: disk I\/O error/);
          await until("the server is ready again", async () => await readiness(server) === 200);
          acknowledged.push(await submitTaken(server, poolId));
        }
        checkWrittenAgain(await readTrace(data));
        await server.kill();
      }
      await checkNextLife(data, poolId, acknowledged);
    }),
});

/** Between the fsync that failed and the first that is believed, all before it is written again. */
function checkWrittenAgain(trace: readonly string[]): void {
  const failed = trace.findIndex((line) => line.includes("EIO"));
  ok(failed > 0, "No fsync failed");
  const first = trace.findIndex((line, at) => at > failed && /\bfsync\(\d+\) += 0/.test(line));
  ok(first > failed, "No fsync came after the one that failed");
  // Where the commit that failed began: up to there all counts.
  const end = Math.min(...trace.slice(0, failed).flatMap((line) => writtenBy(line)?.[0] ?? []));
  let at = 0;
  for (const line of trace.slice(failed, first)) {
    const [from = Infinity, to = at] = writtenBy(line) ?? [];
    if (from <= at) at = Math.max(at, to);
  }
  ok(end > 0 && at >= end, `${at} of ${end} bytes were written again:\n${trace.join("\n")}`);
}

/**
 * An fsync that no submit waits for fails: that of a checkpoint, which comes soon after much was
 * written, or else the one that comes once a second.
 */
for (const [whose, tasks] of [["checkpoint", BATCH_TASKS], ["relaxed pool", 1]] as const) {
  Deno.test({
    name:
      `after the fsync of a ${whose} failed, all is written again before the next is acknowledged`,
    ignore,
    fn: () =>
      inFolder(async (data) => {
        await using server = await ServerProcess.start({ tasks: TASKS, data });
        const poolId = await openPaused(server);
        const { pool_id: relaxed } = await server.openPool({
          name: "relaxed",
          max_workers: 1,
          durability: "relaxed",
        });
        await server.call("POST", `/api/pools/${relaxed}/pause`);
        await using _strace = await attach(server, data, `${EIO}:when=1`);
        await server.call("POST", "/api/tasks/batch", {
          tasks: Array.from(
            { length: tasks },
            () => ({ pool_id: relaxed, tags: TAGS, ...NOTHING }),
          ),
        });
        const hasFailed = (line: string) => line.includes("EIO");
        await until("an fsync failed", async () => (await readTrace(data)).some(hasFailed));
        // strace counts for each thread: the writer's own first fsync fails, too.
        await until("a submit is acknowledged", async () => {
          return (await submit(server, poolId, NOTHING)).status === 202;
        });
        checkAgainBeforeSync(await readTrace(data));
      }),
  });
}

/** Before the writer asks for its next fsync, all is written again that was when the first failed. */
function checkAgainBeforeSync(trace: readonly string[]): void {
  const failed = trace.findIndex((line) => line.includes("EIO"));
  const end = Math.max(...trace.slice(0, failed).flatMap((line) => writtenBy(line)?.[1] ?? []));
  const [writer] = trace.find((line) => line.includes("pwrite64("))?.split(" ") ?? [];
  const next = trace.findIndex((line, at) =>
    at > failed && line.split(" ")[0] === writer && /\bf(data)?sync\(/.test(line)
  );
  let at = 0;
  for (const line of trace.slice(failed, next)) {
    const [from = Infinity, to = at] = writtenBy(line) ?? [];
    if (from <= at) at = Math.max(at, to);
  }
  ok(next > failed && end > 0, "No fsync failed, or none came after it");
  ok(at >= end, `${at} of ${end} bytes were written again:\n${trace.join("\n")}`);
}

/** The bytes of the file that a line of the trace says were written. */
function writtenBy(line: string): readonly [number, number] | undefined {
  const [, at, bytes] = /pwrite64\(.*, (\d+)\) += (\d+)$/.exec(line) ?? [];
  return at === undefined ? undefined : [Number(at), Number(at) + Number(bytes)];
}

Deno.test({
  name: "while every fsync fails nothing is acknowledged, reads go on, and all goes on afterwards",
  ignore,
  fn: () =>
    inFolder(async (data) => {
      const acknowledged: string[] = [];
      let poolId: string;
      {
        await using server = await ServerProcess.start({ tasks: TASKS, data });
        poolId = await openPaused(server);
        acknowledged.push(await submitTaken(server, poolId));
        {
          await using _strace = await attach(server, data, EIO);
          await until("the writer tried several times", async () => {
            const { status, body } = await submit(server, poolId, NOTHING);
            deepStrictEqual([status, body.code], [503, "journal_unavailable"]);
            strictEqual(await readiness(server), 503);
            const list = await server.call<readonly WireTask[]>("GET", "/api/tasks");
            deepStrictEqual(list.map(({ task_id: id }) => id), acknowledged);
            return (await readTrace(data)).filter((line) => line.includes("EIO")).length >= TRIES;
          });
        }
        await until("the server is ready again", async () => await readiness(server) === 200);
        acknowledged.push(await submitTaken(server, poolId));
        await server.kill();
      }
      await checkNextLife(data, poolId, acknowledged);
    }),
});

Deno.test({
  name: "a server that is killed while every fsync fails loses nothing it acknowledged",
  ignore,
  fn: () =>
    inFolder(async (data) => {
      const acknowledged: string[] = [];
      let poolId: string;
      {
        await using server = await ServerProcess.start({ tasks: TASKS, data });
        poolId = await openPaused(server);
        for (let at = 0; at < 3; at++) acknowledged.push(await submitTaken(server, poolId));
        await using _strace = await attach(server, data, EIO);
        strictEqual((await submit(server, poolId, NOTHING)).status, 503);
        await server.kill();
      }
      await checkNextLife(data, poolId, acknowledged);
    }),
});
