import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { run } from "../fake_world.ts";
import { POOL_ID, TASK_ID, wirePool } from "../wire_samples.ts";

const OPERATION = "01990000-0000-7000-8000-0000000000bb";
const FINISHED = {
  operation_id: OPERATION,
  action: "cancel",
  status: "finished",
  done: 3,
  total: 3,
  succeeded: 1,
  skipped: 1,
  failed: 1,
  results: [
    { task_id: TASK_ID, is_ok: false, text: "Cannot\u001b[2J" },
    { task_id: TASK_ID, is_ok: true, text: "cancelled" },
  ],
};

Deno.test("task bulk says what became of the tasks, once all are gone through", async () => {
  let looks = 0;
  const line = "task bulk cancel --pool default --status pending --tag a,b --min-priority 2";
  const { code, out, seen } = await run(line.split(" "), {
    answers: {
      "GET /api/pools": [wirePool()],
      "POST /api/tasks/bulk": { ...FINISHED, status: "running", done: 0, results: [] },
      [`GET /api/tasks/bulk/${OPERATION}`]: () =>
        looks++ === 0 ? { ...FINISHED, status: "running" } : FINISHED,
    },
  });
  strictEqual(code, 0);
  strictEqual(
    out,
    `1 done, 1 left as they were, 1 failed\n  ${TASK_ID}: Cannot\\u{1b}[2J\n`,
  );
  deepStrictEqual(seen.find(({ method }) => method === "POST")?.body, {
    action: "cancel",
    filter: { pool_id: POOL_ID, status: "pending", tag: "a,b", min_priority: 2 },
    all: false,
    dry_run: false,
  });
  strictEqual(looks, 2);
});

Deno.test("task bulk --dry-run only counts", async () => {
  for (const [isExact, told] of [[true, "12 tasks\n"], [false, "More than 12 tasks\n"]] as const) {
    const { out, seen } = await run(["task", "bulk", "run-again", "--all", "--dry-run"], {
      answers: {
        "POST /api/tasks/bulk": { action: "run_again", total: 12, total_is_exact: isExact },
      },
    });
    strictEqual(out, told);
    deepStrictEqual(seen.map(({ body }) => body), [
      { action: "run_again", filter: {}, all: true, dry_run: true },
    ]);
  }
});

for (
  const [args, why] of [
    [["delete", "--all"], /cancel, stop, run-again/],
    [["cancel"], /--all/],
    [["cancel", "--min-priority", "high"], /min-priority/],
  ] as const
) {
  Deno.test(`task bulk ${args.join(" ")} is wrong usage, and asks nothing`, async () => {
    const { code, err, seen } = await run(["task", "bulk", ...args], { answers: {} });
    strictEqual(code, 2, err);
    match(err, why);
    deepStrictEqual(seen, []);
  });
}

Deno.test("task bulk change says what is changed", async () => {
  const line = "task bulk change --status pending --set-priority 4 --to-pool default --dry-run";
  const { seen } = await run(line.split(" "), {
    answers: {
      "GET /api/pools": [wirePool()],
      "POST /api/tasks/bulk": { action: "change", total: 1, total_is_exact: true },
    },
  });
  deepStrictEqual(seen.at(-1)?.body, {
    action: "change",
    priority: 4,
    pool_id: POOL_ID,
    filter: { status: "pending" },
    all: false,
    dry_run: true,
  });
});
