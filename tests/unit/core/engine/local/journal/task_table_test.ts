import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { Counters } from "../../../../../../core/engine/local/journal/counters.ts";
import { Fates } from "../../../../../../core/engine/local/journal/fates.ts";
import { MIGRATIONS } from "../../../../../../core/engine/local/journal/schema.ts";
import { Statements } from "../../../../../../core/engine/local/journal/statements.ts";
import { TaskTable } from "../../../../../../core/engine/local/journal/task_table.ts";
import { submitRow } from "../../../../../helpers/stored_journal.ts";

const SUBMITTED_AT = 6;

Deno.test("TaskTable keeps between which seconds a stretch was submitted, however the clock jumps", () => {
  const db = new DatabaseSync(":memory:");
  for (const { sql } of MIGRATIONS) db.exec(sql);
  const statements = new Statements(db);
  const table = new TaskTable(statements, new Counters(statements));
  let seq = 0;
  /** Submits a task at this time; gives the stretch's times, and whether they were written. */
  const submit = (atMs: number) => {
    const submitted = submitRow(++seq).with(SUBMITTED_AT, atMs);
    const changes = () => Number(db.prepare("SELECT total_changes() AS n").get()?.["n"]);
    const before = changes();
    table.write({ submitted, moved: [], ended: [], traced: [] }, new Fates());
    const { first_at, last_at } = db.prepare("SELECT * FROM submit_times").get() ?? {};
    return { times: [first_at, last_at], isWritten: changes() - before === 2 };
  };
  deepStrictEqual(submit(10_400), { times: [10_000, 11_000], isWritten: true });
  deepStrictEqual(submit(10_900), { times: [10_000, 11_000], isWritten: false });
  deepStrictEqual(submit(11_001), { times: [10_000, 12_000], isWritten: true });
  deepStrictEqual(submit(3_000), { times: [3_000, 12_000], isWritten: true });
  strictEqual(submit(12_000).isWritten, false);
  db.close();
});
