/** The server's side of the process that describes task files; see `describe_main.ts`. */
import { fileURLToPath } from "node:url";
import { childArguments } from "../execution/grants.ts";
import { type Child, spawnChild } from "../execution/spawn_child.ts";
import { EXIT_THREAD_GONE, FromDescriber, LineReader } from "./describe_protocol.ts";

const DESCRIBE_MAIN = fileURLToPath(new URL("./describe_main.ts", import.meta.url));
/** The process itself may take this long to start, also on a machine that is busy. */
const START_MS = 30_000;
const MEMORY_MB = 512;
const STDERR_CHARS_MAX = 4_096;

/** What became of a question. After anything but an answer the process is gone. */
export type Answer =
  | FromDescriber
  | { readonly kind: "late" }
  | { readonly kind: "died"; readonly reason: string };

/** Where a describer runs. */
export interface DescriberPlace {
  /** The folder that it may read beside Lido's own code. */
  readonly tasksFolder: string;
  /** For its cache of compiled code. */
  readonly cacheFolder: string;
}

/** One process that imports task files. */
export class Describer implements AsyncDisposable {
  readonly #child: Child;
  readonly #lines = new LineReader();
  readonly #closed: Promise<void>;
  #stderr = "";
  #answer: PromiseWithResolvers<Answer> = Promise.withResolvers();
  #described = 0;

  private constructor({ tasksFolder, cacheFolder }: DescriberPlace) {
    const permissions = { read: [tasksFolder], write: [], net: [], env: [] };
    this.#child = spawnChild([
      ...childArguments(DESCRIBE_MAIN, { memoryMb: MEMORY_MB, permissions }),
      tasksFolder,
    ], { DENO_DIR: cacheFolder, NO_COLOR: "1" });
    const { process, channel, stderr } = this.#child;
    this.#closed = new Promise((resolve) => {
      process.on("close", (code, signal) => {
        this.#answer.resolve({ kind: "died", reason: this.#causeOf(code, signal) });
        resolve();
      });
      process.on("error", (error) => {
        this.#answer.resolve({ kind: "died", reason: error.message });
        resolve();
      });
    });
    channel?.on("data", (chunk: Uint8Array) => this.#read(chunk));
    stderr?.on("data", (chunk: Uint8Array) => {
      this.#stderr = (this.#stderr + new TextDecoder().decode(chunk)).slice(-STDERR_CHARS_MAX);
    });
  }

  /**
   * Starts the process.
   * @throws {Error} if it does not come up; the sentence says why.
   */
  static async start(place: DescriberPlace): Promise<Describer> {
    const describer = new Describer(place);
    const answer = await describer.#waitForAnswer(START_MS);
    if (answer.kind === "ready") return describer;
    await describer[Symbol.asyncDispose]();
    const reason = answer.kind === "died"
      ? answer.reason
      : `nothing came from it in ${START_MS} ms`;
    throw new Error(`Cannot start the process that reads task files: ${reason}`);
  }

  /** Whether it has imported more than one file: then what happens may be another one's doing. */
  get isShared(): boolean {
    return this.#described > 1;
  }

  /** Imports one file. Not to be called before the last call is answered. */
  async describe(url: string, describeMs: number): Promise<Answer> {
    this.#described++;
    this.#answer = Promise.withResolvers();
    this.#child.channel?.write(`${url}\n`);
    return await this.#waitForAnswer(describeMs);
  }

  /** Ends the process: it holds nothing that could be lost. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.process.kill("SIGKILL");
    await this.#closed;
    this.#child.channel?.destroy();
  }

  async #waitForAnswer(timeoutMs: number): Promise<Answer> {
    const late = Promise.withResolvers<Answer>();
    const timer = setTimeout(() => late.resolve({ kind: "late" }), timeoutMs);
    try {
      return await Promise.race([this.#answer.promise, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  #read(chunk: Uint8Array): void {
    try {
      for (const line of this.#lines.read(chunk)) {
        this.#answer.resolve(FromDescriber.parse(JSON.parse(line)));
      }
    } catch {
      // Nothing but task code that got hold of the channel, or a file of megabytes, speaks like this.
      const reason = "what it says of itself cannot be read, or is too long";
      this.#answer.resolve({ kind: "broken", reason });
      this.#child.process.kill("SIGKILL");
    }
  }

  #causeOf(code: number | null, signal: string | null): string {
    if (/out of memory/i.test(this.#stderr)) return `used more than ${MEMORY_MB} MiB of memory`;
    const said = this.#stderr.trim().split("\n").at(-1);
    const how = code === EXIT_THREAD_GONE
      ? "ended the thread that imported it"
      : `ended the process that imported it (${signal ?? `code ${code}`})`;
    return said ? `${how}: ${said}` : how;
  }
}
