/** What a window reads from the disk, and when. */
import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { holdAnswers, makeWindow, whenLoaded } from "../../../../helpers/make_window.ts";

Deno.test("Window.release() loads when half of it is left, in the order of work", async () => {
  const { queue, disk, fill, run, waiting } = makeWindow();
  fill();
  run(1);
  strictEqual(queue.loading, undefined);
  run(2);
  await whenLoaded(queue);
  deepStrictEqual(disk.asked.map(({ pool, limit, lanes }) => ({ pool, limit, lanes })), [
    { pool: 1, limit: 4, lanes: [{ priority: 0, above: 4, newest: 9, held: 2 }] },
  ]);
  deepStrictEqual(waiting(), [3, 4, 5, 6, 7, 8]);
  strictEqual(queue.lanes.isBehindDisk(0), true);
});

Deno.test("Window.refill() does not count what is behind the disk's", async () => {
  const { queue, place, run, waiting } = makeWindow();
  for (let seq = 1; seq <= 9; seq++) place(seq, seq <= 2 ? 5 : -1);
  queue.emptiers++;
  queue.lanes.leave(5, 12);
  for (const seq of [10, 11, 12]) place(seq, 5);
  deepStrictEqual(waiting(), [1, 2, 3, 4]);
  queue.emptiers--;
  run(1); // 3 are left, but 3 and 4 are behind those on disk
  await whenLoaded(queue);
  deepStrictEqual(waiting().filter((seq) => seq >= 10), [10, 11, 12]);
});

Deno.test("Window.refill() loads again when what it read was in memory already", async () => {
  const { window, queue, fill, row, run, waiting } = makeWindow();
  fill();
  for (const seq of [5, 6, 7, 8]) window.take(queue, row(seq));
  run(1);
  run(2);
  await whenLoaded(queue);
  deepStrictEqual(waiting(), [3, 4, 9]);
});

Deno.test("Window.refill() loads nothing while the queue is being emptied", () => {
  const { window, queue, fill, run } = makeWindow();
  fill();
  queue.emptiers++;
  for (const seq of [1, 2, 3, 4]) run(seq);
  window.refill(queue);
  strictEqual(queue.loading, undefined);
});

Deno.test("Window tells of a read that failed, and reads again a second later", async () => {
  const { window, queue, disk, clock, errors, fill, run, waiting } = makeWindow();
  fill();
  disk.failure = new Error("unreadable");
  run(1);
  run(2);
  await whenLoaded(queue);
  deepStrictEqual(errors, [disk.failure]);
  disk.failure = undefined;
  window.refill(queue);
  window.refillUnread();
  strictEqual(queue.loading, undefined);
  clock.advance(1_000);
  window.refillUnread();
  await whenLoaded(queue);
  deepStrictEqual(waiting(), [3, 4, 5, 6, 7, 8]);
  clock.advance(1_000);
  window.refillUnread();
  strictEqual(queue.loading, undefined); // it was read
});

Deno.test("Window.load() takes a lane that was read to its end for loaded up to what it asked for", async () => {
  const { window, queue, disk, place, waiting } = makeWindow({ tasks: 10 });
  for (let seq = 1; seq <= 21; seq++) place(seq);
  disk.drop(20, 21); // cancelled
  const answer = holdAnswers(disk);
  const loading = window.load(queue, { limit: 99 }, (row) => window.keep(queue, row));
  while (disk.asked.length === 0) await Promise.resolve();
  strictEqual(place(22), undefined);
  answer();
  await loading;
  deepStrictEqual(waiting().at(-1), 19);
  deepStrictEqual([queue.lanes.loadedUpTo(0), queue.lanes.newestOnDisk(0)], [21, 22]);
});

