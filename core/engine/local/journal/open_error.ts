/** Tells a disk that refuses from a file that is damaged: the one is waited for, the other restored. */
import { accessSync, constants } from "node:fs";
import { LidoError, messageOf } from "../../../model/errors.ts";

/** SQLite's numbers and texts: an error of more than one statement at once bears no number. */
const REFUSALS: readonly (readonly [number, string])[] = [
  [3, "access permission denied"],
  [5, "database is locked"],
  [6, "database table is locked"],
  [7, "out of memory"],
  [10, "disk I/O error"],
  [13, "database or disk is full"],
  [14, "unable to open database file"],
];
const READ_ONLY = [8, "attempt to write a readonly database"] as const;
const DAMAGE: readonly (readonly [number, string])[] = [
  [11, "database disk image is malformed"],
  [26, "file is not a database"],
];

/** Whether SQLite found a file damaged, or none of its own; or JSON in it that is none. */
export function isDamage(error: unknown): boolean {
  return DAMAGE.some((one) => isThe(error, one)) || messageOf(error).startsWith("malformed ");
}

/**
 * What an error means that came while a journal was opened: `journal_unavailable` if the disk, the
 * system or another program refused; else `journal_corrupt`, for what Lido asks of a file is right,
 * whatever SQLite or a check finds wrong with it. A `LidoError` says so itself.
 */
export function openError(path: string, error: unknown): LidoError {
  if (error instanceof LidoError) return error;
  const start = `Cannot open journal ${path}: ${messageOf(error)}`;
  const options = { cause: error };
  if (isRefusal(path, error)) {
    const advice = "start again when the disk takes writes and no other program has the file";
    return new LidoError("journal_unavailable", `${start}; ${advice}`, {}, options);
  }
  const advice = "`deno task doctor` tells more, `deno task restore` puts a backup in its place";
  return new LidoError("journal_corrupt", `${start}; ${advice}`, {}, options);
}

/** Whether the disk, the system or another program refused, so that a later try may succeed. */
export function isRefusal(path: string, error: unknown): boolean {
  if (REFUSALS.some((one) => isThe(error, one)) || isOfSystem(error)) return true;
  // A damaged header makes SQLite take a file for one that it must not write.
  return isThe(error, READ_ONLY) && !isWritable(path);
}

function isThe(error: unknown, [number, text]: readonly [number, string]): boolean {
  const { errcode } = error as { errcode?: number }; // of errors of `node:sqlite`
  return errcode === undefined ? messageOf(error).startsWith(text) : (errcode & 0xff) === number;
}

/** Such as `ENOSPC`; the errors of SQLite have a code of another form. */
function isOfSystem(error: unknown): boolean {
  const { code } = error as { code?: unknown }; // of errors of `node:fs`
  return typeof code === "string" && /^E[A-Z0-9]+$/.test(code);
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
