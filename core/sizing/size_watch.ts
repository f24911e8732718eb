/**
 * When the size of one pool is changed by itself, and to what. Up as soon as more is wanted: tasks
 * wait. Down only when less was wanted for a whole cool-down, and then to the most that was wanted
 * in it, so that a pause between two waves changes nothing. After any change of the pool's settings,
 * also a person's, nothing for a cool-down.
 */
import type { SizeSuggestion } from "../model/sizing.ts";

/** Fewer threads are worth a change from this share of them on: a large pool wants another number all day. */
const DOWN_SHARE_MIN = 0.1;

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
  #lowSinceMs: number | undefined;
  /** The most that was wanted since then. */
  #most: SizeSuggestion | undefined;

  /** What to set now; undefined if nothing. */
  decide(look: SizeLook): SizeSuggestion | undefined {
    const { nowMs, size, coolDownMs, wanted } = look;
    this.#noteChange(look);
    const isCool = nowMs - this.#changedMs >= coolDownMs;
    if (wanted.size >= size) {
      this.#lowSinceMs = undefined;
      this.#most = undefined;
      return wanted.size > size && isCool ? wanted : undefined;
    }
    this.#lowSinceMs ??= nowMs;
    if (this.#most === undefined || wanted.size > this.#most.size) this.#most = wanted;
    const isLowForLong = nowMs - this.#lowSinceMs >= coolDownMs;
    const isWorthIt = size - this.#most.size >= size * DOWN_SHARE_MIN;
    return isCool && isLowForLong && isWorthIt ? this.#most : undefined;
  }

  /** With other settings, what was wanted before tells nothing. */
  #noteChange({ settingsVersion, nowMs }: SizeLook): void {
    if (this.#version !== undefined && this.#version !== settingsVersion) {
      this.#changedMs = nowMs;
      this.#lowSinceMs = undefined;
      this.#most = undefined;
    }
    this.#version = settingsVersion;
  }
}
