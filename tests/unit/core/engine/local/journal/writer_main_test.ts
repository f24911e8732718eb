import { ok, strictEqual } from "node:assert/strict";
import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import type { Journal } from "../../../../../../core/engine/local/journal/journal.ts";
import { openJournal } from "../../../../../helpers/open_journal.ts";
import { changeJournal, readStates, submitRow } from "../../../../../helpers/stored_journal.ts";
import { until } from "../../../../../helpers/until.ts";
import { within } from "../../../../../helpers/within.ts";

const REFUSE = `CREATE TRIGGER refuse BEFORE INSERT ON tasks
  BEGIN SELECT RAISE(ABORT, 'the table takes nothing'); END`;

/** A few rows are due after so long: `FEW_MS` of the writer. */
const FEW_MS = 5;
/** What is due after a second is there long before. */
const LIMIT_MS = 30_000;

/** Whether the tables have anything of what was written. */
function isShown({ load }: Journal): boolean {
  return load.hiddenGroups < load.writtenGroups;
}

/** Submits so many tasks in one go, each time others. */
function submitterTo(journal: Journal): (count: number) => Promise<void> {
  let seq = 0;
  return (count) => {
    const rows = Array.from({ length: count }, () => submitRow(++seq)).flat();
    return journal.submit(rows, { traced: [], tasks: count, chars: 0, durability: "fsync" });
  };
}

Deno.test("What waits goes to the tables once they take it, though somebody wanted it before", async () => {
  const { journal, path, end } = await openJournal({ inboxRowsMin: 0 }, REFUSE);
  await submitterTo(journal)(1);
  // SQLite takes this file away when the last connection is closed: here the writer's, on failure.
  await until("the writer gave up for now", () => !existsSync(`${path}-wal`));
  const applied = journal.applied();
  changeJournal(path, "DROP TRIGGER refuse");
  await within("the tables have what waited", applied);
  strictEqual(Object.values(readStates(path)).join(), "1");
  // Not `await using`: a journal that never catches up would not close either, and so hide why.
  await end();
});

Deno.test("A few rows that wait go to the tables between groups that come without a pause", async () => {
  const { journal, end } = await openJournal({ inboxRowsMin: 0, isDurable: false });
  const submit = submitterTo(journal);
  await submit(1);
  await submit(1); // answered once the writer has noted since when the first waits
  const waitsSinceMs = performance.now(); // or earlier
  while (performance.now() - waitsSinceMs < FEW_MS) await submit(1);
  // The next group finds them due; the answers of some more tell that they are there.
  for (let group = 0; group < 10 && !isShown(journal); group++) await submit(1);
  ok(isShown(journal));
  await end();
});

Deno.test("What somebody wants to read goes to the tables between groups that come without a pause", async () => {
  const { journal, end } = await openJournal({ inboxRowsMin: 0, isDurable: false });
  const submit = submitterTo(journal);
  for (let round = 0; round < 5; round++) {
    await submit(1_000); // more than go there unasked
    let isApplied = false;
    journal.applied().then(() => isApplied = true);
    for (let group = 0; group < 2_000 && !isApplied; group++) await submit(1);
    ok(isApplied, `round ${round}`);
  }
  await end();
});

Deno.test("What nobody wants to read goes to the tables between groups that come without a pause", async () => {
  const { journal, end } = await openJournal({ inboxRowsMin: 0, isDurable: false });
  const submit = submitterTo(journal);
  await submit(300); // more than go there at once, and fewer than there is room for
  const limitMs = performance.now() + LIMIT_MS;
  while (!isShown(journal) && performance.now() < limitMs) await submit(1);
  ok(isShown(journal));
  await end();
});

Deno.test("What a burst wrote goes to the main file once it is quiet", async () => {
  const { journal, path, end } = await openJournal({});
  await submitterTo(journal)(10_000);
  await journal.applied();
  using db = new DatabaseSync(path);
  const waiting = db.prepare("PRAGMA wal_checkpoint(NOOP)");
  await until("all of it is there", () => {
    const { log, checkpointed } = waiting.get() ?? {};
    return Number(log) > 0 && log === checkpointed;
  });
  await end();
});
