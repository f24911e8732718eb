/** What a window takes and gives back, and what it tells the threads. */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { taskOf } from "../../../../../core/engine/local/stored_snapshot.ts";
import { makeWindow, whenLoaded } from "../../../../helpers/make_window.ts";
import { storedTask } from "../../../../helpers/tasks_of_pool.ts";

Deno.test("Window gives tasks to the threads, and back to the disk once it holds twice its size", () => {
  const { queue, records, place, waiting } = makeWindow();
  for (let seq = 1; seq <= 8; seq++) strictEqual(place(seq)?.order, seq);
  deepStrictEqual(waiting(), [1, 2, 3, 4, 5, 6, 7, 8]);
  place(9);
  deepStrictEqual(waiting(), [1, 2, 3, 4]);
  deepStrictEqual([queue.held, queue.lanes.held(0), records.size, queue.records.size], [
    4,
    4,
    4,
    4,
  ]);
  deepStrictEqual([queue.lanes.loadedUpTo(0), queue.lanes.newestOnDisk(0)], [4, 9]);
  strictEqual(queue.unplaced.size, 0);
});

Deno.test("Window gives back the lowest priority first", () => {
  const { queue, place, waiting } = makeWindow();
  for (let seq = 1; seq <= 5; seq++) place(seq);
  for (let seq = 6; seq <= 9; seq++) place(seq, 1);
  deepStrictEqual(waiting(), [6, 7, 8, 9]);
  deepStrictEqual(queue.lanes.onDisk(), [0]);
  deepStrictEqual([queue.lanes.loadedUpTo(0), queue.lanes.newestOnDisk(0)], [0, 5]);
});

Deno.test("Window.place() lets none pass those of its priority on disk", () => {
  const { queue, place, fill, run, waiting } = makeWindow();
  fill();
  queue.emptiers++; // nothing is loaded
  for (const seq of [1, 2, 3]) run(seq);
  strictEqual(place(10), undefined);
  strictEqual(queue.lanes.newestOnDisk(0), 10);
  strictEqual(place(11, -1)?.order, 11); // of another priority, and there is room
  deepStrictEqual(waiting(), [4, 11]);
});

Deno.test("Window.place() of a full window takes only what goes before all on disk", () => {
  const { queue, place, fill, waiting } = makeWindow();
  fill();
  strictEqual(place(10, 1)?.order, 10);
  strictEqual(place(11, -1), undefined);
  deepStrictEqual(waiting(), [1, 2, 3, 4, 10]);
  deepStrictEqual(queue.lanes.onDisk(), [0, -1]);
});

Deno.test("Window.place() counts the characters of inputs, too", () => {
  const { queue, place, run, waiting } = makeWindow();
  const large = `"${"x".repeat(8 * 1024 * 1024)}"`;
  for (const seq of [1, 2]) place(seq, 0, large);
  queue.lanes.leave(5, 3);
  strictEqual(queue.heldChars, 2 * large.length);
  strictEqual(place(4, 1), undefined);
  queue.emptiers++;
  run(1);
  strictEqual(queue.heldChars, large.length);
  strictEqual(place(5, 2)?.order, 5);
  deepStrictEqual(waiting(), [2, 5]);
});

Deno.test("Window gives back to the disk what is too large together, however few it is", async () => {
  const { queue, place, run, waiting } = makeWindow({ tasks: 1_000 });
  const million = `"${"x".repeat(1024 * 1024 - 2)}"`;
  for (let seq = 1; seq <= 32; seq++) place(seq, 0, million);
  strictEqual(waiting().length, 32);
  place(33, 1, million);
  // 16 MiB stay: the most urgent one, and the oldest of the others.
  deepStrictEqual(waiting(), [...Array.from({ length: 15 }, (_, at) => at + 1), 33]);
  strictEqual(queue.heldChars, 16 * 1024 * 1024);
  strictEqual(place(34, 0, million), undefined);
  // Half of that is left before more is read, and no more than 16 MiB then.
  for (let seq = 1; seq <= 7; seq++) run(seq);
  strictEqual(queue.loading, undefined);
  run(8);
  await whenLoaded(queue);
  deepStrictEqual([waiting().length, queue.lanes.isAnyOnDisk], [25, true]);
  deepStrictEqual(waiting().at(-1), 32);
});

