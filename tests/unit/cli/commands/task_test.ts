import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { run } from "../fake_world.ts";
import { POOL_ID, TASK_ID, wirePool, wireTask } from "../wire_samples.ts";

Deno.test("task list asks for one page of what the flags name", async () => {
  const pagination = {
    current_page: 2,
    total_pages: 3,
    total_items: 25,
    start_item: 11,
    end_item: 20,
  };
  const path = `/api/tasks?pool_id=${POOL_ID}&status=completed&page=2&per_page=10`;
  const line = "task list --pool default --status completed --page 2 --per-page 10";
  const { code, out } = await run(line.split(" "), {
    answers: {
      "GET /api/pools": [wirePool()],
      [`GET ${path}`]: () =>
        Response.json({ success: true, data: [wireTask({ name: "nap" })], pagination }),
    },
  });
  deepStrictEqual({ code, out }, {
    code: 0,
    out: "ID                                    STATUS     TASK         SUBMITTED    SECONDS\n" +
      `${TASK_ID}  completed  nap (sleep)  01-02 03:04    1.500\n` +
      "11 to 20 of 25 (page 2 of 3)\n",
  });
});

Deno.test("task list says so when there are none", async () => {
  strictEqual(
    (await run(["task", "list"], { answers: { "GET /api/tasks": [] } })).out,
    "No tasks.\n",
  );
});

Deno.test("task show prints what is known, and nothing of what is not", async () => {
  const task = wireTask({
    status: "failed",
    exception: "TypeError: bad\nat line 2",
    input: { seconds: 1 },
    tags: ["nightly", "eu west"],
    run_timeout_ms: 60_000,
  });
  const { out } = await run(["task", "show", TASK_ID], {
    answers: { [`GET /api/tasks/${TASK_ID}`]: task },
  });
  strictEqual(
    out,
    `task:      ${TASK_ID}
name:      sleep
type:      sleep
pool:      ${POOL_ID}
status:    failed
priority:  0
tags:      nightly, eu west
timeout:   60000 ms
attempt:   1
submitted: 2026-01-02T03:04:05.678Z
started:   2026-01-02T03:04:06.000Z
ended:     2026-01-02T03:04:07.500Z
seconds:   1.500
exception: TypeError: bad\\u{a}at line 2
input:     {"seconds":1}
`,
  );
});

Deno.test("task show --json prints the whole task", async () => {
  const { out } = await run(["task", "show", TASK_ID, "--json"], {
    answers: { [`GET /api/tasks/${TASK_ID}`]: wireTask() },
  });
  deepStrictEqual(JSON.parse(out), wireTask());
});

Deno.test("task cancel withdraws the task", async () => {
  const { code, out } = await run(["task", "cancel", TASK_ID], {
    answers: { [`DELETE /api/tasks/${TASK_ID}`]: wireTask({ status: "cancelled" }) },
  });
  deepStrictEqual({ code, out }, { code: 0, out: `Cancelled task ${TASK_ID}\n` });
});

Deno.test.each([
  [[], "running", {}, "Asked to stop"],
  [["--grace-ms", "0"], "cancelled", { grace_ms: 0 }, "Stopped"],
])("task stop %j tells whether it has ended: %s", async (flags, status, body, done) => {
  const { out, seen } = await run(["task", "stop", TASK_ID, ...flags], {
    answers: { [`PUT /api/tasks/${TASK_ID}/stop`]: wireTask({ status }) },
  });
  strictEqual(out, `${done}: task ${TASK_ID}\n`);
  deepStrictEqual(seen[0]?.body, body);
});

Deno.test("task logs prints a line for each, without control characters", async () => {
  const lines = [
    { at: "2026-01-02T03:04:05.678Z", level: "info", text: "a\x1b[2J", attempt: 1 },
    { at: "2026-01-02T03:04:06.678Z", level: "warning", text: "b", attempt: 2 },
  ];
  const { out } = await run(["task", "logs", TASK_ID], {
    answers: { [`GET /api/tasks/${TASK_ID}/logs`]: lines },
  });
  strictEqual(
    out,
    "2026-01-02T03:04:05.678Z #1 info    a\\u{1b}[2J\n2026-01-02T03:04:06.678Z #2 warning b\n",
  );
});

Deno.test("task cannot leave its path with an id that holds a slash", async () => {
  const { code, seen } = await run(["task", "show", "../pools"], { answers: {} });
  deepStrictEqual({ code, path: seen[0]?.path }, { code: 1, path: "/api/tasks/..%2Fpools" });
});

Deno.test("task again submits the task once more, and says its id", async () => {
  const other = "01990000-0000-7000-8000-0000000000cc";
  const { out, seen } = await run(["task", "again", TASK_ID], {
    answers: { [`POST /api/tasks/${TASK_ID}/again`]: wireTask({ task_id: other, name: "nap" }) },
  });
  strictEqual(out, `Submitted task ${other} (nap)\n`);
  strictEqual(seen.length, 1);
});

Deno.test("task logs -f goes on until the task has ended, and prints each line once", async () => {
  const at = "2026-01-02T03:04:05.000Z";
  const line = (text: string) => ({ at, level: "info", text, attempt: 1 });
  const states = ["running", "running", "completed"];
  const all = [[line("one")], [], [line("two"), line("three")]];
  const answers = {
    [`GET /api/tasks/${TASK_ID}?wait=1`]: () => wireTask({ status: states.shift() ?? "?" }),
    [`GET /api/tasks/${TASK_ID}/logs`]: () => all.shift(),
    [`GET /api/tasks/${TASK_ID}/logs?after=1`]: () => all.shift(),
  };
  const { code, out } = await run(["task", "logs", TASK_ID, "-f"], { answers });
  strictEqual(code, 0);
  deepStrictEqual(out.trimEnd().split("\n").map((one) => one.split(/\s+/).at(-1)), [
    "one",
    "two",
    "three",
  ]);
});

Deno.test("task change sends what its flags name, and finds the pool by its name", async () => {
  const line = `task change ${TASK_ID} --priority -3 --pool default`;
  const { code, out, seen } = await run(line.split(" "), {
    answers: {
      "GET /api/pools": [wirePool()],
      [`PATCH /api/tasks/${TASK_ID}`]: wireTask({ priority: -3 }),
    },
  });
  deepStrictEqual({ code, out }, { code: 0, out: `Changed task ${TASK_ID}\n` });
  deepStrictEqual(seen.at(-1)?.body, { priority: -3, pool_id: POOL_ID });
});

Deno.test("task export prints the file as it comes", async () => {
  for (
    const [flag, format, type] of [["", "ndjson", "application/x-ndjson"], [
      "--csv",
      "csv",
      "text/csv; charset=utf-8",
    ]] as const
  ) {
    const path = `/api/tasks/export?format=${format}&status=failed`;
    const line = `task export --status failed ${flag}`.trim();
    const { code, out } = await run(line.split(" "), {
      answers: {
        [`GET ${path}`]: () => new Response("a\nä\n", { headers: { "content-type": type } }),
      },
    });
    deepStrictEqual({ code, out }, { code: 0, out: "a\nä\n" });
  }
});

Deno.test("task export has one form: --csv with --json is a mistake", async () => {
  const { code, out, seen } = await run(["task", "export", "--csv", "--json"]);
  deepStrictEqual({ code, out, seen }, { code: 2, out: "", seen: [] });
});
