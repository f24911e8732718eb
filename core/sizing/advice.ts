/**
 * Advice on a pool's size: the smallest whose replayed p95 of waits is within the target, and one
 * more where that is near its limit, since no two hours are alike. Each replay is a step of its own:
 * between them, others have their turn.
 */
import { setImmediate } from "node:timers/promises";
import type { Load } from "../execution/load_trace.ts";
import { POOL_THREADS_MAX, type PoolSettings } from "../model/pool.ts";
import { SENTENCES } from "../model/sentences.ts";
import type { SizeOutlook, SizingAdvice } from "../model/sizing.ts";
import { isP95Within, p95Of, replayWaits } from "./replay.ts";

/** Fewer tasks tell too little. */
export const SEEN_TASKS_MIN = 20;
/** A wait above this share of the target is near it. */
const NEAR_SHARE = 0.8;
/** Threads that are busier than this have no reserve for what did not come yet. */
const UTILISATION_MAX = 0.95;
/** The sizes on either side that are told with an advised one. */
const SIDE_SIZES = 4;

/** What came lately, and over which time. */
export interface SeenLoad extends Load {
  readonly seenMs: number;
}

/** What is wanted of a pool. */
export interface SizingGoal {
  readonly settings: Pick<PoolSettings, "targetWaitMs" | "tasksPerThread">;
  readonly sizeMax: number;
}

/** The advice; undefined if too few tasks were seen. */
export async function advise(
  load: SeenLoad,
  goal: SizingGoal,
): Promise<SizingAdvice | undefined> {
  if (load.runMs.length < SEEN_TASKS_MIN) return undefined;
  const { targetWaitMs, tasksPerThread } = goal.settings;
  const { size, keepsTarget } = await findSize(load, goal);
  const advised = await outlook(load, goal.settings, size);
  const facts = {
    size,
    keepsTarget,
    targetWaitMs,
    arrivalRate: rateOf(load),
    meanRunMs: meanRunOf(load),
    utilisation: advised.utilisation,
    seenTasks: load.runMs.length,
    seenMs: load.seenMs,
  };
  return { ...facts, reason: reasonOf(facts, advised, tasksPerThread) };
}

/** The sizes to look at beside an advised one. */
export function sizesAbout(advised: number): readonly number[] {
  const from = Math.max(1, advised - SIDE_SIZES);
  return Array.from({ length: 2 * SIDE_SIZES + 1 }, (_, index) => from + index)
    .filter((size) => size <= POOL_THREADS_MAX);
}

/** What is to be expected of a pool with so many threads. */
export async function outlook(
  load: SeenLoad,
  { tasksPerThread }: Pick<PoolSettings, "tasksPerThread">,
  size: number,
): Promise<SizeOutlook> {
  const servers = size * tasksPerThread;
  const utilisation = busyOf(load) / servers;
  if (utilisation >= 1) return { size, utilisation, waitP95Ms: null };
  await setImmediate(); // others have their turn
  return { size, utilisation, waitP95Ms: p95Of(replayWaits(load, servers)) };
}

async function findSize(
  load: SeenLoad,
  { settings: { targetWaitMs, tasksPerThread }, sizeMax }: SizingGoal,
): Promise<{ size: number; keepsTarget: boolean }> {
  const keeps = async (size: number, limitMs: number) => {
    await setImmediate(); // others have their turn
    return isP95Within(replayWaits(load, size * tasksPerThread), limitMs);
  };
  const least = Math.ceil(busyOf(load) / tasksPerThread / UTILISATION_MAX);
  const found = await firstOf(
    Math.max(1, least),
    sizeMax,
    (size) => keeps(size, targetWaitMs),
  );
  if (found === undefined) return { size: sizeMax, keepsTarget: false };
  const isNear = found < sizeMax && !await keeps(found, NEAR_SHARE * targetWaitMs);
  return { size: isNear ? found + 1 : found, keepsTarget: true };
}

/** The first from `least` to `most` that is enough; more are never less so. */
async function firstOf(
  least: number,
  most: number,
  isEnough: (size: number) => Promise<boolean>,
): Promise<number | undefined> {
  let tooFew = least - 1;
  let step = 1;
  while (tooFew + step < most && !await isEnough(tooFew + step)) {
    tooFew += step;
    step *= 2;
  }
  let enough = tooFew + step;
  if (enough >= most) {
    enough = most;
    if (least > most || !await isEnough(most)) return undefined;
  }
  while (enough - tooFew > 1) {
    const middle = Math.floor((tooFew + enough) / 2);
    if (await isEnough(middle)) enough = middle;
    else tooFew = middle;
  }
  return enough;
}

function reasonOf(
  { arrivalRate, meanRunMs, targetWaitMs, keepsTarget }: Omit<SizingAdvice, "reason">,
  { size, waitP95Ms, utilisation }: SizeOutlook,
  tasksPerThread: number,
): string {
  const busy = rounded(arrivalRate * meanRunMs / 1_000 / tasksPerThread);
  const [rate, runMs] = [rounded(arrivalRate), rounded(meanRunMs)];
  if (waitP95Ms === null) return SENTENCES.sizeOverrun(rate, runMs, busy, size);
  const percent = Math.round(utilisation * 100);
  const say = keepsTarget ? SENTENCES.sizeAdvised : SENTENCES.sizeFallsShort;
  return say(rate, runMs, busy, size, percent, rounded(waitP95Ms), targetWaitMs);
}

/** Three digits that count. */
function rounded(value: number): number {
  return Number(value.toPrecision(3));
}

/** How many tasks run at a time on average. */
function busyOf(load: SeenLoad): number {
  return rateOf(load) * meanRunOf(load) / 1_000;
}

function rateOf({ runMs, seenMs }: SeenLoad): number {
  return runMs.length / seenMs * 1_000;
}

function meanRunOf({ runMs }: SeenLoad): number {
  return runMs.reduce((sum, one) => sum + one, 0) / runMs.length;
}
