/**
 * Puts a journal's write-ahead file on the disk once more after an fsync of it failed. The operating
 * system may take what it could not write for written: the next fsync succeeds and tells nothing, and
 * a power cut then finds a hole, behind which SQLite reads no commit. So all that counts of the file
 * is written again, and what is behind it goes: the rest of the commit that failed would look like
 * commits behind damage at the next start.
 *
 * The caller has the only connection that writes; those that read go on meanwhile.
 *
 * @see https://wiki.postgresql.org/wiki/Fsync_Errors
 * @see https://www.sqlite.org/fileformat2.html#walformat
 */
import { closeSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { checkWal, FRAME_HEADER_BYTES, HEADER_BYTES } from "./wal_check.ts";

const STEP_BYTES = 1024 * 1024;

/**
 * Returns when all that is committed is on the disk, as far as an fsync can be believed.
 * @throws {LidoError} `journal_corrupt` if it cannot be read any more; errors of the disk as they are.
 */
export function renewWal(db: DatabaseSync, journalPath: string): void {
  const bytes = committedBytes(db);
  const file = openSync(`${journalPath}-wal`, "r+");
  try {
    ftruncateSync(file, bytes);
    checkWal(journalPath);
    rewrite(file, bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** How much of the write-ahead file SQLite reads now. */
function committedBytes(db: DatabaseSync): number {
  const frames = Number(db.prepare("PRAGMA wal_checkpoint(NOOP)").get()?.["log"]);
  const pageBytes = Number(db.prepare("PRAGMA page_size").get()?.["page_size"]);
  if (!(frames >= 0)) throw new Error(`SQLite tells ${frames} frames of the write-ahead file`);
  return frames === 0 ? 0 : HEADER_BYTES + frames * (FRAME_HEADER_BYTES + pageBytes);
}

function rewrite(file: number, bytes: number): void {
  const step = new Uint8Array(STEP_BYTES);
  for (let at = 0; at < bytes;) {
    const read = readSync(file, step, 0, Math.min(STEP_BYTES, bytes - at), at);
    for (let done = 0; done < read;) {
      done += writeSync(file, step, done, read - done, at + done);
    }
    if (read === 0) throw new Error(`The write-ahead file ends at ${at} of ${bytes} bytes`);
    at += read;
  }
}
