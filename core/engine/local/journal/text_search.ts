/** Finds tasks by a text, by the text index and a look at what it has not seen yet. */
import type { DatabaseSync } from "node:sqlite";
import type { Walk } from "./task_query.ts";

/** The index knows groups of three characters: shorter texts are looked for row by row. */
const CHARS_MIN = 3;

/** Whether the text index can help with a text. */
export function isSearchable(text: string | undefined): boolean {
  return text !== undefined && [...text].length >= CHARS_MIN;
}

/**
 * Seqs of tasks that may hold the text, in the walk's order and without a gap: the index names more
 * than there are (an input and a result side by side are two texts), never fewer.
 */
export function searchSeqs(
  journal: DatabaseSync,
  search: DatabaseSync,
  text: string,
  walk: Walk,
): readonly number[] {
  const { above, below, isUp, limit } = walk;
  const order = isUp ? "ASC" : "DESC";
  const known = search.prepare("SELECT seq, ended FROM progress").get();
  const named = search.prepare(
    `SELECT rowid FROM texts WHERE texts MATCH ? AND rowid > ? AND rowid < ?
     ORDER BY rowid ${order} LIMIT ${2 * limit}`,
  ).all(`"${text.replaceAll('"', '""')}"`, 2 * above + 1, Math.min(2 * below, 2 ** 52));
  // What came or ended since: looked at by whoever asks.
  const fresh = journal.prepare(
    `SELECT seq FROM tasks NOT INDEXED WHERE seq > ? AND seq < ? ORDER BY seq ${order} LIMIT ?`,
  ).all(Math.max(above, Number(known?.["seq"] ?? 0)), below, limit);
  const ended = journal.prepare(
    `SELECT DISTINCT task AS seq FROM ended WHERE n > ? AND task > ? AND task < ?
     ORDER BY task ${order} LIMIT ?`,
  ).all(Number(known?.["ended"] ?? 0), above, below, limit);
  const seqs = new Set<number>();
  for (const row of named) seqs.add(Math.floor(Number(row["rowid"]) / 2));
  for (const row of [...fresh, ...ended]) seqs.add(Number(row["seq"]));
  return [...seqs].sort((one, other) => isUp ? one - other : other - one).slice(0, limit);
}
