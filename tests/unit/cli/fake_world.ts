import { runProgram } from "../../../cli/program.ts";
import type { Output, World } from "../../../cli/world.ts";

/** A request as the fake server saw it. */
export interface Seen {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly body: unknown;
}

/** What the fake server answers: data for the envelope, or a whole answer. */
export type Answers = Readonly<
  Record<string, unknown | ((seen: Seen) => unknown | Response)>
>;

/** How a command line ended. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly seen: readonly Seen[];
}

/** What a test may choose of the world. */
export interface FakeWorldOptions {
  /** By `METHOD /path`, query included; no server at all if left out. */
  readonly answers?: Answers;
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly isTerminal?: boolean;
}

/** A world without network, files or process. */
export function fakeWorld(options: FakeWorldOptions = {}): {
  world: World;
  seen: Seen[];
  texts: { out: string; err: string };
} {
  const seen: Seen[] = [];
  const texts = { out: "", err: "" };
  const output = (name: "out" | "err"): Output => ({
    isTerminal: options.isTerminal ?? false,
    hasColours: false,
    columns: 80,
    write: (text) => {
      texts[name] += text;
      return true;
    },
  });
  const world: World = {
    env: options.env ?? {},
    out: output("out"),
    err: output("err"),
    readText: (path) => {
      const text = options.files?.[path];
      return text === undefined
        ? Promise.reject(new Deno.errors.NotFound(`no file ${path}`))
        : Promise.resolve(text);
    },
    isFolder: () => Promise.resolve(false),
    fetch: (url, init) => answer(options.answers, seen, url, init),
    takeStopSignal: () => new AbortController().signal,
    takeTerminal: () => undefined,
  };
  return { world, seen, texts };
}

/** Runs a command line in a fake world. */
export async function run(args: readonly string[], options: FakeWorldOptions = {}): Promise<Ran> {
  const { world, seen, texts } = fakeWorld(options);
  const code = await runProgram(args, world);
  return { code, ...texts, seen };
}

/** A failure as the server sends it. */
export function failure(status: number, error: string, faults: readonly object[] = []): Response {
  const body = { success: false, error, code: "invalid_input", details: { faults } };
  return Response.json(body, { status });
}

async function answer(
  answers: Answers | undefined,
  seen: Seen[],
  url: string,
  init: RequestInit,
): Promise<Response> {
  if (answers === undefined) throw new TypeError("tcp connect error: Connection refused");
  const { pathname, search } = new URL(url);
  const body: unknown = typeof init.body === "string" ? JSON.parse(init.body) : undefined;
  const request = { method: init.method ?? "GET", path: pathname + search, body };
  seen.push(request);
  const known = answers[`${request.method} ${request.path}`];
  if (known === undefined) return failure(404, `Cannot find ${request.path}`);
  const data: unknown = await (typeof known === "function" ? known(request) : known);
  return data instanceof Response ? data : Response.json({ success: true, data });
}
