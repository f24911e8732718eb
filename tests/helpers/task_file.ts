/** A journal's file and its text index, written by hand and read as the reader's threads do it. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ReadStore } from "../../core/engine/local/journal/read_store.ts";
import { MIGRATIONS, storedState, STRETCH } from "../../core/engine/local/journal/schema.ts";
import { Statements } from "../../core/engine/local/journal/statements.ts";
import type { StoredFilter } from "../../core/engine/local/journal/task_query.ts";
import { TaskRows } from "../../core/engine/local/journal/task_rows.ts";
import { TextStore } from "../../core/engine/local/journal/text_store.ts";
import { TaskId } from "../../core/model/task.ts";
import type { TaskState } from "../../core/model/task_state.ts";

const AT_MS = Date.UTC(2026, 0, 2);

/** What a test says of a task; the rest is the same for all. */
export interface FiledTask {
  readonly pool?: number;
  readonly type?: string;
  readonly state?: TaskState;
  readonly name?: string;
  readonly priority?: number;
  readonly key?: string;
  readonly tags?: readonly string[];
  readonly input?: unknown;
  readonly result?: unknown;
}

/** See the head of this file. */
export class TaskFile implements AsyncDisposable {
  readonly db: DatabaseSync;
  readonly rows: TaskRows;
  readonly store: ReadStore;
  index: Statements | undefined;
  #indexDb: DatabaseSync | undefined;
  #seq = 0;

  private constructor(readonly folder: string) {
    this.db = new DatabaseSync(this.journalPath);
    this.db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF");
    for (const { sql } of MIGRATIONS) this.db.exec(sql);
    for (const pool of [1, 2]) {
      this.#run("INSERT INTO pools VALUES (?, ?, 'running', ?, 1, '{}')", pool, `p${pool}`, AT_MS);
    }
    this.rows = new TaskRows(this.db);
    this.store = new ReadStore(this.db, () => this.index);
  }

  static async open(): Promise<TaskFile> {
    return new TaskFile(await Deno.makeTempDir({ prefix: "lido-tasks-" }));
  }

  get journalPath(): string {
    return join(this.folder, "journal.sqlite");
  }

  get indexPath(): string {
    return join(this.folder, "search.sqlite");
  }

  /** The id of the task that has a seq. */
  static idOf(seq: number): TaskId {
    return TaskId.parse(`01900000-0000-7000-8000-${seq.toString(16).padStart(12, "0")}`);
  }

  /** Puts tasks on record, and counts them; gives their seqs. */
  add(...tasks: readonly FiledTask[]): readonly number[] {
    return tasks.map((task) => this.#add(task, ++this.#seq));
  }

  /** A pending task ends. */
  end(seq: number, result: unknown): void {
    const [pool, from] = [1, storedState("pending")];
    this.#run(
      "UPDATE tasks SET state = ?, finished_at = ?, started_at = ?, result = ? WHERE seq = ?",
      storedState("completed"),
      AT_MS + 7,
      AT_MS + 5,
      JSON.stringify(result),
      seq,
    );
    this.#run("INSERT INTO ended (task, pool, at) VALUES (?, ?, ?)", seq, pool, AT_MS);
    this.#count(pool, from, -1);
    this.#count(pool, storedState("completed"), 1);
  }

  /** Brings the text index up to date, as its thread does it. */
  indexAll(): void {
    this.#indexDb?.close();
    using store = new TextStore(this.journalPath, this.indexPath);
    while (store.step());
    this.#indexDb = new DatabaseSync(this.indexPath, { readOnly: true });
    this.index = new Statements(this.#indexDb);
  }

  /** Seqs of all pages of a list, by cursor from the first on. */
  list(filter: StoredFilter, perPage = 3): readonly number[] {
    let page = this.store.list(filter, { page: 1, perPage });
    const seqs = page.rows.map(({ seq }) => seq);
    while (page.nextCursor !== null) {
      page = this.store.list(filter, { cursor: page.nextCursor, perPage });
      seqs.push(...page.rows.map(({ seq }) => seq));
    }
    return seqs;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (existsSync(this.indexPath)) this.#indexDb?.close();
    this.db.close();
    await Deno.remove(this.folder, { recursive: true });
  }

  #add(task: FiledTask, seq: number): number {
    const { pool = 1, type = "noop", state = "pending", name = `task ${seq}`, tags = [] } = task;
    const text = (value: unknown) => value === undefined ? null : JSON.stringify(value);
    const ended = ["completed", "failed", "cancelled"].includes(state) ? AT_MS + seq : null;
    this.#run(
      `INSERT INTO tasks (seq, id, pool, type, state, name, priority, submitted_at, finished_at,
        code_url, code_version, idempotency_key, tags, input, result, events)
       VALUES (?, unhex(?, '-'), ?, ?, ?, ?, ?, ?, ?, 'file:///noop.task.ts', 'v1', ?, ?, ?, ?, ?)`,
      ...[seq, TaskFile.idOf(seq), pool, type, storedState(state), name, task.priority ?? 0],
      ...[AT_MS + seq, ended, task.key ?? null, tags.length === 0 ? null : JSON.stringify(tags)],
      ...[text(task.input), text(task.result), `[${AT_MS + seq},1,1]`],
    );
    for (const tag of new Set(tags)) this.#run("INSERT INTO task_tags VALUES (?, ?)", tag, seq);
    if (ended !== null) {
      this.#run("INSERT INTO ended (task, pool, at) VALUES (?, ?, ?)", seq, pool, ended);
    }
    this.#run(
      `INSERT INTO submit_times VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET last_at = excluded.last_at`,
      ...[Math.floor(seq / STRETCH), AT_MS + seq, AT_MS + seq],
    );
    this.#count(pool, storedState(state), 1);
    return seq;
  }

  #count(pool: number, state: number, by: number): void {
    this.#run(
      `INSERT INTO counters VALUES (?1, ?2, ?3, ?3)
       ON CONFLICT DO UPDATE SET ever = ever + ?3, kept = kept + ?3`,
      ...[pool, state, by],
    );
  }

  #run(sql: string, ...values: readonly (string | number | null)[]): void {
    this.db.prepare(sql).run(...values);
  }
}
