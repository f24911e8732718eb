import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { isP95Within, p95Of, replayWaits } from "../../../../core/sizing/replay.ts";
import { chance } from "../../../helpers/chance.ts";
import { loadOf } from "../../../helpers/load_patterns.ts";

const THREE = { arrivedMs: Float64Array.of(0, 1, 2), runMs: Float64Array.of(10, 5, 1) };

Deno.test("replayWaits() lets each begin in its turn, on the thread that is free first", () => {
  deepStrictEqual([...replayWaits(THREE, 1)], [0, 9, 13]);
  deepStrictEqual([...replayWaits(THREE, 2)], [0, 0, 4]);
  deepStrictEqual([...replayWaits(THREE, 3)], [0, 0, 0]);
});

Deno.test("replayWaits() finds the waits that a list of all threads finds", () => {
  const load = loadOf({ gaps: "batches", runs: "bimodal", busy: 5, tasks: 2_000, seed: 7 });
  const free = Array.from({ length: 6 }, () => -Infinity);
  const waits = [...load.arrivedMs].map((cameMs, index) => {
    const beginMs = Math.max(cameMs, Math.min(...free));
    free[free.indexOf(Math.min(...free))] = beginMs + (load.runMs[index] ?? 0);
    return beginMs - cameMs;
  });
  deepStrictEqual([...replayWaits(load, 6)], waits);
});

Deno.test("replayWaits() agrees with theory where that is exact", () => {
  // Poisson arrivals and exponential runs on one thread: of those that wait, 1 - busy at once.
  const load = loadOf({ gaps: "poisson", runs: "exponential", busy: 0.5, tasks: 200_000, seed: 3 });
  const waits = replayWaits(load, 1);
  const mean = waits.reduce((sum, wait) => sum + wait, 0) / waits.length;
  ok(Math.abs(mean - 1_000) < 50, `${mean}`); // busy / (1 - busy) runs of 1 s
  ok(Math.abs(p95Of(waits) - 2_000 * Math.log(0.5 / 0.05)) < 250, `${p95Of(waits)}`);
});

Deno.test("p95Of() and isP95Within() are of one mind", () => {
  strictEqual(p95Of(new Float64Array()), 0);
  const next = chance(5);
  for (const length of [1, 19, 20, 21, 100, 999]) {
    const waits = Float64Array.from({ length }, () => Math.floor(next() * 50));
    const p95 = p95Of(waits);
    strictEqual(waits.filter((wait) => wait <= p95).length / length >= 0.95, true);
    deepStrictEqual([isP95Within(waits, p95), isP95Within(waits, p95 - 1)], [true, false]);
  }
});
