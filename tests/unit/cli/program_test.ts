import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { fakeWorld, run } from "./fake_world.ts";
import { runProgram } from "../../../cli/program.ts";
import { TASK_ID } from "./wire_samples.ts";

const COMMANDS = [
  "start",
  ...["list", "create", "show", "resize", "pause", "resume", "drain", "close", "force-close"]
    .map((name) => `pool ${name}`),
  "pool",
  "pool cancel-pending",
  "pool settings",
  "submit",
  "task",
  ...["list", "show", "cancel", "stop", "logs"].map((name) => `task ${name}`),
  "types",
  "top",
  "doctor",
  "log-level",
  "backup",
  "restore",
  "completion",
];

Deno.test.each(COMMANDS.map((name) => [name] as const))(
  "runProgram() tells how to use %s, with an example, and exits 0",
  async (name) => {
    const { code, out, err } = await run([...name.split(" "), "--help"]);
    deepStrictEqual({ code, err }, { code: 0, err: "" });
    strictEqual(out.includes(`  $ deno task ${name}`), true);
    strictEqual(out.startsWith(`Usage: deno task ${name}`), true);
  },
);

Deno.test("runProgram() exits 0 on --version and on --help", async () => {
  deepStrictEqual(await run(["--version"]), { code: 0, out: "0.1.0\n", err: "", seen: [] });
  strictEqual((await run(["--help"])).code, 0);
});

Deno.test("runProgram() exits 2 without a command, and tells all commands on standard error", async () => {
  const { code, out, err } = await run([]);
  deepStrictEqual({ code, out }, { code: 2, out: "" });
  strictEqual(err.startsWith("Usage: deno task [options] [command]"), true);
});

Deno.test("runProgram() exits 2 on an unknown command, and offers the nearest", async () => {
  deepStrictEqual(await run(["submt"]), {
    code: 2,
    out: "",
    err:
      "error: unknown command 'submt'\n(Did you mean submit?)\n(add --help for what can be said)\n",
    seen: [],
  });
});

Deno.test.each([
  ["pool"],
  ["task"],
  ["alert"],
  ["pool create"],
  ["task export"],
])("%s --help fits a terminal of 80 columns, but for its examples", async (line) => {
  const { out } = await run([...line.split(" "), "--help"]);
  const lines = out.split("\n").filter((one) => !one.includes("$ deno task"));
  deepStrictEqual(lines.filter((one) => one.length > 80), []);
});

Deno.test.each([
  ["pool list"],
  ["pool create"],
  ["pool show default"],
  ["submit sleep"],
  ["submit sleep --batch tasks.ndjson"],
  [`task show ${TASK_ID}`],
  ["types"],
])("runProgram() exits 3 when no server is reached: %s", async (line) => {
  const { code, out, err } = await run(line.split(" "), { files: { "tasks.ndjson": "{}" } });
  deepStrictEqual({ code, out, err }, {
    code: 3,
    out: "",
    err: "Cannot reach Lido at http://127.0.0.1:8000: start it with `deno task start`\n",
  });
});

Deno.test.each([
  ["http://localhost:8000", ": start it with `deno task start`"],
  ["http://127.0.0.1:9000/", ": start it with `deno task start --port 9000`"],
  ["http://[::1]:9000", ": start it with `deno task start --host ::1 --port 9000`"],
  ["http://127.0.0.1", ": start it with `deno task start --port 80`"],
  ["https://localhost:9000", ""],
  ["http://lido.example:9000", ""],
])("runProgram() tells how to start what would answer at %s, if it can", async (url, hint) => {
  const { code, err } = await run(["types"], { env: { LIDO_URL: url } });
  deepStrictEqual({ code, err }, {
    code: 3,
    err: `Cannot reach Lido at ${url.replace(/\/$/, "")}${hint}\n`,
  });
});

Deno.test("runProgram() takes the server from --url before LIDO_URL", async () => {
  const env = { LIDO_URL: "http://one:1/" };
  const { err: fromEnv } = await run(["types"], { env });
  strictEqual(fromEnv.includes(" http://one:1\n"), true);
  const { err: fromFlag } = await run(["types", "--url", "http://two:2"], { env });
  strictEqual(fromFlag.includes(" http://two:2\n"), true);
});

Deno.test("runProgram() sends LIDO_TOKEN to LIDO_URL, and to no other server", async () => {
  const { world } = fakeWorld({ env: { LIDO_TOKEN: "secret", LIDO_URL: "http://one:1" } });
  const sent: (string | null)[] = [];
  for (const url of [[], ["--url", "http://one:1/"], ["--url", "http://two:1"]]) {
    await runProgram(["pool", "list", ...url], {
      ...world,
      fetch: (_url, init) => {
        sent.push(new Headers(init.headers).get("authorization"));
        return Promise.resolve(Response.json({ success: true, data: [] }));
      },
    });
  }
  deepStrictEqual(sent, ["Bearer secret", "Bearer secret", null]);
});

Deno.test("runProgram() exits 1 when something else than Lido answers", async () => {
  const answers = { "GET /api/pools": () => new Response("<html>", { status: 502 }) };
  const { code, err } = await run(["pool", "list"], { answers });
  deepStrictEqual({ code, err }, {
    code: 1,
    err: "Cannot use the answer of http://127.0.0.1:8000: status 502 without Lido's JSON\n",
  });
});

Deno.test("runProgram() writes control characters of the server's words out", async () => {
  const body = { success: false, error: "Cannot\x1b[2J", code: "x" };
  const answers = { "GET /api/pools": () => Response.json(body, { status: 404 }) };
  strictEqual((await run(["pool", "list"], { answers })).err, "Cannot\\u{1b}[2J\n");
});

Deno.test("runProgram() exits 2 when the configuration has faults", async () => {
  const { code, err } = await run(["start", "--port", "x"], { env: { LIDO_PROT: "1" } });
  deepStrictEqual({ code, err }, {
    code: 2,
    err: "Cannot start Lido: the configuration has 2 faults\n" +
      "  environment LIDO_PROT: unknown setting; the nearest known is LIDO_PORT\n" +
      '  flag --port: expected a whole number, found "x"\n',
  });
});
