/**
 * When the size of one pool is changed by itself, and to what. Up as soon as more is wanted: tasks
 * wait. Down only when less was wanted for a whole cool-down, and then to the most that was wanted
 * in it, so that a pause between two waves changes nothing. After any change of the pool's settings,
 * also a person's, nothing for a cool-down.
 */
import type { SizeSuggestion } from "../model/sizing.ts";

/**
 * So many fewer threads, and such a share of them, are worth a change: what is wanted moves a little
 * all day, and a thread that is allowed and not needed costs nothing.
 */
const DOWN_THREADS_MIN = 2;
const DOWN_SHARE_MIN = 0.3;

/** What one look at a pool saw. */
export interface SizeLook {
  /** On the monotonic clock. */
  readonly nowMs: number;
  readonly size: number;
  readonly settingsVersion: number;
  readonly coolDownMs: number;
  readonly wanted: SizeSuggestion;
}

/** See the head of this file. */
export class SizeWatch {
  #version: number | undefined;
  #changedMs = -Infinity;
  /** Since when less was wanted, and the most of that. */
  #low: { readonly sinceMs: number; readonly most: SizeSuggestion } | undefined;

  /** What to set now; undefined if nothing. */
  decide(look: SizeLook): SizeSuggestion | undefined {
    const { nowMs, size, coolDownMs, wanted } = look;
    this.#noteChange(look);
    const isCool = nowMs - this.#changedMs >= coolDownMs;
    if (wanted.size >= size) {
      this.#low = undefined;
      return wanted.size > size && isCool ? wanted : undefined;
    }
    this.#low ??= { sinceMs: nowMs, most: wanted };
    if (wanted.size > this.#low.most.size) this.#low = { ...this.#low, most: wanted };
    const { sinceMs, most } = this.#low;
    if (!isCool || nowMs - sinceMs < coolDownMs) return undefined;
    this.#low = { sinceMs: nowMs, most: wanted }; // what is not worth it now may be later
    const isWorthIt = size - most.size >= Math.max(DOWN_THREADS_MIN, size * DOWN_SHARE_MIN);
    return isWorthIt ? most : undefined;
  }

  /** With other settings, what was wanted before tells nothing. */
  #noteChange({ settingsVersion, nowMs }: SizeLook): void {
    if (this.#version !== undefined && this.#version !== settingsVersion) {
      this.#changedMs = nowMs;
      this.#low = undefined;
    }
    this.#version = settingsVersion;
  }
}
