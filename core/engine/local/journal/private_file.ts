import { closeSync, openSync } from "node:fs";

/** Nobody but the owner reads what tasks were given and gave. */
export const PRIVATE_MODE = 0o600;

/**
 * Makes an empty file that only its owner can read, for SQLite to fill: the files that it puts beside
 * it get the same mode. One that is there stays as it is.
 */
export function makePrivate(path: string): void {
  try {
    // Never one that is there: to close it would end the locks that SQLite has on it.
    closeSync(openSync(path, "wx", PRIVATE_MODE));
  } catch (error) {
    if ((error as { code?: string }).code !== "EEXIST") throw error; // of errors of `node:fs`
  }
}
