import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { TASK_FIELDS } from "../../../../routes/api/bodies.ts";
import { failure, run, type Seen } from "../fake_world.ts";
import { KINDS_TYPE, POOL_ID, TASK_ID, wirePool, wireTask } from "../wire_samples.ts";

const FILES = [{ path: "docs/api.md", bytes: 3, digest: "ab12" }, { path: "x", digest: "cd34" }];
const ANSWERS = {
  "GET /api/pools": [wirePool()],
  "GET /api/types/kinds": KINDS_TYPE,
  "POST /api/tasks": wireTask({ status: "pending" }),
  [`GET /api/tasks/${TASK_ID}?wait=30`]: wireTask({ result: { files: FILES, total_bytes: 3 } }),
};

function submitted(seen: readonly Seen[]): unknown {
  return seen.find(({ method }) => method === "POST")?.body;
}

Deno.test("submit makes the input of flags from the type's schema", async () => {
  const line = "submit kinds --path docs --up-to -5 --ratio 1.5 --no-deep --algorithm sha512 " +
    '--tags a --tags b --headers {"a":"b"} --limits-files 3 --priority 7 --name mine';
  const { code, out, seen } = await run(line.split(" "), { answers: ANSWERS });
  deepStrictEqual({ code, out }, { code: 0, out: `Submitted task ${TASK_ID} (sleep)\n` });
  deepStrictEqual(submitted(seen), {
    pool_id: POOL_ID,
    task_type: "kinds",
    task_name: "mine",
    priority: 7,
    input: {
      path: "docs",
      up_to: -5,
      ratio: 1.5,
      deep: false,
      algorithm: "sha512",
      tags: ["a", "b"],
      headers: { a: "b" },
      limits: { files: 3 },
    },
  });
});

Deno.test("submit takes all that the API's does", async () => {
  const line = "submit kinds --path docs --name mine --priority 7 --tag nightly --tag eu " +
    "--run-timeout-ms 60000 --idempotency-key 2026-11-28";
  const { code, seen } = await run(line.split(" "), { answers: ANSWERS });
  strictEqual(code, 0);
  const body = {
    pool_id: POOL_ID,
    task_type: "kinds",
    input: { path: "docs" },
    task_name: "mine",
    priority: 7,
    tags: ["nightly", "eu"],
    run_timeout_ms: 60_000,
    idempotency_key: "2026-11-28",
  };
  deepStrictEqual(submitted(seen), body);
  deepStrictEqual(Object.keys(body).sort(), [...TASK_FIELDS.toModel.keys()].sort());
});

Deno.test("submit --run-timeout-ms null takes the pool's timeout away", async () => {
  const line = `submit kinds --path docs --pool ${POOL_ID} --run-timeout-ms null`;
  const { seen } = await run(line.split(" "), { answers: ANSWERS });
  deepStrictEqual(submitted(seen), {
    pool_id: POOL_ID,
    task_type: "kinds",
    input: { path: "docs" },
    run_timeout_ms: null,
  });
});

Deno.test.each([
  [["--priority", "101"], "'--priority <integer>' argument '101' is invalid. Too big: "],
  [["--run-timeout-ms", "0"], "'--run-timeout-ms <integer>' argument '0' is invalid. Too small: "],
  [["--tag", "a,b"], "'--tag <text>' argument 'a,b' is invalid. Invalid: no comma and no NUL"],
  [Array.from({ length: 21 }, (_, i) => `--tag=${i}`), "'--tag <text>' argument '20' is invalid."],
  [["--name", " "], "'--name <text>' argument ' ' is invalid. Too small: "],
  [["--idempotency-key", ""], "'--idempotency-key <text>' argument '' is invalid. Too small: "],
  [["--batch", "f", "--idempotency-key", "a"], "so --idempotency-key has no meaning"],
])("submit asks no server where an option cannot be: %j", async (args, expected) => {
  const { code, err, seen } = await run(["submit", "kinds", ...args], { answers: ANSWERS });
  deepStrictEqual({ code, isTold: err.includes(expected) || err, seen }, {
    code: 2,
    isTold: true,
    seen: [],
  });
});

