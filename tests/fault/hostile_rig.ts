/**
 * What every hostile task is put to: it runs on one slot of a pool while a neighbour runs on the
 * other, and must end as its row of the table says. Then the same pool runs a good task, the
 * neighbour ends untouched, no process is left, and the server is as it was.
 */
import { deepStrictEqual, match, notStrictEqual, ok, strictEqual } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { ServerProcess, type WirePool, type WireTask } from "../helpers/server_process.ts";
import { isGone } from "../helpers/processes.ts";
import { until } from "../helpers/until.ts";

const TASKS = fileURLToPath(new URL("./tasks", import.meta.url));
/** The server's memory comes and goes with its garbage; a bomb that reached it would be far above. */
const GROWTH_MAX_MB = 60;
/** So long the code of a task takes to begin on no machine. */
const LIMIT_MS_MAX = 20_000;

/** One row of a table of hostile tasks. */
export interface HostileRow {
  readonly how: string;
  /** `completed`, or the code of the failure. */
  readonly ends: string;
  /** What it may end as instead, where two things race. */
  readonly orEnds?: string;
  /** Said where the task would not end by itself; more on a machine that takes longer to begin it. */
  readonly runTimeoutMs?: number;
  /** What the failure's message must match. */
  readonly says?: RegExp;
  /** Its result is the process that it ran in, and the next task of the slot must run in another. */
  readonly isReplaced?: boolean;
  /** Its result is large and goes through the server by right: its growth is not added to others'. */
  readonly isLarge?: boolean;
}

/** See the head of this file. */
export class HostileRig implements AsyncDisposable {
  /** What the server takes once it has run a task: by then its threads have all started. */
  #baseMb = 0;
  #gates = 0;

  private constructor(
    readonly server: ServerProcess,
    readonly pool: WirePool,
    /** A folder that tasks may read and write. */
    readonly folder: string,
  ) {}

  static async start(settings: object = {}): Promise<HostileRig> {
    const server = await ServerProcess.start({ tasks: TASKS });
    const folder = `${server.folder}/scratch`;
    await Deno.mkdir(folder);
    await new Deno.Command("mkfifo", { args: [`${folder}/fifo`] }).output();
    const pool = await server.openPool({
      name: "hostile",
      max_workers: 2,
      min_workers: 2,
      stop_grace_ms: 50,
      memory_mb: 192,
      permissions: { read: [folder], write: [folder], net: ["127.0.0.1"], env: [] },
      ...settings,
    });
    const rig = new HostileRig(server, pool, folder);
    await rig.checkGood();
    await rig.settled();
    rig.#baseMb = server.residentMb();
    return rig;
  }

  /** Puts one row to the test; gives the hostile task as it ended. */
  async survive(type: string, row: HostileRow): Promise<WireTask> {
    if (row.isLarge) this.#baseMb = this.server.residentMb();
    await using neighbour = await this.startNeighbour();
    const hostile = await this.#runHostile(type, row);
    const found = hostile.failure?.code ?? hostile.status;
    const wanted = found === row.orEnds ? row.orEnds : row.ends;
    strictEqual(found, wanted, JSON.stringify(hostile));
    if (row.says !== undefined) match(hostile.failure?.message ?? "", row.says);
    const pid = await this.checkGood();
    if (row.isReplaced) notStrictEqual(pid, hostile.result, "its thread was not replaced");
    await neighbour.checkUntouched();
    await this.settled();
    this.checkMemory();
    if (row.isLarge) this.#baseMb = this.server.residentMb();
    return hostile;
  }

