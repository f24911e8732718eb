/** The entry: hands the process to the command line, and its answer back as the exit code. */
import inspector from "node:inspector";
import { runProgram } from "./cli/program.ts";
import { takeTerminal } from "./cli/terminal.ts";
import type { Output, World } from "./cli/world.ts";

/** Line length where nobody knows the terminal's, or there is none. */
const COLUMNS_DEFAULT = 80;

/** So often it is looked for an inspector that is being opened. */
const INSPECTOR_LOOKS = 500;

const STOP_SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM"];

function makeWorld(): World {
  const out = makeOutput(Deno.stdout);
  return {
    env: Deno.env.toObject(),
    out,
    err: makeOutput(Deno.stderr),
    readText: (path) =>
      path === "-" ? new Response(Deno.stdin.readable).text() : Deno.readTextFile(path),
    isFolder: (path) =>
      Deno.stat(path).then((info) => info.isDirectory, (error) => {
        if (error instanceof Deno.errors.NotFound) return false;
        throw error;
      }),
    fetch: (url, init) => fetch(url, init),
    takeStopSignal,
    takeTerminal: () => takeTerminal(out),
  };
}

function makeOutput(stream: typeof Deno.stdout): Output {
  const isTerminal = stream.isTerminal();
  const encoder = new TextEncoder();
  return {
    isTerminal,
    hasColours: isTerminal && !Deno.noColor,
    columns: isTerminal && Deno.consoleSize().columns || COLUMNS_DEFAULT,
    write: (text) => writeAll(stream, encoder.encode(text)),
  };
}

function writeAll(stream: typeof Deno.stdout, bytes: Uint8Array): boolean {
  try {
    for (let at = 0; at < bytes.length;) at += stream.writeSync(bytes.subarray(at));
    return true;
  } catch (error) {
    // `lido task list | head -1`: who reads has seen enough, and a server goes on without.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
    return false;
  }
}

function takeStopSignal(): AbortSignal {
  const stopping = new AbortController();
  for (const signal of STOP_SIGNALS) {
    Deno.addSignalListener(signal, () => {
      if (stopping.signal.aborted) Deno.exit(1); // asked twice: now, whatever still runs
      stopping.abort();
    });
  }
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGUSR1", closeInspector);
  return stopping.signal;
}

/** The runtime opens its inspector on this signal, and by it anybody of this machine could run code here. */
function closeInspector(): void {
  let looksLeft = INSPECTOR_LOOKS;
  const timer = setInterval(() => {
    const isOpen = inspector.url() !== undefined;
    if (isOpen) inspector.close();
    if (isOpen || --looksLeft === 0) clearInterval(timer);
  }, 10);
}

// Connections that are served one by one take from nowhere else that answers are to be compressed.
Deno.env.set("DENO_SERVE_AUTOMATIC_COMPRESSION", "1");

// A thread that cannot be stopped, or a request that nobody waits for, would keep the process.
Deno.exit(await runProgram(Deno.args, makeWorld()));
