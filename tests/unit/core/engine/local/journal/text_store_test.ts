import { deepStrictEqual, ok, strictEqual, throws } from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { TextStore } from "../../../../../../core/engine/local/journal/text_store.ts";
import { TaskFile } from "../../../../../helpers/task_file.ts";

const find = (file: TaskFile, text: string) => file.list({ text });

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
