import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { DataFolder } from "../../../../../../core/engine/local/journal/data_folder.ts";
import { inspectJournal } from "../../../../../../core/engine/local/journal/inspection.ts";
import {
  backUpFolder,
  restoreFolder,
} from "../../../../../../core/engine/local/journal/offline.ts";
import { restoreJournal } from "../../../../../../core/engine/local/journal/restore.ts";
import { MIGRATIONS } from "../../../../../../core/engine/local/journal/schema.ts";
import type { ErrorCode } from "../../../../../../core/model/errors.ts";
import { LidoError } from "../../../../../../core/model/errors.ts";
import { openEngine } from "../../../../../helpers/open_engine.ts";
import {
  changeJournal,
  readStates,
  StoredJournals,
} from "../../../../../helpers/stored_journal.ts";

/** A folder with a journal of 5 tasks, and a backup of another journal, of 12. */
async function makeBoth(): Promise<
  { journals: StoredJournals; data: string; journalPath: string; file: string }
> {
  const journals = await StoredJournals.open();
  const other = await journals.make("other", { completed: 4, running: 2, pending: 6 });
  const file = journals.path("backup.sqlite");
  await backUpFolder(other, file);
  const data = await journals.make("data", { completed: 3, pending: 2 });
  return { journals, data, journalPath: join(data, "journal.sqlite"), file };
}

/** What is in a folder beside what each opening makes anew. */
function listFolder(data: string): readonly string[] {
  return readdirSync(data).filter((name) => !/^(lock\.sqlite|owner\.json)/.test(name)).sort();
}

function refusal(code: ErrorCode, message: RegExp): (error: unknown) => boolean {
  return (error) => {
    ok(error instanceof LidoError, String(error));
    strictEqual(error.code, code);
    match(error.message, message);
    return true;
  };
}

Deno.test("backUpFolder() writes one file of mode 0600 with what was in the write-ahead file", async () => {
  const { journals, file } = await makeBoth();
  await using _ = journals;
  strictEqual(statSync(file).mode & 0o777, 0o600);
  deepStrictEqual(readStates(file), { 3: 6, 4: 2, 5: 4 });
  deepStrictEqual([existsSync(`${file}-wal`), existsSync(`${file}-shm`)], [false, false]);
  strictEqual(inspectJournal(file).findings.every(({ isOk }) => isOk), true);
});

Deno.test("backUpFolder() refuses a folder without a journal, and does not make it", async () => {
  await using journals = await StoredJournals.open();
  await rejects(
    backUpFolder(journals.path("none"), journals.path("file")),
    refusal("data_folder_unusable", /^Cannot back up .*none: there is no journal in it$/),
  );
  deepStrictEqual(readdirSync(journals.folder), []);
});

Deno.test("restoreJournal() keeps what was there whole, and lets go what belonged to it", async () => {
  const { journals, data, journalPath, file } = await makeBoth();
  await using _ = journals;
  for (const name of ["running.ledger", "search.sqlite", "search.sqlite-wal"]) {
    await Deno.writeTextFile(join(data, name), "of the old journal");
  }
  const { tasks, keptPath } = await restoreFolder(data, file);
  strictEqual(tasks, 12);
  ok(keptPath !== null && keptPath.startsWith(`${journalPath}.before-restore-`));
  deepStrictEqual(listFolder(data), ["journal.sqlite", keptPath.slice(data.length + 1)]);
  deepStrictEqual(readStates(journalPath), { 3: 6, 4: 2, 5: 4 });
  deepStrictEqual(readStates(keptPath), { 3: 2, 5: 3 });
  strictEqual(statSync(journalPath).mode & 0o777, 0o600);

  // What was kept can be put back.
  strictEqual((await restoreFolder(data, keptPath)).tasks, 5);
  deepStrictEqual(readStates(journalPath), { 3: 2, 5: 3 });
});

Deno.test("restoreJournal() makes the folder where there is none", async () => {
  const { journals, file } = await makeBoth();
  await using _ = journals;
  const data = journals.path("new");
  deepStrictEqual(await restoreFolder(data, file), { tasks: 12, keptPath: null });
  deepStrictEqual(listFolder(data), ["journal.sqlite"]);
});

Deno.test("What ran when the backup was made runs again, as a further attempt", async () => {
  const { journals, data, file } = await makeBoth();
  await using _ = journals;
  await restoreFolder(data, file);
  await using engine = await openEngine(data);
  const { pending, running, completed } = engine.counts();
  deepStrictEqual({ pending, running, completed }, { pending: 8, running: 0, completed: 4 });
  const { tasks } = await engine.list({ states: ["pending"] }, { page: 1, perPage: 20 });
  deepStrictEqual(tasks.map(({ attempt }) => attempt), [1, 1, 1, 1, 1, 1, 2, 2]);
});

