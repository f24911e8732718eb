import { deepStrictEqual, rejects, throws } from "node:assert/strict";
import { setImmediate } from "node:timers";
import { IdempotencyKeys } from "../../../../../core/engine/local/idempotency.ts";
import type { StoredTask } from "../../../../../core/engine/local/journal/stored_task.ts";
import type { NewTask } from "../../../../../core/engine/engine.ts";
import { PoolId } from "../../../../../core/model/pool.ts";
import { newTask, storedTask } from "../../../../helpers/tasks_of_pool.ts";

const keyed = (changes: Partial<NewTask> = {}) => newTask({ idempotencyKey: "key", ...changes });
const nothing = () => Promise.resolve(undefined);
const CONFLICT = {
  code: "idempotency_conflict",
  message: 'Cannot submit task: the key "key" came with another task',
};

/** What the disk has: the row of the task with the key. */
function disk(rows: readonly StoredTask[]) {
  return ({ idempotencyKey }: NewTask) =>
    Promise.resolve(rows.find((row) => row.idempotencyKey === idempotencyKey));
}

/** One enqueue from its look to its end, of which each task is written at once. */
async function enqueue(
  keys: IdempotencyKeys,
  tasks: readonly NewTask[],
  read: (task: NewTask) => Promise<StoredTask | undefined> = nothing,
  written: Promise<void> = Promise.resolve(),
) {
  const look = await keys.begin(tasks, read);
  try {
    const fresh = keys.freshOf(tasks, look);
    return await keys.claim(tasks, look, fresh, written)();
  } finally {
    keys.end(look);
  }
}

/** Whether it knows the key without the disk. */
async function isKnown(keys: IdempotencyKeys): Promise<boolean> {
  const task = keyed();
  const look = await keys.begin([task], nothing);
  const isFresh = keys.freshOf([task], look).length > 0;
  keys.end(look);
  return !isFresh;
}

Deno.test("IdempotencyKeys reads the disk only for tasks with a key", async () => {
  const keys = new IdempotencyKeys();
  const read: string[] = [];
  const tasks = [newTask(), keyed({ idempotencyKey: "a" }), keyed({ idempotencyKey: "b" })];
  const look = await keys.begin(tasks, (task) => {
    read.push(task.idempotencyKey ?? "none");
    return nothing();
  });
  keys.end(look);
  deepStrictEqual(read, ["a", "b"]);
});

Deno.test("IdempotencyKeys gives the task that is on disk", async () => {
  const keys = new IdempotencyKeys();
  const row = storedTask(7, { idempotencyKey: "key" });
  const tasks = [newTask(), keyed()];
  deepStrictEqual(await enqueue(keys, tasks, disk([row])), [
    { id: tasks[0]?.id, isNew: true },
    { id: row.id, isNew: false },
  ]);
});

Deno.test("IdempotencyKeys gives the first of those that come together", async () => {
  const keys = new IdempotencyKeys();
  const tasks = [keyed(), keyed(), newTask(), newTask()];
  const look = await keys.begin(tasks, nothing);
  deepStrictEqual(keys.freshOf(tasks, look), [tasks[0], tasks[2], tasks[3]]);
  keys.end(look);
  deepStrictEqual((await enqueue(keys, tasks)).map(({ id, isNew }) => [id, isNew]), [
    [tasks[0]?.id, true],
    [tasks[0]?.id, false],
    [tasks[2]?.id, true],
    [tasks[3]?.id, true],
  ]);
});

Deno.test("IdempotencyKeys of two pools have nothing to do with each other", async () => {
  const keys = new IdempotencyKeys();
  const poolId = PoolId.parse("01990000-0000-7000-8000-000000000002");
  const tasks = [keyed(), keyed({ poolId })];
  deepStrictEqual((await enqueue(keys, tasks)).map(({ isNew }) => isNew), [true, true]);
});

Deno.test.each<[string, Partial<NewTask>]>([
  ["name", { name: "another" }],
  ["type", { type: { name: "other", url: "file:///noop.task.ts", codeVersion: "v1" } }],
  ["input", { inputJson: "1" }],
  ["timeout", { runTimeoutMs: 5 }],
  ["tags", { tags: ["tag"] }],
])("IdempotencyKeys.freshOf() refuses a key that comes with another %s", async (_, changes) => {
  const keys = new IdempotencyKeys();
  const other = keyed(changes);
  const onDisk = await keys.begin([other], disk([storedTask(1, { idempotencyKey: "key" })]));
  throws(() => keys.freshOf([other], onDisk), CONFLICT);
  const together = await keys.begin([keyed(), other], nothing);
  throws(() => keys.freshOf([keyed(), other], together), CONFLICT);
});

