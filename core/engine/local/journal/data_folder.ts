/** The folder that a server keeps its data in: made, checked, and locked against a second server. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import process from "node:process";
import { DatabaseSync } from "node:sqlite";
import { LidoError, messageOf } from "../../../model/errors.ts";
import { makePrivate, PRIVATE_MODE } from "./private_file.ts";
import { finishRestore } from "./restore.ts";

/** The bits of a mode that let the group or all others write. */
const OTHERS_WRITE = 0o022;

/** Who may write to all that there is. */
const ROOT = 0;

/** What stands for "keep nothing". */
const MEMORY = ":memory:";

/** Who has the folder. */
interface Owner {
  readonly pid: number;
  readonly host: string;
  readonly since: string;
}

/** See the head of this file. */
export class DataFolder implements Disposable {
  readonly journalPath: string;
  readonly searchPath: string;
  readonly ledgerPath: string;
  /** Where a backup is made, until somebody reads it. */
  readonly copyPath: string;
  #lock: DatabaseSync | undefined;

  private constructor(readonly path: string, readonly isDurable: boolean) {
    this.journalPath = join(path, "journal.sqlite");
    this.searchPath = join(path, "search.sqlite");
    this.ledgerPath = join(path, "running.ledger");
    this.copyPath = join(path, "backup.partial");
  }

  /**
   * Opens the folder, or makes it, but none above it: where a disk is not mounted all would go to
   * another. `:memory:` is a folder of its own that goes with the server. A restore that was cut off
   * is gone on with, and what is left of a backup is taken away.
   * @throws {LidoError} `data_folder_unusable`, `data_folder_locked`.
   */
  static open(path: string): DataFolder {
    const isDurable = path !== MEMORY;
    const folder = new DataFolder(isDurable ? path : makeTemporary(), isDurable);
    makeFolder(folder.path);
    try {
      folder.#checkWriters();
      folder.#takeLock();
      finishRestore(folder);
      for (const end of ["", "-journal"]) rmSync(folder.copyPath + end, { force: true });
      return folder;
    } catch (error) {
      folder[Symbol.dispose]();
      throw error instanceof LidoError ? error : unusable(path, error);
    }
  }

  /** Lets the folder go. */
  [Symbol.dispose](): void {
    this.#lock?.close();
    this.#lock = undefined;
    if (!this.isDurable) rmSync(this.path, { recursive: true, force: true });
  }

  /** Whoever could write here could change what runs, and when. */
  #checkWriters(): void {
    if (Deno.build.os === "windows") return; // its files have no such owners and modes
    const databases = [this.journalPath, this.searchPath].flatMap((path) =>
      ["", "-wal", "-shm"].map((end) => path + end)
    );
    for (const path of [this.path, ...databases, this.ledgerPath]) {
      const found = statSync(path, { throwIfNoEntry: false });
      if (found === undefined) continue;
      const { uid, mode } = found;
      if (uid !== Deno.uid() && uid !== ROOT) {
        throw new Error(`${path} belongs to another user (${uid}): use chown, or run as that user`);
      }
      if ((mode & OTHERS_WRITE) === 0) continue;
      throw new Error(`others than its owner may write to ${path}: use chmod go-w`);
    }
  }

  /**
   * SQLite's own lock on a file of the folder: the kernel frees it however the process ends, and
   * a file that a dead process left behind locks nothing.
   */
  #takeLock(): void {
    const lockPath = join(this.path, "lock.sqlite");
    const ownerPath = join(this.path, "owner.json");
    try {
      makePrivate(lockPath);
      const lock = new DatabaseSync(lockPath, { timeout: 0 });
      this.#lock = lock;
      // Prepared: only then does an error bear SQLite's number.
      lock.prepare("BEGIN EXCLUSIVE").run();
    } catch (error) {
      const { errcode = 0 } = error as { errcode?: number }; // of errors of `node:sqlite`
      if ((errcode & 0xff) === 5) throw lockedError(this.path, readOwner(ownerPath), error);
      throw error;
    }
    const owner: Owner = { pid: process.pid, host: hostname(), since: new Date().toISOString() };
    writeFileSync(ownerPath, `${JSON.stringify(owner)}\n`, { mode: PRIVATE_MODE });
  }
}

function makeTemporary(): string {
  return mkdtempSync(join(tmpdir(), "lido-data-"));
}

function makeFolder(path: string): void {
  const parent = dirname(resolve(path));
  try {
    if (!existsSync(parent)) {
      throw new Error(`its parent folder ${parent} does not exist: mount its disk, or make it`);
    }
    mkdirSync(path, { recursive: true, mode: 0o700 }); // also if another server makes it now
    const probe = join(path, ".probe");
    writeFileSync(probe, "", { mode: PRIVATE_MODE });
    rmSync(probe);
  } catch (error) {
    throw unusable(path, error);
  }
}

function unusable(path: string, error: unknown): LidoError {
  const reason = messageOf(error);
  return new LidoError("data_folder_unusable", `Cannot use data folder ${path}: ${reason}`, {}, {
    cause: error,
  });
}

function lockedError(path: string, owner: Owner | undefined, cause: unknown): LidoError {
  const who = owner === undefined
    ? "another process uses it"
    : `process ${owner.pid} on ${owner.host} has used it since ${owner.since}`;
  return new LidoError("data_folder_locked", `Cannot use data folder ${path}: ${who}`, {}, {
    cause,
  });
}

function readOwner(path: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined; // it is being written
  }
}
