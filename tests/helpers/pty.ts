/** A program at a terminal of its own, by util-linux's `script`: a test types, and reads the screen. */
import { until } from "./until.ts";

/** Whether there is a `script` that can do this. In CI there must be. */
export const HAS_SCRIPT: boolean = Deno.build.os === "linux" &&
  (Deno.env.get("CI") === "true" || await isThere());

/** What to do where it is missing. */
export const SCRIPT_MISSING = "script is not installed: `apt-get install bsdutils` brings it";

/** See the head of this file. */
export class PtyProcess implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #typist: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #read: Promise<void>;
  /** All that the program wrote, control codes too. */
  output = "";

  /** Starts a command on a terminal of 80 columns and 24 rows. */
  constructor(command: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const words = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
    const line = `stty cols 80 rows 24; echo "at $(tty) $$."; exec ${words}`;
    this.#process = new Deno.Command("script", {
      args: ["--quiet", "--return", "--command", line, "/dev/null"],
      env: { TERM: "xterm", ...env },
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#typist = this.#process.stdin.getWriter();
    this.#read = this.#follow(this.#process.stdout);
  }

  async #follow(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) this.output += text;
  }

  /** Waits until it has written this. */
  async says(text: string): Promise<void> {
    await until(`the program writes ${JSON.stringify(text)}`, () => this.output.includes(text));
  }

  /** Types. */
  async type(text: string): Promise<void> {
    await this.#typist.write(new TextEncoder().encode(text));
  }

  /** Gives its terminal another size. */
  async resize(columns: number, rows: number): Promise<void> {
    const { tty } = await this.#place();
    const size = ["cols", String(columns), "rows", String(rows)];
    await new Deno.Command("stty", { args: ["-F", tty, ...size] }).output();
  }

  /** Signals the program itself. */
  async kill(signal: Deno.Signal): Promise<void> {
    Deno.kill((await this.#place()).pid, signal);
  }

  /** Waits for its end; gives its exit code. */
  async ended(): Promise<number> {
    const { code } = await this.#process.status;
    await this.#read;
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it has ended
    }
    await this.ended();
    await this.#typist.close().catch(() => {}); // nobody reads any more
  }

  async #place(): Promise<{ tty: string; pid: number }> {
    await this.says(".");
    const [, tty = "", pid] = /at (\/dev\/\S+) (\d+)\./.exec(this.output) ?? [];
    return { tty, pid: Number(pid) };
  }
}

async function isThere(): Promise<boolean> {
  try {
    return (await new Deno.Command("script", { args: ["--version"] }).output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
