/**
 * Makes room in a journal's write-ahead file before it is needed. A file that grows with each commit
 * makes each fsync write its new size, too, and wait for what else the file system has under way; one
 * that is long enough is only written over. What is ahead is zeros, which SQLite and `wal_check.ts`
 * take for the end, as they do what an earlier round of the file left.
 *
 * @see https://www.sqlite.org/fileformat2.html#walformat
 */
import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  statfsSync,
  statSync,
  writeSync,
} from "node:fs";

/** So much is made in one step: about two milliseconds of a disk's work. */
const STEP_BYTES = 1024 * 1024;
/** A disk has room to spare while so many times what is to be made is free. */
const SPARE = 16;

/**
 * What one step came to: another may follow; none is needed, or the disk has none to spare; or an
 * fsync failed, and it is not known whether what was in the file before is on the disk.
 */
export type RoomStep = "made" | "enough" | "doubtful";

/** Makes the file a step longer, up to so many bytes. @throws {Error} of `node:fs`, if there is none. */
export function makeRoom(journalPath: string, bytes: number): RoomStep {
  const path = `${journalPath}-wal`;
  const { size } = statSync(path);
  const { bavail, bsize } = statfsSync(path);
  if (size >= bytes || bavail * bsize < SPARE * bytes) return "enough";
  const file = openSync(path, "r+");
  try {
    if (!fill(file, size)) return "enough";
    fsyncSync(file);
    return "made";
  } catch {
    return "doubtful";
  } finally {
    closeSync(file);
  }
}

/** Whether all of a step could be written; else none of it is kept. */
function fill(file: number, from: number): boolean {
  const zeros = new Uint8Array(STEP_BYTES);
  try {
    for (let done = 0; done < STEP_BYTES;) {
      done += writeSync(file, zeros, done, STEP_BYTES - done, from + done);
    }
    return true;
  } catch {
    ftruncateSync(file, from);
    return false;
  }
}
