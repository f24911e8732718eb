import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { storedState } from "../../../../../../core/engine/local/journal/schema.ts";
import { TextStore } from "../../../../../../core/engine/local/journal/text_store.ts";
import { TaskFile } from "../../../../../helpers/task_file.ts";

const find = (file: TaskFile, text: string) => file.list({ text });

const done = (count: number) =>
  Array.from({ length: count }, () => ({ state: "completed" as const, result: "hay" }));

/** Retention takes completed tasks. */
function forget(file: TaskFile, from: number, to: number): void {
  const { changes } = file.db.prepare("DELETE FROM tasks WHERE seq BETWEEN ? AND ?").run(from, to);
  file.db.prepare("UPDATE counters SET kept = kept - ? WHERE state = ?")
    .run(changes, storedState("completed"));
}

/** Of which tasks the index has a text. */
function seqsOf(file: TaskFile): readonly number[] {
  using index = new DatabaseSync(file.indexPath, { readOnly: true });
  return index.prepare("SELECT DISTINCT id / 2 AS seq FROM texts_docsize ORDER BY 1").all()
    .map(({ seq }) => Number(seq));
}

Deno.test("TextStore.step() indexes what came and what ended, and says when there is nothing new", async () => {
  await using file = await TaskFile.open();
  file.add(...Array.from({ length: 250 }, (_, at) => ({ input: { mark: `mark-${at}.` } })));
  file.end(3, "outcome");
  using store = new TextStore(file.journalPath, file.indexPath);
  deepStrictEqual([store.step(), store.step()], [true, true]);
  while (store.step());
  file.indexAll();
  deepStrictEqual({ ...file.index?.prepare("SELECT * FROM progress").get() }, {
    seq: 250,
    ended: 1,
    pruned: 0,
  });
  deepStrictEqual([find(file, "mark-7."), find(file, "outcome")], [[8], [3]]);
});

Deno.test("TextStore.step() puts the index's parts together when there is nothing new", async () => {
  await using file = await TaskFile.open();
  using store = new TextStore(file.journalPath, file.indexPath);
  const parts: number[] = [];
  for (let round = 0; round < 8; round++) {
    file.add({ name: "needle" });
    while (store.step());
    using index = new DatabaseSync(file.indexPath, { readOnly: true });
    const row = index.prepare("SELECT count(DISTINCT segid) AS n FROM texts_idx").get();
    parts.push(Number(row?.["n"]));
  }
  ok(Math.max(...parts) < 4, parts.join());
  file.indexAll();
  deepStrictEqual(find(file, "needle"), [8, 7, 6, 5, 4, 3, 2, 1]);
});

Deno.test("TextStore.step() lets go of what retention took", async () => {
  await using file = await TaskFile.open();
  file.add(...Array.from({ length: 4 }, () => ({ name: "needle" })));
  file.indexAll();
  file.db.exec("DELETE FROM tasks WHERE seq < 3");
  file.indexAll();
  const rowids = file.index?.prepare("SELECT rowid FROM texts WHERE texts MATCH 'needl'").all();
  deepStrictEqual(rowids?.map((row) => row["rowid"]), [6, 8]);
  deepStrictEqual(find(file, "needle"), [4, 3]);
});

Deno.test("TextStore.step() lets go of what retention took, though a task before it waits", async () => {
  await using file = await TaskFile.open();
  file.add({ name: "needle" }, ...done(500), { name: "needle" });
  using store = new TextStore(file.journalPath, file.indexPath);
  while (store.step());
  forget(file, 2, 501);
  while (store.step());
  deepStrictEqual(seqsOf(file), [1, 502]);
  file.add(...done(300));
  while (store.step());
  forget(file, 503, 802);
  while (store.step());
  deepStrictEqual(seqsOf(file), [1, 502]);
  file.indexAll();
  deepStrictEqual(find(file, "needle"), [502, 1]);
});

Deno.test("TextStore.step() goes through all texts once retention took half as many tasks as there are", async () => {
  await using file = await TaskFile.open();
  file.add({}, ...done(9));
  using store = new TextStore(file.journalPath, file.indexPath);
  while (store.step());
  forget(file, 8, 10);
  strictEqual(store.step(), false);
  strictEqual(seqsOf(file).length, 10);
  forget(file, 7, 7);
  while (store.step());
  deepStrictEqual(seqsOf(file), [1, 2, 3, 4, 5, 6]);
});

Deno.test("TextStore goes through all texts that an earlier life left", async () => {
  await using file = await TaskFile.open();
  file.add({}, ...done(9));
  file.indexAll();
  forget(file, 2, 9);
  file.indexAll();
  deepStrictEqual(seqsOf(file), [1, 10]);
});

Deno.test("TextStore makes an index anew that is damaged, or of another journal", async () => {
  await using file = await TaskFile.open();
  await using other = await TaskFile.open();
  file.add({ name: "needle" });
  writeFileSync(file.indexPath, "no index at all");
  throws(() => file.indexAll(), { code: "journal_unavailable", message: /it is made anew/ });
  file.indexAll();
  deepStrictEqual(find(file, "needle"), [1]);
  other.add({ state: "completed" });
  new TextStore(other.journalPath, file.indexPath)[Symbol.dispose]();
  using foreign = new TextStore(other.journalPath, file.indexPath);
  while (foreign.step());
  strictEqual(find(file, "needle").length, 1);
});

Deno.test("TextStore.step() indexes what stands behind a NUL in a name", async () => {
  await using file = await TaskFile.open();
  file.add({ name: "a\0b", input: "needle" }, { name: "other" });
  file.indexAll();
  deepStrictEqual(find(file, "needle"), [1]);
});
