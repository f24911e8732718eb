/** Writes groups to the journal's file: each in one transaction, counters with what they count. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import {
  type Cell,
  type Change,
  END_COLUMNS,
  type GroupMessage,
  MOVE_COLUMNS,
  SUBMIT_COLUMNS,
} from "./group.ts";
import { HistoryStore } from "./history_store.ts";
import { prune } from "./prune.ts";
import { REJECTED, storedState, STRETCH, TIMED_OUT } from "./schema.ts";

const PENDING = storedState("pending");
const RUNNING = storedState("running");
/** Numbers of events in the file. */
const SUBMIT = 1;
const START = 4;

/** See the head of this file. */
export class GroupStore {
  readonly #db: DatabaseSync;
  readonly #history: HistoryStore;
  readonly #statements = new Map<string, StatementSync>();
  /** `pool:state` → what is added to `ever`. */
  readonly #counted = new Map<number, Map<number, number>>();
  #isSynced = true;

  constructor(db: DatabaseSync, readonly isDurable: boolean) {
    this.#db = db;
    this.#history = new HistoryStore(db);
  }

  /** The number of the last group that is in the file. */
  lastGroup(): number {
    const row = this.#prepare("SELECT value FROM meta WHERE key = 'last_group'").get();
    return Number(row?.["value"] ?? 0);
  }

  /** Writes one group, whole or not at all; gives how many records retention took. */
  write(group: GroupMessage): number {
    this.#sync(group.isSynced);
    this.#db.exec("BEGIN IMMEDIATE");
    try {
      const pruned = this.#apply(group);
      this.#db.exec("COMMIT");
      return pruned;
    } catch (error) {
      this.#counted.clear();
      // A failed COMMIT may have rolled back by itself.
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      throw error;
    }
  }

