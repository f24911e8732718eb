/** The completion scripts in real shells, in front of a real server. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { scriptFor } from "../../cli/completion/scripts.ts";
import { report } from "../helpers/report.ts";
import { PROJECT_FOLDER } from "../helpers/import_graph.ts";
import { type StartedServer, startServer } from "../helpers/start_server.ts";

const FOLDER = PROJECT_FOLDER.replace(/\/$/, "");

/** Calls the function as bash does, and prints what it found. */
const IN_BASH = `
try() {
  COMP_LINE=$1 COMP_POINT=\${#1} COMPREPLY=()
  _lido deno
  printf '%s|' "\${COMPREPLY[@]}"
  echo
}
`;

/** Whether it is there. In CI it must be. */
async function has(shell: string): Promise<boolean> {
  if (Deno.env.get("CI") === "true") return true;
  try {
    return (await new Deno.Command(shell, { args: ["--version"] }).output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

const HAS_BASH = await has("bash");
const HAS_ZSH = await has("zsh");
const HAS_FISH = await has("fish");
if (!HAS_ZSH || !HAS_FISH) {
  report("Not all shells are tested: `apt-get install zsh fish` brings them");
}

/** Runs a script in Lido's folder, where `deno` is the one that runs this test. */
async function runIn(
  shell: "bash" | "fish",
  script: string,
  server: StartedServer,
): Promise<readonly string[]> {
  const bin = join(server.folder, "bin");
  await Deno.mkdir(bin, { recursive: true });
  await Deno.symlink(Deno.execPath(), join(bin, "deno"));
  const { stdout, stderr } = await new Deno.Command(shell, {
    args: [...shell === "bash" ? ["--norc"] : ["--no-config"], "-c", script],
    cwd: FOLDER,
    env: { PATH: `${bin}:${Deno.env.get("PATH")}`, LIDO_URL: server.url, LC_ALL: "C.UTF-8" },
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  strictEqual(err, "");
  return out?.trimEnd().split("\n") ?? [];
}

Deno.test({
  name: "The script for bash completes commands, words and live names, and leaves all else alone",
  ignore: !HAS_BASH,
  async fn() {
    await using server = await startServer();
    await server.ask("POST", "/api/pools", { name: "my odd $pool" });
    const lines = await runIn(
      "bash",
      `_before() { COMPREPLY=(own); }
complete -F _before deno
${scriptFor("bash", FOLDER)}
${scriptFor("bash", FOLDER)}
${IN_BASH}
try 'deno ta'
try 'deno task pool pa'
try 'deno task test:'
try 'deno task pool create --isolation '
try 'deno task pool pause my\\ o'
try 'deno task submit primes --up'
try 'deno task pool pause --url http://127.0.0.1:1 '
cd /
try 'deno task pool pa'`,
      server,
    );
    deepStrictEqual(lines, [
      "own|",
      "pause|",
      "stress|",
      "process|thread|",
      "my\\ odd\\ \\$pool|",
      "--up-to|",
      "|",
      "own|",
    ]);
  },
});

Deno.test({
  name: "The script for fish completes commands and live names, with what they mean",
  ignore: !HAS_FISH,
  async fn() {
    await using server = await startServer();
    const lines = await runIn(
      "fish",
      `${scriptFor("fish", FOLDER)}
complete -C 'deno task pool pa'
complete -C 'deno task pool pause d'
complete -C 'deno task submit primes --up'`,
      server,
    );
    strictEqual(lines[0], "pause\tstart no task for now");
    ok(lines[1]?.startsWith("default\trunning, "), lines[1]);
    ok(lines[2]?.startsWith("--up-to\t"), lines[2]);
  },
});

Deno.test({
  name: "The script for zsh is one that zsh can read",
  ignore: !HAS_ZSH,
  async fn() {
    const path = await Deno.makeTempFile();
    await Deno.writeTextFile(path, scriptFor("zsh", FOLDER));
    const { success, stderr } = await new Deno.Command("zsh", { args: ["-n", path] }).output();
    await Deno.remove(path);
    deepStrictEqual([success, new TextDecoder().decode(stderr)], [true, ""]);
  },
});