  /** One that its time limit ended before its own code began has shown nothing: it has longer then. */
  async #runHostile(type: string, { how, runTimeoutMs }: HostileRow): Promise<WireTask> {
    const input = { how, folder: this.folder };
    if (runTimeoutMs === undefined) return await this.run(type, input);
    const note = `${this.folder}/begun`;
    for (let limitMs = runTimeoutMs; limitMs < LIMIT_MS_MAX; limitMs *= 2) {
      await Deno.remove(note).catch(() => {});
      const task = await this.run(type, input, limitMs);
      if (isThere(note)) return task;
    }
    throw new Error(`The code of ${type} ${how} was ended before it began`);
  }

  /** Runs a task to its end. */
  async run(type: string, input: object, runTimeoutMs?: number): Promise<WireTask> {
    const { task_id } = await this.server.submit({
      pool_id: this.pool.pool_id,
      task_type: type,
      input,
      ...(runTimeoutMs === undefined ? {} : { run_timeout_ms: runTimeoutMs }),
    });
    return await this.server.ended(task_id);
  }

  /** The pool runs a task as if nothing had been: in a realm that nobody has touched. Gives its process. */
  async checkGood(): Promise<number> {
    const good = await this.run("good", {});
    const { pid, ...found } = good.result as { pid: number }; // see `good.task.ts`
    deepStrictEqual([good.status, found], ["completed", { ticks: [0, 1, 2], traces: [] }]);
    deepStrictEqual([good.attempt, good.late_errors], [1, []]);
    return pid;
  }

  /** A task that runs beside the hostile one until it is told to end. */
  async startNeighbour(): Promise<Neighbour> {
    const gate = `${this.folder}/gate-${this.#gates++}`;
    const { task_id } = await this.server.submit({
      pool_id: this.pool.pool_id,
      task_type: "neighbour",
      input: { gate },
    });
    await until("the neighbour waits at its gate", () => isThere(`${gate}.here`));
    return new Neighbour(this.server, await this.server.getTask(task_id), gate);
  }

  /**
   * Waits until all threads are idle, and the server has no other children. A thread that was left
   * something lives on for a second beside the one in its place: the next row does not wait for its end.
   */
  async settled(isAtEnd = false): Promise<void> {
    let found = "";
    const isSettled = async () => {
      const { workers } = await this.server.getPool(this.pool.pool_id);
      const pids = workers.map(({ pid }) => pid);
      const others = this.server.children().filter((pid) => !isGone(pid) && !pids.includes(pid));
      found = JSON.stringify({ workers, others });
      return workers.every(({ state }) => state === "idle") && others.length === 0 &&
        (isAtEnd ? workers.length === 2 : workers.length >= 2);
    };
    await until("idle threads, and no other process", isSettled).catch((error: Error) => {
      throw new Error(`${error.message}: ${found}`);
    });
  }

  /** The server did not take what was meant for the task. */
  checkMemory(): void {
    const grownMb = this.server.residentMb() - this.#baseMb;
    ok(grownMb < GROWTH_MAX_MB, `The server grew by ${Math.round(grownMb)} MiB`);
  }

  /** Ends the server, once no thread is left but the two that there shall be. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.settled(true);
    } finally {
      await this.server[Symbol.asyncDispose]();
    }
  }
}

/** See {@link HostileRig.startNeighbour}. */
class Neighbour implements AsyncDisposable {
  constructor(
    readonly server: ServerProcess,
    readonly begun: WireTask,
    readonly gate: string,
  ) {}

  /** It still runs; told to end, it does so on the slot where it began, at its first attempt. */
  async checkUntouched(): Promise<void> {
    strictEqual((await this.server.getTask(this.begun.task_id)).status, "running");
    await Deno.writeTextFile(this.gate, "open");
    const { status, result, attempt, worker, late_errors } = await this.server
      .ended(this.begun.task_id);
    deepStrictEqual(
      { status, result, attempt, worker, late_errors },
      {
        status: "completed",
        result: "untouched",
        attempt: 1,
        worker: this.begun.worker,
        late_errors: [],
      },
    );
  }

  /** Lets it end also where the test failed, so that the next one finds both slots free. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.writeTextFile(this.gate, "open");
    await this.server.ended(this.begun.task_id);
  }
}

/** One test a row, all on one rig that lives as long as the file. */
export function testRows(type: string, rows: readonly HostileRow[], settings: object = {}): void {
  let rig: HostileRig;
  Deno.test.beforeAll(async () => {
    rig = await HostileRig.start(settings);
  });
  Deno.test.afterAll(() => rig[Symbol.asyncDispose]());
  for (const row of rows) {
    Deno.test(`isolation process: ${type} ${row.how} ends as ${row.ends}`, async () => {
      await rig.survive(type, row);
    });
  }
}

function isThere(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}
