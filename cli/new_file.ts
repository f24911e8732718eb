/** Writes a file that has its name only once it is whole. */
import { dirname } from "node:path";
import { CommandError } from "./exit_code.ts";

/** What to write. */
export interface NewFile<Told> {
  readonly path: string;
  /** Whether a file that is there may be replaced. */
  readonly isForced: boolean;
  /** Aborts when the process is asked to end. */
  readonly signal: AbortSignal;
  /** Writes the whole to a path that is free, and gives what is to be told of it. */
  readonly write: (partial: string) => Promise<Told>;
}

/** What was written. */
export interface Written<Told> {
  readonly bytes: number;
  readonly told: Told;
}

/** See the head of this file. @throws {CommandError} if there is a file already. */
export async function writeNewFile<Told>(file: NewFile<Told>): Promise<Written<Told>> {
  const { path, isForced, signal, write } = file;
  if (!isForced) await checkFree(path);
  const partial = `${path}.${crypto.randomUUID().slice(0, 8)}.partial`;
  try {
    const told = await write(partial);
    if (signal.aborted) throw new CommandError(`Cannot write ${path}: the command was stopped`);
    const { size } = await Deno.stat(partial);
    if (!isForced) await checkFree(path); // that took a while
    await Deno.rename(partial, path);
    await syncFolder(dirname(path));
    return { bytes: size, told };
  } finally {
    await Deno.remove(partial).catch(() => {}); // it bears its own name by now, or never was
  }
}

/** So that a power cut does not take the name away again. */
async function syncFolder(path: string): Promise<void> {
  if (Deno.build.os === "windows") return; // it cannot open folders, and needs no such call
  using folder = await Deno.open(path);
  await folder.sync();
}

async function checkFree(path: string): Promise<void> {
  try {
    await Deno.lstat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  throw new CommandError(`Cannot write ${path}: it is there already; --force replaces it`);
}
