import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import {
  drive,
  restOf,
  type StoredFilter,
  stretchesOf,
} from "../../../../../../core/engine/local/journal/task_query.ts";
import { TaskFile } from "../../../../../helpers/task_file.ts";

const WALK = { above: 0, below: Number.MAX_SAFE_INTEGER, isUp: false, limit: 10, offset: 0 };

/** Filters that an index answers alone, and which. */
const DRIVEN: readonly (readonly [StoredFilter, string])[] = [
  [{}, "INTEGER PRIMARY KEY"],
  [{ tags: ["a"] }, "PRIMARY KEY (tag=? AND task>? AND task<?)"],
  [{ states: ["failed"] }, "tasks_by_state"],
  [{ poolNumber: 1 }, "tasks_by_pool_state"],
  [{ poolNumber: 1, states: ["failed", "running"] }, "tasks_by_pool_state"],
  [{ type: "noop" }, "tasks_by_type"],
];

Deno.test("drive() goes along an index in the walk's order, without a scan or a sort", async () => {
  await using file = await TaskFile.open();
  for (const [filter, index] of DRIVEN) {
    strictEqual(restOf(filter), undefined);
    for (const isUp of [false, true]) {
      const { text, values } = drive(filter, { ...WALK, isUp });
      const plan = file.db.prepare(`EXPLAIN QUERY PLAN ${text}`).all(...values)
        .map((row) => String(row["detail"]));
      ok(plan.some((line) => line.startsWith("SEARCH") && line.includes(index)), plan.join("; "));
      deepStrictEqual(plan.filter((line) => /SCAN|TEMP B-TREE/.test(line)), []);
    }
  }
});

Deno.test("drive() keeps a walk's bounds, limit and offset", async () => {
  await using file = await TaskFile.open();
  file.add(...Array.from({ length: 9 }, () => ({ tags: ["a"] })));
  const walks = [
    [{ ...WALK, below: 8, limit: 2, offset: 1 }, [6, 5]],
    [{ ...WALK, above: 6 }, [9, 8, 7]],
    [{ ...WALK, above: 3, isUp: true, limit: 2 }, [4, 5]],
  ] as const;
  for (const filter of [{}, { tags: ["a"] }, { poolNumber: 1 }, { type: "noop" }]) {
    for (const [walk, seqs] of walks) {
      const { text, values } = drive(filter, walk);
      deepStrictEqual(file.rows.seqs(text, ...values), seqs);
    }
  }
});

Deno.test("restOf() leaves what no index tells, each value with a parameter of its own", () => {
  deepStrictEqual(restOf({ tags: ["a", "b"], priority: { min: 1, max: 2 }, type: "noop" }), {
    text: "EXISTS (SELECT 1 FROM task_tags g WHERE g.tag = ?1 AND g.task = t.seq) AND " +
      "t.type = ?2 AND t.priority >= ?3 AND t.priority <= ?4",
    values: ["b", "noop", 1, 2],
  });
  const rest = restOf({ states: ["failed"], text: "50%_\\" }, true);
  deepStrictEqual(rest?.values, ["%50\\%\\_\\\\%"]);
  ok(rest?.text.startsWith("t.state IN (6) AND (t.name LIKE ?1 ESCAPE"), rest?.text);
});

Deno.test("stretchesOf() gives the seqs between which tasks of a time can be", async () => {
  await using file = await TaskFile.open();
  const [seq = 0] = file.add({}, {});
  const submittedAtMs = file.store.bySeqs([seq])[0]?.submittedAtMs ?? 0;
  const bounds = (min: number) => {
    const { text, values } = stretchesOf({ min });
    return { ...file.rows.first(text, ...values) };
  };
  deepStrictEqual(bounds(submittedAtMs), { above: -1, below: 1024 });
  deepStrictEqual(bounds(submittedAtMs + 2), { above: null, below: null });
});
