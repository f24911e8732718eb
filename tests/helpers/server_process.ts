/**
 * The real server as a process of its own, spoken to over HTTP: whatever a task does to it, the test
 * lives on to see it. Its temporary files are in a folder that goes with it.
 */
import { strictEqual } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { childrenOf, isGone, residentMb } from "./processes.ts";
import { until } from "./until.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** What `deno task start` grants. */
const GRANTS = ["read", "write", "net", "env", "run", "sys"].map((name) => `--allow-${name}`);

/** A slot, as far as the wire tells what tests of faults look at. */
export interface WireWorker {
  readonly index: number;
  readonly state: string;
  readonly pid: number | null;
  readonly running: readonly { readonly task_id: string }[];
}

/** A pool on the wire. */
export interface WirePool {
  readonly pool_id: string;
  readonly zombies: number;
  readonly start_problem: string | null;
  readonly workers: readonly WireWorker[];
}

/** A task on the wire. */
export interface WireTask {
  readonly task_id: string;
  readonly status: string;
  readonly why_waiting: string | null;
  readonly result: unknown;
  readonly failure:
    | { readonly code: string; readonly name: string; readonly message: string }
    | null;
  readonly attempt: number;
  readonly worker: number | null;
  readonly is_zombie: boolean;
  readonly start_time: string | null;
  readonly end_time: string | null;
  readonly late_errors: readonly { readonly at: string; readonly message: string }[];
}

/** What to start a server with. */
export interface ServerOptions {
  /** Folder of task files. */
  readonly tasks: string;
  /** Further flags of `start`. */
  readonly flags?: readonly string[];
  /** Data folder, which is the caller's to remove. A folder that goes with the server by default. */
  readonly data?: string;
  /** Further variables of its environment; its children get none of them. */
  readonly env?: Readonly<Record<string, string>>;
  /** A command that becomes the server: it ends by executing its arguments. */
  readonly via?: readonly [string, ...string[]];
}

/** See the head of this file. */
export class ServerProcess implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #stderr: Promise<string>;
  /** The children that it had when it was killed; nobody else knows them afterwards. */
  #orphans: number[] | undefined;

  private constructor(
    process: Deno.ChildProcess,
    readonly url: string,
    /** Its TMPDIR, which tests may also use. */
    readonly folder: string,
    stderr: Promise<string>,
  ) {
    this.#process = process;
    this.#stderr = stderr;
  }

  /** Starts it on a free port; resolves when it listens. */
  static async start(options: ServerOptions): Promise<ServerProcess> {
    const { tasks, flags = [], data, env = {}, via } = options;
    const folder = await Deno.makeTempDir({ prefix: "lido-fault-" });
    const [command, ...before] = via === undefined ? [Deno.execPath()] : [...via, Deno.execPath()];
    const process = new Deno.Command(command, {
      args: [
        ...before,
        "run",
        "--no-prompt",
        ...GRANTS,
        `${ROOT}main.ts`,
        "start",
        "--data",
        data ?? `${folder}/data`,
        ...["--port", "0", "--log-level", "warning", "--tasks", tasks],
        ...flags,
      ],
      cwd: ROOT,
      env: { ...env, TMPDIR: folder },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const stderr = new Response(process.stderr).text();
    const line = await readLine(process.stdout);
    const url = /^Listening on (\S+)$/.exec(line)?.[1];
    if (url !== undefined) {
      return new ServerProcess(process, url.replace(/\/$/, ""), folder, stderr);
    }
    throw new Error(`The server said ${JSON.stringify(line)}, and then: ${await stderr}`);
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** Resident memory, in MiB. */
  residentMb(): number {
    return residentMb(this.pid);
  }

  /** Process ids of its children. */
  children(): number[] {
    return childrenOf(this.pid);
  }

  /** Asks the API; gives `data`. */
  async call<Data>(method: string, path: string, body?: unknown): Promise<Data> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    const answer = await response.json();
    strictEqual(answer.success, true, `${method} ${path}: ${answer.error}`);
    return answer.data;
  }

  /** `/health`, whatever it says. */
  async health(): Promise<{ healthy: boolean; alerts: readonly { level: string }[] }> {
    const response = await fetch(`${this.url}/health`);
    return await response.json();
  }

  /** Opens a pool. */
  openPool(settings: object): Promise<WirePool> {
    return this.call("POST", "/api/pools", settings);
  }

  getPool(id: string): Promise<WirePool> {
    return this.call("GET", `/api/pools/${id}`);
  }

  submit(submission: object): Promise<WireTask> {
    return this.call("POST", "/api/tasks", submission);
  }

  getTask(id: string): Promise<WireTask> {
    return this.call("GET", `/api/tasks/${id}`);
  }

  /** Waits for the end of a task. */
  async ended(id: string): Promise<WireTask> {
    const task = await this.call<WireTask>("GET", `/api/tasks/${id}?wait=30`);
    if (task.status !== "running" && task.status !== "pending") return task;
    await this.call("PUT", `/api/tasks/${id}/stop`, { grace_ms: 0 });
    throw new Error(`Task did not end within 30 s: ${JSON.stringify(task)}`);
  }

  /** SIGKILL; gives the children that it had. */
  async kill(): Promise<number[]> {
    const children = this.#orphans = this.children();
    this.#process.kill("SIGKILL");
    await this.#process.status;
    return children;
  }

  /** Ends it as an operator would, and checks that nothing of it is left. */
  async [Symbol.asyncDispose](): Promise<void> {
    const children = this.#orphans ?? this.children();
    if (this.#orphans === undefined) this.#process.kill("SIGTERM");
    await this.#process.status;
    await until("all children of the server are gone", () => children.every(isGone));
    await this.#stderr;
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** Reads the first line, and then lets the stream go. */
async function readLine(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  let text = "";
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.includes("\n")) break;
  }
  return text.split("\n")[0] ?? "";
}
