/** Rows of the journal's tasks, and the statements that read them, each prepared once. */
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import type { PoolId } from "../../../model/pool.ts";
import type { TaskId } from "../../../model/task.ts";
import { STORED_STATES } from "./schema.ts";
import { columnOf } from "./statements.ts";
import { readStoredJson } from "./stored_json.ts";
import type { StoredTask } from "./stored_task.ts";

/** Columns of `tasks t` that make a `StoredTask`. */
export const TASK_COLUMNS =
  `t.seq, lower(hex(t.id)) AS id, t.pool, t.type, t.state, t.name, t.priority,
  t.submitted_at, t.attempt, t.deaths, t.started_at, t.finished_at, t.run_ms, t.slot,
  t.run_timeout_ms, t.code_url, t.code_version, t.idempotency_key, t.tags, t.input, t.result,
  t.ending, t.notes, t.traceparent`;

/** Statements that are kept: texts hold conditions, of which there is no end. */
const STATEMENTS_MAX = 500;

/** A row as SQLite gives it. */
export type Row = Readonly<Record<string, unknown>>;

/** See the head of this file. */
export class TaskRows {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #pools = new Map<number, PoolId>();

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /** Runs reads as of one instant. */
  atOnce<Result>(read: () => Result): Result {
    this.#db.exec("BEGIN");
    try {
      return read();
    } finally {
      if (this.#db.isTransaction) this.#db.exec("COMMIT");
    }
  }

  first(sql: string, ...values: readonly SQLInputValue[]): Row | undefined {
    return this.#prepare(sql).get(...values);
  }

  all(sql: string, ...values: readonly SQLInputValue[]): readonly Row[] {
    return this.#prepare(sql).all(...values);
  }

  /** The number in a query's only column. */
  number(sql: string, ...values: readonly SQLInputValue[]): number {
    const [number = 0] = Object.values(this.first(sql, ...values) ?? {});
    return Number(number ?? 0);
  }

  /** The `seq`s that a query gives in its first column. */
  seqs(sql: string, ...values: readonly SQLInputValue[]): readonly number[] {
    return columnOf(this.#prepare(sql), ...values);
  }

  /** The task that a condition on `tasks t` is true of. */
  task(where: string, ...values: readonly SQLInputValue[]): StoredTask | undefined {
    const row = this.first(`SELECT ${TASK_COLUMNS} FROM tasks t WHERE ${where}`, ...values);
    return row === undefined ? undefined : this.#taskOf(row);
  }

  /** Tasks of a query for {@link TASK_COLUMNS}, one by one. */
  *tasks(sql: string, ...values: readonly SQLInputValue[]): Generator<StoredTask> {
    for (const row of this.#prepare(sql).iterate(...values)) yield this.#taskOf(row);
  }

  /** Those of the seqs that are on record, in the seqs' order. */
  bySeqs(seqs: readonly number[]): readonly StoredTask[] {
    const sql = `SELECT ${TASK_COLUMNS} FROM json_each(?) d CROSS JOIN tasks t ON t.seq = d.value`;
    return this.all(sql, JSON.stringify(seqs)).map((row) => this.#taskOf(row));
  }

  #taskOf(row: Row): StoredTask {
    // What STRICT tables hold; only the ids have another form there.
    return {
      seq: row["seq"] as number,
      id: uuidOf(String(row["id"])) as TaskId,
      poolId: this.#poolOf(row["pool"] as number),
      type: row["type"] as string,
      state: STORED_STATES[row["state"] as number] ?? "pending",
      name: row["name"] as string,
      priority: row["priority"] as number,
      submittedAtMs: row["submitted_at"] as number,
      attempt: row["attempt"] as number,
      deaths: row["deaths"] as number,
      startedAtMs: row["started_at"] as number | null,
      finishedAtMs: row["finished_at"] as number | null,
      runMs: row["run_ms"] as number | null,
      slot: row["slot"] as number | null,
      runTimeoutMs: row["run_timeout_ms"] as number | null,
      codeUrl: row["code_url"] as string,
      codeVersion: row["code_version"] as string,
      idempotencyKey: row["idempotency_key"] as string | null,
      tags: row["tags"] === null ? [] : readStoredJson(String(row["tags"])) as readonly string[], // as they were written
      inputJson: row["input"] as string | null,
      resultJson: row["result"] as string | null,
      ending: row["ending"] as string | null,
      notes: row["notes"] as string | null,
      traceparent: row["traceparent"] as string | null,
    };
  }

  #poolOf(number: number): PoolId {
    const known = this.#pools.get(number);
    if (known !== undefined) return known;
    const row = this.first("SELECT id FROM pools WHERE number = ?", number);
    const id = String(row?.["id"]) as PoolId; // as it was written
    this.#pools.set(number, id);
    return id;
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (this.#statements.size > STATEMENTS_MAX) this.#statements.clear();
    if (statement === undefined) this.#statements.set(sql, statement = this.#db.prepare(sql));
    return statement;
  }
}

function uuidOf(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${
    hex.slice(20)
  }`;
}
