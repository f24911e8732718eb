/** Time comes in by argument, so that tests own it. */
export interface Clock {
  /** Wall clock: epoch milliseconds, for records. */
  nowMs(): number;
  /** Never goes back: milliseconds from an arbitrary start, for durations. */
  monotonicMs(): number;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};
