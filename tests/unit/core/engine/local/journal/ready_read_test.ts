import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { TaskFile } from "../../../../../helpers/task_file.ts";

const ALL = { newestSeq: Infinity, charsMax: 1_000 };
const lane = (priority: number, above = 0, held = 0) => ({ priority, above, held });

Deno.test("readReady() gives the first lane most, and each other its share", async () => {
  await using file = await TaskFile.open();
  file.add(...Array.from({ length: 20 }, (_, at) => ({ priority: at < 10 ? 5 : 1 })));
  const ready = (lanes: readonly ReturnType<typeof lane>[]) => {
    const { tasks, exhausted } = file.store.ready({ ...ALL, pool: 1, lanes, limit: 8 });
    return { seqs: tasks.map(({ seq }) => seq), exhausted };
  };
  deepStrictEqual(ready([lane(5), lane(1)]), { seqs: [1, 2, 3, 4, 5, 6, 7, 11], exhausted: [] });
  deepStrictEqual(ready([lane(5, 7), lane(1, 11, 1)]), {
    seqs: [8, 9, 10, 12, 13, 14, 15, 16],
    exhausted: [5],
  });
});

Deno.test("readReady() stops when the inputs are long", async () => {
  await using file = await TaskFile.open();
  file.add(...Array.from({ length: 5 }, () => ({ input: "x".repeat(100) })));
  const { tasks, exhausted } = file.store.ready({
    ...ALL,
    pool: 1,
    lanes: [lane(0)],
    limit: 5,
    charsMax: 150,
  });
  deepStrictEqual([tasks.length, exhausted], [2, []]);
});

Deno.test("readReady() reads lanes to their ends where the newest that is wanted is", async () => {
  await using file = await TaskFile.open();
  file.add(...Array.from({ length: 8 }, (_, at) => ({ priority: at % 2 })));
  const lanes = [lane(1), lane(0)];
  const { tasks, exhausted } = file.store.ready({ ...ALL, pool: 1, lanes, limit: 8, newestSeq: 5 });
  deepStrictEqual([tasks.map(({ seq }) => seq), exhausted], [[2, 4, 1, 3, 5], [1, 0]]);
});

Deno.test("readPriorities() and readExpendable() know what waits in a pool", async () => {
  await using file = await TaskFile.open();
  file.add({ priority: 2 }, { priority: 9, pool: 2 }, { priority: -1 }, { priority: -1 });
  file.add({ priority: 4, state: "completed" });
  deepStrictEqual(file.store.priorities(1), [2, -1]);
  strictEqual(file.store.expendable({ pool: 1, priority: -1, above: 0 })?.seq, 3);
  strictEqual(file.store.expendable({ pool: 1, priority: -1, above: 4 }), undefined);
});
