import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Journal } from "../../../../../../core/engine/local/journal/journal.ts";
import { KeptWorkers } from "../../../../../helpers/kept_workers.ts";
import { openJournal } from "../../../../../helpers/open_journal.ts";
import { refuseWrites, takeWrites } from "../../../../../helpers/refusing_journal.ts";
import { readStates, startRow, submitRow } from "../../../../../helpers/stored_journal.ts";
import { until } from "../../../../../helpers/until.ts";
import { within } from "../../../../../helpers/within.ts";

Deno.test("Journal.move() writes a start with what comes next", async () => {
  const { journal, end } = await openJournal();
  let wentTogether = false;
  // Where the machine stalls in between, it went by itself: once it must not.
  for (let seq = 1; seq <= 50 && !wentTogether; seq += 2) {
    await submit(journal, seq);
    const before = journal.lastGroup;
    journal.move(startRow(seq), true);
    await nextTurn();
    await submit(journal, seq + 1);
    wentTogether = journal.lastGroup === before + 1;
  }
  ok(wentTogether);
  await end();
});

Deno.test("Journal.move() writes a start though nothing else comes", async () => {
  const { journal, end } = await openJournal();
  await submit(journal, 1);
  const before = journal.lastGroup;
  journal.move(startRow(1), true);
  await until("it is written", () => journal.lastGroup > before);
  await end();
});

Deno.test("Journal.owesTasks is so until what became of a task can be read", async () => {
  const { journal, end } = await openJournal();
  await submit(journal, 1);
  await journal.applied();
  strictEqual(journal.owesTasks, false);
  journal.move(startRow(1), true);
  strictEqual(journal.owesTasks, true); // not sent
  const flushed = journal.flush();
  await Promise.resolve();
  strictEqual(journal.owesTasks, true); // sent, and not written
  await flushed;
  strictEqual(journal.owesTasks, false);
  await end();
});

Deno.test("Journal.flush() waits for the group that is being written, and writes no other", async () => {
  const { journal, end } = await openJournal();
  const before = journal.lastGroup;
  const submitted = submit(journal, 1);
  await Promise.resolve(); // it was sent, and no answer can have come yet
  await journal.flush();
  strictEqual(journal.lastGroup, before + 1);
  await submitted;
  await end();
});

Deno.test("Journal.submit() answers once a task is written, and with memory at once", async () => {
  const { journal, end } = await openJournal();
  for (const [seq, durability, isWritten] of LEVELS) {
    const before = journal.lastGroup;
    await submit(journal, seq, durability);
    strictEqual(journal.lastGroup === before + 1, isWritten, durability);
    await journal.flush();
  }
  await end();
});

Deno.test("Journal.change() gives back what the disk refuses, and what has happened is written later", async () => {
  const { journal, path, end } = await openJournal();
  await journal.change(view("before"));
  refuseWrites(path);
  const refused = { code: "journal_unavailable" };
  const [first, together] = [journal.change(view("first")), journal.change(view("together"))];
  await within(
    "the first are refused",
    Promise.all([rejects(first, refused), rejects(together, refused)]),
  );
  await rejects(journal.change(view("later")), refused);
  journal.note(view("has happened"));
  takeWrites(path);
  await journal.flush();
  deepStrictEqual(viewsOf(path), ["before", "has happened"]);
  await journal.change(view("after"));
  deepStrictEqual(viewsOf(path), ["after", "before", "has happened"]);
  await end();
});

Deno.test("Journal.checkWrites() finds out that the disk refuses though nothing is to be written", async () => {
  const { journal, path, end } = await openJournal();
  await journal.checkWrites();
  refuseWrites(path);
  const refused = { code: "journal_unavailable" };
  await within("it is refused", rejects(journal.checkWrites(), refused));
  await rejects(journal.checkWrites(), refused);
  takeWrites(path);
  await journal.flush();
  await journal.checkWrites();
  await end();
});

Deno.test("Journal closes though the disk refuses what it is to write last", async () => {
  const { journal, path, end } = await openJournal();
  refuseWrites(path);
  journal.note(view("last"));
  await within("it is closed", end());
});

Deno.test("Journal takes nothing once it is closed, and has nothing to wait for", async () => {
  const { journal, end } = await openJournal();
  await end();
  const closed = { code: "server_closing" };
  await within("it is refused", rejects(journal.checkWrites(), closed));
  await within("a change is refused", rejects(journal.change(view("late")), closed));
  await within("all is written", journal.flush());
});

Deno.test("Journal sends what a writer that died had not answered to another, and goes on", async () => {
  using workers = new KeptWorkers();
  const { journal, path, end } = await openJournal();
  await submit(journal, 1);
  workers.killLast();
  const [submitted, asked] = [submit(journal, 2), rejects(journal.checkWrites())];
  const applied = journal.applied();
  await within("who only asks is told", asked);
  strictEqual(journal.failure?.code, "journal_unavailable");
  await within("the submit is answered", submitted);
  await within("what was written can be read", applied);
  strictEqual(journal.failure, undefined);
  await submit(journal, 3);
  await journal.applied();
  strictEqual(Object.values(readStates(path)).join(), "3");
  await end();
});

Deno.test("Journal closes though its writer dies of it, or had died before", async () => {
  for (const isKnown of [false, true]) {
    using workers = new KeptWorkers();
    const { journal, end } = await openJournal();
    workers.killLast();
    if (isKnown) await until("it is known", () => journal.failure !== undefined);
    await within("it is closed", end());
  }
});

function view(name: string) {
  return { kind: "view", name, query: "", atMs: 0 } as const;
}

/** The names of the views on record. */
function viewsOf(path: string): readonly unknown[] {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    return db.prepare("SELECT name FROM views ORDER BY name").all().map((row) => row["name"]);
  } finally {
    db.close();
  }
}

const LEVELS = [[1, "fsync", true], [2, "relaxed", true], [3, "memory", false]] as const;

function submit(
  journal: Journal,
  seq: number,
  durability: "fsync" | "relaxed" | "memory" = "fsync",
): Promise<void> {
  return journal.submit(submitRow(seq), { traced: [], tasks: 1, chars: 0, durability });
}