Deno.test("Window.load() gives nothing newer than is asked, and leaves that on disk", async () => {
  const { window, queue, fill } = makeWindow();
  fill();
  const used: number[] = [];
  await window.load(queue, { limit: 9, newestSeq: 7 }, ({ seq }) => used.push(seq));
  deepStrictEqual(used, [5, 6, 7]);
  deepStrictEqual([queue.lanes.loadedUpTo(0), queue.lanes.newestOnDisk(0)], [7, 9]);
});

Deno.test("Window.load() skips what is in memory, and what left it meanwhile", async () => {
  const { window, queue, disk, fill, row } = makeWindow();
  fill();
  // Taken by itself, as a cancellation takes one: it is in memory, and on disk still waits.
  window.take(queue, row(5));
  const leaving = window.take(queue, row(6));
  const answer = holdAnswers(disk);
  const used: number[] = [];
  const loading = window.load(queue, { limit: 9 }, ({ seq }) => used.push(seq));
  window.forget(queue, leaving);
  answer();
  await loading;
  deepStrictEqual(used, [7, 8, 9]);
  strictEqual(queue.left, undefined);
});

Deno.test("Window.load() waits until what it is to find is written", async () => {
  const { window, queue, disk, fill } = makeWindow();
  fill();
  await window.load(queue, { limit: 1 }, () => {});
  strictEqual(disk.flushes, 0);
  disk.owesTasks = true;
  await window.load(queue, { limit: 1 }, () => {});
  strictEqual(disk.flushes, 1);
});

Deno.test("Window.load() is made alone: the next one begins where this one ended", async () => {
  const { window, queue, disk, fill } = makeWindow();
  fill();
  const answer = holdAnswers(disk);
  const used: number[] = [];
  const loads = [1, 2, 3].map(() => window.load(queue, { limit: 2 }, ({ seq }) => used.push(seq)));
  answer();
  await Promise.all(loads);
  deepStrictEqual(used, [5, 6, 7, 8, 9]);
  strictEqual(queue.loading, undefined);
});

Deno.test("Window.load() frees its queue for the next when its read fails", async () => {
  const { window, queue, disk, fill } = makeWindow();
  fill();
  disk.failure = new Error("unreadable");
  await rejects(window.load(queue, { limit: 9 }, () => {}), disk.failure);
  deepStrictEqual([queue.loading, queue.left], [undefined, undefined]);
});

Deno.test("Window gives nothing back to the disk while a load is under way", async () => {
  const { window, queue, disk, place, fill, waiting } = makeWindow();
  fill();
  const answer = holdAnswers(disk);
  const loading = window.load(queue, { limit: 9 }, (row) => window.keep(queue, row));
  for (let seq = 10; seq <= 15; seq++) place(seq, 1);
  strictEqual(waiting().length, 10);
  answer();
  await loading;
  deepStrictEqual(waiting(), [10, 11, 12, 13]);
  deepStrictEqual(queue.lanes.onDisk(), [1, 0]);
});

Deno.test("Window.expendable() gives the oldest on disk that is not in memory, and does not take it", async () => {
  const { window, queue, fill, row } = makeWindow();
  fill();
  window.take(queue, row(5));
  strictEqual((await window.expendable(queue, 0))?.seq, 6);
  deepStrictEqual([queue.lanes.loadedUpTo(0), queue.lanes.newestOnDisk(0)], [4, 9]);
});

Deno.test("Window.expendable() skips what left memory while it was read", async () => {
  const { window, queue, disk, fill, row } = makeWindow();
  fill();
  const leaving = window.take(queue, row(5));
  const answer = holdAnswers(disk);
  const found = window.expendable(queue, 0);
  window.forget(queue, leaving);
  answer();
  strictEqual((await found)?.seq, 6);
});

Deno.test("Window.expendable() tells the lane when none is on disk any longer", async () => {
  const { window, queue, disk, fill } = makeWindow();
  fill();
  disk.drop(5, 6, 7, 8, 9);
  strictEqual(await window.expendable(queue, 0), undefined);
  strictEqual(queue.lanes.isAnyOnDisk, false);
});
