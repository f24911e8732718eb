import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { v7 as uuidv7 } from "uuid";
import {
  type Cell,
  countRows,
  type GroupMessage,
  type TaskRows,
  writeTaskRows,
} from "../../../../../../core/engine/local/journal/group.ts";
import { GroupStore } from "../../../../../../core/engine/local/journal/group_store.ts";
import {
  MIGRATIONS,
  REJECTED,
  START,
  STORED_EVENTS,
  storedState,
} from "../../../../../../core/engine/local/journal/schema.ts";

const AT_MS = 1_790_000_000_000;
const TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const [PENDING, RUNNING, COMPLETED] = (["pending", "running", "completed"] as const)
  .map(storedState) as [number, number, number];
const [COMPLETE, REQUEUE] = (["complete", "requeue"] as const)
  .map((event) => STORED_EVENTS.indexOf(event)) as [number, number];

Deno.test("A group that waits counts as written, and the tables show it once it is applied", () => {
  using file = openJournal();
  const { store } = file;
  strictEqual(store.write(group(1, { submitted: submit(1) })), 0);
  deepStrictEqual([store.lastGroup, store.applied, file.tasks()], [1, 0, []]);
  strictEqual(store.applyNext(), true);
  deepStrictEqual([store.lastGroup, store.applied, store.applyNext()], [1, 1, false]);
  deepStrictEqual(file.tasks(), [[1, PENDING, "submit"]]);
});

Deno.test("A task that ended while it waited is written once, as if it had been step by step", () => {
  using late = openJournal();
  using early = openJournal();
  const groups = [
    group(1, { submitted: [...submit(1), ...submit(2), ...submit(3)] }),
    group(2, { moved: start(1), ended: end(2, PENDING, true) }),
    group(3, { ended: end(1, RUNNING, false) }),
  ];
  for (const each of groups) {
    late.store.write(each);
    early.store.write(each);
    while (early.store.applyNext());
  }
  while (late.store.applyNext());
  deepStrictEqual(late.tasks(), [
    [1, COMPLETED, "submit start complete"],
    [2, COMPLETED, "submit start complete"],
    [3, PENDING, "submit"],
  ]);
  deepStrictEqual(late.rows(), early.rows());
  deepStrictEqual(late.counters(), { [PENDING]: 1, [COMPLETED]: 2 });
  deepStrictEqual(late.counters(), early.counters());
});

Deno.test("A task that came back is written step by step", () => {
  using file = openJournal();
  file.store.write(group(1, { submitted: submit(1), moved: start(1) }));
  file.store.write(group(2, { moved: comeBack(1) }));
  file.store.write(group(3, { ended: end(1, PENDING, true) }));
  while (file.store.applyNext());
  deepStrictEqual(file.tasks(), [[1, COMPLETED, "submit start requeue start complete"]]);
  deepStrictEqual(file.counters(), { [COMPLETED]: 1 });
});

Deno.test("The next life of the writer finds what waits, and counts no end twice", () => {
  using file = openJournal();
  file.store.write(group(1, { submitted: [...submit(1), ...submit(2)] }));
  file.store.write(group(2, { moved: start(1) }));
  file.store.write(group(3, { ended: [...end(1, RUNNING, false), ...end(2, PENDING, true)] }));
  file.store.applyNext(); // both are in their last form now, and their ends wait still
  const next = file.open();
  deepStrictEqual([next.lastGroup, next.applied], [3, 1]);
  while (next.applyNext());
  deepStrictEqual(file.counters(), { [COMPLETED]: 2 });
  deepStrictEqual(file.tasks(), [
    [1, COMPLETED, "submit start complete"],
    [2, COMPLETED, "submit start complete"],
  ]);
  strictEqual(file.count("ended"), 2);
  strictEqual(file.count("inbox"), 0);
});

Deno.test("What has nothing to do with the tables of tasks waits for none of them", () => {
  using file = openJournal();
  file.store.write(group(1, { submitted: submit(1) }));
  file.store.write({
    ...group(2, { submitted: submit(2) }),
    changes: [
      { kind: "view", name: "mine", query: "q=", atMs: AT_MS },
      { kind: "rejected", pool: 1, count: 3 },
    ],
  });
  const counts = () => ["tasks", "inbox", "views"].map(file.count);
  deepStrictEqual([file.store.lastGroup, file.store.applied, counts()], [2, 0, [0, 2, 1]]);
  const next = file.open();
  strictEqual(next.lastGroup, 2);
  while (next.applyNext());
  deepStrictEqual([next.applied, counts()], [2, [2, 0, 1]]);
  deepStrictEqual(file.counters(), { [PENDING]: 2, [REJECTED]: 3 });
});

Deno.test("What is changed of a task is written after all that waits", () => {
  using file = openJournal();
  file.store.write(group(1, { submitted: submit(1) }));
  file.store.write({
    ...group(2, {}),
    changes: [{ kind: "noted", seq: 1, notes: "{}" }],
  });
  deepStrictEqual([file.store.applied, file.count("inbox")], [2, 0]);
  deepStrictEqual(file.rows().map(({ notes }) => notes), ["{}"]);
});

