/** Reads of the journal's file: what the reader's threads run. */
import type { DatabaseSync } from "node:sqlite";
import type { AlertPageRequest } from "../../../model/alert.ts";
import type { SavedView } from "../../../model/saved_view.ts";
import type { AttemptEntry, LogEntry, TaskEventEntry, TaskId } from "../../../model/task.ts";
import type { HistoryRead } from "../../archives.ts";
import {
  readAlertPage,
  readAlertSettings,
  readDeliveries,
  readFiringAlerts,
  type StoredAlertPage,
} from "./alert_store.ts";
import { readHistory, type StoredHistoryQuery } from "./history_read.ts";
import {
  type Lane,
  readExpendable,
  readPriorities,
  readReady,
  type ReadyRequest,
  type ReadyTasks,
} from "./ready_read.ts";
import { storedState, STRETCH } from "./schema.ts";
import type { Statements } from "./statements.ts";
import type { StoredTask } from "./stored_task.ts";
import { readAttempts, readEvents, readLogs } from "./story_read.ts";
import { readTaskPage, type StoredPage, type StoredPageRequest } from "./task_page.ts";
import type { StoredFilter } from "./task_query.ts";
import { TASK_COLUMNS, TaskRows } from "./task_rows.ts";
import { TaskSieve } from "./task_sieve.ts";

/** A pool's row. */
export interface StoredPool {
  readonly number: number;
  readonly id: string;
  readonly state: string;
  readonly createdAtMs: number;
  readonly version: number;
  /** JSON. */
  readonly settings: string;
}

/** See the head of this file. */
export class ReadStore {
  readonly #db: DatabaseSync;
  readonly #rows: TaskRows;
  readonly #search: () => Statements | undefined;

  /** `search` gives the text index; undefined while there is none. */
  constructor(db: DatabaseSync, search: () => Statements | undefined) {
    this.#db = db;
    this.#rows = new TaskRows(db);
    this.#search = search;
  }

  get(id: TaskId): StoredTask | undefined {
    return this.#rows.task("t.id = unhex(?, '-')", id);
  }

  byKey(pool: number, key: string): StoredTask | undefined {
    return this.#rows.task("t.pool = ? AND t.idempotency_key = ?", pool, key);
  }

  bySeqs(seqs: readonly number[]): readonly StoredTask[] {
    return this.#rows.bySeqs(seqs);
  }

  running(): readonly StoredTask[] {
    return [
      ...this.#rows.tasks(
        `SELECT ${TASK_COLUMNS} FROM tasks t INDEXED BY tasks_by_state
         WHERE t.state = ${storedState("running")} ORDER BY t.seq`,
      ),
    ];
  }

  ready(request: ReadyRequest): ReadyTasks {
    return readReady(this.#rows, request);
  }

  expendable(lane: Lane): StoredTask | undefined {
    return readExpendable(this.#rows, lane);
  }

  priorities(pool: number): readonly number[] {
    return readPriorities(this.#rows, pool);
  }

  pools(): readonly StoredPool[] {
    return this.#rows.all("SELECT * FROM pools ORDER BY number").map((row) => ({
      number: Number(row["number"]),
      id: String(row["id"]),
      state: String(row["state"]),
      createdAtMs: Number(row["created_at"]),
      version: Number(row["version"]),
      settings: String(row["settings"]),
    }));
  }

  views(): readonly SavedView[] {
    return this.#rows.all("SELECT * FROM views").map((row) => ({
      name: String(row["name"]),
      query: String(row["query"]),
      savedAtMs: Number(row["at"]),
    }));
  }

  alertSettings() {
    return readAlertSettings(this.#rows);
  }

  firingAlerts(): readonly string[] {
    return readFiringAlerts(this.#rows);
  }

  deliveries(): readonly string[] {
    return readDeliveries(this.#rows);
  }

  alerts(request: AlertPageRequest): StoredAlertPage {
    return readAlertPage(this.#rows, request);
  }

  settingsVersions(pool: number) {
    return this.#rows.all("SELECT * FROM pool_settings WHERE pool = ? ORDER BY version DESC", pool)
      .map((row) => ({
        version: Number(row["version"]),
        atMs: Number(row["at"]),
        author: row["author"] as string | null, // a TEXT column
        reason: row["reason"] as string | null, // a TEXT column
        settings: String(row["settings"]),
      }));
  }

  counters(): readonly { readonly pool: number; readonly state: number; readonly ever: number }[] {
    return this.#rows.all("SELECT * FROM counters").map((row) => ({
      pool: Number(row["pool"]),
      state: Number(row["state"]),
      ever: Number(row["ever"]),
    }));
  }

  /** A seq that none above was ever given: retention may have taken the last task, not its stretch. */
  lastSeq(): number {
    return this.#rows.number(
      `SELECT max(ifnull((SELECT max(seq) FROM tasks), 0),
        ifnull((SELECT max(stretch) + 1 FROM submit_times) * ${STRETCH} - 1, 0))`,
    );
  }

  /** The generation of the ledger that was dealt with last; null when none ever was. */
  recoveredLedger(): number | null {
    const row = this.#rows.first("SELECT value FROM meta WHERE key = 'recovered_ledger'");
    return row === undefined ? null : Number(row["value"]);
  }

  logs(id: TaskId): readonly LogEntry[] | undefined {
    return this.#story(id, readLogs);
  }

  events(id: TaskId): readonly TaskEventEntry[] | undefined {
    return this.#story(id, readEvents);
  }

  attempts(id: TaskId): readonly AttemptEntry[] | undefined {
    return this.#story(id, readAttempts);
  }

  history(query: StoredHistoryQuery): HistoryRead {
    return readHistory(this.#db, query);
  }

  /**
   * One page, newest first, and the total as of the same instant.
   * @throws {LidoError} `cursor_invalid`; `journal_corrupt` if rows are missing that were counted.
   */
  list(filter: StoredFilter, request: StoredPageRequest): StoredPage {
    const index = filter.text === undefined ? undefined : this.#search();
    return this.#rows.atOnce(() => readTaskPage(new TaskSieve(this.#rows, filter, index), request));
  }

  #story<Entry>(id: TaskId, read: (rows: TaskRows, seq: number) => Entry): Entry | undefined {
    const row = this.#rows.first("SELECT seq FROM tasks WHERE id = unhex(?, '-')", id);
    return row === undefined ? undefined : read(this.#rows, Number(row["seq"]));
  }
}
