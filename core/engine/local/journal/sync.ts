/** What a power cut shall not undo. */
import { closeSync, fsync, fsyncSync, openSync } from "node:fs";
import { promisify } from "node:util";

/** Returns when a file's content is on the disk. */
export function syncFile(path: string): void {
  const file = openSync(path, "r+");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Resolves when a file's content is on the disk; the thread goes on meanwhile. */
export async function syncFileAside(path: string): Promise<void> {
  const file = openSync(path, "r+");
  try {
    await promisify(fsync)(file);
  } finally {
    closeSync(file);
  }
}

/** Returns when names that were given in a folder, or taken away, are on the disk. */
export function syncFolder(path: string): void {
  if (Deno.build.os === "windows") return; // it cannot open folders, and needs no such call
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
