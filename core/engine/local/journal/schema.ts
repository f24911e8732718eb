/**
 * The journal's tables. Each migration is run once, in order, in a transaction of its own; a file
 * that is older than the last is copied before it is changed. Never edit one that was released.
 *
 * `tasks.seq` grows with each submission: lists, cursors and the order of work go by it. What a
 * state is called in the file is its place in {@link STORED_STATES}: it must never move.
 */
import { isFinal, type TaskEvent, type TaskState } from "../../../model/task_state.ts";

/** States by their numbers in the file; 0 is none. */
export const STORED_STATES = [
  null,
  "blocked",
  "scheduled",
  "pending",
  "running",
  "completed",
  "failed",
  "cancelled",
] as const satisfies readonly (TaskState | null)[];

/** The numbers of those that are final. */
export const FINAL_STATES: readonly number[] = STORED_STATES.flatMap((state, number) =>
  state !== null && isFinal(state) ? [number] : []
);

/** Events of a task by their numbers in the file; 0 is none. */
export const STORED_EVENTS = [
  null,
  "submit",
  "unblock",
  "due",
  "start",
  "complete",
  "retry",
  "requeue",
  "fail",
  "cancel",
  "recover",
  "change",
] as const satisfies readonly (TaskEvent | "submit" | null)[];

/** Events that what is kept of a task turns on, by their numbers in the file. */
export const SUBMIT = STORED_EVENTS.indexOf("submit");
/** See {@link SUBMIT}. */
export const START = STORED_EVENTS.indexOf("start");
/** See {@link SUBMIT}. */
export const CHANGE = STORED_EVENTS.indexOf("change");

/** The number of a state in the file. */
export function storedState(state: TaskState): number {
  return STORED_STATES.indexOf(state);
}

/** `counters.state` beyond the states: what else is counted of a pool. */
export const TIMED_OUT = 100;
/** See {@link TIMED_OUT}: submits that were refused. */
export const REJECTED = 101;
/** See {@link TIMED_OUT}: of those, the ones that waited too long. */
export const QUEUE_TIMED_OUT = 102;

/** The number that stands for all pools together in `history`. */
export const ALL_POOLS = 0;

/** A row of `submit_times` is about so many seqs. */
export const STRETCH = 1024;

/** Bytes of a page of a journal's file. */
export const PAGE_BYTES = 8_192;

/** So that other programs (and a mistaken restore) know the file: "Lido". */
export const APPLICATION_ID = 0x4c69646f;

/** One step from a version of the file to the next. */
export interface Migration {
  readonly name: string;
  readonly sql: string;
}

