/** Commands that are wrong end with 2, those that are refused with 1, and none changes anything. */
import { deepStrictEqual } from "node:assert/strict";
import { runProgram } from "../../cli/program.ts";
import type { Output, World } from "../../cli/world.ts";
import { type ManagedWorld, managedWorld, withNames } from "../helpers/managed_world.ts";

/** A command line with its exit code, and what it must say. */
type Case = readonly [line: string, code: number, says: RegExp];

const CASES: readonly Case[] = [
  ["", 2, /Usage/],
  ["pol list", 2, /unknown command 'pol'.*pool/s],
  ["pool", 2, /Usage/],
  ["pool lst", 2, /lst.*list/s],
  ["pool list --jsn", 2, /--jsn/],
  ["pool list extra", 2, /too many arguments/],
  ["pool show", 2, /pool/],
  ["pool create --max-workers many", 2, /max-workers.*integer/s],
  ["pool create --isolation vm", 2, /isolation.*process/s],
  ["pool create --max-worker 2", 2, /max-worker.*max-workers/s],
  ["pool resize held", 2, /max-workers/],
  ["pool resize held many", 2, /many/],
  ["pool close held --deadline-ms soon", 2, /deadline-ms/],
  ["task show", 2, /id/],
  ["task list --page one", 2, /page/],
  ["task list --status bogus", 2, /status.*one of blocked, .*"bogus"/],
  ["task bulk cancel --pool held --tag=", 2, /tag/],
  ["task stop {pending} --grace-ms soon", 2, /grace-ms/],
  ["submit", 2, /TYPE must come first/],
  ["submit sleep --pool held --seconds many", 2, /seconds.*number/s],
  ["submit sleep --pool held --second 1", 2, /--second\b.*--seconds/s],
  ["submit sleep --pool held --input {", 2, /--input as JSON/],
  ["submit sleep --pool held --priority high", 2, /priority/],
  ["submit sleep --pool held --input {} --file a.json", 2, /exclude each other/],
  ["submit sleep --batch a.ndjson --seconds 1", 2, /--seconds has no meaning/],
  ["pool list --url ftp://127.0.0.1", 2, /http/],
  ["start --port many", 2, /--port: expected a whole number/],
  ["start --port 65536", 2, /--port/],
  ["start --prot 1", 2, /--prot.*--port/s],
  ["start --log-level loud", 2, /--log-level.*debug, info, warning, error/],
  ["start --host 0.0.0.0", 2, /--host.*0\.0\.0\.0/],
  ["start --tasks nowhere", 2, /nowhere/],
  ["start --config nowhere.yaml", 2, /nowhere\.yaml: there is no such file/],
  ["pool show nobody", 1, /nobody/],
  ["pool show {none}", 1, /{none}/],
  ["pool create --max-workers 0", 1, /max_workers/],
  ["pool create --min-workers 3 --max-workers 2", 1, /min_workers/],
  ["pool resize held 0", 1, /max_workers/],
  ["pool resize {closed} 3", 1, /closed/],
  ["task show {none}", 1, /{none}/],
  ["task cancel {over}", 1, /cancelled/],
  ["task stop {over}", 1, /cancelled/],
  ["task logs no-id", 1, /no-id/],
  ["submit slep --pool held", 1, /slep.*sleep/],
  ["submit sleep --pool held", 2, /--seconds missing/],
  ["submit sleep --pool held --seconds -1", 1, /seconds/],
  ["submit sleep --pool full --seconds 1", 1, /at most 1/],
  ["submit sleep --pool {closed} --seconds 1", 1, /closed|nothing new/],
  ["submit sleep --pool held --file nowhere.json", 1, /nowhere\.json/],
  ["submit --pool held --batch nowhere.ndjson", 1, /nowhere\.ndjson/],
  ["submit --pool held --batch bad.ndjson", 1, /Nothing was submitted.*line 2/s],
  ["submit --pool held --batch wrong.ndjson", 1, /Nothing was submitted.*line 2: .*seconds/s],
];

const FILES: Readonly<Record<string, string>> = {
  "bad.ndjson": `{"task_type":"sleep","input":{"seconds":0}}\nno json\n`,
  "wrong.ndjson":
    `{"task_type":"sleep","input":{"seconds":0}}\n{"task_type":"sleep","input":{"seconds":"a"}}\n`,
};

/** Runs a command line against the app, without a network. */
async function run(app: ManagedWorld, line: string): Promise<{ code: number; told: string }> {
  let told = "";
  const output: Output = {
    isTerminal: false,
    hasColours: false,
    columns: 80,
    write: (text) => {
      told += text;
      return true;
    },
  };
  const world: World = {
    env: {},
    out: output,
    err: output,
    readText: (path) => {
      const text = FILES[path];
      if (text !== undefined) return Promise.resolve(text);
      return Promise.reject(new Deno.errors.NotFound(`there is no file ${path}`));
    },
    isFolder: () => Promise.resolve(false),
    fetch: (url, init) => app.fetch(new Request(url, init)),
    takeStopSignal: () => new AbortController().signal,
    takeTerminal: () => undefined,
  };
  return { code: await runProgram(line === "" ? [] : line.split(" "), world), told };
}

Deno.test("Bad commands tell what is wrong with them, and change nothing", async () => {
  await using app = await managedWorld();
  const before = await app.look();
  const wrong: string[] = [];
  for (const [line, code, says] of CASES) {
    const ran = await run(app, withNames(line, app.names));
    const wanted = new RegExp(withNames(says.source, app.names), says.flags);
    if (ran.code === code && wanted.test(ran.told)) continue;
    wrong.push(`${line}: ended with ${ran.code} and told: ${ran.told}`);
  }
  deepStrictEqual(wrong, []);
  deepStrictEqual(await app.look(), before);
});