  #apply(group: GroupMessage): number {
    this.#submit(group.submitted);
    this.#move(group.moved);
    this.#end(group.ended);
    let pruned = 0;
    for (const change of group.changes) pruned += this.#change(change);
    this.#writeCounters();
    this.#run(
      "INSERT INTO meta VALUES ('last_group', ?) ON CONFLICT DO UPDATE SET value = excluded.value",
      group.number,
    );
    return pruned;
  }

  #submit(rows: readonly Cell[]): void {
    if (rows.length === 0) return;
    const task = this.#prepare(
      `INSERT INTO tasks (seq, id, pool, type, name, priority, submitted_at, run_timeout_ms,
        code_url, code_version, idempotency_key, tags, input, state, events)
       VALUES (?, unhex(?, '-'), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ${PENDING}, ?)`,
    );
    const times = new Map<number, [number, number]>();
    for (let at = 0; at < rows.length; at += SUBMIT_COLUMNS.length) {
      const row = rows.slice(at, at + SUBMIT_COLUMNS.length);
      // In the columns' order, as the host laid them.
      const [seq, , pool, , , , atMs, , , , , tags] = row as [number, string, number, ...number[]];
      task.run(...row, eventText(atMs, SUBMIT, 1, null));
      this.#count(pool, PENDING, 1);
      if (tags !== null && tags !== undefined) this.#tag(seq, String(tags));
      noteTime(times, Math.floor(seq / STRETCH), atMs ?? 0);
    }
    for (const [stretch, [first, last]] of times) {
      this.#run(
        `INSERT INTO submit_times VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET
          first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at)`,
        stretch,
        first,
        last,
      );
    }
  }

  #tag(seq: number, tags: string): void {
    this.#run("INSERT OR IGNORE INTO task_tags SELECT value, ? FROM json_each(?)", seq, tags);
  }

  #move(rows: readonly Cell[]): void {
    if (rows.length === 0) return;
    const task = this.#prepare(
      `UPDATE tasks SET state = ?, attempt = ?, slot = ?, deaths = ?, events = events || ?,
        started_at = CASE WHEN ?1 = ${RUNNING} THEN ?6 END WHERE seq = ?7`,
    );
    for (let index = 0; index < rows.length; index += MOVE_COLUMNS.length) {
      const [seq = 0, pool, from, to, event, at, attempt, slot, cause = null, deaths = 0] = rows
        .slice(index, index + MOVE_COLUMNS.length) as [...number[]]; // see MOVE_COLUMNS
      if (event !== START) this.#keepAttempt(seq, at, attempt, cause);
      const text = `,${eventText(at, event, attempt, cause)}`;
      task.run(to ?? 0, attempt ?? 1, slot ?? null, deaths, text, at ?? 0, seq);
      this.#count(pool ?? 0, from ?? 0, -1);
      this.#count(pool ?? 0, to ?? 0, 1);
    }
  }

  /** The attempt that ran was cut off, and another follows: a task that only came back has the same. */
  #keepAttempt(seq: number, at: Cell = null, next: Cell = null, cause: Cell): void {
    this.#run(
      `INSERT OR REPLACE INTO attempts
       SELECT seq, attempt, slot, started_at, ?, NULL, 'died', ?, code_version FROM tasks
       WHERE seq = ? AND attempt < ?`,
      at,
      cause,
      seq,
      next,
    );
  }

  #end(rows: readonly Cell[]): void {
    if (rows.length === 0) return;
    const task = this.#prepare(
      `UPDATE tasks SET state = ?, attempt = ?, started_at = ?, finished_at = ?, run_ms = ?,
        slot = ?, result = ?, ending = ?, notes = ?, code_version = ?, events = events || ?
       WHERE seq = ?`,
    );
    const ended = this.#prepare("INSERT INTO ended (task, pool, at) VALUES (?, ?, ?)");
    for (let index = 0; index < rows.length; index += END_COLUMNS.length) {
      const row = rows.slice(index, index + END_COLUMNS.length);
      const [seq = 0, pool = 0, from, to, event, at = 0, attempt, startedAt = null, runMs = null] =
        row as [...number[]]; // see END_COLUMNS
      const [slot = null, cause, result = null, ending = null, notes = null, code = ""] = row
        .slice(9);
      const [startedNow, isTimeout] = row.slice(15);
      const start = startedNow === 1 ? `,${eventText(startedAt, START, attempt, null)}` : "";
      const text = `${start},${eventText(at, event, attempt, cause)}`;
      task.run(
        to ?? 0,
        attempt ?? 1,
        startedAt,
        at,
        runMs,
        slot,
        result,
        ending,
        notes,
        code,
        text,
        seq,
      );
      ended.run(seq, pool, at);
      this.#count(pool, from ?? 0, -1);
      this.#count(pool, to ?? 0, 1);
      if (isTimeout === 1) this.#count(pool, TIMED_OUT, 1);
    }
  }

  #change(change: Change): number {
    switch (change.kind) {
      case "pool":
        this.#savePool(change);
        return 0;
      case "rejected":
        this.#count(change.pool, REJECTED, change.count);
        return 0;
      case "logged":
        for (const { atMs, level, text } of change.lines) {
          this.#run(
            `INSERT INTO logs SELECT ?1, ifnull(max(n), -1) + 1, ?2, ?3, ?4, ?5
             FROM logs WHERE task = ?1`,
            change.seq,
            Math.round(atMs),
            level,
            text,
            change.attempt,
          );
        }
        return 0;
      case "noted":
        this.#run("UPDATE tasks SET notes = ? WHERE seq = ?", change.notes, change.seq);
        return 0;
      case "history":
        this.#history.save(change);
        return 0;
      case "started":
        this.#history.saveStart(change);
        return 0;
      case "prune":
        return prune(this.#db, change.rules, change.nowMs);
    }
  }

  #savePool(pool: Extract<Change, { kind: "pool" }>): void {
    this.#run(
      `INSERT INTO pools VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
        state = excluded.state, version = excluded.version, settings = excluded.settings`,
      pool.number,
      pool.id,
      pool.state,
      pool.createdAtMs,
      pool.version,
      pool.settings,
    );
    this.#run(
      "INSERT OR IGNORE INTO pool_settings VALUES (?, ?, ?, ?, ?, ?)",
      pool.number,
      pool.version,
      pool.atMs,
      pool.author,
      pool.reason,
      pool.settings,
    );
  }

  #count(pool: number, state: number, by: number): void {
    let counted = this.#counted.get(pool);
    if (counted === undefined) this.#counted.set(pool, counted = new Map());
    counted.set(state, (counted.get(state) ?? 0) + by);
  }

  #writeCounters(): void {
    for (const [pool, counted] of this.#counted) {
      for (const [state, by] of counted) {
        this.#run(
          `INSERT INTO counters VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET
            ever = ever + excluded.ever, kept = kept + excluded.kept`,
          pool,
          state,
          by,
          by,
        );
      }
    }
    this.#counted.clear();
  }

  /** A group that need not be on the disk yet does not wait for it. */
  #sync(isWanted: boolean): void {
    if (!this.isDurable || isWanted === this.#isSynced) return;
    this.#db.exec(`PRAGMA synchronous = ${isWanted ? "FULL" : "NORMAL"}`);
    this.#isSynced = isWanted;
  }

  #run(sql: string, ...values: Cell[]): void {
    this.#prepare(sql).run(...values);
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) this.#statements.set(sql, statement = this.#db.prepare(sql));
    return statement;
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
