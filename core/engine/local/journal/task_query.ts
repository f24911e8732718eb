/**
 * Lists of the journal's tasks. What drives a list is always an index that gives rows newest first,
 * so a page reads little more than it shows. Conditions that no index answers are checked on the
 * rows that are walked; the walk is bounded, and a page that it could not fill says where to go on.
 */
import type { InputCondition, Range, TaskFilter } from "../../../model/task.ts";
import { STORED_STATES, storedState, STRETCH } from "./schema.ts";

/** A filter as the journal knows it: pools have numbers there. */
export type StoredFilter = Omit<TaskFilter, "poolId"> & { readonly poolNumber?: number };

/** A piece of SQL and the values of its parameters. */
export interface Sql {
  readonly text: string;
  readonly values: readonly (string | number | null)[];
}

/** Where a walk begins and which way it goes; bounds are exclusive. */
export interface Walk {
  readonly below: number;
  readonly above: number;
  readonly isUp: boolean;
  readonly limit: number;
  readonly offset: number;
}

/** Seqs of tasks that match what an index answers, in the walk's order. */
export function drive(filter: StoredFilter, walk: Walk): Sql {
  const [tag] = filter.tags ?? [];
  const { poolNumber, states, type } = filter;
  const between = "seq > ?1 AND seq < ?2";
  const end = `ORDER BY 1 ${walk.isUp ? "ASC" : "DESC"} LIMIT ?3 OFFSET ?4`;
  const values = [walk.above, walk.below, walk.limit, walk.offset];
  if (tag !== undefined) {
    const text = `SELECT task AS seq FROM task_tags WHERE tag = ?5 AND task > ?1 AND task < ?2`;
    return { text: `${text} ${end}`, values: [...values, tag] };
  }
  if (poolNumber !== undefined || states !== undefined) {
    const wanted = states ?? STORED_STATES.filter((state) => state !== null);
    const index = poolNumber === undefined ? "tasks_by_state" : "tasks_by_pool_state";
    const pool = poolNumber === undefined ? "" : `pool = ${poolNumber} AND `;
    // One range a state, merged: each is in the order already.
    const parts = [...new Set(wanted)].map((state) =>
      `SELECT seq FROM tasks INDEXED BY ${index} WHERE ${pool}state = ${storedState(state)}
        AND ${between}`
    );
    return { text: `${parts.join(" UNION ALL ")} ${end}`, values };
  }
  if (type !== undefined) {
    const text = `SELECT seq FROM tasks INDEXED BY tasks_by_type WHERE type = ?5 AND ${between}`;
    return { text: `${text} ${end}`, values: [...values, type] };
  }
  return { text: `SELECT seq FROM tasks NOT INDEXED WHERE ${between} ${end}`, values };
}

/**
 * What the driving index did not answer; undefined when nothing is left. The text index answers
 * nothing for certain: what it names is looked at again.
 */
export function restOf(filter: StoredFilter, isTextDriving = false): Sql | undefined {
  const conditions: Sql[] = [];
  const tags = filter.tags ?? [];
  const driving = isTextDriving ? undefined : tags[0];
  for (const tag of tags) {
    if (tag === driving) continue;
    conditions.push(
      sql("EXISTS (SELECT 1 FROM task_tags g WHERE g.tag = ? AND g.task = t.seq)", tag),
    );
  }
  if (driving !== undefined || isTextDriving) {
    if (filter.poolNumber !== undefined) conditions.push(sql("t.pool = ?", filter.poolNumber));
    if (filter.states !== undefined) conditions.push(sql(`t.state IN (${numbersOf(filter)})`));
  }
  const isTypeDriving = !isTextDriving && driving === undefined &&
    filter.poolNumber === undefined &&
    filter.states === undefined;
  if (filter.type !== undefined && !isTypeDriving) conditions.push(sql("t.type = ?", filter.type));
  addRange(conditions, "t.priority", filter.priority);
  addRange(conditions, "t.attempt", filter.attempt);
  addRange(conditions, "t.submitted_at", filter.submittedAtMs);
  addRange(conditions, "t.finished_at", filter.finishedAtMs);
  addRange(conditions, "t.run_ms", filter.runMs);
  for (const { path, value } of filter.input ?? []) {
    // As JSON itself would have it: only so is every name that there can be a place.
    const place = `$${path.map((part) => `.${JSON.stringify(part)}`).join("")}`;
    conditions.push(inputCondition(place, value));
  }
  if (filter.text !== undefined) {
    const pattern = `%${filter.text.replaceAll(/[\\%_]/g, "\\$&")}%`;
    const columns = ["name", "tags", "input", "result", "ending"];
    conditions.push({
      text: `(${columns.map((one) => `t.${one} LIKE ?1 ESCAPE '\\'`).join(" OR ")})`,
      values: [pattern],
    });
  }
  if (conditions.length === 0) return undefined;
  return numbered(conditions);
}

/** Seqs that a range of submit times allows: above and below which, both exclusive. */
export function stretchesOf(range: Range): Sql {
  return {
    text: `SELECT min(stretch) * ${STRETCH} - 1 AS above, (max(stretch) + 1) * ${STRETCH} AS below
      FROM submit_times WHERE last_at >= ? AND first_at <= ?`,
    values: [range.min ?? -Infinity, range.max ?? Infinity],
  };
}

/** Numbers in the file of the states that are wanted. */
export function numbersOf({ states }: StoredFilter): string {
  return (states ?? []).map(storedState).join(", ");
}

/** Of the same type, too: `json_extract()` gives true as 1, and an object as its text. */
function inputCondition(place: string, value: InputCondition["value"]): Sql {
  if (value === null || typeof value === "boolean") {
    return sql(`json_type(t.input, ?) = '${value}'`, place);
  }
  const types = typeof value === "number" ? "'integer', 'real'" : "'text'";
  return sql(
    `json_type(t.input, ?1) IN (${types}) AND json_extract(t.input, ?1) = ?2`,
    place,
    value,
  );
}

function addRange(conditions: Sql[], column: string, range: Range | undefined): void {
  if (range?.min !== undefined) conditions.push(sql(`${column} >= ?`, range.min));
  if (range?.max !== undefined) conditions.push(sql(`${column} <= ?`, range.max));
}

function sql(text: string, ...values: (string | number)[]): Sql {
  return { text, values };
}

/** Joins conditions; each parameter gets a number of its own, those that repeat theirs. */
function numbered(conditions: readonly Sql[]): Sql {
  const values: (string | number | null)[] = [];
  const texts = conditions.map((condition) => {
    const first = values.length;
    values.push(...condition.values);
    let next = first;
    return condition.text.replaceAll(
      /\?(\d*)/g,
      (_, own: string) => `?${own === "" ? ++next : first + Number(own)}`,
    );
  });
  return { text: texts.join(" AND "), values };
}
