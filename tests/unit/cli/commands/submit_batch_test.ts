import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { failure, run, type Seen } from "../fake_world.ts";
import { POOL_ID, wirePool, wireTask } from "../wire_samples.ts";

const TEXT = `{"input":{"path":"a"}}

{"task_type":"primes","pool_id":"other","input":{"up_to":9}}
`;
const POOLS = { "GET /api/pools": [wirePool()] };

function submit(text: string, answers: object, ...flags: readonly string[]) {
  return run(["submit", "checksum", "--batch", "tasks.ndjson", ...flags], {
    answers: { ...POOLS, ...answers },
    files: { "tasks.ndjson": text },
  });
}

function batches(seen: readonly Seen[]): readonly (readonly unknown[])[] {
  return seen.filter(({ path }) => path === "/api/tasks/batch").map(({ body }) =>
    // The command sends nothing else on this path.
    (body as { readonly tasks: readonly unknown[] }).tasks
  );
}

Deno.test("submit --batch fills in what a line does not say, and prints the ids", async () => {
  const { code, out, seen } = await submit(TEXT, {
    "POST /api/tasks/batch": { task_ids: ["id-1", "id-2"] },
  });
  deepStrictEqual({ code, out }, { code: 0, out: "id-1\nid-2\n" });
  deepStrictEqual(batches(seen), [[
    { pool_id: POOL_ID, task_type: "checksum", input: { path: "a" } },
    { pool_id: "other", task_type: "primes", input: { up_to: 9 } },
  ]]);
});

Deno.test("submit --batch takes options for all lines that do not say otherwise", async () => {
  const text = '{"task_type":"primes","tags":["own"]}\n{"task_type":"primes"}\n';
  const { seen } = await submit(text, {
    "POST /api/tasks/batch": { task_ids: ["id-1", "id-2"] },
  }, ..."--tag nightly --priority -3 --run-timeout-ms 500".split(" "));
  const common = { pool_id: POOL_ID, task_type: "primes", priority: -3, run_timeout_ms: 500 };
  deepStrictEqual(batches(seen), [[
    { ...common, tags: ["own"] },
    { ...common, tags: ["nightly"] },
  ]]);
});

Deno.test("submit --batch names each bad line and submits nothing", async () => {
  const { code, err, seen } = await run(["submit", "--batch", "tasks.ndjson"], {
    answers: POOLS,
    files: { "tasks.ndjson": '{"task_type":"a"}\n{bad\n\n[1]\n{"input":1}\n' },
  });
  deepStrictEqual({ code, batches: batches(seen) }, { code: 1, batches: [] });
  deepStrictEqual(
    err.replace(/(expected JSON:).*/, "$1"),
    [
      "Cannot submit batch. Nothing was submitted",
      "line 2: expected JSON:",
      "line 4: expected a JSON object",
      "line 5: task_type is missing\n",
    ].join("\n  "),
  );
});

Deno.test("submit --batch tells the first faults and the number of the others", async () => {
  const { err } = await submit("[]\n".repeat(30), {});
  deepStrictEqual(err.split("\n").slice(-3), [
    "  line 20: expected a JSON object",
    "  and 10 more",
    "",
  ]);
});

Deno.test("submit --batch refuses an empty file, and one that is not there", async () => {
  const empty = await submit("\n", {});
  deepStrictEqual([empty.code, empty.err], [1, "Cannot submit batch: the file has no tasks\n"]);
  const missing = await run(["submit", "--batch", "gone.ndjson"], { answers: POOLS });
  deepStrictEqual([missing.code, missing.err], [
    1,
    "Cannot read gone.ndjson: no file gone.ndjson\n",
  ]);
});

Deno.test("submit --batch sends at most 10,000 tasks, and 15 MiB, at a time", async () => {
  const ids = ({ body }: Seen) => ({
    task_ids: (body as { readonly tasks: readonly unknown[] }).tasks.map(() => "id"),
  });
  const many = await submit("{}\n".repeat(10_001), { "POST /api/tasks/batch": ids });
  deepStrictEqual(batches(many.seen).map((tasks) => tasks.length), [10_000, 1]);
  const line = `${JSON.stringify({ input: "x".repeat(900_000) })}\n`;
  const large = await submit(line.repeat(20), { "POST /api/tasks/batch": ids });
  deepStrictEqual(batches(large.seen).map((tasks) => tasks.length), [17, 3]);
});

