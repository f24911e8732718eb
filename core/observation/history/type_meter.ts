/** Tells of each task type what its attempts came to since it was last asked: differences of what only grows. */
import { NO_TOTALS, type TypeTotals } from "../../execution/type_tally.ts";
import { HISTORY_COUNTS, HISTORY_GAUGES, type HistoryCount } from "../../model/history.ts";
import type { TypeHistoryEntry } from "./history_row.ts";

/** The counts of a history that attempts have, by what those are called of them. */
const OUTCOMES: Partial<Record<HistoryCount, "done" | "failed" | "cancelled">> = {
  completed: "done",
  failed: "failed",
  cancelled: "cancelled",
};
const NO_GAUGES = HISTORY_GAUGES.map(() => 0);

/** See the head of this file. What had been before it was made is not told. */
export class TypeMeter {
  readonly #read: () => ReadonlyMap<string, TypeTotals>;
  readonly #seen: Map<string, TypeTotals>;

  /** `read` gives what the attempts of each type came to so far, with whole or broken milliseconds. */
  constructor(read: () => ReadonlyMap<string, TypeTotals>) {
    this.#read = read;
    this.#seen = new Map([...read()].map(([type, totals]) => [type, rounded(totals)]));
  }

  /** A row of each type that had anything to do; `coveredMs` is how long ago this was done last. */
  measure(coveredMs: number): readonly TypeHistoryEntry[] {
    const entries: TypeHistoryEntry[] = [];
    for (const [type, totals] of this.#read()) {
      const now = rounded(totals);
      const before = this.#seen.get(type) ?? NO_TOTALS;
      const counts = HISTORY_COUNTS.map((name) => {
        const outcome = OUTCOMES[name];
        return outcome === undefined ? 0 : now[outcome] - before[outcome];
      });
      // What runs is reckoned by another clock than what has run: the sum may go back a little.
      const busyMs = Math.max(0, now.runMs - before.runMs);
      if (busyMs === 0 && counts.every((count) => count === 0)) continue;
      this.#seen.set(type, { ...now, runMs: before.runMs + busyMs });
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
