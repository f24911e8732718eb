/** What a transaction adds to `counters`: gathered, and written once before it ends. */
import type { Statements } from "./statements.ts";

/** See the head of this file. */
export class Counters {
  readonly #statements: Statements;
  /** Of each pool: what is added to each state. */
  readonly #added = new Map<number, Map<number, number>>();

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  /** `state` is one of a task, or what else is counted of a pool. */
  add(pool: number, state: number, amount: number): void {
    let added = this.#added.get(pool);
    if (added === undefined) this.#added.set(pool, added = new Map());
    added.set(state, (added.get(state) ?? 0) + amount);
  }

  /** Writes what was added. */
  write(): void {
    for (const [pool, added] of this.#added) {
      for (const [state, amount] of added) {
        if (amount === 0) continue;
        this.#statements.run(
          `INSERT INTO counters VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET
            ever = ever + excluded.ever, kept = kept + excluded.kept`,
          pool,
          state,
          amount,
          amount,
        );
      }
    }
    this.#added.clear();
  }
}
