/** Reads of the journal's file: what the reader's threads run. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { LidoError } from "../../../model/errors.ts";
import type { PoolId } from "../../../model/pool.ts";
import type {
  AttemptEntry,
  LogLine,
  TaskEventEntry,
  TaskFailure,
  TaskId,
} from "../../../model/task.ts";
import type { HistoryRead } from "../../engine.ts";
import { readHistory, type StoredHistoryQuery } from "./history_read.ts";
import { STORED_EVENTS, STORED_STATES, storedState, STRETCH } from "./schema.ts";
import { readStoredJson } from "./stored_json.ts";
import type { StoredTask } from "./stored_task.ts";
import {
  drive,
  numbersOf,
  restOf,
  type Sql,
  type StoredFilter,
  stretchesOf,
  TASK_COLUMNS,
  type Walk,
} from "./task_query.ts";
import { isSearchable, searchSeqs } from "./text_search.ts";

/** The most that a count over a filter tells. */
const COUNT_MAX = 1_000;
/** Entries of an index that it looks at for that, and rows where each must be read. */
const COUNT_WALK = 5_000;
const COUNT_ROWS = 500;
/** Rows that a page looks at in one go: few at first, for most pages are full soon. */
const STEP_MIN = 100;
const STEP_MAX = 2_000;
/** How long a page may look for what is rare. */
const LOOK_MS = 250;

const LAST = Number.MAX_SAFE_INTEGER;

/** What the last attempt of an ended task came to, by the task's state. */
const LAST_OUTCOMES =
  ([["completed", "done"], ["failed", "failed"], ["cancelled", "cancelled"]] as const)
    .map(([state, outcome]) => `WHEN ${storedState(state)} THEN '${outcome}'`).join(" ");

/** Which page of a list. */
export type StoredPageRequest =
  | { readonly page: number; readonly perPage: number }
  | { readonly cursor: string; readonly perPage: number };

/** One page. */
export interface StoredPage {
  readonly rows: readonly StoredTask[];
  readonly totalItems: number;
  readonly isTotalExact: boolean;
  readonly page: number | null;
  readonly nextCursor: string | null;
  readonly prevCursor: string | null;
}

/** A pool's row. */
export interface StoredPool {
  readonly number: number;
  readonly id: string;
  readonly state: string;
  readonly createdAtMs: number;
  readonly version: number;
  /** JSON. */
  readonly settings: string;
}

/** Which waiting tasks are wanted. */
export interface ReadyRequest {
  readonly pool: number;
  /** Priorities in the order of work, above which seq, and how many of each are in memory. */
  readonly lanes: readonly {
    readonly priority: number;
    readonly above: number;
    readonly held: number;
  }[];
  readonly limit: number;
  /** Characters of inputs, after which no more are given. */
  readonly charsMax: number;
}

/** Waiting tasks, and of which priorities these are all. */
export interface ReadyTasks {
  readonly tasks: readonly StoredTask[];
  readonly exhausted: readonly number[];
}

type Row = Record<string, unknown>;

/** See the head of this file. */
export class ReadStore {
  readonly #db: DatabaseSync;
  readonly #search: () => DatabaseSync | undefined;
  readonly #statements = new Map<string, StatementSync>();
  readonly #pools = new Map<number, PoolId>();

  /** `search` gives the text index; undefined while there is none. */
  constructor(db: DatabaseSync, search: () => DatabaseSync | undefined) {
    this.#db = db;
    this.#search = search;
  }

  get(id: TaskId): StoredTask | undefined {
    return this.#task("t.id = unhex(?, '-')", id);
  }

  byKey(pool: number, key: string): StoredTask | undefined {
    return this.#task("t.pool = ? AND t.idempotency_key = ?", pool, key);
  }

