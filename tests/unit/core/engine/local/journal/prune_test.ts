import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { PRUNE_STEP, type PruneRules } from "../../../../../../core/engine/local/journal/group.ts";
import { prune } from "../../../../../../core/engine/local/journal/prune.ts";
import { MIGRATIONS, storedState } from "../../../../../../core/engine/local/journal/schema.ts";
import { Statements } from "../../../../../../core/engine/local/journal/statements.ts";
import { isFinal, type TaskState } from "../../../../../../core/model/task_state.ts";

const NOW_MS = 100_000;
const KEEP_ALL: PruneRules = { keepTasks: 1_000_000, keepMs: null, pools: [] };

/** A row to be. */
interface Row {
  readonly pool?: number;
  readonly state?: TaskState;
  readonly finishedAtMs?: number;
  readonly tags?: readonly string[];
}

/** The journal's tables in memory; seqs begin at 1. */
class Records implements Disposable {
  readonly db = new DatabaseSync(":memory:");
  #lastSeq = 0;

  constructor(rows: readonly Row[]) {
    for (const { sql } of MIGRATIONS) this.db.exec(sql);
    this.add(rows);
  }

  add(rows: readonly Row[]): void {
    this.db.exec("BEGIN");
    for (const row of rows) this.#add(row);
    this.db.exec("COMMIT");
  }

  prune(rules: Partial<PruneRules>): number {
    return prune(new Statements(this.db), { ...KEEP_ALL, ...rules }, NOW_MS);
  }

  /** Numbers of a column, in order. */
  numbers(sql: string): readonly number[] {
    return this.db.prepare(sql).all().map((row) => Number(Object.values(row)[0]));
  }

  seqs(): readonly number[] {
    return this.numbers("SELECT seq FROM tasks ORDER BY seq");
  }

  /** What SQLite is told meanwhile. */
  textsOf(act: () => void): readonly string[] {
    const texts: string[] = [];
    const { db } = this;
    const [exec, prepare] = [db.exec.bind(db), db.prepare.bind(db)];
    db.exec = (text) => (texts.push(text), exec(text));
    db.prepare = (text) => (texts.push(text), prepare(text));
    act();
    return texts;
  }

  [Symbol.dispose](): void {
    this.db.close();
  }

  #add({ pool = 1, state = "completed", finishedAtMs = NOW_MS, tags = [] }: Row): void {
    const seq = ++this.#lastSeq;
    const number = storedState(state);
    this.db.prepare(
      `INSERT INTO tasks (seq, id, pool, type, state, name, priority, submitted_at, finished_at,
        code_url, code_version, tags, events) VALUES (?, ?, ?, 't', ?, 'n', 0, 0, ?, 'u', 'v', ?, '')`,
    ).run(
      seq,
      new Uint8Array([seq >> 8, seq]),
      pool,
      number,
      isFinal(state) ? finishedAtMs : null,
      tags.length === 0 ? null : JSON.stringify(tags),
    );
    for (const tag of tags) {
      this.db.prepare("INSERT INTO task_tags VALUES (?, ?)").run(tag, seq);
    }
    this.db.prepare(
      "INSERT INTO attempts (task, number, finished_at, outcome) VALUES (?, 1, 0, '')",
    )
      .run(seq);
    this.db.prepare("INSERT INTO logs VALUES (?, 0, 0, 'info', '', 1)").run(seq);
    this.db.prepare(
      "INSERT INTO counters VALUES (?, ?, 1, 1) ON CONFLICT DO UPDATE SET ever = ever + 1, kept = kept + 1",
    ).run(pool, number);
    if (isFinal(state)) {
      this.db.prepare("INSERT INTO ended (task, pool, at) VALUES (?, ?, ?)")
        .run(seq, pool, finishedAtMs);
    }
  }
}

const many = (count: number, row: Row = {}): readonly Row[] =>
  Array.from({ length: count }, () => row);

Deno.test("prune() lets the oldest ended tasks of all pools go, of whatever end", () => {
  using records = new Records([
    { pool: 2, state: "failed" },
    { state: "cancelled" },
    {},
    { pool: 2 },
    { state: "failed" },
  ]);
  strictEqual(records.prune({ keepTasks: 2 }), 3);
  deepStrictEqual(records.seqs(), [4, 5]);
  strictEqual(records.prune({ keepTasks: 2 }), 0);
});

Deno.test("prune() never lets a task go that has not ended", () => {
  const live = ["blocked", "scheduled", "pending", "running"] as const;
  using records = new Records([...live.map((state) => ({ state, finishedAtMs: 0 })), {}]);
  const rules = { keepTasks: 0, keepMs: 0 };
  strictEqual(records.prune({ ...rules, pools: [{ number: 1, ...rules }] }), 1);
  deepStrictEqual(records.seqs(), [1, 2, 3, 4]);
});

Deno.test("prune() lets all there is of a task go, and nothing of another", () => {
  using records = new Records([{ tags: ["a", "b"] }, { tags: ["a"] }, { state: "pending" }]);
  strictEqual(records.prune({ keepTasks: 1 }), 1);
  deepStrictEqual(records.numbers("SELECT task FROM task_tags"), [2]);
  deepStrictEqual(records.numbers("SELECT task FROM attempts ORDER BY task"), [2, 3]);
  deepStrictEqual(records.numbers("SELECT task FROM logs ORDER BY task"), [2, 3]);
  deepStrictEqual(records.numbers("SELECT task FROM ended"), [2]);
});

