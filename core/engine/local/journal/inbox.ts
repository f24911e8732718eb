/**
 * Groups that are written and that the tables do not show yet. A large group is one row here, which
 * is many times cheaper than what its tasks cost in the tables: it is answered at once, and the
 * tables follow when there is time, or when somebody wants to read them. By then many of its tasks
 * have ended, and each is written once only; see `fates.ts`. It stays a text until then.
 */
import { countRows, END_COLUMNS, readTaskRows, type TaskRows } from "./group.ts";
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
  readonly count: number;
  readonly text: string;
}

/** See the head of this file. */
export class Inbox {
  readonly fates = new Fates();
  readonly #statements: Statements;
  readonly #groups: WaitingGroup[] = [];
  /** Of the oldest groups, those that were read already. */
  readonly #read: TaskRows[] = [];
  #rows = 0;
  #chars = 0;

  constructor(statements: Statements, readonly rowsMin: number) {
    this.#statements = statements;
    this.#load();
  }

  /** The number of the newest group; undefined when there is none. */
  get last(): number | undefined {
    return this.#groups.at(-1)?.number;
  }

  /** Whether a group of so many rows is to wait here, and not to go to the tables at once. */
  wants(rows: number): boolean {
    return this.#groups.length > 0 || rows >= this.rowsMin;
  }

  /** Whether a task was submitted that is here only. */
  holds(seq: number): boolean {
    this.#readAll();
    return this.fates.has(seq);
  }

  /** How many rows wait. */
  get rows(): number {
    return this.#rows;
  }

  /** Whether some must go to the tables before more may come. */
  get isFull(): boolean {
    return this.#rows >= ROWS_MAX || this.#chars >= CHARS_MAX;
  }

  /** Writes a group of so many rows as the text that it came as; it counts with the transaction. */
  put(number: number, rows: number, text: string): void {
    this.#statements.run("INSERT INTO inbox VALUES (?, ?)", number, text);
    this.#keep({ number, count: rows, text });
  }

  /** The oldest group. */
  get first(): { readonly number: number; readonly rows: TaskRows } | undefined {
    const [group] = this.#groups;
    const [rows] = this.#readAll();
    return group && rows && { number: group.number, rows };
  }

  /** The oldest group is in the tables, with the same transaction. */
  drop(): void {
    const group = this.#groups.shift();
    if (group === undefined) return;
    this.#statements.run("DELETE FROM inbox WHERE number = ?", group.number);
    this.#read.shift();
    this.#rows -= group.count;
    this.#chars -= group.text.length;
  }

  #keep(group: WaitingGroup): void {
    this.#groups.push(group);
    this.#rows += group.count;
    this.#chars += group.text.length;
  }

  /** All of them: what became of a task of the first may be told in the last. */
  #readAll(): readonly TaskRows[] {
    for (const { text } of this.#groups.slice(this.#read.length)) this.#note(readTaskRows(text));
    return this.#read;
  }

  #note(rows: TaskRows): void {
    this.fates.note(rows);
    this.#read.push(rows);
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
      this.#keep({ number: Number(number), count: countRows(rows), text });
      this.#note(rows);
      const { ended } = rows;
      for (let at = 0; at < ended.length; at += END_COLUMNS.length) {
        const seq = Number(ended[at]);
        const stored = STORED_STATES[Number(state.get(seq)?.["state"] ?? 0)] ?? null;
        if (stored !== null && isFinal(stored)) this.fates.noteTaken(seq);
      }
    }
  }
}
