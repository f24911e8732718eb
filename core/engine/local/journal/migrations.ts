/** Brings a journal's file to the version of this Lido. */
import { existsSync, renameSync, rmSync, statSync } from "node:fs";
import { backup, DatabaseSync } from "node:sqlite";
import { LidoError } from "../../../model/errors.ts";
import { openError } from "./open_error.ts";
import { makePrivate } from "./private_file.ts";
import { APPLICATION_ID, type Migration, MIGRATIONS, PAGE_BYTES } from "./schema.ts";
import { checkWal } from "./wal_check.ts";

/** Older ones can damage a file that two connections write ahead to. */
const SQLITE_VERSION_MIN = "3.51.3";

/**
 * Makes the file, or runs the migrations that it has not had, each in a transaction of its own.
 * Before each, a copy of the file is kept beside it as `….before-<number>`.
 * @throws {LidoError} `journal_corrupt`, `journal_unavailable`, `data_folder_unusable`.
 */
export async function migrate(
  path: string,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<void> {
  try {
    await bringUp(path, migrations);
  } catch (error) {
    throw openError(path, error);
  }
}

async function bringUp(path: string, migrations: readonly Migration[]): Promise<void> {
  const isMissing = !existsSync(path) || statSync(path).size === 0;
  if (isMissing && existsSync(`${path}-wal`) && statSync(`${path}-wal`).size > 0) {
    throw new Error("the main file is missing, and its write-ahead file is not");
  }
  if (!isMissing) checkWal(path);
  makePrivate(path);
  const db = new DatabaseSync(path, { timeout: 5_000 });
  try {
    checkSqlite(db, path);
    db.exec("PRAGMA cell_size_check = ON");
    const isNew = isUnused(db);
    if (isNew) begin(db);
    else if (pragma(db, "application_id") !== APPLICATION_ID) {
      throw new Error("it is no journal of Lido");
    }
    db.exec("PRAGMA journal_mode = WAL");
    const had = pragma(db, "user_version");
    if (had > migrations.length) {
      throw new LidoError(
        "data_folder_unusable",
        `Cannot use journal ${path}: a newer Lido wrote it (version ${had}, known are ` +
          `${migrations.length})`,
      );
    }
    for (const [index, migration] of migrations.entries()) {
      if (index < had) continue;
      if (!isNew) await keepCopy(db, `${path}.before-${index + 1}`);
      run(db, migration, index + 1);
    }
    checkSchema(db, migrations);
  } finally {
    db.close();
  }
}

function checkSqlite(db: DatabaseSync, path: string): void {
  const version = String(db.prepare("SELECT sqlite_version() AS v").get()?.["v"]);
  if (compare(version, SQLITE_VERSION_MIN) < 0) {
    throw new LidoError(
      "data_folder_unusable",
      `Cannot use journal ${path}: SQLite ${version} is older than ${SQLITE_VERSION_MIN}`,
    );
  }
}

/** Whether nothing is in a file that is Lido's or nobody's: a first start that was cut off leaves one. */
function isUnused(db: DatabaseSync): boolean {
  return [0, APPLICATION_ID].includes(pragma(db, "application_id")) &&
    pragma(db, "user_version") === 0 && readSchema(db).size === 0;
}

function begin(db: DatabaseSync): void {
  db.exec(`
    PRAGMA page_size = ${PAGE_BYTES};
    PRAGMA auto_vacuum = INCREMENTAL;
    PRAGMA application_id = ${APPLICATION_ID};
  `);
}

function run(db: DatabaseSync, { sql }: Migration, number: number): void {
  db.exec("BEGIN IMMEDIATE");
  try {
    db.exec(sql);
    db.exec(`PRAGMA user_version = ${number}`);
    db.exec("COMMIT");
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

/** A name in the schema that was damaged would else be read as a column that there is not. */
function checkSchema(db: DatabaseSync, migrations: readonly Migration[]): void {
  const whole = new DatabaseSync(":memory:");
  try {
    for (const { sql } of migrations) whole.exec(sql);
    const found = readSchema(db);
    for (const [name, sql] of readSchema(whole)) {
      if (found.get(name) !== sql) throw new Error(`its schema is damaged at ${name}`);
    }
  } finally {
    whole.close();
  }
}

function readSchema(db: DatabaseSync): ReadonlyMap<unknown, unknown> {
  const rows = db.prepare("SELECT name, sql FROM sqlite_schema").all();
  return new Map(rows.map(({ name, sql }) => [name, sql]));
}

/** Under another name first: what bears the name is whole. */
async function keepCopy(db: DatabaseSync, target: string): Promise<void> {
  if (existsSync(target)) return;
  const temporary = `${target}.partial`;
  rmSync(temporary, { force: true });
  makePrivate(temporary);
  await backup(db, temporary);
  renameSync(temporary, target);
}

function pragma(db: DatabaseSync, name: string): number {
  return Number(db.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0);
}

function compare(one: string, other: string): number {
  const [first, second] = [one, other].map((text) => text.split(".").map(Number));
  for (const [index, part] of (first ?? []).entries()) {
    const difference = part - (second?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
