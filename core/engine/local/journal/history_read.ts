/** Reads the history: what a reader's thread runs, so that adding rows up stalls nobody. */
import type { DatabaseSync } from "node:sqlite";
import type { HistoryMarker, HistoryPoint } from "../../../model/history.ts";
import type { PoolId } from "../../../model/pool.ts";
import { readHistoryRow } from "../../../observation/history/row_bytes.ts";
import { RowSum } from "../../../observation/history/row_sum.ts";
import { type ChosenRange, KEPT_STEPS, stepBegin } from "../../../observation/history/steps.ts";
import type { HistoryRead } from "../../archives.ts";
import { ALL_POOLS } from "./schema.ts";

/** Marks of one kind that a range shows: the newest. */
const MARKERS_MAX = 500;

/** Where nothing is. */
const NOWHERE = Number.MIN_SAFE_INTEGER;

/** What stands in the place of a pool's number in the rows of a task type. */
export function placeOfType(db: DatabaseSync, type: string): number {
  const row = db.prepare("SELECT number FROM history_types WHERE name = ?").get(type);
  return row === undefined ? NOWHERE : -Number(row["number"]);
}

/** A range of one pool's history, by its number, or of one type's. */
export interface StoredHistoryQuery extends ChosenRange {
  readonly pool: number;
  readonly type: string | undefined;
  readonly knownUntilMs: number;
}

/** See the head of this file. */
export function readHistory(db: DatabaseSync, query: StoredHistoryQuery): HistoryRead {
  const { type } = query;
  const placed = { ...query, pool: type === undefined ? query.pool : placeOfType(db, type) };
  return { points: readPoints(db, placed), markers: readMarkers(db, placed) };
}

function readPoints(db: DatabaseSync, query: StoredHistoryQuery): readonly HistoryPoint[] {
  const { fromMs, toMs, stepMs, knownUntilMs } = query;
  const sums = readSums(db, query);
  const points: HistoryPoint[] = [];
  const nothing = new RowSum();
  for (let atMs = fromMs; atMs < toMs; atMs += stepMs) {
    points.push((sums.get(atMs) ?? nothing).toPoint({ atMs, stepMs, knownUntilMs }));
  }
  return points;
}

/** In one statement, so that the writer rolls nothing up in the midst of it. */
function readSums(db: DatabaseSync, query: StoredHistoryQuery): ReadonlyMap<number, RowSum> {
  const { pool, fromMs, toMs, stepMs, level } = query;
  const stepsS = KEPT_STEPS.slice(0, level + 1).map((kept) => kept.stepMs / 1_000);
  const rows = db.prepare(
    `SELECT at, row FROM history
     WHERE step_s = ${stepsS.at(-1)} AND pool = ?1 AND at >= ?2 AND at < ?3
     UNION ALL
     SELECT at, row FROM history INDEXED BY history_by_age
     WHERE is_rolled = 0 AND step_s IN (${stepsS.slice(0, -1)}) AND at >= ?2 AND at < ?3
       AND pool = ?1`,
  ).iterate(pool, fromMs, toMs);
  const sums = new Map<number, RowSum>();
  for (const { at, row } of rows) {
    const beginMs = stepBegin(Number(at), stepMs);
    let sum = sums.get(beginMs);
    if (sum === undefined) sums.set(beginMs, sum = new RowSum());
    sum.add(readHistoryRow(row as Uint8Array)); // a BLOB column
  }
  return sums;
}

function readMarkers(db: DatabaseSync, query: StoredHistoryQuery): readonly HistoryMarker[] {
  const { pool, fromMs, toMs } = query;
  const starts = db.prepare(
    `SELECT at, was_closed FROM starts WHERE at >= ? AND at < ? ORDER BY n DESC
     LIMIT ${MARKERS_MAX}`,
  ).all(fromMs, toMs).map((row): HistoryMarker => ({
    kind: "start",
    atMs: Number(row["at"]),
    wasClosed: row["was_closed"] === 1,
  }));
  const settings = db.prepare(
    `SELECT s.at, s.version, s.author, s.reason, p.id
     FROM pool_settings s JOIN pools p ON p.number = s.pool
     WHERE (?1 = ${ALL_POOLS} OR s.pool = ?1) AND s.at >= ?2 AND s.at < ?3
     ORDER BY s.at DESC LIMIT ${MARKERS_MAX}`,
  ).all(pool, fromMs, toMs).map((row): HistoryMarker => ({
    kind: "settings",
    atMs: Number(row["at"]),
    poolId: row["id"] as PoolId, // as it was written
    version: Number(row["version"]),
    author: row["author"] as string | null, // a TEXT column
    reason: row["reason"] as string | null, // a TEXT column
  }));
  return [...starts, ...settings].sort((one, other) => one.atMs - other.atMs);
}
