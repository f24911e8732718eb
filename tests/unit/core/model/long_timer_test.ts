import { deepStrictEqual } from "node:assert/strict";
import { startLongTimer } from "../../../../core/model/long_timer.ts";

const DAY_MS = 86_400_000;
/** What the runtime's timers take at the most. */
const MOST_MS = 2 ** 31 - 1;

Deno.test("startLongTimer() waits in steps that the runtime's timers take", () => {
  const { setTimeout } = globalThis;
  const waitedMs: number[] = [];
  // No time passes: each timer ends as soon as it is set.
  globalThis.setTimeout = ((act: () => void, ms: number) => {
    waitedMs.push(ms);
    act();
  }) as typeof setTimeout;
  try {
    for (const ms of [5, MOST_MS, 60 * DAY_MS]) startLongTimer(ms, () => waitedMs.push(-1));
  } finally {
    globalThis.setTimeout = setTimeout;
  }
  const rest = 60 * DAY_MS - 2 * MOST_MS;
  deepStrictEqual(waitedMs, [5, -1, MOST_MS, -1, MOST_MS, MOST_MS, rest, -1]);
});

Deno.test("startLongTimer() gives what stops it", () => {
  // What it left would be a timer, which fails the test.
  startLongTimer(60 * DAY_MS, () => {})();
});