Deno.test("IdempotencyKeys takes a task whose code is another version now for the same", async () => {
  const keys = new IdempotencyKeys();
  const task = keyed({ type: { name: "noop", url: "file:///moved.task.ts", codeVersion: "v2" } });
  const row = storedTask(1, { idempotencyKey: "key" });
  deepStrictEqual(await enqueue(keys, [task], disk([row])), [{ id: row.id, isNew: false }]);
});

Deno.test("IdempotencyKeys takes a task whose priority is another now for the same", async () => {
  const row = storedTask(1, { idempotencyKey: "key", priority: 5 });
  deepStrictEqual(await enqueue(new IdempotencyKeys(), [keyed()], disk([row])), [
    { id: row.id, isNew: false },
  ]);
});

Deno.test("IdempotencyKeys compares no timeout that is the pool's, and each that was named", async () => {
  const named = keyed({ runTimeoutMs: 5 });
  const left = keyed({ runTimeoutMs: 7, isTimeoutOfPool: true });
  const keys = new IdempotencyKeys();
  const look = await keys.begin([named], nothing);
  deepStrictEqual(keys.freshOf([named, left], look), [named]);
  throws(() => keys.freshOf([left, named], look), CONFLICT);
  keys.end(look);
});

Deno.test("IdempotencyKeys answers a twin once the first is written", async () => {
  const keys = new IdempotencyKeys();
  const { promise: written, resolve } = Promise.withResolvers<void>();
  const told: string[] = [];
  const first = keyed();
  const one = enqueue(keys, [first], nothing, written).then((all) => all.at(0));
  const twin = enqueue(keys, [keyed()]).then((all) => {
    told.push("twin");
    return all.at(0);
  });
  await one; // the engine itself waits for what it writes
  await new Promise((resolve) => setImmediate(resolve)); // the twin went as far as it can
  deepStrictEqual(told, []);
  resolve();
  deepStrictEqual(await twin, { id: first.id, isNew: false });
});

Deno.test("IdempotencyKeys keeps a key for an enqueue that looked at the disk before it was written", async () => {
  const keys = new IdempotencyKeys();
  const late = keyed();
  const look = await keys.begin([late], nothing);
  const first = keyed();
  await enqueue(keys, [first]);
  deepStrictEqual(keys.freshOf([late], look), []);
  deepStrictEqual(await keys.claim([late], look, [], Promise.resolve())(), [
    { id: first.id, isNew: false },
  ]);
  keys.end(look);
});

Deno.test("IdempotencyKeys forgets a key that is on disk once nobody looks at what it was before", async () => {
  const keys = new IdempotencyKeys();
  const [early, late] = [
    await keys.begin([keyed()], nothing),
    await keys.begin([keyed()], nothing),
  ];
  await enqueue(keys, [keyed()]);
  deepStrictEqual(await isKnown(keys), true);
  keys.end(early);
  deepStrictEqual(await isKnown(keys), true);
  keys.end(late);
  keys.end(late); // an end may come twice
  deepStrictEqual(await isKnown(keys), false);
});

Deno.test("IdempotencyKeys keeps a key until it is on disk, and no longer where nobody looks", async () => {
  const keys = new IdempotencyKeys();
  const { promise: written, resolve } = Promise.withResolvers<void>();
  await enqueue(keys, [keyed()], nothing, written);
  deepStrictEqual(await isKnown(keys), true);
  resolve();
  await written;
  deepStrictEqual(await isKnown(keys), false);
});

Deno.test("IdempotencyKeys frees the key of a task that could not be written", async () => {
  const keys = new IdempotencyKeys();
  const { promise: written, reject } = Promise.withResolvers<void>();
  const tasks = [keyed()];
  const look = await keys.begin(tasks, nothing);
  keys.claim(tasks, look, tasks, written);
  deepStrictEqual(keys.freshOf([keyed()], look), []);
  reject(new Error("full"));
  await rejects(written, { message: "full" });
  deepStrictEqual(keys.freshOf(tasks, look), tasks);
  keys.end(look);
});

Deno.test("IdempotencyKeys.begin() keeps nothing of a look that failed", async () => {
  const keys = new IdempotencyKeys();
  await rejects(keys.begin([keyed()], () => Promise.reject(new Error("unread"))), {
    message: "unread",
  });
  await enqueue(keys, [keyed()]);
  // Nobody else looks: the key is let go at once.
  deepStrictEqual(await isKnown(keys), false);
});