Deno.test("submit --batch names the lines that the server refuses", async () => {
  const faults = [{ pointer: "/tasks/1/input/up_to", field: "tasks.1.input.up_to", message: "No" }];
  const { code, err } = await submit(TEXT, {
    "POST /api/tasks/batch": () => failure(422, "Cannot submit tasks", faults),
  });
  deepStrictEqual({ code, err }, {
    code: 1,
    err: "Cannot submit batch. Nothing was submitted\n  line 3: input.up_to: No\n",
  });
});

Deno.test("submit --batch tells what was submitted before a refusal", async () => {
  const task_ids = Array.from({ length: 10_000 }, () => "id");
  const answers = [{ task_ids }, failure(429, "Cannot submit tasks: queue full")];
  const { err } = await submit("{}\n".repeat(10_005), {
    "POST /api/tasks/batch": () => answers.shift(),
  });
  strictEqual(
    err,
    "Cannot submit tasks: queue full (from line 10001 on). " +
      "The first 10000 tasks were submitted, from there on none\n",
  );
});

Deno.test("submit --batch --wait prints the ends in the order of the lines", async () => {
  const ids = Array.from({ length: 20 }, (_, index) => `id-${index}`);
  const ends = Object.fromEntries(ids.map((id, index) => [
    `GET /api/tasks/${id}?wait=30`,
    wireTask({ task_id: id, result: index }),
  ]));
  const { code, out } = await submit("{}\n".repeat(20), {
    "POST /api/tasks/batch": { task_ids: ids },
    ...ends,
  }, "--wait");
  deepStrictEqual({ code, out }, { code: 0, out: ids.map((_, index) => `${index}\n`).join("") });
});

Deno.test("submit --batch --wait --json prints one task a line, and counts the failed", async () => {
  const failed = wireTask({ task_id: "id-1", status: "failed", exception: "Error: no" });
  const done = wireTask({ task_id: "id-3", result: { count: 1 } });
  const { code, out, err } = await submit(
    "{}\n{}\n{}\n",
    {
      "POST /api/tasks/batch": { task_ids: ["id-1", "id-2", "id-3"] },
      "GET /api/tasks/id-1?wait=30": failed,
      "GET /api/tasks/id-2?wait=30": () => failure(404, "Cannot find task: id-2"),
      "GET /api/tasks/id-3?wait=30": done,
    },
    "--wait",
    "--json",
  );
  strictEqual(code, 1);
  strictEqual(out, `${JSON.stringify(failed)}\n${JSON.stringify(done)}\n`);
  strictEqual(
    err,
    "Task id-1 failed: Error: no\nCannot find task: id-2\n2 of 3 tasks did not complete\n",
  );
});

Deno.test("submit --batch tells what was submitted when the server is lost", async () => {
  const lost = () => {
    throw new TypeError("connection closed");
  };
  const waited = await submit(TEXT, {
    "POST /api/tasks/batch": { task_ids: ["id-1", "id-2"] },
    "GET /api/tasks/id-1?wait=30": wireTask({ task_id: "id-1", result: 5 }),
    "GET /api/tasks/id-2?wait=30": lost,
  }, "--wait");
  deepStrictEqual([waited.code, waited.out, waited.err.split("\n").slice(1)], [
    3,
    "5\n",
    ["  (2 tasks were submitted, id-1 to id-2, and go on when their server does)", ""],
  ]);
  let parts = 0;
  const sent = await submit('{"task_type":"a"}\n'.repeat(10_001), {
    "POST /api/tasks/batch": () => parts++ === 0 ? { task_ids: ["id-1", "id-2"] } : lost(),
  });
  deepStrictEqual([sent.code, sent.out, sent.err.split("\n").slice(1)], [
    3,
    "",
    ["  (the first 2 tasks were submitted; of the next it is not known)", ""],
  ]);
});
