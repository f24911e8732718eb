/**
 * What a list's filter lets through. An index drives the look; where it does not answer the whole
 * filter, the rows that it names are looked at too, and how many of them is bounded.
 */
import type { Statements } from "./statements.ts";
import type { StoredTask } from "./stored_task.ts";
import {
  drive,
  numbersOf,
  restOf,
  type Sql,
  type StoredFilter,
  stretchesOf,
  type Walk,
} from "./task_query.ts";
import type { TaskRows } from "./task_rows.ts";
import { isSearchable, TextSearch } from "./text_search.ts";

/** The most that a count along an index tells. */
const COUNT_MAX = 1_000;
/** Rows that are looked at where none tells: a search finds them all over the file. */
const COUNT_ROWS = 200;
/** Rows that a page looks at in one go: few at first, for most pages are full soon. */
const STEP_MIN = 100;
const STEP_MAX = 2_000;
/** How long a page may look for what is rare. */
const LOOK_MS = 250;

/** Between which seqs there may be any; both exclusive. */
export type Bounds = Pick<Walk, "above" | "below">;

/** Seqs in the walk's order, and where it goes on if it was cut off. */
export interface Found {
  readonly seqs: readonly number[];
  readonly stoppedAt: number | null;
}

/** How many there are. */
export interface Total {
  readonly totalItems: number;
  /** False when there may be more. */
  readonly isTotalExact: boolean;
}

/** See the head of this file. */
export class TaskSieve {
  readonly #rows: TaskRows;
  readonly #filter: StoredFilter;
  readonly #text: TextSearch | undefined;
  readonly #rest: Sql | undefined;
  readonly bounds: Bounds;

  /** `index` is the text index; undefined while there is none. */
  constructor(rows: TaskRows, filter: StoredFilter, index: Statements | undefined) {
    this.#rows = rows;
    this.#filter = filter;
    const { text } = filter;
    if (index !== undefined && text !== undefined && isSearchable(text)) {
      this.#text = new TextSearch(rows, index, text);
    }
    this.#rest = restOf(filter, this.#text !== undefined);
    this.bounds = this.#boundsOf(filter);
  }

  /** From counters, or as far as a bounded look goes; `head` are the newest, if it saw them. */
  count(): Total & { readonly head?: Found } {
    const { poolNumber, states, ...others } = this.#filter;
    if (Object.keys(others).length === 0) {
      const pool = poolNumber === undefined ? "1" : `pool = ${poolNumber}`;
      const state = states === undefined ? "state < 100" : `state IN (${numbersOf(this.#filter)})`;
      const sql = `SELECT sum(kept) FROM counters WHERE ${pool} AND ${state}`;
      return { totalItems: this.#rows.number(sql), isTotalExact: true };
    }
    const walk = { ...this.bounds, isUp: false, offset: 0 };
    if (this.#rest === undefined) {
      const { text, values } = drive(this.#filter, { ...walk, limit: COUNT_MAX + 1 });
      const count = this.#rows.number(`SELECT count(*) FROM (${text})`, ...values);
      return { totalItems: Math.min(count, COUNT_MAX), isTotalExact: count <= COUNT_MAX };
    }
    const head = this.#look({ ...walk, limit: COUNT_ROWS }, this.#rest);
    return { totalItems: head.seqs.length, isTotalExact: head.stoppedAt === null, head };
  }

  /** Walks until there are enough, or time is up. */
  find(walk: Walk): Found {
    if (this.#rest === undefined) return { seqs: this.#drive(walk), stoppedAt: null };
    const found: number[] = [];
    const untilMs = performance.now() + LOOK_MS;
    let { below, above, offset } = walk;
    let limit = Math.max(STEP_MIN, 2 * walk.limit);
    for (;;) {
      const step = { ...walk, below, above, limit, offset: 0 };
      const { seqs, stoppedAt } = this.#look(step, this.#rest);
      found.push(...seqs.slice(offset));
      offset = Math.max(0, offset - seqs.length);
      if (found.length >= walk.limit) return { seqs: found.slice(0, walk.limit), stoppedAt: null };
      if (stoppedAt === null || performance.now() > untilMs) return { seqs: found, stoppedAt };
      if (walk.isUp) above = stoppedAt;
      else below = stoppedAt;
      limit = Math.min(STEP_MAX, 2 * limit);
    }
  }

  /** Some of the newest, of which a count may have found the first already. */
  findNewest({ limit, offset }: Pick<Walk, "limit" | "offset">, head?: Found): Found {
    const walk = { ...this.bounds, isUp: false, limit, offset };
    if (head === undefined) return this.find(walk);
    const seqs = head.seqs.slice(offset, offset + limit);
    if (head.stoppedAt === null || seqs.length === limit) return { seqs, stoppedAt: null };
    const more = this.find({
      ...walk,
      below: head.stoppedAt,
      limit: limit - seqs.length,
      offset: Math.max(0, offset - head.seqs.length),
    });
    return { seqs: [...seqs, ...more.seqs], stoppedAt: more.stoppedAt };
  }

  /** Whether there is anything further on; where no index tells, it is taken for granted. */
  isAny(bounds: Bounds, isUp: boolean): boolean {
    return this.#drive({ ...bounds, isUp, limit: 1, offset: 0 }).length > 0;
  }

  tasks(seqs: readonly number[]): readonly StoredTask[] {
    return this.#rows.bySeqs(seqs);
  }

  #look(walk: Walk, rest: Sql): Found {
    const named = this.#text?.seqs(walk) ?? this.#drive(walk);
    const seqs = this.#rows.seqs(
      `SELECT t.seq FROM json_each(?${rest.values.length + 1}) d
       CROSS JOIN tasks t ON t.seq = d.value WHERE ${rest.text}`,
      ...rest.values,
      JSON.stringify(named),
    );
    return { seqs, stoppedAt: named.length < walk.limit ? null : named.at(-1) ?? null };
  }

  #drive(walk: Walk): readonly number[] {
    const { text, values } = drive(this.#filter, walk);
    return this.#rows.seqs(text, ...values);
  }

  #boundsOf({ submittedAtMs }: StoredFilter): Bounds {
    if (submittedAtMs === undefined) return { above: 0, below: Number.MAX_SAFE_INTEGER };
    const { text, values } = stretchesOf(submittedAtMs);
    const row = this.#rows.first(text, ...values);
    if (row === undefined || row["below"] === null) return { above: 0, below: 0 };
    return { above: Math.max(0, Number(row["above"])), below: Number(row["below"]) };
  }
}
