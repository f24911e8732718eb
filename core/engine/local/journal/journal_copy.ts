/** Copies a journal as it is at one instant, whoever writes to it meanwhile. */
import { closeSync, openSync } from "node:fs";
import { backup, DatabaseSync } from "node:sqlite";
import { PRIVATE_MODE } from "./private_file.ts";

/**
 * Makes the copy: one file that needs none beside it. It keeps the thread until it is done, in one
 * step: SQLite would begin anew after each write of others between two steps.
 * @throws {Error} if the source cannot be read, or the target is there or cannot be written.
 */
export async function copyJournal(source: string, target: string): Promise<void> {
  const from = new DatabaseSync(source, { readOnly: true, timeout: 5_000 });
  try {
    closeSync(openSync(target, "wx", PRIVATE_MODE)); // SQLite takes an empty file with its mode
    await backup(from, target, { rate: -1 });
  } finally {
    from.close();
  }
  const copy = new DatabaseSync(target);
  try {
    // The copy's header says, like its source's, that a write-ahead file belongs to it.
    copy.exec("PRAGMA journal_mode = DELETE");
  } finally {
    copy.close();
  }
}
