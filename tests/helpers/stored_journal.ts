/** A data folder with a journal as a server leaves it, made without one. */
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { v7 as uuidv7 } from "uuid";
import { type Cell, writeTaskRows } from "../../core/engine/local/journal/group.ts";
import { GroupStore } from "../../core/engine/local/journal/group_store.ts";
import { migrate } from "../../core/engine/local/journal/migrations.ts";
import { STORED_EVENTS, storedState } from "../../core/engine/local/journal/schema.ts";
import { PoolSettings } from "../../core/model/pool.ts";

const AT_MS = Date.UTC(2026, 0, 2);

/** How many tasks of each state there are; all of one pool. */
export interface StoredTasks {
  readonly completed?: number;
  readonly running?: number;
  readonly pending?: number;
}

/** A folder for one test. */
export class StoredJournals implements AsyncDisposable {
  private constructor(readonly folder: string) {}

  static async open(): Promise<StoredJournals> {
    return new StoredJournals(await Deno.makeTempDir({ prefix: "lido-stored-" }));
  }

  path(...names: readonly string[]): string {
    return join(this.folder, ...names);
  }

  /**
   * Makes a data folder below it, whose server was killed: its journal's tasks are in the write-ahead
   * file alone. Gives the data folder's path.
   */
  async make(name: string, tasks: StoredTasks): Promise<string> {
    const data = this.path(name);
    mkdirSync(data, { mode: 0o700 });
    const source = this.path(`${name}.source`);
    await migrate(source);
    const db = new DatabaseSync(source);
    try {
      db.exec("PRAGMA wal_autocheckpoint = 0");
      write(db, tasks);
      for (const end of ["", "-wal"]) {
        copyFileSync(source + end, join(data, `journal.sqlite${end}`));
      }
    } finally {
      db.close();
    }
    return data;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** Runs SQL in a journal that nobody has open; who is just closing it is waited for. */
export function changeJournal(path: string, sql: string): void {
  const db = new DatabaseSync(path, { timeout: 5_000 });
  try {
    db.exec(sql);
  } finally {
    db.close();
  }
}

/** How many tasks of each state a journal has, by the state's number. */
export function readStates(path: string): Record<string, unknown> {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    const rows = db.prepare("SELECT state, count(*) AS n FROM tasks GROUP BY state").all();
    return Object.fromEntries(rows.map((row) => [String(row["state"]), row["n"]]));
  } finally {
    db.close();
  }
}

function write(db: DatabaseSync, tasks: StoredTasks): void {
  const { completed = 0, running = 0, pending = 0 } = tasks;
  const all = Array.from({ length: completed + running + pending }, (_, index) => index + 1);
  new GroupStore(db, true, Infinity).write({
    kind: "group",
    number: 1,
    isSynced: true,
    tasks: [writeTaskRows({
      submitted: all.flatMap(submitRow),
      moved: all.slice(completed, completed + running).flatMap(startRow),
      ended: all.slice(0, completed).flatMap(endRow),
      traced: [],
    })],
    rows: all.length,
    changes: [{
      kind: "pool",
      number: 1,
      id: uuidv7(),
      state: "running",
      createdAtMs: AT_MS,
      version: 1,
      atMs: AT_MS,
      author: null,
      reason: null,
      settings: JSON.stringify(PoolSettings.parse({ name: "stored" })),
    }],
  });
}

/** A task that was submitted; see `SUBMIT_COLUMNS`. */
export function submitRow(seq: number): Cell[] {
  const code = ["file:///noop.task.ts", "v1"];
  const name = `task ${seq} ${"long ".repeat(50)}`;
  return [seq, uuidv7(), 1, "noop", name, 0, AT_MS, null, ...code, null, null, null];
}

/** One that was started; see `MOVE_COLUMNS`. */
export function startRow(seq: number): readonly Cell[] {
  const [from, to] = [storedState("pending"), storedState("running")];
  return [seq, 1, from, to, STORED_EVENTS.indexOf("start"), AT_MS, 1, 0, null, 0];
}

/** One that ended before anyone saw it run; see `END_COLUMNS`. */
export function endRow(seq: number): readonly Cell[] {
  const [from, to] = [storedState("pending"), storedState("completed")];
  const event = STORED_EVENTS.indexOf("complete");
  const beside = [null, "7", null, null, "v1", 1, 0];
  return [seq, 1, from, to, event, AT_MS, 1, AT_MS, 1, 0, ...beside];
}
