/** Backups and restores that are killed in the midst: what was there stays whole, and nothing half passes for whole. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import project from "../../deno.json" with { type: "json" };
import { DataFolder } from "../../core/engine/local/journal/data_folder.ts";
import { inspectJournal } from "../../core/engine/local/journal/inspection.ts";
import { PROJECT_FOLDER } from "../helpers/import_graph.ts";
import { report } from "../helpers/report.ts";
import { ServerProcess } from "../helpers/server_process.ts";
import { runCommand } from "../helpers/start_server.ts";
import { readStates, StoredJournals } from "../helpers/stored_journal.ts";
import { until } from "../helpers/until.ts";

const TASKS = join(PROJECT_FOLDER, "tests/fixtures/outside_tasks");
/** So many that a copy takes a while. */
const MANY = 60_000;
const KILLS = 4;
/** Where nothing listens. */
const NO_SERVER = "http://[::1]:1";

/** Runs `backup` or another command against a server. */
function command(server: ServerProcess, ...args: readonly string[]) {
  return runCommand(args, { env: { LIDO_URL: server.url } });
}

/** Starts a command as `deno task` does, to be killed. */
function spawnCommand(
  name: "backup" | "restore",
  ...given: readonly string[]
): Deno.ChildProcess {
  const [, ...words] = project.tasks[name].command.split(" ");
  const args = words.map((word) => word === "main.ts" ? join(PROJECT_FOLDER, word) : word);
  return new Deno.Command(Deno.execPath(), {
    args: [...args, ...given],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
}

function findFaults(journalPath: string): readonly string[] {
  const { findings } = inspectJournal(journalPath);
  return findings.filter(({ isOk }) => !isOk).map(({ detail }) => detail);
}

/** What a data folder has of backups. */
function copiesIn(data: string): readonly string[] {
  return readdirSync(data).filter((name) => name.includes("backup"));
}

/** A backup that was done before the kill is whole. */
async function checkAndRemove(file: string): Promise<void> {
  deepStrictEqual([findFaults(file), readStates(file)], [[], { 5: MANY }]);
  await Deno.remove(file);
}

Deno.test(`${KILLS} times kill -9 of the server during a backup leaves it whole, and no backup`, async () => {
  await using journals = await StoredJournals.open();
  const data = await journals.make("data", { completed: MANY });
  const out = journals.path("out");
  await Deno.mkdir(out);
  let cutOff = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    await using server = await ServerProcess.start({ tasks: TASKS, data });
    deepStrictEqual(copiesIn(data), []); // what the last one left is gone with the start
    let isEnded = false;
    const backup = command(server, "backup", join(out, "b.sqlite"))
      .finally(() => isEnded = true);
    const partial = join(data, "backup.partial");
    await until("the copy grows, or is done", () => {
      const bytes = statSync(partial, { throwIfNoEntry: false })?.size ?? 0;
      return isEnded || bytes > kill * 4_000_000;
    });
    await server.kill();
    const { code } = await backup;
    if (copiesIn(data).length > 0) cutOff++;
    ok(copiesIn(data).every((name) => name.startsWith("backup.partial")));
    if (code === 0) await checkAndRemove(join(out, "b.sqlite"));
    deepStrictEqual(readdirSync(out), []);
  }
  report(`${cutOff} of ${KILLS} copies were cut off`);
  deepStrictEqual(findFaults(join(data, "journal.sqlite")), []);
  deepStrictEqual(readStates(join(data, "journal.sqlite")), { 5: MANY });
  const env = { LIDO_URL: NO_SERVER };
  strictEqual((await runCommand(["doctor", "--data", data], { env })).code, 0);
  deepStrictEqual(copiesIn(data), []);
});

Deno.test("A command that is killed leaves no file that could be taken for a backup", async () => {
  await using journals = await StoredJournals.open();
  const data = await journals.make("data", { completed: MANY });
  const out = journals.path("out");
  await Deno.mkdir(out);
  await using server = await ServerProcess.start({ tasks: TASKS, data });
  for (const signal of ["SIGKILL", "SIGTERM"] as const) {
    const file = join(out, `${signal}.sqlite`);
    const backup = spawnCommand("backup", file, "--url", server.url);
    await until("it has begun to write", () => {
      return readdirSync(out).some((name) => name.startsWith(signal));
    });
    backup.kill(signal);
    const { code } = await backup.status;
    if (code === 0 || existsSync(file)) await checkAndRemove(file); // it was quicker
    const left = readdirSync(out).filter((name) => name.startsWith(signal));
    // Only what is killed at once cannot take its file along.
    if (signal === "SIGTERM") deepStrictEqual(left, []);
    else ok(left.every((name) => /^SIGKILL\.sqlite\.[0-9a-f]{8}\.partial$/.test(name)), `${left}`);
  }
  // The server is free for the next, and has nothing left of theirs.
  await until("a backup succeeds", async () => {
    return (await command(server, "backup", join(out, "next.sqlite"))).code === 0;
  });
  deepStrictEqual(copiesIn(data), []);
});

Deno.test(`${KILLS} times kill -9 of a restore leaves the old journal or the new one`, async () => {
  await using journals = await StoredJournals.open();
  const file = journals.path("b.sqlite");
  const other = await journals.make("other", { completed: MANY });
  strictEqual((await runCommand(["backup", file, "--data", other])).code, 0);
  const data = await journals.make("data", { completed: 5, pending: 3 });
  const journalPath = join(data, "journal.sqlite");
  const partial = `${journalPath}.restoring.partial`;
  let replaced = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const restore = spawnCommand("restore", file, "--data", data);
    let isEnded = false;
    const status = restore.status.finally(() => isEnded = true);
    let hasBegun = false;
    await until("it copies, or has gone on", () => {
      const bytes = statSync(partial, { throwIfNoEntry: false })?.size;
      hasBegun ||= bytes !== undefined;
      // The last one is killed when it has copied, and does the rest.
      return isEnded ||
        (kill < KILLS - 1 ? (bytes ?? 0) > kill * 4_000_000 : hasBegun && bytes === undefined);
    });
    if (!isEnded) restore.kill("SIGKILL");
    await status;
    DataFolder.open(data)[Symbol.dispose]();
    deepStrictEqual(findFaults(journalPath), []);
    const states = readStates(journalPath);
    if (states["3"] === undefined) replaced++;
    deepStrictEqual(states, replaced > 0 ? { 5: MANY } : { 3: 3, 5: 5 });
    deepStrictEqual(readdirSync(data).filter((name) => name.includes("restoring")), []);
  }
  report(`${replaced} of ${KILLS} restores were done when they were killed`);
  if (replaced === 0) return;
  // The old journal is kept, however often it was begun.
  const kept = readdirSync(data).filter((name) => name.includes(".before-restore-")).sort()[0] ??
    "";
  deepStrictEqual(readStates(join(data, kept)), { 3: 3, 5: 5 });
});
