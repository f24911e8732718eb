/** `backup`, `restore` and `doctor` by the real program, with a server that is busy. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { inspectJournal } from "../../core/engine/local/journal/inspection.ts";
import { PROJECT_FOLDER } from "../helpers/import_graph.ts";
import { report } from "../helpers/report.ts";
import { ServerProcess } from "../helpers/server_process.ts";
import { runCommand } from "../helpers/start_server.ts";
import { changeJournal, StoredJournals } from "../helpers/stored_journal.ts";
import { until, untilNoneIsLeft } from "../helpers/until.ts";

const TASKS = join(PROJECT_FOLDER, "tests/fixtures/outside_tasks");
/** So many that a copy, or a look, takes a while. */
const MANY = 60_000;
/** Where nothing listens. */
const NO_SERVER = "http://[::1]:1";
const CALLERS = 4;

/** Submits without a pause until it is told to end. */
class SteadySubmits {
  readonly acknowledged = new Set<string>();
  slowestMs = 0;
  #isEnding = false;
  #callers: Promise<unknown> = Promise.resolve();

  static async begin(server: ServerProcess): Promise<SteadySubmits> {
    const submits = new SteadySubmits();
    const [pool] = await server.call<{ pool_id: string }[]>("GET", "/api/pools");
    const task = { pool_id: pool?.pool_id, task_type: "primes", input: { up_to: 10 } };
    const body = { tasks: Array.from({ length: 20 }, () => task) };
    submits.#callers = Promise.all(Array.from({ length: CALLERS }, async () => {
      while (!submits.#isEnding) {
        const began = performance.now();
        const made = await server.call<{ task_ids: string[] }>("POST", "/api/tasks/batch", body);
        for (const id of made.task_ids) submits.acknowledged.add(id);
        submits.slowestMs = Math.max(submits.slowestMs, performance.now() - began);
      }
    }));
    return submits;
  }

  async end(): Promise<void> {
    this.#isEnding = true;
    await this.#callers;
  }
}

/** Runs `backup` or another command against a server. */
function command(server: ServerProcess, ...args: readonly string[]) {
  return runCommand(args, { env: { LIDO_URL: server.url } });
}

function findFaults(journalPath: string): readonly string[] {
  const { findings } = inspectJournal(journalPath);
  return findings.filter(({ isOk }) => !isOk).map(({ detail }) => detail);
}

/** What a data folder has of backups. */
function copiesIn(data: string): readonly string[] {
  return readdirSync(data).filter((name) => name.includes("backup"));
}

/** The ids of all tasks on record. */
async function readIds(server: ServerProcess): Promise<Set<string>> {
  const ids = new Set<string>();
  for (let cursor: string | null = null;;) {
    const at: string = cursor === null ? "" : `&cursor=${cursor}`;
    const answer: {
      data: readonly { task_id: string }[];
      pagination: { next_cursor: string | null };
    } = await (await fetch(`${server.url}/api/tasks?per_page=100${at}`)).json();
    for (const { task_id: id } of answer.data) ids.add(id);
    cursor = answer.pagination.next_cursor;
    if (cursor === null) return ids;
  }
}

Deno.test("A backup under steady submits, restored elsewhere, has all that was acknowledged before", async () => {
  await using journals = await StoredJournals.open();
  const file = journals.path("b.sqlite");
  let before: readonly string[] = [];
  {
    await using server = await ServerProcess.start({ tasks: TASKS, data: journals.path("data") });
    const submits = await SteadySubmits.begin(server);
    await until("some were taken", () => submits.acknowledged.size >= 1_000);
    before = [...submits.acknowledged];
    const said = await command(server, "backup", file, "--json");
    const after = submits.acknowledged.size;
    await submits.end();
    deepStrictEqual([said.code, said.stderr], [0, ""]);
    const { path, bytes, tasks } = JSON.parse(said.stdout);
    deepStrictEqual([path, bytes], [file, statSync(file).size]);
    ok(tasks >= before.length && after > before.length);
    report(
      `backup of ${tasks} tasks, ${before.length} acknowledged before and ${after} at its end; ` +
        `slowest submit of a batch ${Math.round(submits.slowestMs)} ms`,
    );
    await server.kill();
  }
  deepStrictEqual(findFaults(file), []);
  strictEqual(statSync(file).mode & 0o777, 0o600);

  const data = journals.path("new");
  const restored = await runCommand(["restore", file, "--data", data]);
  deepStrictEqual([restored.code, restored.stderr], [0, ""]);
  await using server = await ServerProcess.start({ tasks: TASKS, data });
  await untilNoneIsLeft("tasks wait or run", async () => {
    return (await server.call<{ active_tasks: number }>("GET", "/api/stats")).active_tasks;
  });
  const ids = await readIds(server);
  deepStrictEqual(before.filter((id) => !ids.has(id)), []);
  const stats = await server.call<Record<string, number>>("GET", "/api/stats");
  deepStrictEqual([stats["total_tasks"], stats["completed_tasks"]], [ids.size, ids.size]);
  strictEqual((await command(server, "doctor")).code, 0);
});