/** All steps; `PRAGMA user_version` tells how many a file has had. */
export const MIGRATIONS: readonly Migration[] = [
  {
    name: "tasks, pools, counters and history",
    sql: `
CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value ANY
) STRICT, WITHOUT ROWID;

-- Groups that are written and that the other tables do not show yet; see inbox.ts.
CREATE TABLE inbox (
  number INTEGER PRIMARY KEY,
  tasks TEXT NOT NULL
) STRICT;

CREATE TABLE pools (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  version INTEGER NOT NULL,
  settings TEXT NOT NULL
) STRICT;

CREATE TABLE pool_settings (
  pool INTEGER NOT NULL,
  version INTEGER NOT NULL,
  at INTEGER NOT NULL,
  author TEXT,
  reason TEXT,
  settings TEXT NOT NULL,
  PRIMARY KEY (pool, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE tasks (
  seq INTEGER PRIMARY KEY,
  id BLOB NOT NULL,
  pool INTEGER NOT NULL,
  type TEXT NOT NULL,
  state INTEGER NOT NULL,
  name TEXT NOT NULL,
  priority INTEGER NOT NULL,
  submitted_at INTEGER NOT NULL,
  attempt INTEGER NOT NULL DEFAULT 1,
  deaths INTEGER NOT NULL DEFAULT 0,
  started_at INTEGER,
  finished_at INTEGER,
  run_ms REAL,
  slot INTEGER,
  run_timeout_ms INTEGER,
  code_url TEXT NOT NULL,
  code_version TEXT NOT NULL,
  idempotency_key TEXT,
  tags TEXT,
  input TEXT,
  result TEXT,
  ending TEXT,
  notes TEXT,
  -- What happened to it, oldest first: JSON arrays [at, event, attempt, cause?] with commas between.
  -- Not a table of its own: a row an event would cost as much as all the rest of a task.
  events TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX tasks_by_id ON tasks (id);
CREATE UNIQUE INDEX tasks_by_key ON tasks (pool, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX tasks_by_pool_state ON tasks (pool, state, seq);
CREATE INDEX tasks_by_state ON tasks (state, seq);
CREATE INDEX tasks_by_type ON tasks (type, seq);
CREATE INDEX tasks_ready ON tasks (pool, priority DESC, seq) WHERE state = 3;

CREATE TABLE task_tags (
  tag TEXT NOT NULL,
  task INTEGER NOT NULL,
  PRIMARY KEY (tag, task)
) STRICT, WITHOUT ROWID;

-- When the tasks of a stretch of seqs were submitted: exact however the clock jumped.
CREATE TABLE submit_times (
  stretch INTEGER PRIMARY KEY,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL
) STRICT;

-- In the order of their ends: the text index follows it, by n and task. Nothing reads the rest.
CREATE TABLE ended (
  n INTEGER PRIMARY KEY,
  task INTEGER NOT NULL,
  pool INTEGER NOT NULL,
  at INTEGER NOT NULL
) STRICT;

-- Attempts that another followed; a task's last is in its own row.
CREATE TABLE attempts (
  task INTEGER NOT NULL,
  number INTEGER NOT NULL,
  slot INTEGER,
  started_at INTEGER,
  finished_at INTEGER NOT NULL,
  run_ms REAL,
  outcome TEXT NOT NULL,
  ending TEXT,
  code_version TEXT,
  PRIMARY KEY (task, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE logs (
  task INTEGER NOT NULL,
  n INTEGER NOT NULL,
  at INTEGER NOT NULL,
  level TEXT NOT NULL,
  text TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  PRIMARY KEY (task, n)
) STRICT, WITHOUT ROWID;

-- ever: how many ever came to this state (a live state: how many are in it); kept: how many are on record.
CREATE TABLE counters (
  pool INTEGER NOT NULL,
  state INTEGER NOT NULL,
  ever INTEGER NOT NULL,
  kept INTEGER NOT NULL,
  PRIMARY KEY (pool, state)
) STRICT, WITHOUT ROWID;

-- What pools did in each step; pool 0 is all of them. A row of which is_rolled is 0 is not in the
-- row of the next longer step yet: each step's rows and the shorter ones' that are not rolled make
-- up all that happened.
CREATE TABLE history (
  step_s INTEGER NOT NULL,
  pool INTEGER NOT NULL,
  at INTEGER NOT NULL,
  is_rolled INTEGER NOT NULL,
  row BLOB NOT NULL,
  PRIMARY KEY (step_s, pool, at)
) STRICT, WITHOUT ROWID;
CREATE INDEX history_by_age ON history (is_rolled, step_s, at);

-- When the server was started; was_closed: whether its life before had ended by itself.
CREATE TABLE starts (
  n INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  was_closed INTEGER NOT NULL
) STRICT;
`,
  },
  {
    name: "saved views",
    sql: `
-- Views of the list of tasks: the parameters of its address.
CREATE TABLE views (
  name TEXT PRIMARY KEY,
  query TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`,
  },
  {
    name: "alerts",
    sql: `
-- Rules that are not as Lido has them, and channels; value is JSON.
CREATE TABLE alert_rules (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE alert_channels (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- In the order in which they fired; alert is JSON.
CREATE TABLE alerts (
  n INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  ended_at INTEGER,
  alert TEXT NOT NULL
) STRICT;
CREATE INDEX alerts_firing ON alerts (n) WHERE ended_at IS NULL;
`,
  },
  {
    name: "traces of tasks",
    sql: `
-- The W3C traceparent that its submit came with, or was made for it; NULL when there was none.
ALTER TABLE tasks ADD COLUMN traceparent TEXT;
`,
  },
  {
    name: "deliveries of alerts",
    sql: `
-- Tries to tell channels of alerts, in their order; delivery is JSON.
CREATE TABLE alert_deliveries (
  n INTEGER PRIMARY KEY,
  delivery TEXT NOT NULL
) STRICT;
`,
  },
  {
    name: "history of task types",
    sql: `
-- Task types have rows in history, too: history.pool is the negative of the type's number here.
CREATE TABLE history_types (
  number INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;
`,
  },
];