Deno.test("submit takes a field whose flag is taken by --input-NAME", async () => {
  const args = ["submit", "kinds", "--path=docs", "--name", "label", "--input-name", "field"];
  const { seen } = await run(args, { answers: ANSWERS });
  deepStrictEqual(submitted(seen), {
    pool_id: POOL_ID,
    task_type: "kinds",
    task_name: "label",
    input: { path: "docs", name: "field" },
  });
});

Deno.test("submit lays flags over --input, and over --file", async () => {
  const input = '{"path":"a","limits":{"files":1,"bytes":2}}';
  const flags = ["--limits-files", "9", "--path", "b"];
  for (const source of [["--input", input], ["--file", "in.json"], ["--file", "-"]]) {
    const { seen } = await run(["submit", "kinds", ...source, ...flags, "--pool", POOL_ID], {
      answers: ANSWERS,
      files: { "in.json": input, "-": input },
    });
    deepStrictEqual(submitted(seen), {
      pool_id: POOL_ID,
      task_type: "kinds",
      input: { path: "b", limits: { files: 9, bytes: 2 } },
    });
  }
});

Deno.test("submit sends no input when the type takes none", async () => {
  const type = { ...KINDS_TYPE, input_schema: {} };
  const { seen } = await run(["submit", "kinds"], {
    answers: { ...ANSWERS, "GET /api/types/kinds": type },
  });
  deepStrictEqual(submitted(seen), { pool_id: POOL_ID, task_type: "kinds" });
});

Deno.test.each([
  [["submit"], "TYPE must come first"],
  [["submit", "--path", "docs"], "TYPE must come first"],
  [["submit", "kinds", "--pth", "docs"], "unknown option '--pth'\n(Did you mean --path?)"],
  [["submit", "kinds", "--path"], "option '--path <text>' argument missing"],
  [["submit", "kinds"], "Cannot submit kinds: --path missing"],
  [["submit", "kinds", "--path", "a", "--up-to", "5x"], 'expected a whole number, found "5x"'],
  [["submit", "kinds", "--path", "a", "--headers", "{"], 'expected JSON, found "{"'],
  [["submit", "kinds", "--path", "a", "more"], "too many arguments"],
  [["submit", "kinds", "--input", "{"], "Cannot read --input as JSON"],
  [["submit", "kinds", "--input", "3", "--path", "a"], "it is no JSON object"],
  [["submit", "kinds", "--input", "3", "--file", "a"], "exclude each other"],
  [["submit", "kinds", "--priority", "high"], 'expected a whole number, found "high"'],
  [["submit", "kinds", "--batch", "f", "--path", "a"], "so --path has no meaning"],
  [["submit", "kinds", "--url", "here"], "Cannot use here as Lido's URL"],
])("submit exits 2 on wrong usage: %j", async (args, expected) => {
  const { code, err, seen } = await run(args, { answers: ANSWERS });
  deepStrictEqual({ code, isTold: err.includes(expected) || err, posted: submitted(seen) }, {
    code: 2,
    isTold: true,
    posted: undefined,
  });
});

Deno.test("submit --wait prints a list of digests as sha256sum does", async () => {
  const { code, out, err } = await run(["submit", "kinds", "--path", "docs", "--wait"], {
    answers: ANSWERS,
  });
  deepStrictEqual({ code, out, err }, { code: 0, out: "ab12  docs/api.md\ncd34  x\n", err: "" });
});

Deno.test("submit --wait prints any other result as JSON, and none as nothing", async () => {
  for (const [result, printed] of [[{ count: 2 }, '{\n  "count": 2\n}\n'], [null, ""]] as const) {
    const answers = { ...ANSWERS, [`GET /api/tasks/${TASK_ID}?wait=30`]: wireTask({ result }) };
    const { out } = await run(["submit", "kinds", "--path", "docs", "--wait"], { answers });
    strictEqual(out, printed);
  }
});

Deno.test("submit --wait asks again until the task has ended", async () => {
  const states = [wireTask({ status: "pending" }), wireTask({ status: "running" }), wireTask()];
  const { code, out, seen } = await run(["submit", "kinds", "--path", "a", "--wait", "--json"], {
    answers: { ...ANSWERS, [`GET /api/tasks/${TASK_ID}?wait=30`]: () => states.shift() },
  });
  strictEqual(code, 0);
  deepStrictEqual(JSON.parse(out), wireTask());
  strictEqual(seen.filter(({ path }) => path.includes("?wait=")).length, 3);
});