Deno.test("A small group goes to the tables at once, unless others wait before it", () => {
  using file = openJournal(4);
  file.store.write(group(1, { submitted: submit(1) }));
  strictEqual(file.store.applied, 1);
  file.store.write(group(2, { submitted: [2, 3, 4, 5].flatMap(submit) }));
  file.store.write(group(3, { submitted: submit(6) }));
  deepStrictEqual([file.store.applied, file.count("tasks"), file.count("inbox")], [1, 1, 2]);
});

Deno.test("An end in several texts is written whole", () => {
  using file = openJournal();
  const [first, second] = [
    writeTaskRows({
      submitted: [...submit(1), ...submit(2)],
      moved: [],
      ended: end(1, PENDING, true),
      traced: [],
    }),
    writeTaskRows({ submitted: [], moved: [], ended: end(2, PENDING, true), traced: [] }),
  ];
  file.store.write({ ...group(1, {}), tasks: [first, second] });
  deepStrictEqual(file.counters(), { [COMPLETED]: 2 });
});

Deno.test("The trace of a task is kept with it, whether it waits or has ended by then", () => {
  using file = openJournal();
  const submitted = [1, 2, 3].flatMap(submit);
  file.store.write(group(1, { submitted, traced: [1, TRACEPARENT, 2, TRACEPARENT] }));
  file.store.write(group(2, { ended: end(2, PENDING, true) }));
  while (file.store.applyNext());
  deepStrictEqual(file.rows().map(({ traceparent }) => traceparent), [
    TRACEPARENT,
    TRACEPARENT,
    null,
  ]);
});

Deno.test("Groups that an older Lido left waiting are read as they were", () => {
  using file = openJournal();
  // Without the rows of traces, as it wrote them.
  const text = JSON.stringify([[1, 2].flatMap(submit), [], end(2, PENDING, true)]);
  file.store.write({ ...group(1, {}), tasks: [text] });
  file.store.write(group(2, { submitted: submit(3), traced: [3, TRACEPARENT] }));
  const next = file.open();
  strictEqual(next.lastGroup, 2);
  while (next.applyNext());
  deepStrictEqual(file.tasks(), [
    [1, PENDING, "submit"],
    [2, COMPLETED, "submit start complete"],
    [3, PENDING, "submit"],
  ]);
  deepStrictEqual(file.rows().map(({ traceparent }) => traceparent), [null, null, TRACEPARENT]);
});

interface OpenJournal extends Disposable {
  readonly store: GroupStore;
  open(): GroupStore;
  /** Of each task: its seq, its state, and what happened to it. */
  tasks(): unknown[];
  rows(): Record<string, unknown>[];
  count(table: string): number;
  /** How many are counted in each state, none left out. */
  counters(): Record<string, unknown>;
}

function openJournal(inboxRowsMin = 0): OpenJournal {
  const db = new DatabaseSync(":memory:");
  for (const { sql } of MIGRATIONS) db.exec(sql);
  const open = () => new GroupStore(db, false, inboxRowsMin);
  const rows = () =>
    db.prepare("SELECT * FROM tasks ORDER BY seq").all().map(({ id: _, ...row }) => row);
  return {
    store: open(),
    open,
    rows,
    tasks: () =>
      rows().map(({ seq, state, events }) => [
        seq,
        state,
        JSON.parse(`[${events}]`).map(([, event]: number[]) => STORED_EVENTS[event ?? 0]).join(" "),
      ]),
    count: (table) => Number(db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.["n"]),
    counters: () =>
      Object.fromEntries(
        db.prepare("SELECT state, kept FROM counters WHERE kept <> 0").all()
          .map(({ state, kept }) => [state, kept]),
      ),
    [Symbol.dispose]: () => db.close(),
  };
}

function group(number: number, rows: Partial<TaskRows>): GroupMessage {
  const all = { submitted: [], moved: [], ended: [], traced: [], ...rows };
  return {
    kind: "group",
    number,
    isSynced: false,
    tasks: [writeTaskRows(all)],
    rows: countRows(all),
    changes: [],
  };
}

function submit(seq: number): Cell[] {
  const code = ["file:///noop.task.ts", "v1"];
  return [seq, uuidv7(), 1, "noop", `task ${seq}`, 0, AT_MS, null, ...code, null, null, null];
}

function start(seq: number): Cell[] {
  return [seq, 1, PENDING, RUNNING, START, AT_MS + 10, 1, 0, null, 0];
}

function comeBack(seq: number): Cell[] {
  return [seq, 1, RUNNING, PENDING, REQUEUE, AT_MS + 15, 1, null, null, 0];
}

function end(seq: number, from: number, isStartedNow: boolean): Cell[] {
  const [startedAt, endedAt, slot] = [AT_MS + 10, AT_MS + 20, 0];
  const facts = [1, startedAt, 10, slot, null, "7", null, null, "v1", isStartedNow ? 1 : 0, 0];
  return [seq, 1, from, COMPLETED, COMPLETE, endedAt, ...facts];
}
