/**
 * Puts a backup in a journal's place. First it is staged beside the journal: copied, checked, brought
 * to this version. Up to there nothing has happened to the journal. With its name, `….restoring`, the
 * staged file is decided on: whatever cuts the restore off then, whoever opens the folder next goes
 * on with it ({@link finishRestore}), so that there is never a mixture of the two.
 */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { LidoError, messageOf } from "../../../model/errors.ts";
import { inspectJournal } from "./inspection.ts";
import { copyJournal } from "./journal_copy.ts";
import { migrate } from "./migrations.ts";
import { PRIVATE_MODE } from "./private_file.ts";
import { type Migration, MIGRATIONS } from "./schema.ts";
import { syncFile, syncFolder } from "./sync.ts";
import { checkWal } from "./wal_check.ts";

/** The files of a data folder that belong to one journal. */
export interface JournalPaths {
  readonly journalPath: string;
  readonly searchPath: string;
  readonly ledgerPath: string;
}

/** What a restore came to. */
export interface Restored {
  readonly tasks: number;
  /** Where the journal is now that was there before; null if there was none. */
  readonly keptPath: string | null;
}

/**
 * Puts the backup in place, in a folder whose lock the caller has.
 * @throws {LidoError} `journal_corrupt` if the file is no whole backup; the journal is untouched then.
 */
export async function restoreJournal(
  paths: JournalPaths,
  file: string,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<Restored> {
  const { journalPath } = paths;
  const partial = `${stagedPath(journalPath)}.partial`;
  if (!existsSync(file)) throw unusable(file, "there is no such file");
  if (isSame(file, journalPath)) throw unusable(file, "it is the journal that is in use");
  removeStaging(journalPath);
  try {
    const tasks = await stage(file, partial, migrations);
    syncFile(partial);
    renameSync(partial, stagedPath(journalPath));
    syncFolder(dirname(journalPath));
    return { tasks, keptPath: finishRestore(paths) };
  } finally {
    removeStaging(journalPath);
  }
}

/** Goes on with a restore that is decided on; gives where the journal is that was there before. */
export function finishRestore(
  { journalPath, searchPath, ledgerPath }: JournalPaths,
): string | null {
  removeStaging(journalPath);
  const staged = stagedPath(journalPath);
  if (!existsSync(staged)) return null;
  const keptPath = keepOld(journalPath);
  // The ledger tells of the old journal's tasks, and its write-ahead file would be read into the new.
  for (const path of [ledgerPath, searchPath, `${searchPath}-wal`, `${searchPath}-shm`]) {
    rmSync(path, { force: true });
  }
  for (const end of ["-wal", "-shm"]) rmSync(journalPath + end, { force: true });
  syncFolder(dirname(journalPath));
  renameSync(staged, journalPath);
  syncFolder(dirname(journalPath));
  return keptPath;
}

/** Whether a folder has a journal, or one that a restore was about to put there. */
export function hasJournal(journalPath: string): boolean {
  return existsSync(journalPath) || existsSync(`${journalPath}-wal`) ||
    existsSync(stagedPath(journalPath));
}

function stagedPath(journalPath: string): string {
  return `${journalPath}.restoring`;
}

/** Copies, checks and migrates; gives how many tasks there are. */
async function stage(
  file: string,
  partial: string,
  migrations: readonly Migration[],
): Promise<number> {
  try {
    checkWal(file);
    await copyJournal(file, partial);
  } catch (error) {
    throw unusable(file, messageOf(error), error);
  }
  const versionMax = migrations.length;
  const { findings, tasks, version } = inspectJournal(partial, { versionMax });
  const faults = findings.filter(({ isOk }) => !isOk);
  if (faults.length > 0) {
    throw unusable(file, faults.map(({ name, detail }) => `${name}: ${detail}`).join("; "));
  }
  if (version < versionMax) await migrate(partial, migrations);
  return tasks;
}

/** Nobody has decided on what bears these names: files of the staging, and copies of its migrations. */
function removeStaging(journalPath: string): void {
  const folder = dirname(journalPath);
  const start = `${basename(stagedPath(journalPath))}.partial`;
  for (const name of readdirSync(folder)) {
    if (name.startsWith(start)) rmSync(join(folder, name), { force: true });
  }
}

/** Keeps the journal under another name; what cannot be folded into one file is kept as a pair. */
function keepOld(journalPath: string): string | null {
  fold(journalPath);
  const time = new Date().toISOString().replaceAll(/[-:.]/g, "");
  const keptPath = `${journalPath}.before-restore-${time}`;
  let isKept = false;
  for (const end of ["", "-wal"]) {
    if (!existsSync(journalPath + end) || statSync(journalPath + end).size === 0) continue;
    keep(journalPath + end, keptPath + end);
    isKept = true;
  }
  return isKept ? keptPath : null;
}

/** Brings what is in the write-ahead file into the main one. One that is damaged stays as it is. */
function fold(journalPath: string): void {
  // Of an empty main file SQLite would throw the write-ahead file away.
  if (!existsSync(journalPath) || statSync(journalPath).size === 0) return;
  try {
    checkWal(journalPath);
    const db = new DatabaseSync(journalPath);
    try {
      db.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get();
    } finally {
      db.close();
    }
  } catch {
    // Both files are kept.
  }
}

function keep(path: string, keptPath: string): void {
  try {
    linkSync(path, keptPath);
  } catch {
    const partial = `${keptPath}.partial`; // not every file system has links
    copyFileSync(path, partial);
    syncFile(partial);
    renameSync(partial, keptPath);
  }
  chmodSync(keptPath, PRIVATE_MODE);
}

function isSame(one: string, other: string): boolean {
  return existsSync(one) && existsSync(other) && realpathSync(one) === realpathSync(other);
}

function unusable(file: string, reason: string, cause?: unknown): LidoError {
  return new LidoError("journal_corrupt", `Cannot restore ${file}: ${reason}`, {}, { cause });
}
