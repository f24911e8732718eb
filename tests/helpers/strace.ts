/** Debian's strace: watches a running process' calls of the operating system, or has them fail. */
import { existsSync, readFileSync } from "node:fs";
import { until } from "./until.ts";

const PATH = "/usr/bin/strace";

/** Whether it is installed. */
export const HAS_STRACE: boolean = existsSync(PATH);
/** What to do where it is missing. */
export const STRACE_MISSING = "strace is not installed: `apt-get install strace` brings it";

/** One strace, from when it has hold of all threads until it lets go. */
export class Strace implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #path: string;

  private constructor(process: Deno.ChildProcess, path: string) {
    this.#process = process;
    this.#path = path;
  }

  /** Takes hold of a process; what it sees goes to the file `path`. */
  static async attach(pid: number, path: string, args: readonly string[]): Promise<Strace> {
    if (!HAS_STRACE) throw new Error(STRACE_MISSING);
    const process = new Deno.Command(PATH, {
      args: ["-f", "-q", "-o", path, ...args, "-p", String(pid)],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const strace = new Strace(process, path);
    await until("strace has hold of all threads", () => isTraced(pid));
    return strace;
  }

  /** The lines that it wrote. */
  lines(): readonly string[] {
    return existsSync(this.#path) ? readFileSync(this.#path, "utf8").split("\n") : [];
  }

  /** Lets go; the process goes on. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill("SIGINT");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it ended with the process that it watched
    }
    await this.#process.status;
  }
}

function isTraced(pid: number): boolean {
  const threads = [...Deno.readDirSync(`/proc/${pid}/task`)];
  return threads.every(({ name }) => {
    const status = readFileSync(`/proc/${pid}/task/${name}/status`, "utf8");
    return !/^TracerPid:\s0$/m.test(status);
  });
}
