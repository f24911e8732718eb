/** Reads of waiting tasks, in the order of work. */
import { storedState } from "./schema.ts";
import type { StoredTask } from "./stored_task.ts";
import { TASK_COLUMNS, type TaskRows } from "./task_rows.ts";

/** Written out: SQLite takes an index of some rows only where it can read that these are meant. */
const PENDING = storedState("pending");

/** Which waiting tasks are wanted. */
export interface ReadyRequest {
  readonly pool: number;
  /** Priorities in the order of work, above which seq, and how many of each are in memory. */
  readonly lanes: readonly {
    readonly priority: number;
    readonly above: number;
    readonly held: number;
  }[];
  /** The last one that is wanted. */
  readonly newestSeq: number;
  readonly limit: number;
  /** Characters of inputs, after which no more are given. */
  readonly charsMax: number;
}

/** Waiting tasks, and of which priorities these are all. */
export interface ReadyTasks {
  readonly tasks: readonly StoredTask[];
  readonly exhausted: readonly number[];
}

/** Waiting tasks of one priority, above a seq. */
export interface Lane {
  readonly pool: number;
  readonly priority: number;
  readonly above: number;
}

/** Waiting tasks in the order of work; each lane gets a share, so that age can count. */
export function readReady(rows: TaskRows, request: ReadyRequest): ReadyTasks {
  const { pool, lanes, newestSeq, limit, charsMax } = request;
  const tasks: StoredTask[] = [];
  const exhausted: number[] = [];
  const share = Math.max(1, Math.floor(limit / (4 * Math.max(1, lanes.length))));
  // What a lane has in memory is part of its share: else the low ones would fill the window.
  const owed = lanes.map(({ held }) => Math.max(0, share - held));
  let owedBehind = owed.reduce((sum, one) => sum + one, 0);
  let left = limit;
  let chars = 0;
  for (const [index, { priority, above }] of lanes.entries()) {
    owedBehind -= owed[index] ?? 0;
    const most = Math.max(index === 0 ? 1 : 0, owed[index] ?? 0, left - owedBehind);
    if (most === 0) continue;
    let count = 0;
    for (const task of readLane(rows, { pool, priority, above }, most, newestSeq)) {
      if (chars > charsMax && count > 0) break;
      tasks.push(task);
      chars += task.inputJson?.length ?? 0;
      count++;
    }
    if (count < most && chars <= charsMax) exhausted.push(priority);
    left = Math.max(0, left - count);
  }
  return { tasks, exhausted };
}

/** The oldest waiting task of a lane. */
export function readExpendable(rows: TaskRows, lane: Lane): StoredTask | undefined {
  return [...readLane(rows, lane, 1)][0];
}

/** The priorities of a pool's waiting tasks, found by skipping from one to the next. */
export function readPriorities(rows: TaskRows, pool: number): readonly number[] {
  const found: number[] = [];
  const sql = `SELECT priority FROM tasks INDEXED BY tasks_ready
    WHERE pool = ? AND state = ${PENDING} AND priority < ? ORDER BY priority DESC LIMIT 1`;
  for (let below = Number.MAX_SAFE_INTEGER;;) {
    const row = rows.first(sql, pool, below);
    if (row === undefined) return found;
    found.push(below = Number(row["priority"]));
  }
}

function readLane(
  rows: TaskRows,
  { pool, priority, above }: Lane,
  limit: number,
  newestSeq = Infinity,
): Generator<StoredTask> {
  return rows.tasks(
    `SELECT ${TASK_COLUMNS} FROM tasks t INDEXED BY tasks_ready
     WHERE t.pool = ? AND t.state = ${PENDING} AND t.priority = ? AND t.seq > ? AND t.seq <= ?
     ORDER BY t.seq LIMIT ?`,
    pool,
    priority,
    above,
    newestSeq,
    limit,
  );
}