Deno.test("prune() keeps no ends of tasks that are gone behind those of a pool that keeps all", () => {
  const kept = 9 * PRUNE_STEP;
  using records = new Records(many(kept));
  for (let round = 0; round < 12; round++) {
    records.add(many(PRUNE_STEP, { pool: 2 }));
    strictEqual(records.prune({ pools: [{ number: 2, keepTasks: 0, keepMs: null }] }), PRUNE_STEP);
  }
  strictEqual(records.seqs().length, kept);
  const [ends = 0] = records.numbers("SELECT count(*) FROM ended");
  ok(ends <= kept + 4 * PRUNE_STEP, `${ends} ends of ${kept} tasks`);
  deepStrictEqual(
    records.numbers("SELECT count(*) FROM ended WHERE task IN (SELECT seq FROM tasks)"),
    [kept],
  );
});

Deno.test("prune() gives no number of an end to another, though all tasks that ended are gone", () => {
  using records = new Records(many(3));
  strictEqual(records.prune({ keepTasks: 0 }), 3);
  records.add([{}]);
  deepStrictEqual(records.numbers("SELECT n FROM ended WHERE task = 4"), [4]);
  strictEqual(records.prune({ keepTasks: 0 }), 1);
  deepStrictEqual(records.numbers("SELECT n FROM ended"), [4]);
});

Deno.test("prune() looks at few ends where few records go, whatever is kept before them", () => {
  using records = new Records([...many(50), { pool: 2 }]);
  strictEqual(records.prune({ pools: [{ number: 2, keepTasks: 0, keepMs: null }] }), 1);
  deepStrictEqual(records.numbers("SELECT at FROM temp.sweep"), [8]);
});

Deno.test("prune() goes through no table as a whole, however much is kept", () => {
  using records = new Records([{ tags: ["a"] }, {}, {}]);
  const texts = records.textsOf(() => strictEqual(records.prune({ keepTasks: 1 }), 2));
  const plan = texts.filter((text) => /^\s*(SELECT|INSERT|UPDATE|DELETE)/.test(text)).flatMap((
    text,
  ) => records.db.prepare(`EXPLAIN QUERY PLAN ${text}`).all().map((row) => String(row["detail"])));
  ok(plan.some((line) => line.startsWith("SEARCH t ")), plan.join("; "));
  deepStrictEqual(
    plan.filter((line) => /^SCAN (t|tasks|ended|task_tags|attempts|logs)\b/.test(line)),
    [],
  );
});

Deno.test("prune() keeps counting what ever was, by pool and state", () => {
  using records = new Records([{}, { state: "failed" }, { pool: 2 }, {}, { state: "pending" }]);
  records.prune({ keepTasks: 1 });
  deepStrictEqual(
    records.db.prepare("SELECT pool, state, ever, kept FROM counters ORDER BY pool, state").all()
      .map((row) => Object.values(row)),
    [[1, 3, 1, 1], [1, 5, 2, 1], [1, 6, 1, 0], [2, 5, 1, 0]],
  );
});

Deno.test("prune() obeys a pool's own count, and leaves other pools alone", () => {
  using records = new Records([{}, { pool: 2 }, {}, { pool: 2 }, { state: "failed" }]);
  strictEqual(records.prune({ pools: [{ number: 1, keepTasks: 1, keepMs: null }] }), 2);
  deepStrictEqual(records.seqs(), [2, 4, 5]);
});

Deno.test("prune() lets go what ended longer ago than is kept, to the millisecond", () => {
  using records = new Records([
    { finishedAtMs: NOW_MS - 1_001 },
    { finishedAtMs: NOW_MS - 1_000 },
    { finishedAtMs: NOW_MS - 5_000, state: "cancelled", pool: 2 },
    { finishedAtMs: NOW_MS - 999, pool: 2 },
  ]);
  strictEqual(records.prune({ keepMs: 1_000 }), 2);
  deepStrictEqual(records.seqs(), [2, 4]);
});

Deno.test("prune() lets go what is old, though many that came before it have just ended", () => {
  using records = new Records([...many(4 * PRUNE_STEP), { finishedAtMs: 0 }, {}]);
  strictEqual(records.prune({ keepMs: 1_000 }), 1);
  ok(!records.seqs().includes(4 * PRUNE_STEP + 1));
});

Deno.test("prune() obeys a pool's own age, and leaves other pools alone", () => {
  const old = { finishedAtMs: 0 };
  using records = new Records([old, { ...old, pool: 2 }, {}, { ...old, pool: 2 }]);
  strictEqual(records.prune({ pools: [{ number: 2, keepTasks: null, keepMs: 10 }] }), 2);
  deepStrictEqual(records.seqs(), [1, 3]);
});

Deno.test.each<[string, Partial<PruneRules>]>([
  ["the count of all", { keepTasks: 40 }],
  ["the age of all", { keepMs: 10 }],
  ["the counts of pools", {
    pools: [1, 2].map((number) => ({ number, keepTasks: 20, keepMs: null })),
  }],
  ["the ages of pools", {
    pools: [1, 2].map((number) => ({ number, keepTasks: null, keepMs: 10 })),
  }],
  ["both", { keepTasks: 40, pools: [{ number: 1, keepTasks: null, keepMs: 10 }] }],
])("prune() takes at most 100 in one step by %s, and goes on in the next", (_, rules) => {
  using records = new Records([
    ...many(60, { finishedAtMs: 0 }),
    ...many(140, { pool: 2, finishedAtMs: 0 }),
    ...many(40, { pool: 2 }),
  ]);
  const steps = [1, 2, 3, 4].map(() => records.prune(rules));
  deepStrictEqual(steps.slice(0, 2), [100, 100]);
  deepStrictEqual(steps.slice(2), [0, 0]);
  strictEqual(records.seqs().length, 40);
});
