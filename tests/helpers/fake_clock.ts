import type { Clock } from "../../core/model/clock.ts";

/** A clock that the test moves. */
export interface FakeClock extends Clock {
  advance(ms: number): void;
}

/** Makes a clock that stands at `nowMs` until it is moved. */
export function fakeClock(nowMs = 1_700_000_000_000): FakeClock {
  let passedMs = 0;
  return {
    nowMs: () => nowMs + passedMs,
    monotonicMs: () => passedMs,
    advance: (ms) => void (passedMs += ms),
  };
}
