/** Retention: lets the oldest ended tasks go, a few at a time, so that it never stalls the writer. */
import { PRUNE_STEP, type PruneRules } from "./group.ts";
import { FINAL_STATES } from "./schema.ts";
import type { Statements } from "./statements.ts";

/** Ends that are looked at for each record that goes, at their front and again behind what is kept. */
const ENDS_A_RECORD = 4;

/** Records of one state that are looked at for their age: some that came first may have ended last. */
const AGES_MAX = 500;

/** Whose records are looked at: the beginning of a condition, and its values. */
interface Scope {
  readonly where: string;
  readonly values: readonly number[];
}

const ALL_POOLS: Scope = { where: "", values: [] };

/** One step, inside the writer's transaction; gives how many records went. */
export function prune(statements: Statements, rules: PruneRules, nowMs: number): number {
  let left = PRUNE_STEP;
  for (const { number, keepTasks, keepMs } of rules.pools) {
    const scope = { where: "pool = ? AND", values: [number] };
    if (keepTasks !== null && left > 0) left -= pruneCount(statements, scope, keepTasks, left);
    if (keepMs !== null && left > 0) left -= pruneAge(statements, scope, nowMs - keepMs, left);
  }
  if (left > 0) left -= pruneCount(statements, ALL_POOLS, rules.keepTasks, left);
  if (left > 0 && rules.keepMs !== null) {
    left -= pruneAge(statements, ALL_POOLS, nowMs - rules.keepMs, left);
  }
  return PRUNE_STEP - left;
}

function pruneCount(statements: Statements, scope: Scope, keep: number, max: number): number {
  const kept = statements.prepare(
    `SELECT ifnull(sum(kept), 0) AS kept FROM counters
     WHERE ${scope.where} state IN (${FINAL_STATES.join(", ")})`,
  ).get(...scope.values);
  const count = Math.min(max, Number(kept?.["kept"] ?? 0) - keep);
  if (count <= 0) return 0;
  const { query, values } = oldest(scope, count);
  return forget(statements, `SELECT seq FROM (${query}) ORDER BY seq LIMIT ?`, [...values, count]);
}

function pruneAge(statements: Statements, scope: Scope, beforeMs: number, max: number): number {
  const { query, values } = oldest(scope, AGES_MAX);
  return forget(
    statements,
    `SELECT seq FROM (${query}) WHERE finished_at < ? LIMIT ?`,
    [...values, beforeMs, max],
  );
}

/** So many of each final state. */
function oldest({ where, values }: Scope, count: number) {
  const query = FINAL_STATES.map((state) =>
    `SELECT * FROM (SELECT seq, finished_at FROM tasks
      WHERE ${where} state = ${state} ORDER BY seq LIMIT ?)`
  ).join(" UNION ALL ");
  return { query, values: FINAL_STATES.flatMap(() => [...values, count]) };
}

/** Deletes all there is of the tasks that a query names. */
function forget(statements: Statements, query: string, values: readonly number[]): number {
  statements.run("CREATE TEMP TABLE IF NOT EXISTS going (seq INTEGER PRIMARY KEY)");
  statements.run("DELETE FROM temp.going");
  const { changes: found } = statements.prepare(`INSERT INTO temp.going ${query}`).run(...values);
  if (found === 0) return 0;
  // A cross join is made in this order; of another SQLite would go through all tasks.
  statements.run(
    `UPDATE counters SET kept = kept - gone.n FROM (
       SELECT t.pool AS p, t.state AS s, count(*) AS n
       FROM temp.going g CROSS JOIN tasks t ON t.seq = g.seq GROUP BY 1, 2
     ) AS gone WHERE pool = gone.p AND state = gone.s`,
  );
  statements.run(
    `DELETE FROM task_tags WHERE (tag, task) IN (
       SELECT j.value, t.seq FROM temp.going g JOIN tasks t ON t.seq = g.seq, json_each(t.tags) j
     )`,
  );
  for (const table of ["attempts", "logs"]) {
    statements.run(`DELETE FROM ${table} WHERE task IN (SELECT seq FROM temp.going)`);
  }
  const { changes } = statements.prepare(
    "DELETE FROM tasks WHERE seq IN (SELECT seq FROM temp.going)",
  ).run();
  sweepEnds(statements, Number(changes));
  return Number(changes);
}

/**
 * Takes ends of tasks that are gone. They are in the order of ends, so most are at its front, give or
 * take a few; those behind what is kept are found by going through all, a little with each step. The
 * last stays: its number would be given to the next end, and the text index is past it.
 */
function sweepEnds(statements: Statements, gone: number): void {
  const front = sweepFrom(statements, 0, gone);
  if (front.swept >= gone) return;
  statements.run("CREATE TEMP TABLE IF NOT EXISTS sweep (at INTEGER NOT NULL)");
  const at = Number(statements.prepare("SELECT at FROM temp.sweep").get()?.["at"] ?? 0);
  const { next } = sweepFrom(statements, Math.max(at, front.next), gone);
  statements.run("DELETE FROM temp.sweep");
  statements.run("INSERT INTO temp.sweep VALUES (?)", next);
}

/** Looks at the next ends after one; gives where to go on, 0 after the last. */
function sweepFrom(statements: Statements, after: number, gone: number) {
  const last = statements.prepare(
    "SELECT max(n) AS n FROM (SELECT n FROM ended WHERE n > ? ORDER BY n LIMIT ?)",
  ).get(after, ENDS_A_RECORD * gone)?.["n"];
  if (typeof last !== "number") return { swept: 0, next: 0 };
  const { changes } = statements.prepare(
    `DELETE FROM ended WHERE n > ? AND n <= ? AND n < (SELECT max(n) FROM ended)
       AND NOT EXISTS (SELECT 1 FROM tasks t WHERE t.seq = ended.task)`,
  ).run(after, last);
  return { swept: Number(changes), next: last };
}
