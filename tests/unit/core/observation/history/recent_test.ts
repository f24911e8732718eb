import { deepStrictEqual } from "node:assert/strict";
import { HISTORY_COUNTS, HISTORY_GAUGES } from "../../../../../core/model/history.ts";
import { PoolId } from "../../../../../core/model/pool.ts";
import type { HistoryRow } from "../../../../../core/observation/history/history_row.ts";
import { RECENT_STEPS, RecentHistory } from "../../../../../core/observation/history/recent.ts";

const BEGIN_MS = 1_700_000_000_000;
const STEP_MS = 5_000;
const POOL = PoolId.parse("01990000-0000-7000-8000-000000000001");
const NOTHING = { completed: 0, failed: 0, cancelled: 0, pending: 0, busyThreads: 0 };

/** A row whose counts are `ten`, `ten` + 1, … and whose greatest gauges are 100 more. */
function rowOf(ten: number): HistoryRow {
  return {
    samples: 1,
    coveredMs: STEP_MS,
    busyMs: 0,
    counts: HISTORY_COUNTS.map((_, at) => ten + at),
    sums: HISTORY_GAUGES.map(() => 0),
    maxes: HISTORY_GAUGES.map((_, at) => ten + 100 + at),
    wait: [],
    run: [],
  };
}

/** What is read of {@link rowOf}. */
function stepOf(ten: number) {
  return {
    completed: ten + HISTORY_COUNTS.indexOf("completed"),
    failed: ten + HISTORY_COUNTS.indexOf("failed"),
    cancelled: ten + HISTORY_COUNTS.indexOf("cancelled"),
    pending: ten + 100 + HISTORY_GAUGES.indexOf("pending"),
    busyThreads: ten + 100 + HISTORY_GAUGES.indexOf("busyThreads"),
  };
}

Deno.test("RecentHistory.read() gives the ended steps of five minutes, the gaps filled with nothing", () => {
  const recent = new RecentHistory();
  recent.note(BEGIN_MS, [{ poolId: null, row: rowOf(10) }]);
  recent.note(BEGIN_MS + 2 * STEP_MS, [{ poolId: null, row: rowOf(20) }]);
  const steps = recent.read(null, BEGIN_MS + 3 * STEP_MS + 4_999);
  deepStrictEqual(steps, [
    ...Array.from({ length: RECENT_STEPS - 3 }, () => NOTHING),
    stepOf(10),
    NOTHING,
    stepOf(20),
  ]);
});

Deno.test("RecentHistory.read() leaves out the step that goes on", () => {
  const recent = new RecentHistory();
  recent.note(BEGIN_MS, [{ poolId: null, row: rowOf(10) }]);
  deepStrictEqual(recent.read(null, BEGIN_MS + 4_999).at(-1), NOTHING);
  deepStrictEqual(recent.read(null, BEGIN_MS + 5_000).at(-1), stepOf(10));
});

Deno.test("RecentHistory.read() keeps a step for exactly five minutes after its end", () => {
  const recent = new RecentHistory();
  recent.note(BEGIN_MS, [{ poolId: null, row: rowOf(10) }]);
  const last = BEGIN_MS + RECENT_STEPS * STEP_MS;
  deepStrictEqual(recent.read(null, last)[0], stepOf(10));
  deepStrictEqual(recent.read(null, last + STEP_MS)[0], NOTHING);
});

Deno.test("RecentHistory keeps pools apart from each other and from all together", () => {
  const recent = new RecentHistory();
  recent.note(BEGIN_MS, [{ poolId: null, row: rowOf(10) }, { poolId: POOL, row: rowOf(20) }]);
  const nowMs = BEGIN_MS + STEP_MS;
  deepStrictEqual(recent.read(null, nowMs).at(-1), stepOf(10));
  deepStrictEqual(recent.read(POOL, nowMs).at(-1), stepOf(20));
});

Deno.test("RecentHistory.read() is empty for a pool that did nothing, and once all it did is old", () => {
  const recent = new RecentHistory();
  recent.note(BEGIN_MS, [{ poolId: POOL, row: rowOf(10) }]);
  deepStrictEqual(recent.read(null, BEGIN_MS), []);
  recent.note(BEGIN_MS + RECENT_STEPS * STEP_MS, [{ poolId: null, row: rowOf(0) }]);
  deepStrictEqual(recent.read(POOL, BEGIN_MS + STEP_MS).at(-1), stepOf(10)); // not yet too old
  recent.note(BEGIN_MS + (RECENT_STEPS + 1) * STEP_MS, [{ poolId: null, row: rowOf(0) }]);
  deepStrictEqual(recent.read(POOL, BEGIN_MS + STEP_MS), []);
});
