import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { parse } from "csv-parse/sync";
import type { TaskSnapshot, TaskStatus } from "../../../../core/mod.ts";
import { writeCsv, writeNdjson } from "../../../../routes/present/export.ts";
import { NOW_MS } from "../../../helpers/app_with.ts";
import { POOL_ID, TASK, TASK_ID } from "../../../helpers/fake_manager.ts";

const AT_MS = Date.UTC(2026, 0, 2, 3, 4, 6);
const ENDED = { slot: null, startedAtMs: null, finishedAtMs: AT_MS, runMs: null };

/** The only row of a file with this task, by its columns. */
function rowOf(changes: Partial<TaskSnapshot>): Record<string, string> {
  const [row = {}] = parse(writeCsv()([{ ...TASK, ...changes }], true), {
    columns: true,
  }) as Record<string, string>[]; // as `columns` makes them
  return row;
}

Deno.test("writeCsv() writes a head once, and a row a task with all digits of its JSON", () => {
  const write = writeCsv();
  const [first, second] = [write([TASK], true), write([TASK], false)];
  strictEqual(
    first,
    "task_id,name,task_type,pool_id,status,priority,attempt,tags,submit_time,start_time,end_time," +
      `run_ms,input,result,error\r\n${second}`,
  );
  strictEqual(
    second,
    `${TASK_ID},nap,sleep,${POOL_ID},completed,0,1,a,2026-01-02T03:04:05.000Z,` +
      "2026-01-02T03:04:06.000Z,2026-01-02T03:04:07.000Z,1000.4," +
      '"{""seconds"":1,""big"":12345678901234567890}",' +
      '"{""camelCase"":98765432109876543210}",\r\n',
  );
});

Deno.test("writeCsv() writes only the head when there is no task", () => {
  strictEqual(writeCsv()([], true).split("\r\n").length, 2);
  strictEqual(writeCsv()([], false), "");
});

for (const sign of ["=", "+", "-", "@", "\t", "\r"]) {
  Deno.test(`writeCsv() lets no cell that begins with ${JSON.stringify(sign)} be a formula`, () => {
    const text = `${sign}HYPERLINK("http://evil.example")`;
    strictEqual(rowOf({ name: text, tags: [text] })["name"], `'${text}`);
    strictEqual(rowOf({ name: text, tags: [text] })["tags"], `'${text}`);
  });
}

Deno.test("writeCsv() keeps quotes, commas, ends of lines and any letters in their cell", () => {
  const name = 'a "b", c\r\nd\u202e🏊<script>';
  deepStrictEqual(rowOf({ name, tags: ["x", "y"] }), {
    ...rowOf({}),
    name,
    tags: "x y",
  });
});

const ERRORS: readonly (readonly [TaskStatus, string])[] = [
  [
    {
      ...ENDED,
      state: "failed",
      failure: { code: "task_error", name: "TypeError", message: "no, not so", stack: "at x" },
    },
    "TypeError: no, not so",
  ],
  [{ ...ENDED, state: "cancelled", cause: "It was asked to stop" }, "It was asked to stop"],
  [{ state: "pending", why: "All threads are busy" }, ""],
];
for (const [status, error] of ERRORS) {
  Deno.test(`writeCsv() says of a ${status.state} task ${JSON.stringify(error)}`, () => {
    const row = rowOf({ status, inputJson: null });
    deepStrictEqual([row["status"], row["error"], row["result"], row["input"], row["start_time"]], [
      status.state,
      error,
      "",
      "",
      "",
    ]);
  });
}

Deno.test("writeNdjson() writes a line a task, as the API has it, with all digits", () => {
  const write = writeNdjson(NOW_MS);
  const text = write([{ ...TASK, name: "two\nlines\u2028" }, TASK], true);
  strictEqual(text, write([{ ...TASK, name: "two\nlines\u2028" }, TASK], false));
  const lines = text.split("\n");
  deepStrictEqual(lines.length, 3);
  strictEqual(lines[2], "");
  strictEqual(JSON.parse(lines[0] ?? "").name, "two\nlines\u2028");
  const { task_id, pool_id, status } = JSON.parse(lines[1] ?? "");
  deepStrictEqual([task_id, pool_id, status], [TASK_ID, POOL_ID, "completed"]);
  strictEqual(lines[1]?.includes('{"seconds":1,"big":12345678901234567890}'), true);
  strictEqual(lines[1]?.includes('{"camelCase":98765432109876543210}'), true);
  strictEqual(write([], true), "");
});