Deno.test("restoreJournal() refuses what is no whole backup, and changes nothing", async () => {
  const { journals, data, journalPath, file } = await makeBoth();
  await using _ = journals;
  const whole = readFileSync(file);
  const before = [readFileSync(journalPath), readFileSync(`${journalPath}-wal`)];
  const put = async (name: string, bytes: Uint8Array) => {
    await Deno.writeFile(journals.path(name), bytes);
    return journals.path(name);
  };
  const cases: readonly (readonly [string, RegExp])[] = [
    [await put("cut", whole.subarray(0, 8192 * 5)), /: database disk image is malformed$/],
    [await put("text", new TextEncoder().encode("text ".repeat(999))), /: file is not a database$/],
    [await put("empty", new Uint8Array()), /: journal file: it is no journal of Lido$/],
    [journals.path("none"), /: there is no such file$/],
    [journalPath, /: it is the journal that is in use$/],
  ];
  for (
    const [name, sql, reason] of [
      ["foreign", "PRAGMA application_id = 7", /: journal file: it is no journal of Lido$/],
      [
        "newer",
        "PRAGMA user_version = 99",
        /: journal file: a newer Lido wrote it \(version 99, known are \d+\)$/,
      ],
      ["counter", "UPDATE counters SET kept = 9 WHERE state = 5", /: journal counters: pool 1 has/],
      ["ending", "UPDATE tasks SET events = '[1,1,1]'", /: journal endings: task number 1 is/],
    ] as const
  ) {
    changeJournal(await put(name, whole), sql);
    await rejects(
      restoreFolder(data, journals.path(name)),
      refusal("journal_corrupt", new RegExp(`^Cannot restore .*${name}${reason.source}`)),
    );
  }
  for (const [path, reason] of cases) {
    await rejects(restoreFolder(data, path), refusal("journal_corrupt", reason));
  }
  deepStrictEqual([readFileSync(journalPath), readFileSync(`${journalPath}-wal`)], before);
  deepStrictEqual(listFolder(data), ["journal.sqlite", "journal.sqlite-wal"]);
});

Deno.test("restoreFolder() refuses a folder that somebody has", async () => {
  const { journals, data, file } = await makeBoth();
  await using _ = journals;
  using _server = DataFolder.open(data);
  await rejects(
    restoreFolder(data, file),
    refusal("data_folder_locked", /: process \d+ on \S+ has used it since /),
  );
  await rejects(restoreFolder(":memory:", file), refusal("data_folder_unusable", /keeps nothing$/));
});

Deno.test("restoreJournal() brings an older backup to this version", async () => {
  const { journals, data, journalPath, file } = await makeBoth();
  await using _ = journals;
  const migrations = [...MIGRATIONS, {
    name: "later",
    sql: "CREATE TABLE later (x)",
  }];
  {
    using folder = DataFolder.open(data);
    strictEqual((await restoreJournal(folder, file, migrations)).tasks, 12);
  }
  const { version, findings } = inspectJournal(journalPath, { versionMax: migrations.length });
  deepStrictEqual([version, findings.filter(({ isOk }) => !isOk)], [migrations.length, []]);
  deepStrictEqual(listFolder(data).filter((name) => name.includes("restoring")), []);
});

Deno.test("A journal that is damaged is kept as it was, with its write-ahead file", async () => {
  const { journals, data, journalPath, file } = await makeBoth();
  await using _ = journals;
  const wal = readFileSync(`${journalPath}-wal`);
  wal[32 + 24 + 100] = (wal[32 + 24 + 100] ?? 0) ^ 1;
  await Deno.writeFile(`${journalPath}-wal`, wal);
  const main = readFileSync(journalPath);
  const { keptPath } = await restoreFolder(data, file);
  ok(keptPath !== null);
  deepStrictEqual([readFileSync(keptPath), readFileSync(`${keptPath}-wal`)], [main, wal]);
  strictEqual(existsSync(`${journalPath}-wal`), false);
  deepStrictEqual(readStates(journalPath), { 3: 6, 4: 2, 5: 4 });
});

Deno.test("A restore that was cut off before it was decided on leaves the old journal", async () => {
  const { journals, data, journalPath, file } = await makeBoth();
  await using _ = journals;
  renameSync(file, `${journalPath}.restoring.partial`);
  await Deno.writeTextFile(`${journalPath}.restoring.partial-journal`, "");
  await Deno.writeTextFile(join(data, "backup.partial"), "what a killed server was copying");
  DataFolder.open(data)[Symbol.dispose]();
  deepStrictEqual(listFolder(data), ["journal.sqlite", "journal.sqlite-wal"]);
  deepStrictEqual(readStates(journalPath), { 3: 2, 5: 3 });
});

Deno.test.each([
  ["nothing", []],
  ["the write-ahead file", ["journal.sqlite-wal"]],
  ["both files of the old journal", ["journal.sqlite", "journal.sqlite-wal"]],
])("A restore that was decided on is gone on with, after %s was taken away", async (_, gone) => {
  const { journals, data, journalPath, file } = await makeBoth();
  await using _journals = journals;
  renameSync(file, `${journalPath}.restoring`);
  for (const name of gone) await Deno.remove(join(data, name));
  DataFolder.open(data)[Symbol.dispose]();
  deepStrictEqual(readStates(journalPath), { 3: 6, 4: 2, 5: 4 });
  deepStrictEqual(
    listFolder(data).filter((name) => !name.includes(".before-restore-")),
    ["journal.sqlite"],
  );
  if (gone.length === 0) {
    const kept = listFolder(data).find((name) => name.includes(".before-restore-")) ?? "";
    deepStrictEqual(readStates(join(data, kept)), { 3: 2, 5: 3 });
  }
});
