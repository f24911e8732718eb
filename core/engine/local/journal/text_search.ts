/** Finds tasks by a text, by the text index and a look at what it has not seen yet. */
import { columnOf, type Statements } from "./statements.ts";
import type { Walk } from "./task_query.ts";
import type { TaskRows } from "./task_rows.ts";
import { groupMatches } from "./text_groups.ts";
import { readProgress, type TextProgress } from "./text_progress.ts";

/** Texts that are looked at to find out how rare a group is. */
const SAMPLE = 64;
/** The index is asked for so many groups, and for none that is so much more common than the rarest. */
const ASKED_MAX = 3;
const MORE_COMMON_MAX = 8;

/** What a group that too few texts hold reaches. */
const EVERYTHING = Number.MAX_SAFE_INTEGER;

/** See the head of this file. */
export class TextSearch {
  readonly #rows: TaskRows;
  readonly #index: Statements;
  readonly #match: string;
  readonly #progress: TextProgress;

  constructor(rows: TaskRows, index: Statements, text: string) {
    this.#rows = rows;
    this.#index = index;
    // Read before the index is asked: what comes to it in between is found twice, and not never.
    this.#progress = readProgress(index);
    this.#match = this.#matchOf(text);
  }

  /**
   * Seqs of tasks that may hold the text, in the walk's order and without a gap: the index names
   * more than there are, never fewer.
   */
  seqs({ above, below, isUp, limit }: Walk): readonly number[] {
    const order = isUp ? "ASC" : "DESC";
    const { seq, ended, pruned } = this.#progress;
    // Two rows of a task can be named.
    const find = this.#index.prepare(
      `SELECT rowid FROM texts WHERE texts MATCH ? AND rowid > ? AND rowid < ?
       ORDER BY rowid ${order} LIMIT ?`,
    );
    const from = 2 * Math.max(above, pruned) + 1;
    const named = columnOf(find, this.#match, from, Math.min(2 * below, 2 ** 52), 2 * limit);
    // What came or ended since: looked at by whoever asks.
    const fresh = this.#rows.seqs(
      `SELECT seq FROM tasks NOT INDEXED WHERE seq > ? AND seq < ? ORDER BY seq ${order} LIMIT ?`,
      Math.max(above, seq),
      below,
      limit,
    );
    const changed = this.#rows.seqs(
      `SELECT DISTINCT task AS seq FROM ended WHERE n > ? AND task > ? AND task < ?
       ORDER BY task ${order} LIMIT ?`,
      ended,
      above,
      below,
      limit,
    );
    const seqs = new Set<number>([...fresh, ...changed]);
    for (const rowid of named) seqs.add(Math.floor(rowid / 2));
    return [...seqs].sort((one, other) => isUp ? one - other : other - one).slice(0, limit);
  }

  /**
   * The whole text would be read through the lists of all its groups, also of those that every task
   * holds. Its rarest groups name few more, and the rows are looked at anyway.
   */
  #matchOf(text: string): string {
    const sample = this.#index.prepare(
      `SELECT rowid FROM texts WHERE texts MATCH ? AND rowid > ?
       ORDER BY rowid LIMIT 1 OFFSET ${SAMPLE - 1}`,
    );
    const from = 2 * this.#progress.pruned + 1;
    const groups = groupMatches(text).map((match) => {
      const last = sample.get(match, from)?.["rowid"];
      // The rarer, the further one must go for as many.
      return { match, reach: last === undefined ? EVERYTHING : Number(last) - from };
    });
    groups.sort((one, other) => other.reach - one.reach);
    const [rarest] = groups;
    return groups.slice(0, ASKED_MAX)
      .filter(({ reach }) => MORE_COMMON_MAX * reach >= (rarest?.reach ?? 0))
      .map(({ match }) => match).join(" AND ");
  }
}

/** Whether the text index can help with a text. */
export function isSearchable(text: string): boolean {
  return groupMatches(text).length > 0;
}
