/**
 * The real program in a process of its own, in an empty folder, with the very flags of `deno task
 * start`; and the commands of the same program, each a process too.
 */
import { ok } from "node:assert/strict";
import { join } from "node:path";
import project from "../../deno.json" with { type: "json" };
import { checkDescribed } from "./described.ts";
import { PROJECT_FOLDER } from "./import_graph.ts";
import { childrenOf, isGone } from "./processes.ts";
import { until } from "./until.ts";

/** What a command, or the server, said and how it ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** An answer of the API. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Its JSON: a test compares it with what it expects, or reads it as the type that it names. */
  readonly body: unknown;
}

/** What to start a server with. */
export interface StartOptions {
  /** Flags beside the port. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A command that becomes the server: it ends by executing its arguments. */
  readonly via?: readonly [string, ...string[]];
}

/** What a request of the API has beside its path. */
export interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** See the head of this file. */
export class StartedServer implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #stderr: Promise<string>;

  /** Use {@link startServer}. */
  constructor(
    process: Deno.ChildProcess,
    stderr: Promise<string>,
    /** As its `Listening on` line has it, without the last slash. */
    readonly url: string,
    /** Where it was started; goes with it. */
    readonly folder: string,
  ) {
    this.#process = process;
    this.#stderr = stderr;
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** Asks the API. */
  async call(method: string, path: string, options: CallOptions = {}): Promise<ApiAnswer> {
    const { body, headers } = options;
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { ...body === undefined ? {} : { "content-type": "application/json" }, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const { status, headers: told } = response;
    const answer = { status, headers: told, body: await response.json() };
    checkDescribed({ method, path }, answer);
    return answer;
  }

  /** Asks the API and gives `data`, which is a `Data` by the API's contract. */
  async ask<Data>(method: string, path: string, body?: unknown): Promise<Data> {
    const answer = await this.call(method, path, { body });
    ok(answer.status < 300, `${method} ${path}: ${JSON.stringify(answer.body)}`);
    return (answer.body as { data: Data }).data;
  }

  /** Runs a command against it, in its folder. */
  command(...args: readonly string[]): Promise<Ended> {
    return runCommand(args, { cwd: this.folder, env: { LIDO_URL: this.url } });
  }

  /** Asks it to end, and waits until nothing of it is left. Gives its exit code and what it logged. */
  async stop(signal: Deno.Signal = "SIGTERM"): Promise<{ code: number; stderr: string }> {
    const children = childrenOf(this.pid);
    if (!isGone(this.pid)) this.#process.kill(signal);
    const { code } = await this.#process.status;
    await until("all children of the server are gone", () => children.every(isGone));
    return { code, stderr: await this.#stderr };
  }

  /** Ends it as a power cut would. */
  async kill9(): Promise<void> {
    await this.stop("SIGKILL");
  }

  /** Ends it, if it has not ended, and takes its folder away. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** Starts the program on a free port; resolves when it says that it listens. */
export async function startServer(options: StartOptions = {}): Promise<StartedServer> {
  const folder = await Deno.makeTempDir({ prefix: "lido-server-" });
  const args = ["--port", "0", "--log-level", "warning", ...options.flags ?? []];
  const [command, ...before] = [...options.via ?? [], Deno.execPath()];
  const process = new Deno.Command(command ?? "", {
    args: [...before, ...argumentsOf("start", args)],
    cwd: folder,
    env: { NO_COLOR: "1", ...options.env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stderr = new Response(process.stderr).text();
  const line = (await readLine(process.stdout)).trimEnd(); // a terminal ends lines by two characters
  const url = /^Listening on (http:\/\/\S+)\/$/.exec(line)?.[1];
  if (url !== undefined) return new StartedServer(process, stderr, url, folder);
  process.kill("SIGKILL");
  await process.status;
  throw new Error(`The server said ${JSON.stringify(line)}, and then: ${await stderr}`);
}

/** Runs a command of the program to its end. */
export async function runCommand(
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Record<string, string> } = {},
): Promise<Ended> {
  const [name = "", ...others] = args;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: argumentsOf(name, others),
    stdin: "null",
    ...options,
    env: { NO_COLOR: "1", ...options.env },
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** What `deno task NAME …` runs: `deno run FLAGS main.ts NAME …`, from any folder. */
function argumentsOf(name: string, args: readonly string[]): string[] {
  const tasks: Readonly<Record<string, string | { readonly command: string }>> = project.tasks;
  const task = tasks[name];
  const command = typeof task === "string" ? task : task?.command;
  if (command === undefined) throw new TypeError(`deno.json has no task ${name}`);
  const words = command.split(" ").slice(1); // without `deno`
  return [
    ...words.map((word) => word === "main.ts" ? join(PROJECT_FOLDER, "main.ts") : word),
    ...args,
  ];
}

/** Reads the first line; the rest is read too, so that the server can always write. */
function readLine(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  const line = Promise.withResolvers<string>();
  let text = "";
  const all = (async () => {
    for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (text.includes("\n")) line.resolve(text.split("\n")[0] ?? "");
    }
  })();
  all.then(() => line.resolve(text), line.reject);
  return line.promise;
}
