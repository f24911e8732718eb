/**
 * Writes groups to the journal's file: each in one transaction, counters with what they count. What a
 * large group tells of tasks waits in the inbox, and goes to the tables later.
 */
import type { DatabaseSync } from "node:sqlite";
import { saveAlert, saveAlertSetting, saveDelivery } from "./alert_store.ts";
import { Counters } from "./counters.ts";
import { type Change, type GroupMessage, readTaskRows } from "./group.ts";
import { HistoryStore } from "./history_store.ts";
import { Inbox } from "./inbox.ts";
import { prune } from "./prune.ts";
import { REJECTED } from "./schema.ts";
import { Statements } from "./statements.ts";
import { TaskTable } from "./task_table.ts";

/** Settings of a pool as they once were, so many: each change that autoscale makes is one. */
const VERSIONS_KEPT = 1_000;

/** See the head of this file. After an error it must be made anew. */
export class GroupStore {
  readonly #db: DatabaseSync;
  readonly #statements: Statements;
  readonly #counters: Counters;
  readonly #tasks: TaskTable;
  readonly #inbox: Inbox;
  readonly #history: HistoryStore;
  #applied: number;
  #isSynced = true;

  constructor(
    db: DatabaseSync,
    readonly isDurable: boolean,
    inboxRowsMin: number,
  ) {
    this.#db = db;
    this.#statements = new Statements(db);
    this.#counters = new Counters(this.#statements);
    this.#tasks = new TaskTable(this.#statements, this.#counters);
    this.#inbox = new Inbox(this.#statements, inboxRowsMin);
    this.#history = new HistoryStore(db);
    const row = this.#statements.prepare("SELECT value FROM meta WHERE key = 'last_group'").get();
    this.#applied = Number(row?.["value"] ?? 0);
  }

  /** The number of the last group that is in the file. */
  get lastGroup(): number {
    return this.#inbox.last ?? this.#applied;
  }

  /** The number of the last group that the tables show. */
  get applied(): number {
    return this.#applied;
  }

  /** Rows that are written and that the tables do not show. */
  get waitingRows(): number {
    return this.#inbox.rows;
  }

  /** Writes one group, whole or not at all; gives how many records retention took. */
  write(group: GroupMessage): number {
    const { number, isSynced, changes, tasks: [first = "[[],[],[]]", ...more] } = group;
    if (more.length === 0 && this.#inbox.wants(group.rows) && changes.every(isApart)) {
      while (this.#inbox.isFull) this.applyNext();
      this.#sync(isSynced);
      this.#atOnce(() => {
        this.#inbox.put(number, group.rows, first);
        for (const change of changes) this.#change(change);
      });
      return 0;
    }
    while (this.applyNext());
    this.#sync(isSynced);
    return this.#transact(number, () => {
      const { fates } = this.#inbox;
      this.#tasks.write(readTaskRows(first), fates, changes);
      for (const text of more) this.#tasks.write(readTaskRows(text), fates);
      return changes.reduce((pruned, change) => pruned + this.#change(change), 0);
    });
  }

  /** Brings the oldest group that waits to the tables; answers whether there was any. */
  applyNext(): boolean {
    const { first } = this.#inbox;
    if (first === undefined) return false;
    this.#sync(false); // the group is on the disk already
    this.#transact(first.number, () => {
      this.#tasks.write(first.rows, this.#inbox.fates);
      this.#inbox.drop();
    });
    return true;
  }

  /** The tables show the group after that. */
  #transact<Result>(number: number, write: () => Result): Result {
    const result = this.#atOnce(() => {
      const written = write();
      this.#keep("last_group", number);
      return written;
    });
    this.#applied = number;
    return result;
  }

  #keep(key: string, value: number): void {
    this.#statements.run(
      "INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
      key,
      value,
    );
  }

  #atOnce<Result>(write: () => Result): Result {
    this.#db.exec("BEGIN IMMEDIATE");
    try {
      const result = write();
      this.#counters.write();
      this.#statements.run("COMMIT"); // prepared: only then does an error bear SQLite's number
      return result;
    } catch (error) {
      // A failed COMMIT may have rolled back by itself.
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      throw error;
    }
  }

  #change(change: Change): number {
    switch (change.kind) {
      case "pool":
        this.#savePool(change);
        return 0;
      case "view":
        this.#saveView(change);
        return 0;
      case "alert_setting":
        saveAlertSetting(this.#statements, change);
        return 0;
      case "alert":
        saveAlert(this.#statements, change);
        return 0;
      case "delivery":
        saveDelivery(this.#statements, change);
        return 0;
      case "rejected":
        this.#counters.add(change.pool, REJECTED, change.count);
        return 0;
      case "logged":
        this.#saveLines(change);
        return 0;
      case "noted":
        this.#statements.run("UPDATE tasks SET notes = ? WHERE seq = ?", change.notes, change.seq);
        return 0;
      case "changed":
        return 0; // with the tasks
      case "history":
        this.#history.save(change);
        return 0;
      case "recovered":
        this.#keep("recovered_ledger", change.generation);
        return 0;
      case "started":
        this.#history.saveStart(change);
        return 0;
      case "prune":
        this.#counters.write(); // what ended in this group may go at once
        return prune(this.#statements, change.rules, change.nowMs);
    }
  }

  #savePool(pool: Extract<Change, { kind: "pool" }>): void {
    this.#statements.run(
      `INSERT INTO pools VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
        state = excluded.state, version = excluded.version, settings = excluded.settings`,
      pool.number,
      pool.id,
      pool.state,
      pool.createdAtMs,
      pool.version,
      pool.settings,
    );
    this.#statements.run(
      "INSERT OR IGNORE INTO pool_settings VALUES (?, ?, ?, ?, ?, ?)",
      pool.number,
      pool.version,
      pool.atMs,
      pool.author,
      pool.reason,
      pool.settings,
    );
    this.#statements.run(
      "DELETE FROM pool_settings WHERE pool = ? AND version <= ?",
      pool.number,
      pool.version - VERSIONS_KEPT,
    );
  }

  /** None of a task that is gone: nobody would read them, nor take them away. */
  #saveLines({ seq, attempt, lines }: Extract<Change, { kind: "logged" }>): void {
    if (!this.#tasks.has(seq) && !this.#inbox.holds(seq)) return;
    for (const { atMs, level, text } of lines) {
      this.#statements.run(
        `INSERT INTO logs SELECT ?1, ifnull(max(n), -1) + 1, ?2, ?3, ?4, ?5
         FROM logs WHERE task = ?1`,
        seq,
        Math.round(atMs),
        level,
        text,
        attempt,
      );
    }
  }

  #saveView({ name, query, atMs }: Extract<Change, { kind: "view" }>): void {
    if (query === null) return this.#statements.run("DELETE FROM views WHERE name = ?", name);
    this.#statements.run("INSERT OR REPLACE INTO views VALUES (?, ?, ?)", name, query, atMs);
  }

  /** A group that need not be on the disk yet does not wait for it. */
  #sync(isWanted: boolean): void {
    if (!this.isDurable || isWanted === this.#isSynced) return;
    this.#db.exec(`PRAGMA synchronous = ${isWanted ? "FULL" : "NORMAL"}`);
    this.#isSynced = isWanted;
  }
}

/**
 * Whether a change has nothing to do with what the tables say of tasks: it need not wait until all that
 * is in the inbox is there.
 */
function isApart({ kind }: Change): boolean {
  return kind !== "changed" && kind !== "noted" && kind !== "prune";
}
