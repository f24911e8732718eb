/** Autoscale over days of simulated load: it follows them, and does not swing where they do not. */
import { ok } from "node:assert/strict";
import type { Load } from "../../core/execution/load_trace.ts";
import { Autoscaler } from "../../core/sizing/autoscaler.ts";
import { p95Of } from "../../core/sizing/replay.ts";
import { fakeClock } from "../helpers/fake_clock.ts";
import { loadOf } from "../helpers/load_patterns.ts";
import { SimulatedPool } from "../helpers/simulated_pool.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const LOOK_MS = 60_000;
const TARGET_MS = 10_000;

/** Threads that are busy: a quiet night, two peaks with a dip between them, ten wild minutes at 20:00. */
function busyOnADay(atMs: number): number {
  const hour = atMs / HOUR_MS;
  const hill = (at: number, width: number, height: number) =>
    height * Math.exp(-(((hour - at) / width) ** 2));
  return 1 + hill(10.5, 1.6, 9) + hill(15, 2, 11) + (hour > 20 && hour < 20.17 ? 10 : 0);
}

/** A day of tasks that run 5 s on average, and come faster or slower as `busyAt` says. */
function dayOf(gaps: string, runs: string, busyAt: (atMs: number) => number): Load {
  const even = loadOf({ gaps, runs, busy: 0.2, tasks: 120_000, seed: 11 });
  const arrivedMs: number[] = [];
  let workMs = 0;
  for (let atMs = 0; atMs < DAY_MS; atMs += 1_000) {
    const busy = busyAt(atMs);
    const untilMs = workMs + busy * 1_000;
    for (;;) {
      const cameMs = even.arrivedMs[arrivedMs.length] ?? Infinity;
      if (cameMs >= untilMs) break;
      arrivedMs.push(atMs + (cameMs - workMs) / busy);
    }
    workMs = untilMs;
  }
  return { arrivedMs: Float64Array.from(arrivedMs), runMs: even.runMs.map((ms) => ms * 5) };
}

async function liveThrough(load: Load): Promise<SimulatedPool> {
  const pool = new SimulatedPool(load, {
    maxThreads: 2,
    autoscaleMaxThreads: 64,
    targetWaitMs: TARGET_MS,
  });
  const clock = fakeClock();
  const onError = (error: unknown) => {
    throw error;
  };
  await using autoscaler = new Autoscaler({ clock, pools: () => [pool], onError });
  for (let atMs = LOOK_MS; atMs <= DAY_MS; atMs += LOOK_MS) {
    clock.advance(LOOK_MS);
    pool.runUntil(atMs);
    await autoscaler.look();
  }
  return pool;
}

/** How often growing and shrinking took turns. */
function turnsOf({ sizes }: SimulatedPool): number {
  const directions = sizes.slice(1).map(({ size }, at) => Math.sign(size - (sizes[at]?.size ?? 0)));
  return directions.filter((one, at) => at > 0 && one !== directions[at - 1]).length;
}

function meanOf({ sizes }: SimulatedPool): number {
  const areas = sizes.map(({ atMs, size }, at) => size * ((sizes[at + 1]?.atMs ?? DAY_MS) - atMs));
  return areas.reduce((sum, area) => sum + area, 0) / DAY_MS;
}

for (
  const [gaps, runs] of [["poisson", "lognormal"], ["poisson", "bimodal"], ["waves", "uniform"]]
) {
  Deno.test(`Autoscaler follows a day: ${gaps}, ${runs}`, async () => {
    const pool = await liveThrough(dayOf(gaps ?? "", runs ?? "", busyOnADay));
    const tale = pool.sizes.map(({ atMs, size }) => `${(atMs / HOUR_MS).toFixed(2)} h: ${size}`)
      .join(", ");
    const peak = Math.max(...pool.sizes.map(({ size }) => size));
    ok(p95Of(Float64Array.from(pool.waitsMs)) <= TARGET_MS, tale);
    ok(peak >= 12 && meanOf(pool) < 0.6 * peak, `${meanOf(pool)} of ${peak}; ${tale}`);
    // Three times up and three times down are five turns; chance adds some. There are 288 cool-downs.
    ok(turnsOf(pool) >= 5 && turnsOf(pool) <= 10, `${turnsOf(pool)}; ${tale}`);
  });
}

Deno.test("Autoscaler comes to rest where the load does not change", async () => {
  const pool = await liveThrough(dayOf("poisson", "lognormal", () => 6));
  ok(p95Of(Float64Array.from(pool.waitsMs)) <= TARGET_MS);
  ok(turnsOf(pool) <= 2, pool.sizes.map(({ size }) => size).join());
});
