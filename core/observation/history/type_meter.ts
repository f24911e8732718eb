/** Tells of each task type what its attempts came to since it was last asked: differences of what only grows. */
import {
  isAnything,
  NO_TOTALS,
  type ReadTotals,
  totalsSince,
  type TypeTotals,
} from "../../execution/type_tally.ts";
import { HISTORY_COUNTS, HISTORY_GAUGES, type HistoryCount } from "../../model/history.ts";
import type { TypeHistoryEntry } from "./history_row.ts";

const NO_GAUGES = HISTORY_GAUGES.map(() => 0);

/** See the head of this file. What had been before it was made is not told. */
export class TypeMeter {
  readonly #read: ReadTotals;
  readonly #seen: Map<string, TypeTotals>;

  constructor(read: ReadTotals) {
    this.#read = read;
    this.#seen = new Map([...read()].map(([type, totals]) => [type, rounded(totals)]));
  }

  /** A row of each type that had anything to do; `coveredMs` is how long ago this was done last. */
  measure(coveredMs: number): readonly TypeHistoryEntry[] {
    const entries: TypeHistoryEntry[] = [];
    for (const [type, totals] of this.#read()) {
      const now = rounded(totals);
      const before = this.#seen.get(type) ?? NO_TOTALS;
      const since = totalsSince(before, now);
      if (!isAnything(since)) continue;
      // Time that was told already is not told again.
      this.#seen.set(type, { ...now, runMs: before.runMs + since.runMs });
      const { done: completed, failed, cancelled, runMs: busyMs } = since;
      const counted: Partial<Record<HistoryCount, number>> = { completed, failed, cancelled };
      const counts = HISTORY_COUNTS.map((name) => counted[name] ?? 0);
      const gauges = { sums: NO_GAUGES, maxes: NO_GAUGES };
      const row = { samples: 1, coveredMs, busyMs, counts, ...gauges, wait: [], run: [] };
      entries.push({ type, row });
    }
    return entries;
  }
}

function rounded(totals: TypeTotals): TypeTotals {
  return { ...totals, runMs: Math.round(totals.runMs) };
}
