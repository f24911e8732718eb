import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import {
  type Cell,
  type Change,
  type GroupMessage,
  type TaskRows,
  writeTaskRows,
} from "../../../../../../core/engine/local/journal/group.ts";
import { GroupStore } from "../../../../../../core/engine/local/journal/group_store.ts";
import {
  MIGRATIONS,
  STORED_EVENTS,
  storedState,
} from "../../../../../../core/engine/local/journal/schema.ts";
import { endRow, startRow, submitRow } from "../../../../../helpers/stored_journal.ts";

/** Retention of that many ended tasks of all pools. */
const keep = (keepTasks: number): Change => ({
  kind: "prune",
  nowMs: 0,
  rules: { keepTasks, keepMs: null, pools: [] },
});

const logged = (seq: number): Change => ({
  kind: "logged",
  seq,
  attempt: 1,
  lines: [{ atMs: 1, level: "info", text: "a line" }],
});

Deno.test("GroupStore keeps a pool's last 1,000 versions, and those of others", () => {
  const db = new DatabaseSync(":memory:");
  for (const { sql } of MIGRATIONS) db.exec(sql);
  const store = new GroupStore(db, false, 0);
  const save = (pool: number, version: number) => ({
    kind: "pool" as const,
    number: pool,
    id: `pool-${pool}`,
    state: "running",
    createdAtMs: 0,
    version,
    atMs: version,
    author: "autoscale",
    reason: null,
    settings: "{}",
  });
  const changes = [save(2, 1), ...Array.from({ length: 1_003 }, (_, at) => save(1, 1 + at))];
  store.write({ kind: "group", number: 1, isSynced: false, tasks: [], rows: 0, changes });
  const kept = db.prepare(
    `SELECT pool, min(version) AS first, max(version) AS last, count(*) AS n
     FROM pool_settings GROUP BY pool`,
  ).all().map((row) => ({ ...row }));
  deepStrictEqual(kept, [
    { pool: 1, first: 4, last: 1_003, n: 1_000 },
    { pool: 2, first: 1, last: 1, n: 1 },
  ]);
  db.close();
});

Deno.test("GroupStore counts right what ends, and goes, in one group as the first of its pool", () => {
  using journal = openJournal();
  const submitted = [...submitRow(1).with(2, 2), ...[2, 3].flatMap(submitRow)];
  journal.store.write(group(1, { submitted }));
  journal.store.write(group(2, { ended: [2, 3].flatMap(endRow) }));
  journal.store.write(group(3, { ended: endRow(1).with(1, 2) }, [keep(1)]));
  deepStrictEqual(journal.rows("SELECT seq FROM tasks"), [{ seq: 3 }]);
  deepStrictEqual(
    journal.rows("SELECT pool, ever, kept FROM counters WHERE state = ?", COMPLETED),
    [{ pool: 1, ever: 2, kept: 1 }, { pool: 2, ever: 1, kept: 0 }],
  );
});

Deno.test("GroupStore keeps no line of a task that retention took, and all of others", () => {
  using journal = openJournal();
  const rows = { submitted: [1, 2].flatMap(submitRow), ended: endRow(1) };
  journal.store.write(group(1, rows, [logged(1), keep(0), logged(1), logged(2)]));
  journal.store.write(group(2, {}, [logged(1), logged(2)]));
  deepStrictEqual(journal.rows("SELECT task, n FROM logs"), [{ task: 2, n: 0 }, { task: 2, n: 1 }]);
});

Deno.test("GroupStore keeps the lines of a task that is not in the tables yet", () => {
  using journal = openJournal(0);
  journal.store.write(group(1, { submitted: [1, 2].flatMap(submitRow) }, [logged(1)]));
  const moved = startRow(2).with(4, STORED_EVENTS.indexOf("recover"));
  journal.store.write(group(2, { moved }, [logged(2)]));
  strictEqual(journal.store.applied, 0);
  deepStrictEqual(journal.rows("SELECT task FROM logs"), [{ task: 1 }, { task: 2 }]);
});

Deno.test("GroupStore keeps no line of a task that retention took while others are not in the tables", () => {
  using journal = openJournal(0);
  journal.store.write(group(1, { submitted: submitRow(1), ended: endRow(1) }));
  journal.store.write(group(2, {}, [keep(0)]));
  journal.store.write(group(3, { submitted: submitRow(2) }, [logged(1), logged(2)]));
  strictEqual(journal.store.applied, 2);
  deepStrictEqual(journal.rows("SELECT task FROM logs"), [{ task: 2 }]);
});

const COMPLETED = storedState("completed");

interface OpenJournal extends Disposable {
  readonly store: GroupStore;
  rows(sql: string, ...values: readonly number[]): Record<string, unknown>[];
}

function openJournal(inboxRowsMin = Infinity): OpenJournal {
  const db = new DatabaseSync(":memory:");
  for (const { sql } of MIGRATIONS) db.exec(sql);
  return {
    store: new GroupStore(db, false, inboxRowsMin),
    rows: (sql, ...values) => db.prepare(sql).all(...values).map((row) => ({ ...row })),
    [Symbol.dispose]: () => db.close(),
  };
}

function group(
  number: number,
  rows: { readonly [Key in keyof TaskRows]?: readonly Cell[] },
  changes: readonly Change[] = [],
): GroupMessage {
  const { submitted = [], moved = [], ended = [] } = rows;
  const tasks = writeTaskRows({ submitted: [...submitted], moved, ended: [...ended], traced: [] });
  return { kind: "group", number, isSynced: false, tasks: [tasks], rows: 1, changes };
}
