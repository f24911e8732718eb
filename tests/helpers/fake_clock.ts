import type { Clock } from "../../core/model/clock.ts";

/** A clock that the test moves. */
export interface FakeClock extends Clock {
  /** Time passes: both clocks go on. */
  advance(ms: number): void;
  /** Somebody sets the wall clock; what has passed does not change. */
  setWall(byMs: number): void;
}

/** Makes a clock that stands at `nowMs` until it is moved. */
export function fakeClock(nowMs = 1_700_000_000_000): FakeClock {
  let passedMs = 0;
  let setByMs = 0;
  return {
    nowMs: () => nowMs + passedMs + setByMs,
    monotonicMs: () => passedMs,
    advance: (ms) => void (passedMs += ms),
    setWall: (byMs) => void (setByMs += byMs),
  };
}