  bySeqs(seqs: readonly number[]): readonly StoredTask[] {
    return seqs.flatMap((seq) => this.#task("t.seq = ?", seq) ?? []);
  }

  running(): readonly StoredTask[] {
    return this.#tasks({
      text: `SELECT ${TASK_COLUMNS} FROM tasks t INDEXED BY tasks_by_state
        WHERE t.state = ${storedState("running")} ORDER BY t.seq`,
      values: [],
    });
  }

  /** Waiting tasks in the order of work; each lane gets a share, so that age can count. */
  ready({ pool, lanes, limit, charsMax }: ReadyRequest): ReadyTasks {
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
      for (const task of this.#lane(pool, priority, above, most)) {
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
  expendable(lane: {
    readonly pool: number;
    readonly priority: number;
    readonly above: number;
  }): StoredTask | undefined {
    return [...this.#lane(lane.pool, lane.priority, lane.above, 1)][0];
  }

  /** The priorities of a pool's waiting tasks, found by skipping from one to the next. */
  priorities(pool: number): readonly number[] {
    const found: number[] = [];
    const statement = this.#prepare(
      `SELECT priority FROM tasks INDEXED BY tasks_ready
       WHERE pool = ? AND state = 3 AND priority < ? ORDER BY priority DESC LIMIT 1`,
    );
    for (let below = LAST;;) {
      const row = statement.get(pool, below);
      if (row === undefined) return found;
      found.push(below = Number(row["priority"]));
    }
  }

  pools(): readonly StoredPool[] {
    return this.#all("SELECT * FROM pools ORDER BY number").map((row) => ({
      number: Number(row["number"]),
      id: String(row["id"]),
      state: String(row["state"]),
      createdAtMs: Number(row["created_at"]),
      version: Number(row["version"]),
      settings: String(row["settings"]),
    }));
  }

  settingsVersions(pool: number) {
    return this.#all("SELECT * FROM pool_settings WHERE pool = ? ORDER BY version DESC", pool)
      .map((row) => ({
        version: Number(row["version"]),
        atMs: Number(row["at"]),
        author: row["author"] as string | null, // a TEXT column
        reason: row["reason"] as string | null, // a TEXT column
        settings: String(row["settings"]),
      }));
  }

  counters(): readonly { readonly pool: number; readonly state: number; readonly ever: number }[] {
    return this.#all("SELECT * FROM counters").map((row) => ({
      pool: Number(row["pool"]),
      state: Number(row["state"]),
      ever: Number(row["ever"]),
    }));
  }

  /** A seq that none above was ever given: retention may have taken the last task, not its stretch. */
  lastSeq(): number {
    const row = this.#prepare(
      `SELECT max(ifnull((SELECT max(seq) FROM tasks), 0),
        ifnull((SELECT max(stretch) + 1 FROM submit_times) * ${STRETCH} - 1, 0)) AS seq`,
    ).get();
    return Number(row?.["seq"] ?? 0);
  }

  logs(seq: number): readonly LogLine[] {
    return this.#all("SELECT * FROM logs WHERE task = ? ORDER BY n", seq).map((row) => ({
      atMs: Number(row["at"]),
      level: row["level"] as LogLine["level"], // as it was written
      text: String(row["text"]),
    }));
  }

  events(seq: number): readonly TaskEventEntry[] {
    const row = this.#prepare("SELECT events FROM tasks WHERE seq = ?").get(seq);
    const entries = readStoredJson(`[${row?.["events"] ?? ""}]`) as readonly [
      number,
      number,
      number,
      string?,
    ][]; // as it was written
    return entries.map(([atMs, event, attempt, cause = null]) => ({
      atMs,
      event: STORED_EVENTS[event] ?? "submit",
      attempt,
      cause,
    }));
  }

  /** Those that another followed, and the last if it has ended. */
  attempts(seq: number): readonly AttemptEntry[] {
    const rows = this.#all(
      `SELECT number, slot, started_at, finished_at, run_ms, outcome, ending, code_version
       FROM attempts WHERE task = ?1
       UNION ALL SELECT attempt, slot, started_at, finished_at, run_ms,
        CASE state ${LAST_OUTCOMES} END, ending, code_version
       FROM tasks WHERE seq = ?1 AND finished_at IS NOT NULL AND started_at IS NOT NULL
       ORDER BY 1`,
      seq,
    );
    return rows.map((row) => ({
      number: Number(row["number"]),
      slot: row["slot"] as number | null, // an INTEGER column
      startedAtMs: row["started_at"] as number | null, // an INTEGER column
      finishedAtMs: Number(row["finished_at"]),
      runMs: row["run_ms"] as number | null, // a REAL column
      outcome: row["outcome"] as AttemptEntry["outcome"], // as it was written
      message: messageOf(row["ending"] as string | null, String(row["outcome"])),
      codeVersion: row["code_version"] as string | null, // a TEXT column
    }));
  }

  history(query: StoredHistoryQuery): HistoryRead {
    return readHistory(this.#db, query);
  }

  /**
   * One page, newest first, and the total as of the same instant.
   * @throws {LidoError} `cursor_invalid`; `journal_corrupt` if rows are missing that were counted.
   */
  list(filter: StoredFilter, request: StoredPageRequest): StoredPage {
    this.#db.exec("BEGIN");
    try {
      return this.#list(filter, request);
    } finally {
      if (this.#db.isTransaction) this.#db.exec("COMMIT");
    }
  }

  #list(filter: StoredFilter, request: StoredPageRequest): StoredPage {
    const bounds = this.#boundsOf(filter);
    const total = this.#total(filter, bounds);
    if ("cursor" in request) {
      const { isUp, seq } = readCursor(request.cursor);
      const walk = isUp
        ? { ...bounds, above: Math.max(bounds.above, seq), isUp }
        : { ...bounds, below: Math.min(bounds.below, seq), isUp };
      const found = this.#walk(filter, { ...walk, limit: request.perPage + 1, offset: 0 });
      return this.#page(
        filter,
        bounds,
        found,
        request.perPage,
        isUp,
        total,
        null,
        isUp ? seq + 1 : seq - 1,
      );
    }
    const { perPage } = request;
    const pages = Math.max(1, Math.ceil(total.totalItems / perPage));
    // Where nobody counted to the end, there may be more pages than are known.
    const page = total.isTotalExact ? Math.min(Math.max(1, request.page), pages) : request.page;
    const offset = (page - 1) * perPage;
    const fromEnd = total.totalItems - offset;
    // From the nearer end: the last page costs what the first does.
    const isUp = total.isTotalExact && fromEnd < offset && restOf(filter) === undefined;
    const found = isUp
      ? this.#walk(filter, {
        ...bounds,
        isUp,
        limit: Math.min(perPage, fromEnd),
        offset: Math.max(0, fromEnd - perPage),
      })
      : this.#walk(filter, { ...bounds, isUp, limit: perPage + 1, offset });
    const wanted = Math.min(isUp ? perPage : perPage + 1, fromEnd);
    if (total.isTotalExact && found.stoppedAt === null && found.rows.length < wanted) {
      throw new LidoError(
        "journal_corrupt",
        `Cannot read journal: of ${total.totalItems} tasks that are counted some are missing`,
      );
    }
    return this.#page(filter, bounds, found, perPage, isUp, total, page);
  }

  #page(
    filter: StoredFilter,
    bounds: { readonly above: number; readonly below: number },
    found: { readonly rows: readonly StoredTask[]; readonly stoppedAt: number | null },
    perPage: number,
    isUp: boolean,
    total: { readonly totalItems: number; readonly isTotalExact: boolean },
    page: number | null,
    cameFrom?: number,
  ): StoredPage {
    const taken = found.rows.slice(0, perPage);
    const rows = isUp ? taken.toReversed() : taken;
    const [first] = rows;
    const last = rows.at(-1);
    const isMore = found.rows.length > perPage;
    const older = isUp || page !== null
      ? last !== undefined && this.#isAny(filter, { ...bounds, below: last.seq }, false)
      : isMore;
    const newer = isUp && page === null
      ? isMore
      : first !== undefined && this.#isAny(filter, { ...bounds, above: first.seq }, true);
    // From an empty page the way leads back to where it was asked from.
    const returnSeq = page === null && first === undefined ? cameFrom : undefined;
    // A walk that was cut off goes on where it stopped.
    const next = found.stoppedAt !== null && !isUp
      ? found.stoppedAt
      : older
      ? last?.seq
      : isUp
      ? returnSeq
      : undefined;
    const prev = found.stoppedAt !== null && isUp
      ? found.stoppedAt
      : newer
      ? first?.seq
      : isUp
      ? undefined
      : returnSeq;
    return {
      rows,
      ...total,
      page,
      nextCursor: next === undefined ? null : `older-${next}`,
      prevCursor: prev === undefined ? null : `newer-${prev}`,
    };
  }

  /** Whether there is anything further on; where no index tells, it is taken for granted. */
  #isAny(
    filter: StoredFilter,
    bounds: { readonly above: number; readonly below: number },
    isUp: boolean,
  ): boolean {
    const driven = drive(filter, { ...bounds, isUp, limit: 1, offset: 0 });
    return this.#prepare(driven.text).get(...driven.values) !== undefined;
  }

  /** Walks the driving index until there are enough, or time is up. */
  #walk(
    filter: StoredFilter,
    walk: Walk,
  ): { readonly rows: readonly StoredTask[]; readonly stoppedAt: number | null } {
    const rest = restOf(filter, this.#isTextDriving(filter));
    if (rest === undefined) {
      const driven = drive(filter, walk);
      const text = `SELECT ${TASK_COLUMNS} FROM (${driven.text}) d JOIN tasks t ON t.seq = d.seq
        ORDER BY d.seq ${walk.isUp ? "ASC" : "DESC"}`;
      return { rows: this.#tasks({ text, values: driven.values }), stoppedAt: null };
    }
    const rows: StoredTask[] = [];
    const untilMs = performance.now() + LOOK_MS;
    let { below, above, offset } = walk;
    let limit = Math.max(STEP_MIN, 2 * walk.limit);
    for (;;) {
      const step = { ...walk, below, above, limit, offset: 0 };
      const seqs = this.#candidates(filter, step);
      const last = seqs.at(-1);
      if (last === undefined) return { rows, stoppedAt: null };
      for (const row of this.#matching(seqs, rest, walk.isUp)) {
        if (offset-- > 0) continue;
        rows.push(row);
        if (rows.length === walk.limit) return { rows, stoppedAt: null };
      }
      if (seqs.length < limit) return { rows, stoppedAt: null };
      if (performance.now() > untilMs) return { rows, stoppedAt: last };
      if (walk.isUp) above = last;
      else below = last;
      limit = Math.min(STEP_MAX, 2 * limit);
    }
  }

  /** Seqs to look at next: those that the text index names, or the driving index. */
  #candidates(filter: StoredFilter, walk: Walk): readonly number[] {
    const search = this.#isTextDriving(filter) ? this.#search() : undefined;
    if (search !== undefined) return searchSeqs(this.#db, search, filter.text ?? "", walk);
    const { text, values } = drive(filter, walk);
    return this.#prepare(text).all(...values).map((row) => Number(row["seq"]));
  }

  #isTextDriving({ text }: StoredFilter): boolean {
    return isSearchable(text) && this.#search() !== undefined;
  }

  #matching(seqs: readonly number[], rest: Sql, isUp: boolean): readonly StoredTask[] {
    const all = this.#tasks({
      text: `SELECT ${TASK_COLUMNS} FROM json_each(?${rest.values.length + 1}) d
        JOIN tasks t ON t.seq = d.value WHERE ${rest.text}`,
      values: [...rest.values, JSON.stringify(seqs)],
    });
    return [...all].sort((one, other) => isUp ? one.seq - other.seq : other.seq - one.seq);
  }

  #boundsOf(filter: StoredFilter): { readonly above: number; readonly below: number } {
    if (filter.submittedAtMs === undefined) return { above: 0, below: LAST };
    const { text, values } = stretchesOf(filter.submittedAtMs);
    const row = this.#prepare(text).get(...values);
    if (row?.["below"] === null || row === undefined) return { above: 0, below: 0 };
    return { above: Math.max(0, Number(row["above"])), below: Number(row["below"]) };
  }

  /** From counters, or as far as a bounded look goes. */
  #total(
    filter: StoredFilter,
    bounds: { readonly above: number; readonly below: number },
  ): { readonly totalItems: number; readonly isTotalExact: boolean } {
    const { poolNumber, states, ...others } = filter;
    if (Object.keys(others).length === 0) {
      const pool = poolNumber === undefined ? "1" : `pool = ${poolNumber}`;
      const state = states === undefined ? "state < 100" : `state IN (${numbersOf(filter)})`;
      const row = this.#prepare(
        `SELECT ifnull(sum(kept), 0) AS n FROM counters WHERE ${pool} AND ${state}`,
      ).get();
      return { totalItems: Number(row?.["n"] ?? 0), isTotalExact: true };
    }
    const rest = restOf(filter, this.#isTextDriving(filter));
    const limit = rest === undefined ? COUNT_WALK : COUNT_ROWS;
    const seqs = this.#candidates(filter, { ...bounds, isUp: false, limit, offset: 0 });
    const found = rest === undefined ? seqs.length : this.#count(seqs, rest);
    const isTotalExact = seqs.length < limit && found <= COUNT_MAX;
    return { totalItems: Math.min(found, COUNT_MAX), isTotalExact };
  }

  #count(seqs: readonly number[], rest: Sql): number {
    const row = this.#prepare(
      `SELECT count(*) AS n FROM json_each(?${rest.values.length + 1}) d
       JOIN tasks t ON t.seq = d.value WHERE ${rest.text}`,
    ).get(...rest.values, JSON.stringify(seqs));
    return Number(row?.["n"] ?? 0);
  }

  *#lane(
    pool: number,
    priority: number,
    above: number,
    limit: number,
  ): Generator<StoredTask> {
    const statement = this.#prepare(
      `SELECT ${TASK_COLUMNS} FROM tasks t INDEXED BY tasks_ready
       WHERE t.pool = ? AND t.state = 3 AND t.priority = ? AND t.seq > ? ORDER BY t.seq LIMIT ?`,
    );
    for (const row of statement.iterate(pool, priority, above, limit)) yield this.#taskOf(row);
  }

  #task(where: string, ...values: (string | number)[]): StoredTask | undefined {
    const row = this.#prepare(`SELECT ${TASK_COLUMNS} FROM tasks t WHERE ${where}`).get(...values);
    return row === undefined ? undefined : this.#taskOf(row);
  }

  #tasks({ text, values }: Sql): readonly StoredTask[] {
    return this.#prepare(text).all(...values).map((row) => this.#taskOf(row));
  }

  #all(sql: string, ...values: (string | number)[]): readonly Row[] {
    return this.#prepare(sql).all(...values);
  }

  #taskOf(row: Row): StoredTask {
    // What STRICT tables hold; only the ids have another form there.
    return {
      seq: row["seq"] as number,
      id: uuidOf(String(row["id"])) as TaskId,
      poolId: this.#poolOf(row["pool"] as number),
      type: row["type"] as string,
      state: STORED_STATES[row["state"] as number] ?? "pending",
      name: row["name"] as string,
      priority: row["priority"] as number,
      submittedAtMs: row["submitted_at"] as number,
      attempt: row["attempt"] as number,
      deaths: row["deaths"] as number,
      startedAtMs: row["started_at"] as number | null,
      finishedAtMs: row["finished_at"] as number | null,
      runMs: row["run_ms"] as number | null,
      slot: row["slot"] as number | null,
      runTimeoutMs: row["run_timeout_ms"] as number | null,
      codeUrl: row["code_url"] as string,
      codeVersion: row["code_version"] as string,
      idempotencyKey: row["idempotency_key"] as string | null,
      tags: row["tags"] === null ? [] : readStoredJson(String(row["tags"])) as readonly string[], // as they were written
      inputJson: row["input"] as string | null,
      resultJson: row["result"] as string | null,
      ending: row["ending"] as string | null,
      notes: row["notes"] as string | null,
    };
  }

  #poolOf(number: number): PoolId {
    const known = this.#pools.get(number);
    if (known !== undefined) return known;
    const row = this.#prepare("SELECT id FROM pools WHERE number = ?").get(number);
    const id = String(row?.["id"]) as PoolId; // as it was written
    this.#pools.set(number, id);
    return id;
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    // Texts hold numbers of pools and seqs: they are not kept without end.
    if (this.#statements.size > 500) this.#statements.clear();
    if (statement === undefined) this.#statements.set(sql, statement = this.#db.prepare(sql));
    return statement;
  }
}

function uuidOf(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${
    hex.slice(20)
  }`;
}

function messageOf(ending: string | null, outcome: string): string | null {
  if (ending === null || outcome !== "failed") return ending;
  const failure = readStoredJson(ending) as TaskFailure; // as it was written
  return `${failure.name}: ${failure.message}`;
}

function readCursor(cursor: string): { readonly isUp: boolean; readonly seq: number } {
  const [, direction, seq] = /^(older|newer)-(\d{1,15})$/.exec(cursor) ?? [];
  if (seq === undefined) {
    throw new LidoError("cursor_invalid", `Cannot read cursor: ${JSON.stringify(cursor)} is none`);
  }
  return { isUp: direction === "newer", seq: Number(seq) };
}
