import { deepStrictEqual } from "node:assert/strict";
import type { TypeTotals } from "../../../../../core/execution/type_tally.ts";
import { TypeMeter } from "../../../../../core/observation/history/type_meter.ts";

function totals(done: number, failed: number, cancelled: number, runMs: number): TypeTotals {
  return { done, failed, cancelled, runMs };
}

/** A meter, and what it tells: of each type its counts and its busy time. */
function meterOf(types: Map<string, TypeTotals>) {
  const meter = new TypeMeter(() => types);
  return () =>
    meter.measure(5_000).map(({ type, row: { counts, busyMs } }) => [type, counts, busyMs]);
}

Deno.test("TypeMeter tells what came since it was last asked, and nothing of before it was made", () => {
  const types = new Map([["old", totals(7, 7, 7, 7)]]);
  const measure = meterOf(types);
  deepStrictEqual(measure(), []);
  types.set("old", totals(8, 9, 10, 107.4)).set("new", totals(0, 1, 0, 0.2));
  deepStrictEqual(measure(), [
    ["old", [0, 1, 2, 3, 0, 0, 0], 100],
    ["new", [0, 0, 1, 0, 0, 0, 0], 0],
  ]);
  deepStrictEqual(measure(), []);
});

Deno.test("TypeMeter loses no part of a millisecond, and counts none twice where the sum goes back", () => {
  const types = new Map([["t", totals(0, 0, 0, 0)]]);
  const measure = meterOf(types);
  let busyMs = 0;
  for (const runMs of [0.4, 0.8, 1.2, 1.6, 1.3, 2.4, 2.6]) {
    types.set("t", totals(0, 0, 0, runMs));
    for (const [, , ms] of measure()) busyMs += Number(ms);
  }
  deepStrictEqual(busyMs, 3);
});
