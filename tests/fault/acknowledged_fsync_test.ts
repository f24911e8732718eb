/**
 * Each 202 comes after its fsync. A kill cannot show that, for what the operating system has outlives
 * the server: so strace looks on, and its lines are read in their order. Between a submit and its
 * answer the write-ahead file must have been written, then synced, and that sync must have ended.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { NOTHING, submit } from "../helpers/answers_of_submits.ts";
import { report } from "../helpers/report.ts";
import { roomIsMade } from "../helpers/room_made.ts";
import { ServerProcess } from "../helpers/server_process.ts";
import { HAS_STRACE, Strace, STRACE_MISSING } from "../helpers/strace.ts";
import { until } from "../helpers/until.ts";

const TASKS = fileURLToPath(new URL("../fixtures/outside_tasks", import.meta.url));
/** Callers, each of which submits so often, one after the other. */
const ROUNDS = [{ callers: 1, submits: 100 }, { callers: 8, submits: 50 }];
const SYNCS = "fsync,fdatasync";
/** The head of an answer, or in a stream of lines the first of them. */
const TELLS_TASK = /"HTTP\/1\.1 202 |\{\\"line\\":1,\\"task_id/;
const READS = "read,recvfrom,recvmsg,readv";
const WRITES = "pwrite64,write,sendto,sendmsg,writev";
const FLAGS = ["-y", "-s", "2000", "-e", `trace=${SYNCS},${READS},${WRITES}`];
/** Each sync takes half a second longer. */
const SLOW_SYNCS = `inject=${SYNCS}:delay_enter=500000`;

const ignore = !HAS_STRACE;
if (ignore) report(`The fsync before each answer is not looked for: ${STRACE_MISSING}`);

/** Submits, and gives the status of the answer. */
type Submit = (server: ServerProcess, poolId: string) => Promise<number>;

const submitOne: Submit = async (server, poolId) => (await submit(server, poolId, NOTHING)).status;

/** Posts a body that {@link submit} does not know. */
async function post(url: string, body: string, headers: Record<string, string>): Promise<number> {
  const response = await fetch(url, { method: "POST", body, headers });
  ok((await response.text()).includes("task_id"), "No task was told");
  return response.status;
}

const JSON_TYPE = { "content-type": "application/json" };
/** Other ways to submit, and the status of their answers. */
const WAYS: readonly { readonly what: string; readonly status: number; readonly by: Submit }[] = [
  {
    what: "with a key",
    status: 202,
    by: (server, poolId) =>
      post(`${server.url}/api/tasks`, JSON.stringify({ pool_id: poolId, ...NOTHING }), {
        ...JSON_TYPE,
        "idempotency-key": crypto.randomUUID(),
      }),
  },
  {
    what: "of a batch",
    status: 202,
    by: (server, poolId) => {
      const tasks = Array.from({ length: 3 }, () => ({ pool_id: poolId, ...NOTHING }));
      return post(`${server.url}/api/tasks/batch`, JSON.stringify({ tasks }), JSON_TYPE);
    },
  },
  ...["", "?atomic=true"].map((query) => ({
    what: `of lines${query}`,
    status: 200,
    by: (server: ServerProcess, poolId: string) => {
      const line = `${JSON.stringify({ pool_id: poolId, ...NOTHING })}\n`;
      return post(`${server.url}/api/tasks/batch${query}`, line.repeat(3), {
        "content-type": "application/x-ndjson",
      });
    },
  })),
];

/** How many submits were answered after, and before, their fsync had ended. */
interface Answered {
  synced: number;
  unsynced: number;
}

/** What is submitted while strace looks on. */
interface Traced {
  readonly callers: number;
  readonly submits: number;
  readonly by?: Submit;
  readonly status?: number;
}

/** Submits to a pool while strace looks on, until it has seen enough; gives that, line by line. */
async function traceSubmits(
  server: ServerProcess,
  poolId: string,
  { callers, submits, by = submitOne, status = 202 }: Traced,
  isEnough: (trace: readonly string[]) => boolean = () => true,
): Promise<readonly string[]> {
  const path = join(server.folder, "trace");
  await roomIsMade(join(server.folder, "data"));
  {
    await using _strace = await Strace.attach(server.pid, path, FLAGS);
    await Promise.all(Array.from({ length: callers }, async () => {
      for (let at = 0; at < submits; at++) {
        strictEqual(await by(server, poolId), status);
      }
    }));
    await until("the trace has all", async () => isEnough(await readLines(path)));
  }
  return await readLines(path);
}

async function readLines(path: string): Promise<readonly string[]> {
  return (await Deno.readTextFile(path)).split("\n");
}

/**
 * Counts the answers of a trace. A call that another thread's comes between has two lines: it begins
 * on the one, and ends on the other.
 */
