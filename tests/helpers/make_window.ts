/** A queue's window in front of a disk and threads that do what the test says. */
import type { AttemptRunner } from "../../core/engine/engine.ts";
import type { Journal } from "../../core/engine/local/journal/journal.ts";
import type { ReadyRequest, ReadyTasks } from "../../core/engine/local/journal/ready_read.ts";
import type { JournalReader } from "../../core/engine/local/journal/reader.ts";
import type { StoredTask } from "../../core/engine/local/journal/stored_task.ts";
import { Queue } from "../../core/engine/local/queue.ts";
import { taskOf } from "../../core/engine/local/stored_snapshot.ts";
import { TaskRecord } from "../../core/engine/local/task_record.ts";
import { Window, type WindowOptions } from "../../core/engine/local/window.ts";
import type { Attempt } from "../../core/execution/attempt.ts";
import { PoolSettings } from "../../core/model/pool.ts";
import { TransientMap } from "../../core/model/transient_map.ts";
import { deafListener } from "./deaf_listener.ts";
import { fakeClock } from "./fake_clock.ts";
import { ScriptedRunner } from "./scripted_runner.ts";
import { POOL_ID, storedTask } from "./tasks_of_pool.ts";

/** Threads that keep how each attempt came to them, too. */
export class NotingRunner extends ScriptedRunner {
  readonly options: Parameters<AttemptRunner["submit"]>[1][] = [];

  override submit(attempt: Attempt, options?: Parameters<AttemptRunner["submit"]>[1]): void {
    this.options.push(options);
    super.submit(attempt);
  }
}

/** The journal and its reader: what waits on disk, read when the test lets it. */
export class FakeDisk {
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
export function makeWindow(changes: Partial<WindowOptions> = {}) {
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
export function holdAnswers(disk: FakeDisk): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  disk.answers = promise;
  return resolve;
}

/** Resolves when nothing is being loaded. */
export async function whenLoaded(queue: Queue): Promise<void> {
  while (queue.loading !== undefined) {
    await queue.loading;
    await Promise.resolve(); // the window may look again
    await Promise.resolve();
  }
}
