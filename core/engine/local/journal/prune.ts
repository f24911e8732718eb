/** Retention: lets the oldest ended tasks go, a few at a time, so that it never stalls the writer. */
import type { DatabaseSync } from "node:sqlite";
import type { PruneRules } from "./group.ts";
import { STORED_STATES } from "./schema.ts";
import { isFinal } from "../../../model/task_state.ts";

/** Records that go in one step. */
const STEP = 500;

const FINAL = STORED_STATES.flatMap((state, number) =>
  state !== null && isFinal(state) ? [number] : []
);
const IS_FINAL = `state IN (${FINAL.join(", ")})`;

/** One step, inside the writer's transaction; gives how many records went. */
export function prune(db: DatabaseSync, rules: PruneRules, nowMs: number): number {
  let left = STEP;
  for (const { number, keepTasks, keepMs } of rules.pools) {
    if (keepTasks !== null && left > 0) left -= pruneCount(db, number, keepTasks, left);
    if (keepMs !== null && left > 0) left -= pruneAge(db, number, nowMs - keepMs, left);
  }
  if (left > 0) left -= pruneCount(db, undefined, rules.keepTasks, left);
  if (left > 0 && rules.keepMs !== null) {
    left -= pruneAge(db, undefined, nowMs - rules.keepMs, left);
  }
  return STEP - left;
}

function pruneCount(
  db: DatabaseSync,
  pool: number | undefined,
  keep: number,
  max: number,
): number {
  const where = `${ofPool(pool)} ${IS_FINAL}`;
  const kept = db.prepare(`SELECT ifnull(sum(kept), 0) AS kept FROM counters WHERE ${where}`).get();
  const count = Math.min(max, Number(kept?.["kept"] ?? 0) - keep);
  if (count <= 0) return 0;
  const oldest = FINAL.map((state) =>
    `SELECT * FROM (SELECT seq FROM tasks WHERE ${ofPool(pool)} state = ${state}
      ORDER BY seq LIMIT ${count})`
  ).join(" UNION ALL ");
  return forget(db, `SELECT seq FROM (${oldest}) ORDER BY seq LIMIT ${count}`);
}

function pruneAge(
  db: DatabaseSync,
  pool: number | undefined,
  beforeMs: number,
  max: number,
): number {
  const oldest = FINAL.map((state) =>
    `SELECT * FROM (SELECT seq, finished_at FROM tasks
      WHERE ${ofPool(pool)} state = ${state} ORDER BY seq LIMIT ${max})`
  ).join(" UNION ALL ");
  return forget(db, `SELECT seq FROM (${oldest}) WHERE finished_at < ${beforeMs} LIMIT ${max}`);
}

function ofPool(pool: number | undefined): string {
  return pool === undefined ? "" : `pool = ${pool} AND`;
}

/** Deletes all there is of the tasks that a query names. */
function forget(db: DatabaseSync, query: string): number {
  db.exec(`CREATE TEMP TABLE IF NOT EXISTS going (seq INTEGER PRIMARY KEY)`);
  db.exec("DELETE FROM temp.going");
  const { changes: found } = db.prepare(`INSERT INTO temp.going ${query}`).run();
  if (found === 0) return 0;
  // A cross join is made in this order; of another SQLite would go through all tasks.
  db.exec(
    `UPDATE counters SET kept = kept - gone.n FROM (
       SELECT t.pool AS p, t.state AS s, count(*) AS n
       FROM temp.going g CROSS JOIN tasks t ON t.seq = g.seq GROUP BY 1, 2
     ) AS gone WHERE pool = gone.p AND state = gone.s`,
  );
  db.exec(
    `DELETE FROM task_tags WHERE (tag, task) IN (
       SELECT j.value, t.seq FROM temp.going g JOIN tasks t ON t.seq = g.seq, json_each(t.tags) j
     )`,
  );
  for (const table of ["attempts", "logs"]) {
    db.exec(`DELETE FROM ${table} WHERE task IN (SELECT seq FROM temp.going)`);
  }
  const gone = Number(
    db.prepare("DELETE FROM tasks WHERE seq IN (SELECT seq FROM temp.going)").run().changes,
  );
  sweepEnds(db, gone);
  return gone;
}

/**
 * Takes ends of tasks that are gone. They are in the order of ends, so most are at its front, give or
 * take a few; those behind what is kept are found by going through all, a little with each step.
 */
function sweepEnds(db: DatabaseSync, gone: number): void {
  const front = sweepFrom(db, 0);
  if (front.swept >= gone) return;
  db.exec("CREATE TEMP TABLE IF NOT EXISTS sweep (at INTEGER NOT NULL)");
  const at = Number(db.prepare("SELECT at FROM temp.sweep").get()?.["at"] ?? 0);
  const { next } = sweepFrom(db, Math.max(at, front.next));
  db.exec(`DELETE FROM temp.sweep; INSERT INTO temp.sweep VALUES (${next})`);
}

/** Looks at the next ends after one; gives where to go on, 0 after the last. */
function sweepFrom(db: DatabaseSync, after: number): { swept: number; next: number } {
  const last = db.prepare(
    `SELECT max(n) AS n FROM (SELECT n FROM ended WHERE n > ? ORDER BY n LIMIT ${4 * STEP})`,
  ).get(after)?.["n"];
  if (typeof last !== "number") return { swept: 0, next: 0 };
  const { changes } = db.prepare(
    `DELETE FROM ended WHERE n > ? AND n <= ?
       AND NOT EXISTS (SELECT 1 FROM tasks t WHERE t.seq = ended.task)`,
  ).run(after, last);
  return { swept: Number(changes), next: last };
}
