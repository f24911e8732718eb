/** What pools did in the last five minutes, in memory: what tables and tiles show of every pool at once. */
import { HISTORY_COUNTS, HISTORY_GAUGES, type RecentStep } from "../../model/history.ts";
import type { PoolId } from "../../model/pool.ts";
import type { HistoryEntry, HistoryRow } from "./history_row.ts";
import { SAMPLE_MS, stepBegin } from "./steps.ts";

/** Steps that are kept of each pool. */
export const RECENT_STEPS = 60;

const [COMPLETED, FAILED, CANCELLED] = (["completed", "failed", "cancelled"] as const)
  .map((name) => HISTORY_COUNTS.indexOf(name)) as [number, number, number];
const [PENDING, BUSY] = (["pending", "busyThreads"] as const)
  .map((name) => HISTORY_GAUGES.indexOf(name)) as [number, number];

/** See the head of this file. */
export class RecentHistory {
  /** Of each pool, and under null of all together: steps by their begin. */
  readonly #steps = new Map<PoolId | null, Map<number, RecentStep>>();

  /** Takes in what pools did in a step. */
  note(atMs: number, entries: readonly HistoryEntry[]): void {
    for (const { poolId, row } of entries) {
      let steps = this.#steps.get(poolId);
      if (steps === undefined) this.#steps.set(poolId, steps = new Map());
      steps.set(atMs, stepOf(row));
    }
    const oldestMs = atMs - RECENT_STEPS * SAMPLE_MS;
    for (const [poolId, steps] of this.#steps) {
      for (const stepMs of steps.keys()) if (stepMs < oldestMs) steps.delete(stepMs);
      if (steps.size === 0) this.#steps.delete(poolId);
    }
  }

  /** The last steps that ended, oldest first and without gaps; empty if nothing was done in them. */
  read(poolId: PoolId | null, nowMs: number): readonly RecentStep[] {
    const steps = this.#steps.get(poolId);
    if (steps === undefined) return [];
    const beginMs = stepBegin(nowMs, SAMPLE_MS) - RECENT_STEPS * SAMPLE_MS;
    return Array.from(
      { length: RECENT_STEPS },
      (_, index) => steps.get(beginMs + index * SAMPLE_MS) ?? NOTHING,
    );
  }
}

const NOTHING: RecentStep = { completed: 0, failed: 0, cancelled: 0, pending: 0, busyThreads: 0 };

function stepOf({ counts, maxes }: HistoryRow): RecentStep {
  return {
    completed: counts[COMPLETED] ?? 0,
    failed: counts[FAILED] ?? 0,
    cancelled: counts[CANCELLED] ?? 0,
    pending: maxes[PENDING] ?? 0,
    busyThreads: maxes[BUSY] ?? 0,
  };
}