Deno.test("A client that leaves, before or amid its backup, leaves no file and keeps nobody out", async () => {
  await using journals = await StoredJournals.open();
  const data = await journals.make("data", { completed: MANY });
  await using server = await ServerProcess.start({ tasks: TASKS, data });
  const partial = join(data, "backup.partial");

  const leaving = new AbortController();
  const early = fetch(`${server.url}/api/backup`, { signal: leaving.signal });
  let isAnswered = false;
  early.then(() => isAnswered = true, () => {});
  // Its file may come and go between two looks.
  await until("the copy is made, and not read", () => isAnswered || existsSync(partial));
  const second = await fetch(`${server.url}/api/backup`);
  const { code, error } = await second.json();
  deepStrictEqual([second.status, code, error], [
    409,
    "backup_running",
    "Cannot back up: another backup is under way",
  ]);
  leaving.abort();
  await early.then((response) => response.body?.cancel(), () => {});
  await until("its file is gone", () => !existsSync(partial));

  let amid: Response | undefined;
  await until("the next is answered", async () => {
    amid = await fetch(`${server.url}/api/backup`);
    if (amid.ok) return true;
    await amid.body?.cancel();
    return false;
  });
  const reader = amid?.body?.getReader();
  await reader?.read();
  deepStrictEqual(copiesIn(data), []);
  await reader?.cancel();
  await until("another succeeds", async () => {
    const response = await fetch(`${server.url}/api/backup`);
    const bytes = (await response.arrayBuffer()).byteLength;
    return response.ok && bytes === Number(response.headers.get("content-length"));
  });
});

Deno.test("doctor tells what is wrong with the journal of a server, which goes on meanwhile", async () => {
  await using journals = await StoredJournals.open();
  const data = await journals.make("data", { completed: MANY });
  await using server = await ServerProcess.start({ tasks: TASKS, data });
  strictEqual((await command(server, "doctor")).code, 0);

  changeJournal(join(data, "journal.sqlite"), "UPDATE counters SET kept = 7 WHERE state = 5");
  const look = () =>
    server.call<{ name: string; is_ok: boolean; detail: string }[]>("GET", "/api/doctor");
  let found: Awaited<ReturnType<typeof look>> = [];
  // Where this test is held up itself, it asks too little in one look.
  await until("requests are answered while it looks", async () => {
    let isPending = true;
    const looking = look().finally(() => isPending = false);
    let answered = 0;
    while (isPending) {
      await server.health();
      answered++;
    }
    found = await looking;
    return answered >= 3;
  });
  deepStrictEqual(found.filter(({ is_ok }) => !is_ok), [{
    name: "journal counters",
    is_ok: false,
    detail: `pool 1 has ${MANY} tasks completed, counted are 7 (${MANY} ever)`,
  }]);
  const { code, stdout } = await command(server, "doctor");
  strictEqual(code, 1);
  match(stdout, /^failed +journal counters +pool 1 has /m);

  // The folder is the server's: nobody else looks at it, or puts a backup there.
  const other = await runCommand(["doctor", "--data", data], {
    env: { LIDO_URL: NO_SERVER },
  });
  strictEqual(other.code, 1);
  match(other.stdout, /^failed +data folder +Cannot use data folder .*: process \d+ on /m);
  const refused = await runCommand(["backup", journals.path("b.sqlite"), "--data", data]);
  deepStrictEqual([refused.code, existsSync(journals.path("b.sqlite"))], [1, false]);
  match(refused.stderr, /^Cannot use data folder [^\n]*: process \d+ on [^\n]*\n$/);
});

Deno.test("doctor without a server looks at a data folder, and makes none", async () => {
  await using journals = await StoredJournals.open();
  const env = { LIDO_URL: NO_SERVER };
  const none = await runCommand(["doctor", "--data", journals.path("none")], { env });
  strictEqual(none.code, 0);
  match(none.stdout, /^ok +data folder +there is no journal in .*none yet$/m);
  deepStrictEqual(readdirSync(journals.folder), []);

  const data = await journals.make("data", { completed: 10 });
  changeJournal(join(data, "journal.sqlite"), "UPDATE tasks SET events = '[]' WHERE seq = 3");
  const { code, stdout } = await runCommand(["doctor", "--data", data], { env });
  strictEqual(code, 1);
  match(stdout, /^failed +journal endings +task number 3 is completed and ended 0 times$/m);
});
