import fc from "fast-check";
import type { SparseCounts } from "../../core/execution/histogram.ts";
import { HISTORY_COUNTS, HISTORY_GAUGES } from "../../core/model/history.ts";
import type { HistoryRow } from "../../core/observation/history/history_row.ts";
import { RowSum } from "../../core/observation/history/row_sum.ts";

const whole = fc.nat({ max: 1_000_000 });
const listOf = (names: readonly string[]) =>
  fc.array(whole, { minLength: names.length, maxLength: names.length });
const sparse = fc.dictionary(
  fc.nat({ max: 1_215 }).map(String),
  fc.integer({ min: 1, max: 9_999 }),
  {
    maxKeys: 12,
  },
).map((counts): SparseCounts => Object.entries(counts).flatMap(([at, n]) => [Number(at), n]));

/** Any row of the history. */
export const historyRow: fc.Arbitrary<HistoryRow> = fc.record({
  samples: fc.nat({ max: 12 }),
  coveredMs: whole,
  busyMs: whole,
  counts: listOf(HISTORY_COUNTS),
  sums: listOf(HISTORY_GAUGES),
  maxes: listOf(HISTORY_GAUGES),
  wait: sparse,
  run: sparse,
}, { noNullPrototype: true });

/** One row of all of them. */
export function sumRows(rows: Iterable<HistoryRow>): HistoryRow {
  return RowSum.of(rows).toRow();
}

/** A row of one step of 5 s in which nothing happened but this. */
export function rowWith(changes: Partial<HistoryRow>): HistoryRow {
  return { ...sumRows([]), samples: 1, coveredMs: 5_000, ...changes };
}
