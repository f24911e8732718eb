/** `top` at a real terminal, in front of a real server. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { PROJECT_FOLDER } from "../helpers/import_graph.ts";
import { HAS_SCRIPT, PtyProcess, SCRIPT_MISSING } from "../helpers/pty.ts";
import { startServer } from "../helpers/start_server.ts";

const TAKEN = "\x1b[?1049h\x1b[?25l\x1b[?7l";
const GIVEN_BACK = "\x1b[?7h\x1b[?25h\x1b[?1049l";
const ignore = !HAS_SCRIPT;
const title = (name: string) => ignore ? `${name} (${SCRIPT_MISSING})` : name;

function startTop(url: string): PtyProcess {
  const grants = ["--no-prompt", "--allow-read", "--allow-net", "--allow-env"];
  const main = join(PROJECT_FOLDER, "main.ts");
  const args = ["run", "--no-check", ...grants, main, "top", "--interval", "0.1", "--url", url];
  return new PtyProcess([Deno.execPath(), ...args]);
}

Deno.test({
  name: title("top shows a server, follows the terminal's size, and gives it back on q"),
  ignore,
  async fn() {
    await using server = await startServer();
    await using top = startTop(server.url);
    await top.says("THREADS OF default");
    await top.resize(40, 12);
    await top.says("Tab pools or threads  p…");
    await top.type("p");
    await top.says("Paused pool default");
    await top.type("q");
    strictEqual(await top.ended(), 0);
    deepStrictEqual(
      [top.output.indexOf(TAKEN) < top.output.indexOf("Lido  "), top.output.endsWith(GIVEN_BACK)],
      [true, true],
    );
  },
});

Deno.test({
  name: title("top gives the terminal back when it is asked to end, and when the server has gone"),
  ignore,
  async fn() {
    await using server = await startServer();
    await using top = startTop(server.url);
    await top.says("THREADS OF default");
    await server.stop();
    await top.says("trying again: Cannot reach Lido");
    await top.kill("SIGTERM");
    strictEqual(await top.ended(), 0);
    ok(top.output.endsWith(GIVEN_BACK), top.output.slice(-200));
  },
});
