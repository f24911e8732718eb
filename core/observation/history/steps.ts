/** The steps of the history: which are kept, for how long, and which one answers a question. */
import type { HistoryRequest } from "../../model/history.ts";
import { LidoError } from "../../model/errors.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** How often pools are sampled. */
export const SAMPLE_MS = 5_000;

/** Steps that have rows, from the finest, and how long these are kept at least. */
export const KEPT_STEPS = [
  { stepMs: SAMPLE_MS, keepMs: 2 * HOUR_MS },
  { stepMs: 60_000, keepMs: 48 * HOUR_MS },
  { stepMs: HOUR_MS, keepMs: 60 * DAY_MS },
  { stepMs: DAY_MS, keepMs: 5 * 365 * DAY_MS },
] as const;

/** Steps that can be asked for, in seconds: those that are kept, and some that are made of them. */
export const STEPS_S = [
  ...[5, 10, 15, 30],
  ...[60, 120, 300, 600, 900, 1_800],
  ...[3_600, 7_200, 10_800, 21_600, 43_200],
  ...[86_400, 172_800, 604_800],
] as const;

/** Points of a history for which nobody asked a step. */
const POINTS_MAX = 400;
/** Points of a history at the most. */
const ASKED_POINTS_MAX = 1_500;
const RANGE_MS = HOUR_MS;
const OLDEST_MS = KEPT_STEPS[3].keepMs;

/** A range of whole steps, and the place in {@link KEPT_STEPS} of those that it is read from. */
export interface ChosenRange {
  readonly stepMs: number;
  /** When the first step begins, and when the last one ends. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly level: number;
}

/** The step of `stepMs` that holds a time: when it began. Steps begin at multiples of themselves. */
export function stepBegin(atMs: number, stepMs: number): number {
  return Math.floor(atMs / stepMs) * stepMs;
}

/**
 * Chooses the range and the step. Nothing is known from `knownUntilMs` on, and of what is old only
 * longer steps are left.
 * @throws {LidoError} `invalid_input`.
 */
export function chooseRange(
  request: HistoryRequest,
  { nowMs, knownUntilMs }: { readonly nowMs: number; readonly knownUntilMs: number },
): ChosenRange {
  const endMs = Math.min(request.toMs ?? nowMs, nowMs);
  const beginMs = Math.max(request.fromMs ?? endMs - RANGE_MS, nowMs - OLDEST_MS);
  if (beginMs >= endMs) {
    throw invalid(
      "fromMs",
      "Invalid: the range must begin before it ends, and within 5 years up to now",
    );
  }
  const stepMs = chooseStepMs(request.stepS, endMs - beginMs, nowMs - beginMs);
  const fromMs = stepBegin(beginMs, stepMs);
  const toMs = Math.min(stepEnd(endMs, stepMs), stepEnd(knownUntilMs, stepMs));
  return { stepMs, fromMs, toMs: Math.max(fromMs, toMs), level: levelOf(stepMs) };
}

function chooseStepMs(askedS: number | undefined, rangeMs: number, ageMs: number): number {
  if (askedS !== undefined) checkAsked(askedS, rangeMs);
  const shortestMs = askedS === undefined ? rangeMs / POINTS_MAX : askedS * 1_000;
  const found = STEPS_S.find((stepS) =>
    stepS * 1_000 >= shortestMs && keepOf(stepS * 1_000) >= ageMs
  );
  return (found ?? STEPS_S[STEPS_S.length - 1] ?? 0) * 1_000;
}

function checkAsked(askedS: number, rangeMs: number): void {
  if (!STEPS_S.some((stepS) => stepS === askedS)) {
    throw invalid("stepS", `Invalid: must be one of ${STEPS_S.join(", ")} seconds`);
  }
  const points = Math.ceil(rangeMs / 1_000 / askedS);
  if (points > ASKED_POINTS_MAX) {
    const message = `Too short: the range has ${points} such steps, of at most ${ASKED_POINTS_MAX}`;
    throw invalid("stepS", message);
  }
}

/** The place of the longest step that this one is made of. */
function levelOf(stepMs: number): number {
  return KEPT_STEPS.findLastIndex((kept) => stepMs % kept.stepMs === 0);
}

function keepOf(stepMs: number): number {
  return KEPT_STEPS[levelOf(stepMs)]?.keepMs ?? 0;
}

/** When the step ends that ends next. */
function stepEnd(atMs: number, stepMs: number): number {
  return Math.ceil(atMs / stepMs) * stepMs;
}

function invalid(field: keyof HistoryRequest, message: string): LidoError {
  const faults = [{ path: [field], message }];
  return new LidoError("invalid_input", `Cannot read history: ${field}: ${message}`, { faults });
}
