/** Debian's strace: shows what a running server asks of the system, and makes it fail. */
import { until } from "./until.ts";

/** Whether it is there. In CI it must be. */
export const HAS_STRACE: boolean = Deno.env.get("CI") === "true" || await isThere();

/** What to do where it is missing. */
export const STRACE_MISSING = "strace is not installed: `apt-get install strace` brings it";

/** All threads of one process, from {@link attach} until it is disposed of. */
export class Strace implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #said: Promise<string>;
  /** By itself, as it does when the process is killed. */
  #hasEnded = false;

  private constructor(process: Deno.ChildProcess) {
    this.#process = process;
    this.#said = new Response(process.stderr).text();
    process.status.then(() => this.#hasEnded = true);
  }

  /** Resolves when it sees all threads of the process. `path` gets what it sees, a line a call. */
  static async attach(pid: number, path: string, flags: readonly string[]): Promise<Strace> {
    const process = new Deno.Command("strace", {
      args: ["-f", "-o", path, ...flags, "-p", String(pid)],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const strace = new Strace(process);
    await until(
      "strace has all threads",
      () => strace.#hasEnded || tracersOf(pid).every((tracer) => tracer === process.pid),
    );
    if (strace.#hasEnded) throw new Error(`strace ended: ${await strace.#said}`);
    return strace;
  }

  /** Lets the process go on by itself, if it was not killed. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#hasEnded) this.#process.kill("SIGTERM");
    await this.#process.status;
    await this.#said;
  }
}

/** Who traces each thread of a process; 0 where nobody does. */
function tracersOf(pid: number): number[] {
  return [...Deno.readDirSync(`/proc/${pid}/task`)].flatMap(({ name }) => {
    try {
      const status = Deno.readTextFileSync(`/proc/${pid}/task/${name}/status`);
      return [Number(/^TracerPid:\s+(\d+)$/m.exec(status)?.[1])];
    } catch {
      return []; // the thread just ended
    }
  });
}

async function isThere(): Promise<boolean> {
  try {
    return (await new Deno.Command("strace", { args: ["--version"] }).output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