Deno.test("Window does not wait for what is with the threads when it gives back", () => {
  const { queue, runner, place, waiting } = makeWindow({ tasks: 1_000 });
  const million = "x".repeat(1_000_000);
  for (let seq = 1; seq <= 33; seq++) place(seq, 0, million);
  for (const attempt of runner.waiting) attempt.place = "sent";
  place(34, 0, million);
  deepStrictEqual([waiting(), queue.held], [[], 33]);
});

Deno.test("Window.place() leaves a task alone that a load was quicker to take", async () => {
  const { window, queue, disk, fill, waiting } = makeWindow();
  fill();
  const late = storedTask(10);
  disk.rows.push(late);
  window.begin(queue, 10);
  await window.load(queue, { limit: 9 }, (one) => {
    if (one.seq === 10) window.keep(queue, one);
  });
  strictEqual(window.place(queue, taskOf(late, undefined), 10, 1_000), undefined);
  deepStrictEqual(waiting(), [1, 2, 3, 4, 10]);
});

Deno.test("Window.place() leaves none on disk where no load looks any more, whatever is in memory", () => {
  const { window, queue, place, waiting } = makeWindow();
  window.begin(queue, 1);
  place(2); // it is written first
  for (let seq = 3; seq <= 10; seq++) place(seq, 9);
  deepStrictEqual([waiting(), queue.lanes.onDisk()], [[3, 4, 5, 6], [9, 0]]);
  strictEqual(queue.lanes.loadedUpTo(0), 1);
  strictEqual(window.place(queue, taskOf(storedTask(1), undefined), 1, 1_000)?.order, 1);
  deepStrictEqual(waiting(), [3, 4, 5, 6, 1]);
});

Deno.test("Window tells the threads how long a task has waited, and which ran or are suspects", () => {
  const { window, queue, runner, clock } = makeWindow();
  window.begin(queue, 2);
  clock.advance(30);
  window.place(queue, taskOf(storedTask(2), undefined), 2, 1_000);
  window.adopt(queue, storedTask(1, { submittedAtMs: 4_000, attempt: 3, deaths: 1 }));
  deepStrictEqual(runner.options, [
    { waitedMs: 30, hasRun: false, isSuspect: false },
    { waitedMs: 6_030, hasRun: true, isSuspect: true },
  ]);
  const adopted = queue.records.get(1);
  deepStrictEqual([adopted?.number, adopted?.deaths, queue.held], [3, 1, 2]);
});

Deno.test("Window.move() tells the threads of what ran, in this life of the server or an earlier one", () => {
  const { window, queue, runner } = makeWindow();
  const old = window.adopt(queue, storedTask(1, { attempt: 2 }));
  const cameBack = window.adopt(queue, storedTask(2));
  cameBack.cameBackMs = 5;
  const fresh = window.adopt(queue, storedTask(3));
  for (const record of [old, cameBack, fresh]) {
    window.move(queue, queue, window.takeOut(queue, record), record.task);
  }
  deepStrictEqual(runner.options.slice(3).map((options) => options?.hasRun), [true, true, false]);
});

Deno.test("Window.adopt() does not take what is before an orphan for loaded", () => {
  const { window, queue } = makeWindow();
  queue.lanes.leave(0, 9);
  window.adopt(queue, storedTask(8));
  deepStrictEqual([queue.lanes.loadedUpTo(0), queue.lanes.isBehindDisk(0)], [0, true]);
});

Deno.test("Window.take() makes a record that the threads do not get, and forget() lets it go", () => {
  const { window, queue, records, waiting } = makeWindow();
  const stored = storedTask(3);
  const record = window.take(queue, stored);
  deepStrictEqual([...records.keys(), ...queue.records.keys()], [stored.id, 3]);
  deepStrictEqual([waiting(), queue.held], [[], 0]);
  window.forget(queue, record);
  deepStrictEqual([records.size, queue.records.size], [0, 0]);
});

Deno.test("Window takes a task's code from where it is now", () => {
  const type = { name: "noop", url: "file:///moved.task.ts", codeVersion: "v2" };
  const { window, queue } = makeWindow({ findType: (name) => name === "noop" ? type : undefined });
  deepStrictEqual(window.take(queue, storedTask(1)).task.type, type);
  deepStrictEqual(window.take(queue, storedTask(2, { type: "gone" })).task.type, {
    name: "gone",
    url: "file:///noop.task.ts",
    codeVersion: "v1",
  });
});
