/**
 * The real server on a data folder that outlives it, and what was seen of it from outside: which
 * submits it acknowledged, which tasks it said were completed, and which really ran.
 */
import { strictEqual } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { chance } from "./chance.ts";
import { report } from "./report.ts";
import { ServerProcess } from "./server_process.ts";
import { until, untilNoneIsLeft } from "./until.ts";

const TASKS = fileURLToPath(new URL("../fault/journal_tasks", import.meta.url));
/** Callers that submit at a time. */
const CALLERS = 4;

/** A task on the wire, as far as is looked at. */
export interface SeenTask {
  readonly task_id: string;
  readonly name: string;
  readonly status: string;
  readonly attempt: number;
  readonly failure: { readonly code: string } | null;
}

/** One run of a task's code; `life` is the server's, from 1. */
export interface Run {
  readonly taskId: string;
  readonly attempt: number;
  readonly life: number;
}

/** A submit with a key, and the task that it was answered with. */
interface Keyed {
  readonly body: object;
  id?: string;
}

/** See the head of this file. */
export class JournalRig implements AsyncDisposable {
  /** Tasks of each batch. */
  readonly batchTasks = 20;
  readonly acknowledged = new Set<string>();
  /** Tasks that were said to be completed, and in which life of the server. */
  readonly seenCompletedAtKill = new Map<string, number>();
  readonly #seed: number;
  readonly random: () => number;
  readonly #killedAtMs: number[] = [];
  #server: ServerProcess | undefined;
  #poolId = "";
  #names = 0;
  /** Submits with a key, the newest last; those that were answered have an id. */
  readonly #keyed: Keyed[] = [];

  private constructor(readonly folder: string, readonly durability: string) {
    this.#seed = Number(Deno.env.get("TEST_SEED") ?? 1 + Math.floor(Math.random() * 2 ** 31));
    this.random = chance(this.#seed);
  }

  /** Makes the folder; {@link start} starts the server. */
  static async open(durability = "fsync"): Promise<JournalRig> {
    return new JournalRig(await Deno.makeTempDir({ prefix: "lido-journal-" }), durability);
  }

  get data(): string {
    return join(this.folder, "data");
  }

  get journalPath(): string {
    return join(this.data, "journal.sqlite");
  }

  get server(): ServerProcess {
    if (this.#server === undefined) throw new TypeError("Cannot ask server: it was not started");
    return this.#server;
  }

  get #runsPath(): string {
    return join(this.folder, "runs");
  }

  /** Starts the server; in its first life with a pool of its own. */
  async start(): Promise<void> {
    this.#server = await ServerProcess.start({ tasks: TASKS, data: this.data });
    if (this.#poolId !== "") return;
    const pool = await this.server.openPool({
      name: "noted",
      max_workers: 2,
      tasks_per_thread: 4,
      durability: this.durability,
      permissions: { write: [this.folder] },
    });
    this.#poolId = pool.pool_id;
  }

  /**
   * Submits without a pause, one by one, in batches and with keys, until the server is killed: so long
   * after it was seen to have completed a task.
   */
  async submitUntilKilled(afterMs: number, seen: Set<string>): Promise<void> {
    const { server } = this;
    const life = this.#killedAtMs.length + 1;
    const ending = new AbortController();
    const callers = Array.from({ length: CALLERS }, async (_, caller) => {
      while (!ending.signal.aborted) {
        await this.#submitOne(caller).catch((error) => {
          // The server went away beneath it: nothing was acknowledged.
          if (!(error instanceof TypeError)) throw error;
        });
      }
    });
    const before = seen.size;
    const watcher = this.#watch(ending.signal, life, seen);
    await until("a task of this life is completed", () => seen.size > before);
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    await server.kill();
    this.#killedAtMs.push(Date.now());
    ending.abort();
    await Promise.all([...callers, watcher]);
    await server[Symbol.asyncDispose]();
    this.#server = undefined;
  }

  /** Sends the last keys once more, those of the life that was killed; gives how many had a task. */
  async sendKeysAgain(): Promise<number> {
    const last = this.#keyed.slice(-8);
    const known = last.filter(({ id }) => id !== undefined).length;
    for (const keyed of last) await this.#send(keyed);
    return known;
  }

