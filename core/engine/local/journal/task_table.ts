/**
 * Writes what groups tell of tasks to the table of tasks. Cells are taken by their place in a row:
 * see the lists of columns in `group.ts`.
 */
import type { Counters } from "./counters.ts";
import {
  type Cell,
  type Change,
  END_COLUMNS,
  MOVE_COLUMNS,
  SUBMIT_COLUMNS,
  type TaskRows,
  TRACED_COLUMNS,
} from "./group.ts";
import type { Fates } from "./fates.ts";
import {
  CHANGE,
  QUEUE_TIMED_OUT,
  START,
  storedState,
  STRETCH,
  SUBMIT,
  TIMED_OUT,
} from "./schema.ts";
import type { Statements } from "./statements.ts";

/** A stretch's times are rounded away from each other by so much: most submits then leave them as they are. */
const TIMES_MS = 1_000;

const PENDING = storedState("pending");
const RUNNING = storedState("running");

/** See the head of this file. */
export class TaskTable {
  readonly #statements: Statements;
  readonly #counters: Counters;

  constructor(statements: Statements, counters: Counters) {
    this.#statements = statements;
    this.#counters = counters;
  }

  /**
   * Writes the rows of one group, and what was changed between its moves; of a task whose end is known
   * already, its last form at once.
   */
  write(rows: TaskRows, fates: Fates, changes: readonly Change[] = []): void {
    this.#submit(rows.submitted, fates);
    this.#trace(rows.traced);
    let moved = 0;
    for (const change of changes) {
      if (change.kind !== "changed") continue;
      this.#move(rows.moved.slice(moved, change.movedBefore), fates);
      this.#change(change);
      moved = change.movedBefore;
    }
    this.#move(rows.moved.slice(moved), fates);
    this.#end(rows.ended, fates);
  }

  /** Whether there is a row of a task. */
  has(seq: number): boolean {
    return this.#statements.prepare("SELECT 1 FROM tasks WHERE seq = ?").get(seq) !== undefined;
  }

