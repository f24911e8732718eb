/** Brings a journal's file to the version of this Lido. */
import { existsSync, renameSync, rmSync, statSync } from "node:fs";
import { backup, DatabaseSync } from "node:sqlite";
import { LidoError } from "../../../model/errors.ts";
import { makePrivate } from "./private_file.ts";
import { APPLICATION_ID, type Migration, MIGRATIONS } from "./schema.ts";
import { checkWal } from "./wal_check.ts";

/** Older ones can damage a file that two connections write ahead to. */
const SQLITE_VERSION_MIN = "3.51.3";

/**
 * Makes the file, or runs the migrations that it has not had, each in a transaction of its own.
 * Before each, a copy of the file is kept beside it as `….before-<number>`.
 * @throws {LidoError} `journal_corrupt`, `data_folder_unusable`.
 */
export async function migrate(
  path: string,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<void> {
  const isNew = !existsSync(path) || statSync(path).size === 0;
  if (isNew && existsSync(`${path}-wal`) && statSync(`${path}-wal`).size > 0) {
    throw corrupt(path, "the main file is missing, and its write-ahead file is not");
  }
  if (!isNew) checkWal(path);
  const db = open(path, isNew);
  try {
    checkFile(db, path, isNew);
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
  } catch (error) {
    if (error instanceof LidoError) throw error;
    throw corrupt(path, error instanceof Error ? error.message : String(error), error);
  } finally {
    db.close();
  }
}

function open(path: string, isNew: boolean): DatabaseSync {
  makePrivate(path);
  const db = new DatabaseSync(path, { timeout: 5_000 });
  if (isNew) db.exec("PRAGMA page_size = 8192; PRAGMA auto_vacuum = INCREMENTAL");
  return db;
}

function checkFile(db: DatabaseSync, path: string, isNew: boolean): void {
  const version = String(db.prepare("SELECT sqlite_version() AS v").get()?.["v"]);
  if (compare(version, SQLITE_VERSION_MIN) < 0) {
    throw new LidoError(
      "data_folder_unusable",
      `Cannot use journal ${path}: SQLite ${version} is older than ${SQLITE_VERSION_MIN}`,
    );
  }
  db.exec("PRAGMA cell_size_check = ON");
  const id = pragma(db, "application_id");
  if (!isNew && id !== APPLICATION_ID) {
    throw corrupt(path, "it is no journal of Lido");
  }
  db.exec("PRAGMA journal_mode = WAL");
  if (isNew) db.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
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

function corrupt(path: string, reason: string, cause?: unknown): LidoError {
  return new LidoError(
    "journal_corrupt",
    `Cannot open journal ${path}: ${reason}; \`deno task doctor\` tells more, ` +
      "`deno task restore` puts a backup in its place",
    {},
    { cause },
  );
}
