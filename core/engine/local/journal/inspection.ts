/** Looks whether a journal is whole and agrees with itself; it only reads. */
import { DatabaseSync } from "node:sqlite";
import type { SelfTestFinding } from "../../../model/system.ts";
import {
  APPLICATION_ID,
  FINAL_STATES,
  MIGRATIONS,
  STORED_EVENTS,
  STORED_STATES,
  TIMED_OUT,
} from "./schema.ts";
import { checkWal } from "./wal_check.ts";
import { messageOf } from "../../../model/errors.ts";

/** Faults that are told of each check. */
const TOLD_MAX = 3;

const FINAL = FINAL_STATES.join(", ");
const ENDINGS = (["complete", "fail", "cancel"] as const)
  .map((event) => STORED_EVENTS.indexOf(event)).join(", ");

/** What a look at a journal came to. */
export interface Inspection {
  readonly findings: readonly SelfTestFinding[];
  /** Tasks on record, and migrations that the file has had; 0 where it cannot be read. */
  readonly tasks: number;
  readonly version: number;
}

/** How to look. */
export interface InspectionOptions {
  /** Whether somebody writes to it meanwhile: then its write-ahead file is never at rest. */
  readonly isInUse?: boolean;
  /** The newest version that is known. */
  readonly versionMax?: number;
}

/** Looks at a file, all at one instant of it. Never throws: what is wrong is a finding. */
export function inspectJournal(path: string, options: InspectionOptions = {}): Inspection {
  const { isInUse = false, versionMax = MIGRATIONS.length } = options;
  let db: DatabaseSync | undefined;
  let version = 0;
  let tasks = 0;
  const file = find("journal file", () => {
    if (!isInUse) checkWal(path);
    db = openReadOnly(path);
    version = checkFile(db, versionMax);
    tasks = Number(db.prepare("SELECT count(*) AS n FROM tasks").get()?.["n"]);
    return `${path} is whole: ${tasks} tasks, version ${version}`;
  });
  try {
    // A file that is damaged, or none of Lido's, has nothing to compare.
    const findings = db === undefined || !file.isOk ? [file] : [file, ...compare(db)];
    return { findings, tasks, version };
  } finally {
    db?.close();
  }
}

function compare(db: DatabaseSync): readonly SelfTestFinding[] {
  return [
    find("journal counters", () => checkCounters(db)),
    find("journal endings", () => checkEndings(db)),
  ];
}

function find(name: string, check: () => string): SelfTestFinding {
  try {
    return { name, isOk: true, detail: check() };
  } catch (error) {
    return { name, isOk: false, detail: messageOf(error) };
  }
}

function openReadOnly(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
  db.exec(`
    PRAGMA query_only = ON;
    PRAGMA cell_size_check = ON;
    PRAGMA trusted_schema = OFF;
    BEGIN;
  `);
  return db;
}

/** Gives the file's version. */
function checkFile(db: DatabaseSync, versionMax: number): number {
  const id = db.prepare("PRAGMA application_id").get()?.["application_id"];
  if (id !== APPLICATION_ID) throw new Error("it is no journal of Lido");
  const version = Number(db.prepare("PRAGMA user_version").get()?.["user_version"]);
  if (version > versionMax) {
    throw new Error(`a newer Lido wrote it (version ${version}, known are ${versionMax})`);
  }
  const faults = db.prepare(`PRAGMA integrity_check(${TOLD_MAX})`).all()
    .map((row) => String(row["integrity_check"]));
  if (faults.join() !== "ok") throw new Error(`it is damaged: ${faults.join("; ")}`);
  return version;
}

/** Each counter is what the tasks add up to. */
function checkCounters(db: DatabaseSync): string {
  const wrong = db.prepare(
    `SELECT pool, state, ifnull(c.ever, 0) AS ever, ifnull(c.kept, 0) AS kept,
       ifnull(t.n, 0) AS n
     FROM (SELECT * FROM counters WHERE state < ${TIMED_OUT}) c
     FULL JOIN (SELECT pool, state, count(*) AS n FROM tasks GROUP BY pool, state) t
       USING (pool, state)
     WHERE ifnull(c.kept, 0) <> ifnull(t.n, 0)
       OR iif(state IN (${FINAL}), c.ever < c.kept, c.ever <> c.kept)
     LIMIT ${TOLD_MAX}`,
  ).all().map(({ pool, state, ever, kept, n }) =>
    `pool ${pool} has ${n} tasks ${STORED_STATES[Number(state)] ?? state}, ` +
    `counted are ${kept} (${ever} ever)`
  );
  if (wrong.length > 0) throw new Error(wrong.join("; "));
  return "they are what the tasks add up to";
}

/** A task that ended did so once, and one that has not, never. */
function checkEndings(db: DatabaseSync): string {
  const wrong = db.prepare(
    `SELECT seq, state, (
       SELECT count(*) FROM json_each('[' || tasks.events || ']') e WHERE e.value ->> 1 IN (${ENDINGS})
     ) AS endings
     FROM tasks WHERE endings <> (state IN (${FINAL})) LIMIT ${TOLD_MAX}`,
  ).all().map(({ seq, state, endings }) =>
    `task number ${seq} is ${STORED_STATES[Number(state)] ?? state} and ended ${endings} times`
  );
  if (wrong.length > 0) throw new Error(wrong.join("; "));
  return "each task that ended did so once";
}
