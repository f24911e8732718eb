/**
 * Groups that are written and that the tables do not show yet. A large group is one row here, which
 * is many times cheaper than what its tasks cost in the tables: it is answered at once, and the
 * tables follow when there is time, or when somebody wants to read them. By then many of its tasks
 * have ended, and each is written once only; see `fates.ts`.
 */
import { END_COLUMNS, MOVE_COLUMNS, readTaskRows, SUBMIT_COLUMNS, type TaskRows } from "./group.ts";
import { Fates } from "./fates.ts";
import type { Statements } from "./statements.ts";
import { isFinal } from "../../../model/task_state.ts";
import { STORED_STATES } from "./schema.ts";

/** Rows that may wait; about half a second of the writer's work. */
const ROWS_MAX = 49_152;
/** Characters that may wait. */
const CHARS_MAX = 64 * 1024 * 1024;

interface WaitingGroup {
  readonly number: number;
  readonly rows: TaskRows;
  readonly count: number;
  readonly chars: number;
}

/** See the head of this file. */
export class Inbox {
  readonly fates = new Fates();
  readonly #statements: Statements;
  readonly #groups: WaitingGroup[] = [];
  #rows = 0;
  #chars = 0;

  constructor(statements: Statements, readonly rowsMin: number) {
    this.#statements = statements;
    this.#load();
  }

  get isEmpty(): boolean {
    return this.#groups.length === 0;
  }

  /** The number of the newest group; undefined when there is none. */
  get last(): number | undefined {
    return this.#groups.at(-1)?.number;
  }

  /** Whether a group is to wait here, and not to go to the tables at once. */
  wants(rows: TaskRows): boolean {
    return !this.isEmpty || countRows(rows) >= this.rowsMin;
  }

  /** How many rows wait. */
  get rows(): number {
    return this.#rows;
  }

  /** Whether some must go to the tables before more may come. */
  get isFull(): boolean {
    return this.#rows >= ROWS_MAX || this.#chars >= CHARS_MAX;
  }

  /** Writes a group, and the text that it came as; it counts with the transaction. */
  put(number: number, rows: TaskRows, text: string): void {
    this.#statements.run("INSERT INTO inbox VALUES (?, ?)", number, text);
    this.#keep(number, rows, text.length);
  }

  /** The oldest group. */
  get first(): { readonly number: number; readonly rows: TaskRows } | undefined {
    return this.#groups[0];
  }

  /** The oldest group is in the tables, with the same transaction. */
  drop(): void {
    const group = this.#groups.shift();
    if (group === undefined) return;
    this.#statements.run("DELETE FROM inbox WHERE number = ?", group.number);
    this.#rows -= group.count;
    this.#chars -= group.chars;
  }

  #keep(number: number, rows: TaskRows, chars: number): void {
    const count = countRows(rows);
    this.#groups.push({ number, rows, count, chars });
    this.#rows += count;
    this.#chars += chars;
    this.fates.note(rows);
  }

  /** What an earlier life of the writer left here. */
  #load(): void {
    const groups = this.#statements.prepare("SELECT number, tasks FROM inbox ORDER BY number")
      .all();
    if (groups.length === 0) return;
    const state = this.#statements.prepare("SELECT state FROM tasks WHERE seq = ?");
    for (const { number, tasks } of groups) {
      const text = String(tasks);
      const rows = readTaskRows(text);
      this.#keep(Number(number), rows, text.length);
      for (let at = 0; at < rows.ended.length; at += END_COLUMNS.length) {
        const seq = Number(rows.ended[at]);
        const stored = STORED_STATES[Number(state.get(seq)?.["state"] ?? 0)] ?? null;
        if (stored !== null && isFinal(stored)) this.fates.noteTaken(seq);
      }
    }
  }
}

function countRows({ submitted, moved, ended }: TaskRows): number {
  return submitted.length / SUBMIT_COLUMNS.length + moved.length / MOVE_COLUMNS.length +
    ended.length / END_COLUMNS.length;
}
