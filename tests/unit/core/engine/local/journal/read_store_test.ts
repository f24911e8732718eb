import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { TaskFile } from "../../../../../helpers/task_file.ts";

Deno.test("ReadStore finds a task by its id, by its key and by seqs in their order", async () => {
  await using file = await TaskFile.open();
  file.add({ pool: 2, key: "once", tags: ["a"], input: { n: 1 } }, {}, {});
  const { store } = file;
  const task = store.get(TaskFile.idOf(1));
  deepStrictEqual([task?.seq, task?.poolId, task?.tags, task?.inputJson], [
    1,
    "p2",
    ["a"],
    '{"n":1}',
  ]);
  deepStrictEqual(store.byKey(2, "once"), task);
  strictEqual(store.byKey(1, "once"), undefined);
  strictEqual(store.get(TaskFile.idOf(9)), undefined);
  deepStrictEqual(store.bySeqs([3, 9, 1]).map(({ seq }) => seq), [3, 1]);
});

Deno.test("ReadStore.running() gives what runs, oldest first", async () => {
  await using file = await TaskFile.open();
  file.add({}, { state: "running" }, { state: "completed" }, { state: "running", pool: 2 });
  deepStrictEqual(file.store.running().map(({ seq }) => seq), [2, 4]);
});

Deno.test("ReadStore.lastSeq() is above all that were ever given", async () => {
  await using file = await TaskFile.open();
  strictEqual(file.store.lastSeq(), 0);
  file.add({}, {});
  strictEqual(file.store.lastSeq(), 1_023);
  file.db.exec("DELETE FROM tasks");
  strictEqual(file.store.lastSeq(), 1_023);
});

Deno.test("ReadStore.list() goes on after a request that it refused", async () => {
  await using file = await TaskFile.open();
  file.add({});
  throws(() => file.store.list({}, { cursor: "no", perPage: 5 }), { code: "cursor_invalid" });
  deepStrictEqual(file.list({}), [1]);
});
