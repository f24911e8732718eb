/**
 * The life of one series under one rule: ok → pending → firing → ok. It fires once it held for as long
 * as the rule wants, and recovers once it did not hold for as long as the rule keeps it: what flaps
 * in between is one alert. It knows nothing but what it is told; times are of the monotonic clock.
 */
import type { AlertRule } from "../../model/alert.ts";

/** What just became of it. */
export type SeriesStep = "fires" | "recovers" | undefined;

/** See the head of this file. */
export class WatchedSeries {
  #heldSinceMs: number | undefined;
  #clearSinceMs: number | undefined;
  #isFiring: boolean;

  /** `isFiring`: it fired in an earlier life of the server. */
  constructor(isFiring = false) {
    this.#isFiring = isFiring;
  }

  /** Whether it is ok: it may be forgotten. */
  get isOk(): boolean {
    return !this.#isFiring && this.#heldSinceMs === undefined;
  }

  /** Takes whether the rule holds now. */
  step(holds: boolean, { forMs, keepFiringMs }: AlertRule, nowMs: number): SeriesStep {
    if (holds) {
      this.#clearSinceMs = undefined;
      this.#heldSinceMs ??= nowMs;
      if (this.#isFiring || nowMs - this.#heldSinceMs < forMs) return undefined;
      this.#isFiring = true;
      return "fires";
    }
    this.#heldSinceMs = undefined;
    if (!this.#isFiring) return undefined;
    this.#clearSinceMs ??= nowMs;
    if (nowMs - this.#clearSinceMs < keepFiringMs) return undefined;
    this.#isFiring = false;
    this.#clearSinceMs = undefined;
    return "recovers";
  }
}
