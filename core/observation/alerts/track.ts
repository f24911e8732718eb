/**
 * What one series of a counter or a histogram was lately: enough to tell what came to it within a
 * window. A series that stands still costs one point, and a busy one as many as {@link POINTS_MAX}.
 */

/** Points of one window. */
const POINTS_MAX = 60;

/** A series at one moment; times are of the monotonic clock. */
export interface TrackPoint {
  readonly atMs: number;
  /** The counter's value, or how many values a histogram has. */
  readonly total: number;
  /** Of a histogram: how many are at most as large as each bound. */
  readonly cumulative: readonly number[];
}

/** What a series begins with that was not there before. */
export function nothingAt(atMs: number): TrackPoint {
  return { atMs, total: 0, cumulative: [] };
}

/** See the head of this file. */
export class Track {
  readonly #windowMs: number;
  /** Oldest first; the first is the last one before the window, or the first that there was. */
  #points: TrackPoint[];

  constructor(windowMs: number, begin: TrackPoint) {
    this.#windowMs = windowMs;
    this.#points = [begin];
  }

  /** Takes the series as it is now; gives what has come to it within the window. */
  increase(now: TrackPoint): { readonly total: number; readonly cumulative: readonly number[] } {
    const last = this.#points.at(-1);
    if (last !== undefined && now.total < last.total) this.#points = [nothingAt(now.atMs)];
    const first = this.#points.findLastIndex(({ atMs }) => atMs <= now.atMs - this.#windowMs);
    if (first > 0) this.#points.splice(0, first);
    const [begin] = this.#points;
    this.#note(now);
    return {
      total: now.total - (begin?.total ?? 0),
      cumulative: now.cumulative.map((count, at) => count - (begin?.cumulative[at] ?? 0)),
    };
  }

  #note(now: TrackPoint): void {
    const last = this.#points.at(-1);
    if (last === undefined || now.total === last.total) return;
    if (this.#points.length > 1 && now.atMs - last.atMs < this.#windowMs / POINTS_MAX) return;
    this.#points.push(now);
  }
}