  /** Resolves when no task waits or runs: many lives leave a long queue. */
  async whenAllEnded(): Promise<void> {
    await untilNoneIsLeft("tasks wait or run", async () => (await this.readCounts()).active);
  }

  async readCounts(): Promise<{ total: number; completed: number; active: number }> {
    const stats = await this.server.call<Record<string, number>>("GET", "/api/stats");
    return {
      total: stats["total_tasks"] ?? -1,
      completed: stats["completed_tasks"] ?? -1,
      active: stats["active_tasks"] ?? -1,
    };
  }

  /** All tasks on record, by cursor. */
  async readAllTasks(): Promise<readonly SeenTask[]> {
    const all: SeenTask[] = [];
    let path: string | null = "/api/tasks?per_page=100";
    while (path !== null) {
      const answer: {
        data: readonly SeenTask[];
        pagination: { next_cursor: string | null };
      } = await (await fetch(`${this.server.url}${path}`)).json();
      all.push(...answer.data);
      const cursor: string | null = answer.pagination.next_cursor;
      path = cursor === null ? null : `/api/tasks?per_page=100&cursor=${cursor}`;
    }
    return all;
  }

  /** What the tasks' own code noted. */
  async readRuns(): Promise<readonly Run[]> {
    const text = await Deno.readTextFile(this.#runsPath);
    return text.split("\n").filter((line) => line !== "").map((line) => {
      const [taskId, attempt, atMs]: [string, number, number] = JSON.parse(line);
      return { taskId, attempt, life: 1 + this.#killedAtMs.filter((ms) => ms < atMs).length };
    });
  }

  /** Prints a figure, with the seed that repeats it. */
  report(text: string): void {
    report(`${text} (seed ${this.#seed})`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
    await Deno.remove(this.folder, { recursive: true });
  }

  async #submitOne(caller: number): Promise<void> {
    const name = String(this.#names++);
    const input = { file: this.#runsPath, waitMs: this.random() < 0.2 ? 20 : 0 };
    const task = { pool_id: this.#poolId, task_type: "noted_run", input };
    if (caller === 0) {
      const tasks = Array.from({ length: this.batchTasks }, () => ({
        ...task,
        task_name: `batch ${name}`,
      }));
      const { task_ids: ids } = await this.server.call<{ task_ids: readonly string[] }>(
        "POST",
        "/api/tasks/batch",
        { tasks },
      );
      for (const id of ids) this.acknowledged.add(id);
      return;
    }
    if (caller === 1) return await this.#submitKeyed(name, task);
    const made = await this.server.call<SeenTask>("POST", "/api/tasks", task);
    this.acknowledged.add(made.task_id);
  }

  /** With a new key, or with one of the last ones, also of a life before: answered or not. */
  async #submitKeyed(name: string, task: object): Promise<void> {
    const again = this.random() < 0.5
      ? this.#keyed.at(-1 - Math.floor(this.random() * 8))
      : undefined;
    const keyed = again ?? { body: { ...task, idempotency_key: name, task_name: `key ${name}` } };
    if (again === undefined) this.#keyed.push(keyed);
    await this.#send(keyed);
  }

  /** The same key has the same task, whenever it is sent. */
  async #send(keyed: Keyed): Promise<void> {
    const { task_id: id } = await this.server.call<SeenTask>("POST", "/api/tasks", keyed.body);
    strictEqual(keyed.id ?? id, id, "a key has two tasks");
    keyed.id = id;
    this.acknowledged.add(id);
  }

  /** Sees which tasks are said to be completed. */
  async #watch(signal: AbortSignal, life: number, seen: Set<string>): Promise<void> {
    while (!signal.aborted) {
      try {
        const done = await this.server.call<readonly SeenTask[]>(
          "GET",
          "/api/tasks?status=completed&per_page=100",
        );
        for (const { task_id: id } of done) {
          if (!seen.has(id)) this.seenCompletedAtKill.set(id, life);
          seen.add(id);
        }
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}
