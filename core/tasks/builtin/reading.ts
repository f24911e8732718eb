/** Reading files for tasks: in bounded memory, stoppable, with errors that say what to do. */
import type { TaskContext } from "lido";

const CHUNK_BYTES = 1024 * 1024;

/**
 * A file's bytes, piece by piece. Each piece lies in the same memory as the one before: use it
 * before asking for the next.
 * @throws {Error} what {@link readError} makes of a failure, or the stop's reason.
 */
export async function* readChunks(
  path: string,
  ctx: TaskContext,
): AsyncGenerator<Uint8Array, void, undefined> {
  using file = await Deno.open(path).catch((error) => {
    throw readError(path, error);
  });
  const buffer = new Uint8Array(CHUNK_BYTES);
  while (true) {
    throwIfStopped(ctx);
    const length = await file.read(buffer).catch((error) => {
      throw readError(path, error);
    });
    if (length === null) return;
    yield buffer.subarray(0, length);
  }
}

/**
 * What kind of thing a path is, links followed, and its size.
 * @throws {Error} what {@link readError} makes of a failure.
 */
export async function statPath(path: string): Promise<Deno.FileInfo> {
  return await Deno.stat(path).catch((error) => {
    throw readError(path, error);
  });
}

/** Ends the task if it was asked to stop. */
export function throwIfStopped(ctx: TaskContext): void {
  if (ctx.stopRequested) ctx.signal.throwIfAborted();
}

/** Says what went wrong with a path, and what its user can do about it. */
export function readError(path: string, error: unknown): Error {
  return new Error(`Cannot read ${path}: ${reasonOf(path, error)}`, { cause: error });
}

function reasonOf(path: string, error: unknown): string {
  if (error instanceof Deno.errors.NotCapable) {
    return `the pool may not read it; add it, or its folder, to the pool's permissions.read`;
  }
  if (error instanceof Deno.errors.NotFound) return "there is no such file or folder";
  if (error instanceof Deno.errors.PermissionDenied) {
    return "the operating system does not let this user read it";
  }
  const message = error instanceof Error ? error.message : String(error);
  return message.replaceAll(`: '${path}'`, "");
}