  #submit(rows: readonly Cell[], fates: Fates): void {
    if (rows.length === 0) return;
    const times = new Map<number, [number, number]>();
    for (let at = 0; at < rows.length; at += SUBMIT_COLUMNS.length) {
      const seq = Number(rows[at]);
      const submittedAt = Number(rows[at + 6]);
      const tags = rows[at + 11] ?? null;
      const fate = fates.take(seq);
      if (fate === undefined) this.#insert(rows, at);
      else this.#insertEnded(rows, at, fate.ended, fate.at);
      if (tags !== null) this.#tag(seq, tags);
      noteTime(times, Math.floor(seq / STRETCH), submittedAt);
    }
    for (const [stretch, [first, last]] of times) {
      this.#statements.run(
        `INSERT INTO submit_times VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET
          first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at)
         WHERE excluded.first_at < first_at OR excluded.last_at > last_at`,
        stretch,
        Math.floor(first / TIMES_MS) * TIMES_MS,
        Math.ceil(last / TIMES_MS) * TIMES_MS,
      );
    }
  }

  #insert(rows: readonly Cell[], at: number): void {
    this.#statements.prepare(
      `INSERT INTO tasks (seq, id, pool, type, name, priority, submitted_at, run_timeout_ms,
        code_url, code_version, idempotency_key, tags, input, state, events)
       VALUES (?, unhex(?, '-'), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ${PENDING}, ?)`,
    ).run(
      ...rows.slice(at, at + SUBMIT_COLUMNS.length),
      eventText(rows[at + 6], SUBMIT, 1, null),
    );
    this.#counters.add(Number(rows[at + 2]), PENDING, 1);
  }

  /** Of a task that has ended by now; `ended` and `end` say where that is told. */
  #insertEnded(rows: readonly Cell[], at: number, ended: readonly Cell[], end: number): void {
    const submit = eventText(rows[at + 6], SUBMIT, 1, null);
    const start = ended[end + 7] === null ? "" : `,${eventText(ended[end + 7], START, 1, null)}`;
    const finish = eventText(ended[end + 5], ended[end + 4], ended[end + 6], ended[end + 10]);
    this.#statements.prepare(
      `INSERT INTO tasks (seq, id, pool, type, name, priority, submitted_at, run_timeout_ms,
        code_url, code_version, idempotency_key, tags, input, state, attempt, started_at,
        finished_at, run_ms, slot, result, ending, notes, events)
       VALUES (?, unhex(?, '-'), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ).run(
      ...rows.slice(at, at + 9),
      ended[end + 14] ?? null,
      ...rows.slice(at + 10, at + SUBMIT_COLUMNS.length),
      ended[end + 3] ?? null,
      ended[end + 6] ?? null,
      ended[end + 7] ?? null,
      ended[end + 5] ?? null,
      ended[end + 8] ?? null,
      ended[end + 9] ?? null,
      ended[end + 11] ?? null,
      ended[end + 12] ?? null,
      ended[end + 13] ?? null,
      `${submit}${start},${finish}`,
    );
    this.#countEnd(ended, end);
  }

  #tag(seq: number, tags: Cell): void {
    this.#statements.run(
      "INSERT OR IGNORE INTO task_tags SELECT value, ? FROM json_each(?)",
      seq,
      tags,
    );
  }

  /** Of the tasks that were just submitted. */
  #trace(rows: readonly Cell[]): void {
    for (let at = 0; at < rows.length; at += TRACED_COLUMNS.length) {
      const [seq = null, traceparent = null] = rows.slice(at, at + TRACED_COLUMNS.length);
      this.#statements.run("UPDATE tasks SET traceparent = ? WHERE seq = ?", traceparent, seq);
    }
  }

  #move(rows: readonly Cell[], fates: Fates): void {
    for (let at = 0; at < rows.length; at += MOVE_COLUMNS.length) {
      const [seq = null, pool, from, to = null, event, when = null, attempt = null, slot = null] =
        rows.slice(at, at + 8);
      if (fates.isTaken(Number(seq))) continue;
      const cause = rows[at + 8] ?? null;
      if (event !== START) this.#keepAttempt(seq, when, attempt, cause);
      this.#statements.prepare(
        `UPDATE tasks SET state = ?, attempt = ?, slot = ?, deaths = ?, events = events || ?,
          started_at = CASE WHEN ?1 = ${RUNNING} THEN ?6 END WHERE seq = ?7`,
      ).run(
        to,
        attempt,
        slot,
        rows[at + 9] ?? 0,
        `,${eventText(when, event, attempt, cause)}`,
        when,
        seq,
      );
      this.#counters.add(Number(pool), Number(from), -1);
      this.#counters.add(Number(pool), Number(to), 1);
    }
  }

  #change(change: Extract<Change, { kind: "changed" }>): void {
    const { seq, from, to, priority, atMs, attempt, causes } = change;
    const events = causes.map((cause) => `,${eventText(atMs, CHANGE, attempt, cause)}`).join("");
    this.#statements.run(
      "UPDATE tasks SET pool = ?, priority = ?, events = events || ? WHERE seq = ?",
      to,
      priority,
      events,
      seq,
    );
    this.#counters.add(from, PENDING, -1);
    this.#counters.add(to, PENDING, 1);
  }

  /** The attempt that ran was cut off, and another follows: a task that only came back has the same. */
  #keepAttempt(seq: Cell, at: Cell, next: Cell, cause: Cell): void {
    this.#statements.run(
      `INSERT OR REPLACE INTO attempts
       SELECT seq, attempt, slot, started_at, ?, NULL, 'died', ?, code_version FROM tasks
       WHERE seq = ? AND attempt < ?`,
      at,
      cause,
      seq,
      next,
    );
  }

  #end(rows: readonly Cell[], fates: Fates): void {
    for (let at = 0; at < rows.length; at += END_COLUMNS.length) {
      const seq = rows[at] ?? null;
      if (fates.giveBack(Number(seq))) continue;
      const [, pool, from, to = null, event, when = null, attempt = null, startedAt = null] = rows
        .slice(at, at + 8);
      const start = rows[at + 15] === 1 ? `,${eventText(startedAt, START, attempt, null)}` : "";
      this.#statements.prepare(
        `UPDATE tasks SET state = ?, attempt = ?, started_at = ?, finished_at = ?, run_ms = ?,
          slot = ?, result = ?, ending = ?, notes = ?, code_version = ?, events = events || ?
         WHERE seq = ?`,
      ).run(
        to,
        attempt,
        startedAt,
        when,
        rows[at + 8] ?? null,
        rows[at + 9] ?? null,
        rows[at + 11] ?? null,
        rows[at + 12] ?? null,
        rows[at + 13] ?? null,
        rows[at + 14] ?? null,
        `${start},${eventText(when, event, attempt, rows[at + 10])}`,
        seq,
      );
      this.#counters.add(Number(pool), Number(from), -1);
      this.#countEnd(rows, at);
    }
  }

  /** Puts a task last in the order of ends. */
  #countEnd(ended: readonly Cell[], at: number): void {
    const pool = ended[at + 1] ?? null;
    this.#statements.prepare("INSERT INTO ended (task, pool, at) VALUES (?, ?, ?)")
      .run(ended[at] ?? null, pool, ended[at + 5] ?? null);
    this.#counters.add(Number(pool), Number(ended[at + 3]), 1);
    const timeout = Number(ended[at + 16]);
    if (timeout > 0) this.#counters.add(Number(pool), TIMED_OUT, 1);
    if (timeout === 2) this.#counters.add(Number(pool), QUEUE_TIMED_OUT, 1);
  }
}

/** One entry of `tasks.events`. */
function eventText(
  at: Cell = null,
  event: Cell = null,
  attempt: Cell = null,
  cause: Cell = null,
): string {
  return cause === null
    ? `[${at},${event},${attempt}]`
    : `[${at},${event},${attempt},${JSON.stringify(cause)}]`;
}

function noteTime(times: Map<number, [number, number]>, stretch: number, atMs: number): void {
  const known = times.get(stretch);
  if (known === undefined) times.set(stretch, [atMs, atMs]);
  else times.set(stretch, [Math.min(known[0], atMs), Math.max(known[1], atMs)]);
}
