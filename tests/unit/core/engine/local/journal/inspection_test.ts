import { deepStrictEqual, match } from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import {
  type Inspection,
  inspectJournal,
} from "../../../../../../core/engine/local/journal/inspection.ts";
import { MIGRATIONS } from "../../../../../../core/engine/local/journal/schema.ts";
import { changeJournal, StoredJournals } from "../../../../../helpers/stored_journal.ts";

const VERSION = MIGRATIONS.length;

/** What is wrong, by the check that found it. */
function faultsOf({ findings }: Inspection): readonly (readonly [string, string])[] {
  return findings.filter(({ isOk }) => !isOk).map(({ name, detail }) => [name, detail] as const);
}

async function makeJournal(journals: StoredJournals): Promise<string> {
  return join(
    await journals.make("data", { completed: 300, running: 2, pending: 50 }),
    "journal.sqlite",
  );
}

Deno.test("inspectJournal() finds a journal whole whose server was killed", async () => {
  await using journals = await StoredJournals.open();
  const path = await makeJournal(journals);
  deepStrictEqual(inspectJournal(path), {
    findings: [
      {
        name: "journal file",
        isOk: true,
        detail: `${path} is whole: 352 tasks, version ${VERSION}`,
      },
      { name: "journal counters", isOk: true, detail: "they are what the tasks add up to" },
      { name: "journal endings", isOk: true, detail: "each task that ended did so once" },
    ],
    tasks: 352,
    version: VERSION,
  });
});

Deno.test.each([
  [
    "UPDATE counters SET kept = kept + 1 WHERE state = 5",
    "pool 1 has 300 tasks completed, counted are 301 (300 ever)",
  ],
  [
    "UPDATE counters SET ever = ever + 1 WHERE state = 4",
    "pool 1 has 2 tasks running, counted are 2 (3 ever)",
  ],
  ["DELETE FROM counters WHERE state = 3", "pool 1 has 50 tasks pending, counted are 0 (0 ever)"],
  ["INSERT INTO counters VALUES (7, 6, 1, 1)", "pool 7 has 0 tasks failed, counted are 1 (1 ever)"],
])("inspectJournal() finds a wrong counter: %s", async (sql, detail) => {
  await using journals = await StoredJournals.open();
  const path = await makeJournal(journals);
  changeJournal(path, sql);
  deepStrictEqual(faultsOf(inspectJournal(path)), [["journal counters", detail]]);
});

Deno.test.each([
  ["events = events || ',[1,8,1]'", 1, "task number 1 is completed and ended 2 times"],
  ["events = '[1,1,1]'", 1, "task number 1 is completed and ended 0 times"],
  ["events = events || ',[1,9,1]'", 301, "task number 301 is running and ended 1 times"],
  ["events = 'no JSON'", 7, "malformed JSON"],
])("inspectJournal() finds a wrong ending: %s of task %i", async (change, seq, detail) => {
  await using journals = await StoredJournals.open();
  const path = await makeJournal(journals);
  changeJournal(path, `UPDATE tasks SET ${change} WHERE seq = ${seq}`);
  deepStrictEqual(faultsOf(inspectJournal(path)), [["journal endings", detail]]);
});

Deno.test("inspectJournal() finds a flipped byte in any page of an index", async () => {
  await using journals = await StoredJournals.open();
  const path = await makeJournal(journals);
  changeJournal(path, "PRAGMA wal_checkpoint(TRUNCATE)");
  const whole = await Deno.readFile(path);
  const db = new DatabaseSync(path, { readOnly: true });
  const root = Number(
    db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'tasks_by_id'").get()?.["rootpage"],
  );
  db.close();
  const pageBytes = 8192;
  for (const at of [0, 3, pageBytes - 5]) {
    const flipped = whole.slice();
    const place = (root - 1) * pageBytes + at;
    flipped[place] = (flipped[place] ?? 0) ^ 0x10;
    await Deno.writeFile(path, flipped);
    const faults = faultsOf(inspectJournal(path));
    deepStrictEqual(faults.map(([name]) => name), ["journal file"], `byte ${at} of page ${root}`);
  }
});

Deno.test("inspectJournal() tells damage of the write-ahead file that SQLite would pass over", async () => {
  await using journals = await StoredJournals.open();
  const path = await makeJournal(journals);
  const wal = await Deno.readFile(`${path}-wal`);
  wal[32 + 24 + 100] = (wal[32 + 24 + 100] ?? 0) ^ 1; // in the first of its frames
  await Deno.writeFile(`${path}-wal`, wal);
  const [[name, detail] = ["", ""], ...others] = faultsOf(inspectJournal(path));
  deepStrictEqual([name, others], ["journal file", []]);
  match(detail, /-wal: it is damaged, and \d+ commits stand behind the damage/);
});

Deno.test("inspectJournal() knows what is no journal of Lido, or a newer one", async () => {
  await using journals = await StoredJournals.open();
  const foreign = journals.path("foreign.sqlite");
  changeJournal(foreign, "CREATE TABLE tasks (id)");
  const text = journals.path("text");
  await Deno.writeTextFile(text, "nothing ".repeat(1_000));
  const newer = await makeJournal(journals);
  changeJournal(newer, "PRAGMA user_version = 99");
  const found = [foreign, text, newer, journals.path("none")].map((path) =>
    faultsOf(inspectJournal(path))
  );
  deepStrictEqual(found, [
    [["journal file", "it is no journal of Lido"]],
    [["journal file", "file is not a database"]],
    [["journal file", `a newer Lido wrote it (version 99, known are ${VERSION})`]],
    [["journal file", `unable to open database file: ${journals.path("none")}`]],
  ]);
});
