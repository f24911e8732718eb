import { deepStrictEqual, ok, throws } from "node:assert/strict";
import fc from "fast-check";
import {
  chooseRange,
  KEPT_STEPS,
  stepBegin,
  STEPS_S,
} from "../../../../../core/observation/history/steps.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 0, 2, 3, 4, 7);
const KNOWN = { nowMs: NOW, knownUntilMs: NOW - 2_000 };

Deno.test.each([
  ["the last hour, unless it is said", {}, 10, 0],
  ["an hour", { fromMs: NOW - HOUR }, 10, 0],
  ["six hours, of which 5 s are kept no more", { fromMs: NOW - 6 * HOUR }, 60, 1],
  ["an old hour", { fromMs: NOW - 30 * HOUR, toMs: NOW - 29 * HOUR }, 60, 1],
  ["two days", { fromMs: NOW - 2 * DAY }, 600, 1],
  ["a week", { fromMs: NOW - 7 * DAY }, 3_600, 2],
  ["a month", { fromMs: NOW - 30 * DAY }, 7_200, 2],
  ["a year", { fromMs: NOW - 365 * DAY }, 86_400, 3],
  ["ten years, of which five are kept", { fromMs: NOW - 3_650 * DAY }, 604_800, 3],
  ["half an hour by the minute", { fromMs: NOW - HOUR / 2, stepS: 60 }, 60, 1],
  [
    "an old day by the minute, which is kept no more",
    {
      fromMs: NOW - 7 * DAY,
      toMs: NOW - 6 * DAY,
      stepS: 60,
    },
    3_600,
    2,
  ],
  [
    "an old hour by 5 s, which are kept no more",
    {
      fromMs: NOW - 5 * HOUR,
      toMs: NOW - 4 * HOUR,
      stepS: 5,
    },
    60,
    1,
  ],
])("chooseRange() takes a step that fits %s", (_name, request, stepS, level) => {
  const range = chooseRange(request, KNOWN);
  deepStrictEqual([range.stepMs, range.level], [stepS * 1_000, level]);
});

Deno.test("chooseRange() gives whole steps that are kept and begin before anything is unknown", () => {
  const request = fc.record({
    ageMs: fc.integer({ min: 1, max: 6 * 365 * DAY }),
    lengthMs: fc.integer({ min: 1, max: 6 * 365 * DAY }),
    stepS: fc.option(fc.constantFrom(...STEPS_S), { nil: undefined }),
  });
  fc.assert(fc.property(request, ({ ageMs, lengthMs, stepS }) => {
    const oldest = NOW - 5 * 365 * DAY;
    const [fromMs, toMs] = [NOW - ageMs, NOW - ageMs + lengthMs];
    fc.pre(toMs > oldest && (stepS === undefined || lengthMs / stepS < 1_500_000));
    const range = chooseRange({ fromMs, toMs, ...stepS !== undefined && { stepS } }, KNOWN);
    const points = (range.toMs - range.fromMs) / range.stepMs;
    ok(Number.isInteger(points) && points >= 0);
    ok(points <= (stepS === undefined ? 401 : 1_501), String(points));
    deepStrictEqual(stepBegin(range.fromMs, range.stepMs), range.fromMs);
    ok(range.toMs - range.stepMs < KNOWN.knownUntilMs);
    const kept = KEPT_STEPS[range.level];
    ok(kept !== undefined && range.stepMs % kept.stepMs === 0);
    ok(NOW - Math.max(fromMs, oldest) <= kept.keepMs);
    ok(stepS === undefined || range.stepMs >= stepS * 1_000);
  }));
});

Deno.test.each([
  ["a range that ends before it begins", { fromMs: NOW - 5, toMs: NOW - 6 }, "fromMs"],
  ["a range of no time", { fromMs: NOW - 5, toMs: NOW - 5 }, "fromMs"],
  ["the future", { fromMs: NOW + 1 }, "fromMs"],
  ["what is too old", { fromMs: 0, toMs: 1 }, "fromMs"],
  ["a step that there is not", { stepS: 7 }, "stepS"],
  ["a step of no time", { stepS: 0 }, "stepS"],
  ["too many points", { fromMs: NOW - 3 * HOUR, stepS: 5 }, "stepS"],
])("chooseRange() throws invalid_input for %s", (_name, request, field) => {
  throws(
    () => chooseRange(request, KNOWN),
    (error: Error & { code?: string; details?: { faults: { path: unknown }[] } }) =>
      error.code === "invalid_input" &&
      JSON.stringify(error.details?.faults.map(({ path }) => path)) === JSON.stringify([[field]]),
  );
});