function countAnswers(trace: readonly string[]): Answered {
  const answered: Answered = { synced: 0, unsynced: 0 };
  /** For each connection that waits for an answer: what the file has seen since. */
  const waiting = new Map<string, { isWritten: boolean; syncBegan: boolean; isSynced: boolean }>();
  /** What each thread is in the middle of. */
  const open = new Map<string, string>();
  for (const line of trace) {
    const [, thread = "", rest = ""] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const isResumed = rest.startsWith("<... ");
    const call = isResumed ? open.get(thread) ?? "" : rest;
    const hasBegun = !isResumed;
    const hasEnded = !rest.endsWith("<unfinished ...>");
    if (!hasEnded) open.set(thread, call);
    const isWal = call.includes("journal.sqlite-wal>");
    for (const one of isWal ? waiting.values() : []) {
      if (call.startsWith("pwrite64(")) {
        if (hasEnded) one.isWritten = true;
      } else if (/^f(data)?sync\(/.test(call)) {
        if (hasBegun) one.syncBegan = one.isWritten;
        if (hasEnded && one.syncBegan && / = 0$/.test(rest)) one.isSynced = true;
      }
    }
    const [, socket = ""] = /^\w+\(\d+<(socket:\[\d+\])>/.exec(call) ?? [];
    if (hasEnded && /"POST \/api\/tasks[ \/]/.test(call + rest)) {
      waiting.set(socket, { isWritten: false, syncBegan: false, isSynced: false });
    } else if (hasBegun && TELLS_TASK.test(call)) {
      const one = waiting.get(socket);
      waiting.delete(socket);
      ok(one, `An answer has no submit: ${line}`);
      answered[one.isSynced ? "synced" : "unsynced"]++;
    }
  }
  return answered;
}

function openPool(server: ServerProcess, durability: string) {
  return server.openPool({ name: durability, max_workers: 1, durability });
}

for (const round of ROUNDS) {
  const { callers, submits } = round;
  Deno.test({
    name: `each of ${callers * submits} submits, ${callers} at a time, is synced before its answer`,
    ignore,
    async fn() {
      await using server = await ServerProcess.start({ tasks: TASKS });
      const { pool_id: poolId } = await openPool(server, "fsync");
      const answered = countAnswers(await traceSubmits(server, poolId, round));
      deepStrictEqual(answered, { synced: callers * submits, unsynced: 0 });
    },
  });
}

for (const way of WAYS) {
  const submits = 20;
  Deno.test({
    name: `each of ${submits} submits ${way.what} is synced before its answer`,
    ignore,
    async fn() {
      await using server = await ServerProcess.start({ tasks: TASKS });
      const { pool_id: poolId } = await openPool(server, "fsync");
      const trace = await traceSubmits(server, poolId, { callers: 1, submits, ...way });
      deepStrictEqual(countAnswers(trace), { synced: submits, unsynced: 0 });
    },
  });
}

Deno.test({
  name: "submits to a relaxed pool are not synced before their answers, and the trace shows that",
  ignore,
  async fn() {
    await using server = await ServerProcess.start({ tasks: TASKS });
    const { pool_id: poolId } = await openPool(server, "relaxed");
    checkRelaxed(await traceSubmits(server, poolId, { callers: 1, submits: 20 }), 20);
  },
});

Deno.test({
  name:
    "what a relaxed pool was given is synced a moment after its answer, though nothing else comes",
  ignore,
  async fn() {
    await using server = await ServerProcess.start({ tasks: TASKS });
    const { pool_id: poolId } = await openPool(server, "relaxed");
    // So few that nothing of it goes to the main file, which would sync it, too.
    const submits = 3;
    // That it is synced is what is waited for: something else may be written right after.
    const trace = await traceSubmits(server, poolId, { callers: 1, submits }, isSyncedInTheEnd);
    ok(countAnswers(trace).unsynced > 0); // the others may have met the sync of those before
  },
});

Deno.test({
  name: "a relaxed pool takes what comes while what came before is being synced",
  ignore,
  async fn() {
    await using server = await ServerProcess.start({ tasks: TASKS });
    const { pool_id: poolId } = await openPool(server, "relaxed");
    const path = join(server.folder, "trace");
    await roomIsMade(join(server.folder, "data"));
    await using _strace = await Strace.attach(server.pid, path, [...FLAGS, "-e", SLOW_SYNCS]);
    await until("one is answered while the disk syncs", async () => {
      strictEqual((await submit(server, poolId, NOTHING)).status, 202);
      return isAnsweredInSync(await readLines(path));
    });
  },
});

/** One whose answer took long may have met the sync that comes once a second. */
function checkRelaxed(trace: readonly string[], submits: number): void {
  const { synced, unsynced } = countAnswers(trace);
  strictEqual(synced + unsynced, submits);
  ok(unsynced > submits / 2, `${synced} were synced before their answers`);
}

/** Whether a submit came while the write-ahead file was being synced, and was answered before that ended. */
function isAnsweredInSync(trace: readonly string[]): boolean {
  const syncing = new Set<string>();
  const cameInSync = new Set<string>();
  for (const line of trace) {
    const [, thread = "", rest = ""] = /^(\d+) +(.*)$/.exec(line) ?? [];
    if (/^f(data)?sync\(.*journal\.sqlite-wal>/.test(rest) && rest.endsWith("<unfinished ...>")) {
      syncing.add(thread);
    } else if (/^<\.\.\. f(data)?sync resumed/.test(rest)) {
      syncing.delete(thread);
      cameInSync.clear();
    }
    const [, socket = ""] = /^\w+\(\d+<(socket:\[\d+\])>/.exec(rest) ?? [];
    if (syncing.size > 0 && rest.includes('"POST /api/tasks ')) cameInSync.add(socket);
    if (rest.includes('"HTTP/1.1 202 ') && cameInSync.has(socket)) return true;
  }
  return false;
}

/** Whether the write-ahead file was synced after it was written last. */
function isSyncedInTheEnd(trace: readonly string[]): boolean {
  const ofWal = trace.filter((line) => line.includes("journal.sqlite-wal>"));
  const written = ofWal.findLastIndex((line) => line.includes("pwrite64("));
  return written >= 0 && ofWal.slice(written).some((line) => /\bf(data)?sync\(/.test(line));
}