Deno.test("submit --wait draws a progress bar on a terminal, and only on standard error", async () => {
  const progress = { done: 1, total: 4, note: "a\x1bfile" };
  const states = [wireTask({ status: "running", progress }), wireTask({ result: 5 })];
  const { out, err } = await run(["submit", "kinds", "--path", "a", "--wait"], {
    answers: { ...ANSWERS, [`GET /api/tasks/${TASK_ID}?wait=1`]: () => states.shift() },
    isTerminal: true,
  });
  strictEqual(out, "5\n");
  strictEqual(err.includes("\x1b[?25h"), true); // the cursor is shown again
  strictEqual(err.includes("a\x1bfile"), false);
});

Deno.test.each([
  ["failed", { exception: "TypeError: no\x1b" }, "failed: TypeError: no\\u{1b}"],
  ["cancelled", { cancel_cause: "Asked for" }, "cancelled: Asked for"],
])("submit --wait exits 1 when the task %s", async (status, changes, told) => {
  const ended = wireTask({ status, ...changes });
  const answers = { ...ANSWERS, [`GET /api/tasks/${TASK_ID}?wait=30`]: ended };
  const { code, out, err } = await run(["submit", "kinds", "--path", "a", "--wait"], { answers });
  deepStrictEqual({ code, out, err }, { code: 1, out: "", err: `Task ${TASK_ID} ${told}\n` });
});

Deno.test.each([["-h"], ["--help"]])(
  "submit TYPE %s tells the flags of its input",
  async (flag) => {
    const { code, out } = await run(["submit", "kinds", flag], { answers: ANSWERS });
    strictEqual(code, 0);
    strictEqual(out.includes("--batch <path>"), true);
    strictEqual(
      out.slice(out.indexOf("Input of")),
      `Input of kinds: Takes each kind
  --path <text>                Where (required)
  --up-to <integer>
  --ratio <number>
  --deep                       (default: true)
  --no-deep                    not --deep
  --algorithm <sha256|sha512>
  --tags <text>                (may come more than once; '' for none)
  --headers <json>
  --limits-files <integer>
  --input-name <text>
`,
    );
  },
);

Deno.test("submit TYPE --help tells what holds for every type when there is no server", async () => {
  const { code, out, err } = await run(["submit", "kinds", "--help"]);
  strictEqual(code, 0);
  strictEqual(out.includes("$ deno task submit checksum --path docs --wait"), true);
  strictEqual(err.startsWith("The flags of kinds are not known. Cannot reach Lido"), true);
});

Deno.test("submit tells the server's refusal and exits 1", async () => {
  const { code, err } = await run(["submit", "kinds", "--path", "a"], {
    answers: {
      ...ANSWERS,
      "POST /api/tasks": () => failure(429, "Cannot submit task: queue full"),
    },
  });
  deepStrictEqual({ code, err }, { code: 1, err: "Cannot submit task: queue full\n" });
});

Deno.test("submit tells of --input-url when --url leads to no Lido", async () => {
  const line = "submit http_request --url http://example.com";
  const hint = "\n  (--url names Lido's server; a field url of the input is --input-url)\n";
  const elsewhere = await run(line.split(" "), {
    answers: { "GET /api/types/http_request": () => new Response("<html>") },
  });
  deepStrictEqual([elsewhere.code, elsewhere.err.endsWith(hint)], [1, true]);
  const nowhere = await run(line.split(" "));
  deepStrictEqual([nowhere.code, nowhere.err.endsWith(hint)], [3, true]);
});

Deno.test("submit --wait tells which task it was when the server is lost meanwhile", async () => {
  const answers = {
    ...ANSWERS,
    [`GET /api/tasks/${TASK_ID}?wait=30`]: () => {
      throw new TypeError("connection closed");
    },
  };
  const { code, out, err } = await run(["submit", "kinds", "--path", "a", "--wait"], { answers });
  deepStrictEqual({ code, out, err: err.split("\n").slice(1) }, {
    code: 3,
    out: "",
    err: [`  (task ${TASK_ID} was submitted, and goes on when its server does)`, ""],
  });
});
