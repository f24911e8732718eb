import { DatabaseSync } from "node:sqlite";
import { readHistory } from "../../core/engine/local/journal/history_read.ts";
import { HistoryStore } from "../../core/engine/local/journal/history_store.ts";
import { MIGRATIONS } from "../../core/engine/local/journal/schema.ts";
import { HISTORY_COUNTS, HISTORY_GAUGES, type HistoryPoint } from "../../core/model/history.ts";
import type { HistoryRow } from "../../core/observation/history/history_row.ts";
import { writeHistoryRow } from "../../core/observation/history/row_bytes.ts";
import { KEPT_STEPS } from "../../core/observation/history/steps.ts";

/** The history's tables in memory, written and read as the journal's threads do it. */
export class HistoryFile implements Disposable {
  readonly db = new DatabaseSync(":memory:");
  readonly store = new HistoryStore(this.db);

  constructor() {
    for (const { sql } of MIGRATIONS) this.db.exec(sql);
  }

  /** Writes rows of one step, at its end unless it is said. */
  save(
    atMs: number,
    rows: readonly [pool: number, row: HistoryRow][],
    nowMs = atMs + 5_000,
    types: readonly (readonly [type: string, row: HistoryRow])[] = [],
  ): void {
    this.store.save({
      kind: "history",
      atMs,
      nowMs,
      rows: rows.map(([pool, row]) => ({ pool, row: writeHistoryRow(row) })),
      types: types.map(([type, row]) => ({ type, row: writeHistoryRow(row) })),
    });
  }

  /** Reads a range of a pool, or of a type, by the step of a level. */
  read(
    of: number | string,
    level: number,
    range: readonly [number, number],
  ): readonly HistoryPoint[] {
    const stepMs = KEPT_STEPS[level]?.stepMs ?? 0;
    const [fromMs, toMs] = range;
    const [pool, type] = typeof of === "number" ? [of, undefined] : [0, of];
    const query = { pool, type, level, stepMs, fromMs, toMs, knownUntilMs: toMs };
    return readHistory(this.db, query).points;
  }

  /** Rows of each step. */
  sizes(): readonly number[] {
    return KEPT_STEPS.map(({ stepMs }) => {
      const row = this.db.prepare("SELECT count(*) AS n FROM history WHERE step_s = ?")
        .get(stepMs / 1_000);
      return Number(row?.["n"]);
    });
  }

  [Symbol.dispose](): void {
    this.db.close();
  }
}

/** A row of 5 s in which so many tasks came and were completed, each of which ran `runBucket`. */
export function completedRow(tasks: number, runBucket = 100): HistoryRow {
  const gauges = HISTORY_GAUGES.map((_, at) => at + tasks);
  return {
    samples: 1,
    coveredMs: 5_000,
    busyMs: 10 * tasks,
    counts: HISTORY_COUNTS.map((name) => name === "submitted" || name === "completed" ? tasks : 0),
    sums: gauges,
    maxes: gauges,
    wait: [5, tasks],
    run: [runBucket, tasks],
  };
}
