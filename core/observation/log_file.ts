/**
 * A file of lines that rotates: `lido.log` is the newest, `lido.log.1` the one before. Nobody waits
 * for the disk: lines go to it one bundle after the other, what comes meanwhile waits up to a limit,
 * and of each line it is told whether it was written.
 */
import { Buffer } from "node:buffer";
import { setTimeout as delay } from "node:timers/promises";

/** Bytes that may wait for the disk. What comes on top is lost. */
const WAITING_BYTES_MAX = 4 * 1024 * 1024;
/** Bytes that are written at a time. */
const BUNDLE_BYTES = 256 * 1024;
/** A disk that does not answer shall not keep the server from ending. */
const CLOSE_MS = 2_000;

/** Told of a line whether it was written. */
export type TellWritten = (isWritten: boolean) => void;

interface Line {
  readonly bytes: Uint8Array;
  readonly tell: TellWritten;
}

/** What a log file is made with. */
export interface LogFileOptions {
  readonly path: string;
  /** Bytes after which it rotates. A single line may be longer. */
  readonly maxSize: number;
  /** Rotated files that are kept, at least 1. */
  readonly backupCount: number;
  /** Told why lines could not be written. */
  onError(error: unknown): void;
}

/** See the head of this file. */
export class LogFile implements AsyncDisposable {
  readonly #options: LogFileOptions;
  #file: Deno.FsFile | undefined;
  /** Bytes in whole lines. */
  #size: number;
  readonly #waiting: Line[] = [];
  #waitingBytes = 0;
  #writing: Promise<void> | undefined;
  readonly #encoder = new TextEncoder();

  /** Opens the file. @throws {Deno.errors.NotFound} and the like. */
  constructor(options: LogFileOptions) {
    this.#options = options;
    this.#file = Deno.openSync(options.path, APPEND);
    this.#size = this.#file.statSync().size;
  }

  /** Writes a line, soon. */
  write(line: string, tell: TellWritten): void {
    const bytes = this.#encoder.encode(line);
    if (this.#waitingBytes + bytes.length > WAITING_BYTES_MAX) return tell(false);
    this.#waitingBytes += bytes.length;
    this.#waiting.push({ bytes, tell });
    this.#writing ??= this.#writeWaiting();
  }

  /** Writes what waits, and closes the file. */
  async [Symbol.asyncDispose](): Promise<void> {
    const limit = new AbortController();
    const { signal } = limit;
    await Promise.race([this.#writing, delay(CLOSE_MS, undefined, { signal }).catch(() => {})]);
    limit.abort();
    this.#file?.close();
    this.#file = undefined;
  }

  async #writeWaiting(): Promise<void> {
    while (this.#waiting.length > 0) {
      const lines = this.#takeBundle();
      const isWritten = await this.#append(lines);
      for (const { bytes, tell } of lines) {
        this.#waitingBytes -= bytes.length;
        tell(isWritten);
      }
    }
    this.#writing = undefined;
  }

  /** The first that waits, and as many more as the file it goes to has room for. */
  #takeBundle(): readonly Line[] {
    const left = this.#options.maxSize - this.#size;
    const isForThis = (this.#waiting[0]?.bytes.length ?? 0) <= left;
    let room = Math.min(isForThis ? left : this.#options.maxSize, BUNDLE_BYTES);
    const end = this.#waiting.findIndex(({ bytes }) => (room -= bytes.length) < 0);
    return this.#waiting.splice(0, end < 0 ? this.#waiting.length : Math.max(1, end));
  }

  async #append(lines: readonly Line[]): Promise<boolean> {
    const bytes = Buffer.concat(lines.map((line) => line.bytes));
    try {
      if (this.#size > 0 && this.#size + bytes.length > this.#options.maxSize) await this.#rotate();
      const file = this.#file ??= await this.#open();
      for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
      this.#size += bytes.length;
      return true;
    } catch (error) {
      this.#options.onError(error);
      // Part of it may be there: the next line shall not begin in the midst of another.
      await this.#file?.truncate(this.#size).catch(this.#options.onError);
      return false;
    }
  }

  async #rotate(): Promise<void> {
    const { path, backupCount } = this.#options;
    this.#file?.close();
    this.#file = undefined;
    for (let older = backupCount; older > 0; older--) {
      const from = older === 1 ? path : `${path}.${older - 1}`;
      await Deno.rename(from, `${path}.${older}`).catch((error) => {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      });
    }
    this.#file = await this.#open();
  }

  async #open(): Promise<Deno.FsFile> {
    const file = await Deno.open(this.#options.path, APPEND);
    this.#size = (await file.stat()).size;
    return file;
  }
}

const APPEND = { append: true, create: true } as const;
