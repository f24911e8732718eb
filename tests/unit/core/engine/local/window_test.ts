import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import type { Journal } from "../../../../../core/engine/local/journal/journal.ts";
import type {
  ReadyRequest,
  ReadyTasks,
} from "../../../../../core/engine/local/journal/ready_read.ts";
import type { JournalReader } from "../../../../../core/engine/local/journal/reader.ts";
import type { StoredTask } from "../../../../../core/engine/local/journal/stored_task.ts";
import { Queue } from "../../../../../core/engine/local/queue.ts";
import { taskOf } from "../../../../../core/engine/local/stored_snapshot.ts";
import { TaskRecord } from "../../../../../core/engine/local/task_record.ts";
import { Window, type WindowOptions } from "../../../../../core/engine/local/window.ts";
import type { AttemptRunner } from "../../../../../core/engine/engine.ts";
import type { Attempt } from "../../../../../core/execution/attempt.ts";
import { PoolSettings } from "../../../../../core/model/pool.ts";
import { TransientMap } from "../../../../../core/model/transient_map.ts";
import { deafListener } from "../../../../helpers/deaf_listener.ts";
import { fakeClock } from "../../../../helpers/fake_clock.ts";
import { ScriptedRunner } from "../../../../helpers/scripted_runner.ts";
import { POOL_ID, storedTask } from "../../../../helpers/tasks_of_pool.ts";

/** Threads that keep how each attempt came to them, too. */
class NotingRunner extends ScriptedRunner {
  readonly options: Parameters<AttemptRunner["submit"]>[1][] = [];

  override submit(attempt: Attempt, options?: Parameters<AttemptRunner["submit"]>[1]): void {
    this.options.push(options);
    super.submit(attempt);
  }
}

/** The journal and its reader: what waits on disk, read when the test lets it. */
class FakeDisk {
  rows: StoredTask[] = [];
  /** Reads wait for this before they answer, with what there was when they were asked. */
  answers = Promise.resolve();
  readonly asked: ReadyRequest[] = [];
  failure: Error | undefined;
  owesTasks = false;
  flushes = 0;

  async ready(request: ReadyRequest): Promise<ReadyTasks> {
    this.asked.push(request);
    const tasks: StoredTask[] = [];
    const exhausted: number[] = [];
    let chars = 0;
    for (const { priority, above } of request.lanes) {
      const own = this.#lane(priority, above).filter(({ seq }) => seq <= request.newestSeq);
      for (const task of own.slice(0, request.limit - tasks.length)) {
        tasks.push(task);
        chars += task.inputJson?.length ?? 0;
        if (chars > request.charsMax) break;
      }
      if (tasks.length < request.limit && chars <= request.charsMax) exhausted.push(priority);
    }
    await this.answers;
    if (this.failure !== undefined) throw this.failure;
    return { tasks, exhausted };
  }

  async expendable(lane: { readonly priority: number; readonly above: number }) {
    const [oldest] = this.#lane(lane.priority, lane.above);
    await this.answers;
    return oldest;
  }

  flush(): Promise<void> {
    this.flushes++;
    this.owesTasks = false;
    return Promise.resolve();
  }

  /** These are read no more. */
  drop(...seqs: readonly number[]): void {
    this.rows = this.rows.filter(({ seq }) => !seqs.includes(seq));
  }

  #lane(priority: number, above: number): readonly StoredTask[] {
    return this.rows.filter((row) => row.priority === priority && row.seq > above)
      .sort((one, other) => one.seq - other.seq);
  }
}

/** A window of 4 tasks in front of a fake disk. */
function makeWindow(changes: Partial<WindowOptions> = {}) {
  const disk = new FakeDisk();
  const runner = new NotingRunner();
  const clock = fakeClock(10_000);
  const records: WindowOptions["records"] = new TransientMap();
  const errors: unknown[] = [];
  const window = new Window({
    tasks: 4,
    reader: disk as unknown as JournalReader, // what a window asks of it
    journal: disk as unknown as Journal,
    clock,
    listener: deafListener({ clock }),
    records,
    findType: () => undefined,
    onError: (error) => void errors.push(error),
    ...changes,
  });
  const queue = new Queue(POOL_ID, 1, runner, PoolSettings.parse({ name: "a pool" }));
  /** As the engine does it once a task is written. */
  const place = (seq: number, priority = 0, inputJson: string | null = null) => {
    const row = storedTask(seq, { priority, inputJson });
    disk.rows.push(row);
    window.begin(queue, seq);
    return window.place(queue, taskOf(row, undefined), seq, 1_000);
  };
  /** Puts tasks 1 to 4 in memory, and 5 to 9 on disk. */
  const fill = () => {
    for (let seq = 1; seq <= 9; seq++) place(seq);
  };
  /** The row of a task on disk. */
  const row = (seq: number) => {
    const found = disk.rows.find((one) => one.seq === seq);
    if (found === undefined) throw new TypeError(`Cannot find row ${seq}`);
    return found;
  };
  /** A thread took a task. */
  const run = (seq: number) => {
    const record = queue.records.get(seq);
    if (record === undefined) throw new TypeError(`Cannot run task ${seq}: it is not in memory`);
    disk.drop(seq);
    record.place = "running";
    window.release(queue, record);
    return record;
  };
  const waiting = () => runner.waiting.map((one) => one instanceof TaskRecord ? one.order : -1);
  return { window, queue, disk, runner, clock, records, errors, place, fill, row, run, waiting };
}

/** Reads are held back until this is called. */
function holdAnswers(disk: FakeDisk): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  disk.answers = promise;
  return resolve;
}

/** Resolves when nothing is being loaded. */
async function whenLoaded(queue: Queue): Promise<void> {
  while (queue.loading !== undefined) {
    await queue.loading;
    await Promise.resolve(); // the window may look again
    await Promise.resolve();
  }
}

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

Deno.test("Window.refill() tells of a read that failed, and reads again when it is asked", async () => {
  const { window, queue, disk, errors, fill, run, waiting } = makeWindow();
  fill();
  disk.failure = new Error("unreadable");
  run(1);
  run(2);
  await whenLoaded(queue);
  deepStrictEqual(errors, [disk.failure]);
  disk.failure = undefined;
  window.refill(queue);
  await whenLoaded(queue);
  deepStrictEqual(waiting(), [3, 4, 5, 6, 7, 8]);
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
