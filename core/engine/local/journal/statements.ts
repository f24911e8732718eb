/** The statements of one connection: each is prepared once. */
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
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

/** What `node:sqlite` has and its types do not tell yet. */
interface RowForm {
  setReturnArrays(isEnabled: boolean): void;
}

/** The numbers of a query's first column; an object a row would cost as much as the query. */
export function columnOf(
  statement: StatementSync,
  ...values: readonly SQLInputValue[]
): readonly number[] {
  (statement as StatementSync & RowForm).setReturnArrays(true); // it has it, see above
  const rows = statement.all(...values) as unknown as readonly (readonly unknown[])[]; // so now
  return rows.map(([number]) => Number(number));
}
