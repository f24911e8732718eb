/** Debian's libfaketime: a wall clock that the test sets under a running process. */
import { join } from "node:path";

const FOLDERS = [
  "/usr/lib/x86_64-linux-gnu/faketime",
  "/usr/lib/aarch64-linux-gnu/faketime",
  "/usr/lib/faketime",
  "/usr/lib64/faketime",
];

/** Where the library is; undefined when it is not installed. */
export const FAKETIME = FOLDERS.map((folder) => join(folder, "libfaketime.so.1")).find(isThere);

/** What to do where it is missing. */
export const FAKETIME_MISSING =
  "libfaketime is not installed: `apt-get install faketime` brings it";

/** A process's wall clock, as an offset in a file; its monotonic clock and timers are left alone. */
export class FakeWall {
  readonly env: Readonly<Record<string, string>>;
  readonly #path: string;

  /** `folder` is the caller's. @throws {Error} if the library is missing. */
  constructor(folder: string) {
    if (FAKETIME === undefined) throw new Error(FAKETIME_MISSING);
    this.#path = join(folder, "wall");
    this.set(0);
    this.env = {
      LD_PRELOAD: FAKETIME,
      FAKETIME_TIMESTAMP_FILE: this.#path,
      FAKETIME_NO_CACHE: "1",
      DONT_FAKE_MONOTONIC: "1",
    };
  }

  /** Sets the clock so many seconds off the machine's own. */
  set(seconds: number): void {
    // In one step: whoever reads it meanwhile shall see the one or the other.
    Deno.writeTextFileSync(`${this.#path}.next`, `${seconds < 0 ? "" : "+"}${seconds}\n`);
    Deno.renameSync(`${this.#path}.next`, this.#path);
  }
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
