/**
 * The text index: derived from the journal, in a file of its own, so that keeping it up never holds
 * the journal's lock. It follows the journal in small steps, and can be made anew at any time.
 *
 * A task has two texts: what it was submitted with (rowid 2 × seq), and what it came to (2 × seq + 1).
 * Kept is which groups of characters a text has, not where: that would more than double the file, and
 * a search looks at the rows anyway.
 */
import { rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { LidoError, messageOf } from "../../../model/errors.ts";
import { isRefusal } from "./open_error.ts";
import { makePrivate } from "./private_file.ts";
import { TIMED_OUT } from "./schema.ts";
import { columnOf } from "./statements.ts";
import { GROUPS_FTS5, groupsText } from "./text_groups.ts";
import { readProgress, type TextProgress } from "./text_progress.ts";

/** Characters of each text that are found. */
const CHARS_MAX = 8_192;
/** Tasks of one step. */
const STEP = 200;
/** Pages that are put together in one step when there is nothing to index. */
const MERGE_PAGES = 16;
/** Another number makes the index anew. */
const VERSION = 3;

/** See the head of this file. */
export class TextStore implements Disposable {
  readonly #journal: DatabaseSync;
  readonly #path: string;
  #db: DatabaseSync;
  /** A round through all texts has come so far; undefined between two. */
  #lookedTo: number | undefined;
  /** Tasks that retention had taken when the last round began; 0 in a new life: it may have left some. */
  #goneThen = 0;

  constructor(journalPath: string, path: string) {
    this.#journal = new DatabaseSync(journalPath, { readOnly: true, timeout: 1_000 });
    this.#path = path;
    try {
      this.#db = this.#open();
    } catch (error) {
      this.#journal.close();
      throw error;
    }
  }

  /**
   * Indexes some of what is new, or else puts some of the index's parts together, for a search reads
   * them all; answers whether there was anything to do.
   * @throws {LidoError} `journal_unavailable` if the index was damaged: the next step begins anew.
   */
  step(): boolean {
    const { seq, ended, pruned } = this.#onIndex(() => readProgress(this.#db));
    // No text goes on behind a NUL for SQLite: a name is cut there before others follow it.
    const submits = this.#journal.prepare(
      `SELECT seq, substr(concat_ws(' ', substr(name, 1, ${CHARS_MAX}), tags, input), 1,
         ${CHARS_MAX}) AS text
       FROM tasks NOT INDEXED WHERE seq > ? ORDER BY seq LIMIT ${STEP}`,
    ).all(seq);
    const ends = this.#journal.prepare(
      `SELECT e.n, e.task, substr(concat_ws(' ', t.result, t.ending), 1, ${CHARS_MAX}) AS text
       FROM (SELECT n, task FROM ended WHERE n > ? ORDER BY n LIMIT ${STEP}) e
       LEFT JOIN tasks t ON t.seq = e.task ORDER BY e.n`,
    ).all(ended);
    const oldest = this.#journal.prepare("SELECT min(seq) AS seq FROM tasks").get();
    const gone = Math.min(Number(oldest?.["seq"] ?? seq), seq) - 1;
    const isLooking = this.#isLooking();
    if (submits.length === 0 && ends.length === 0 && gone <= pruned && !isLooking) {
      return this.#onIndex(() => this.#merge());
    }
    const progress = {
      seq: Number(submits.at(-1)?.["seq"] ?? seq),
      ended: Number(ends.at(-1)?.["n"] ?? ended),
      pruned: Math.min(gone, pruned + STEP),
    };
    const leftOver = isLooking ? this.#findLeftOver() : [];
    this.#onIndex(() =>
      this.#write(
        submits.map((row) => [2 * Number(row["seq"]), String(row["text"])] as const),
        ends.map((row) => [2 * Number(row["task"]) + 1, String(row["text"] ?? "")] as const),
        leftOver,
        progress,
      )
    );
    return true;
  }

  /**
   * Whether texts are to be looked through for those of tasks that are gone: most go as `pruned` comes
   * to them, but it stays before the oldest task there is, which may wait for years. A round looks at
   * all, so it begins once half as many tasks are gone as there are.
   */
  #isLooking(): boolean {
    if (this.#lookedTo !== undefined) return true;
    const row = this.#journal.prepare(
      `SELECT sum(kept) AS kept, sum(ever - kept) AS gone FROM counters WHERE state < ${TIMED_OUT}`,
    ).get();
    const gone = Number(row?.["gone"] ?? 0);
    if (gone - this.#goneThen <= Number(row?.["kept"] ?? 0) / 2) return false;
    this.#goneThen = gone;
    this.#lookedTo = 0;
    return true;
  }

  /** The next part of a round: which texts are of tasks that the journal has no more. */
  #findLeftOver(): readonly number[] {
    // The table that the index keeps its texts' lengths in: of itself it would go through all texts.
    const rowids = this.#onIndex(() =>
      columnOf(
        this.#db.prepare("SELECT id FROM texts_docsize WHERE id > ? ORDER BY id LIMIT ?"),
        this.#lookedTo ?? 0,
        2 * STEP,
      )
    );
    this.#lookedTo = rowids.at(-1);
    return columnOf(
      this.#journal.prepare(
        `SELECT r.value FROM json_each(?) r
         WHERE NOT EXISTS (SELECT 1 FROM tasks t WHERE t.seq = r.value / 2)`,
      ),
      JSON.stringify(rowids),
    );
  }

  /** Lets the index go, and begins another. */
  renew(): void {
    this.#db.close();
    this.#db = makeAnew(this.#path);
  }

  [Symbol.dispose](): void {
    this.#journal.close();
    this.#db.close();
  }

  #write(
    submits: readonly (readonly [number, string])[],
    ends: readonly (readonly [number, string])[],
    leftOver: readonly number[],
    progress: TextProgress,
  ): void {
    const before = readProgress(this.#db);
    this.#db.exec("BEGIN IMMEDIATE");
    try {
      const put = this.#db.prepare("INSERT OR REPLACE INTO texts (rowid, text) VALUES (?, ?)");
      for (const [rowid, text] of [...submits, ...ends]) {
        if (text !== "") put.run(rowid, groupsText(text));
      }
      // One by one: a range of them would be looked for by going through all there are.
      const drop = this.#db.prepare("DELETE FROM texts WHERE rowid = ?");
      for (let seq = before.pruned + 1; seq <= progress.pruned; seq++) {
        drop.run(2 * seq);
        drop.run(2 * seq + 1);
      }
      for (const rowid of leftOver) drop.run(rowid);
      this.#db.prepare("UPDATE progress SET seq = ?, ended = ?, pruned = ?")
        .run(progress.seq, progress.ended, progress.pruned);
      this.#db.exec("COMMIT");
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
      throw error;
    }
  }

  #merge(): boolean {
    const changes = this.#db.prepare("SELECT total_changes() AS n");
    const before = Number(changes.get()?.["n"]);
    this.#db.exec(`INSERT INTO texts (texts, rank) VALUES ('merge', ${MERGE_PAGES})`);
    // The statement itself counts as one change.
    return Number(changes.get()?.["n"]) - before > 1;
  }

  /** Opens the index; one that is damaged, or of another journal, is made anew. */
  #open(): DatabaseSync {
    const last = this.#journal.prepare("SELECT ifnull(max(n), 0) AS n FROM ended").get();
    try {
      this.#db = openIndex(this.#path);
      if (readProgress(this.#db).ended <= Number(last?.["n"] ?? 0)) return this.#db;
      this.#db.close();
      return makeAnew(this.#path);
    } catch (error) {
      if (isRefusal(this.#path, error)) throw error;
      makeAnew(this.#path).close();
      throw anewError(this.#path, error);
    }
  }

  #onIndex<Result>(act: () => Result): Result {
    try {
      return act();
    } catch (error) {
      if (isRefusal(this.#path, error)) throw error;
      this.renew();
      throw anewError(this.#path, error);
    }
  }
}

/** What is said of an index that was damaged: it tells nothing that the journal does not tell. */
export function anewError(path: string, cause: unknown): LidoError {
  const reason = messageOf(cause);
  return new LidoError(
    "journal_unavailable",
    `Cannot use text index ${path}: ${reason}; it is made anew from the journal`,
    {},
    { cause },
  );
}

function makeAnew(path: string): DatabaseSync {
  for (const end of ["", "-wal", "-shm"]) rmSync(path + end, { force: true });
  return openIndex(path);
}

function openIndex(path: string): DatabaseSync {
  makePrivate(path);
  const db = new DatabaseSync(path, { timeout: 1_000 });
  try {
    prepareIndex(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function prepareIndex(db: DatabaseSync): void {
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -8192");
  if (db.prepare("PRAGMA user_version").get()?.["user_version"] === VERSION) return;
  db.exec(`
    BEGIN;
    DROP TABLE IF EXISTS texts;
    DROP TABLE IF EXISTS progress;
    CREATE VIRTUAL TABLE texts USING fts5(
      text, content = '', contentless_delete = 1, detail = none, ${GROUPS_FTS5}
    );
    INSERT INTO texts (texts, rank) VALUES ('usermerge', 2);
    CREATE TABLE progress (seq INTEGER NOT NULL, ended INTEGER NOT NULL, pruned INTEGER NOT NULL) STRICT;
    INSERT INTO progress VALUES (0, 0, 0);
    PRAGMA user_version = ${VERSION};
    COMMIT;
  `);
}
