/** What commands do with a data folder themselves, while no server has it. */
import { join } from "node:path";
import { LidoError, messageOf } from "../../../model/errors.ts";
import type { SelfTestFinding } from "../../../model/system.ts";
import { DataFolder } from "./data_folder.ts";
import { inspectJournal } from "./inspection.ts";
import { copyJournal } from "./journal_copy.ts";
import { hasJournal, type Restored, restoreJournal } from "./restore.ts";
import { syncFile } from "./sync.ts";
import { checkWal } from "./wal_check.ts";

/** Looks at a data folder; one that is not there is not made. Never throws. */
export function checkFolder(path: string): readonly SelfTestFinding[] {
  if (!isThere(path)) {
    return [{ name: "data folder", isOk: true, detail: `there is no journal in ${path} yet` }];
  }
  try {
    using folder = DataFolder.open(path);
    return inspectJournal(folder.journalPath).findings;
  } catch (error) {
    const detail = messageOf(error);
    return [{ name: "data folder", isOk: false, detail }];
  }
}

/**
 * Copies the journal of a data folder into a new file.
 * @throws {LidoError} `data_folder_unusable`, `data_folder_locked`, `journal_corrupt`.
 */
export async function backUpFolder(path: string, target: string): Promise<void> {
  if (!isThere(path)) {
    throw new LidoError(
      "data_folder_unusable",
      `Cannot back up ${path}: there is no journal in it`,
    );
  }
  using folder = DataFolder.open(path);
  checkWal(folder.journalPath);
  try {
    await copyJournal(folder.journalPath, target);
  } catch (error) {
    const reason = messageOf(error);
    throw new LidoError("data_folder_unusable", `Cannot back up ${path}: ${reason}`, {}, {
      cause: error,
    });
  }
}

/**
 * Looks at a backup, and gives how many tasks are in it.
 * @throws {LidoError} `journal_corrupt` if it is not whole.
 */
export function checkBackup(path: string): number {
  const { findings, tasks } = inspectJournal(path);
  const faults = findings.filter(({ isOk }) => !isOk).map(({ detail }) => detail);
  if (faults.length > 0) {
    throw new LidoError("journal_corrupt", `Cannot back up: the copy is bad: ${faults.join("; ")}`);
  }
  syncFile(path);
  return tasks;
}

/**
 * Puts a backup in the place of a data folder's journal; makes the folder if there is none.
 * @throws {LidoError} `data_folder_unusable`, `data_folder_locked`, `journal_corrupt`.
 */
export async function restoreFolder(path: string, file: string): Promise<Restored> {
  using folder = DataFolder.open(path);
  if (!folder.isDurable) {
    throw new LidoError("data_folder_unusable", `Cannot restore into ${path}: it keeps nothing`);
  }
  return await restoreJournal(folder, file);
}

function isThere(path: string): boolean {
  return hasJournal(join(path, "journal.sqlite"));
}
