/** The statements of one connection: each is prepared once. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Cell } from "./group.ts";

/** See the head of this file. */
export class Statements {
  readonly #db: DatabaseSync;
  readonly #known = new Map<string, StatementSync>();

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /** A statement that may be run again and again. */
  prepare(sql: string): StatementSync {
    let statement = this.#known.get(sql);
    if (statement === undefined) this.#known.set(sql, statement = this.#db.prepare(sql));
    return statement;
  }

  /** Runs a statement with values. */
  run(sql: string, ...values: Cell[]): void {
    this.prepare(sql).run(...values);
  }
}
