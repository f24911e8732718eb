/**
 * When the last tasks of a pool came, and how long they ran: what advice on its size is made from.
 * Two numbers a task; memory that no task has written yet is not resident.
 */

/** So many tasks are remembered at the most: fewer, and a busy pool would know one wave of many. */
export const TRACE_TASKS_MAX = 65_536;

/** What came, in the order in which it came; both lists are of the same length. */
export interface Load {
  /** On the monotonic clock. */
  readonly arrivedMs: Float64Array;
  readonly runMs: Float64Array;
}

/** See the head of this file. */
export class LoadTrace {
  /** A ring each, in the order in which tasks ended; made for the first. */
  #arrivedMs: Float64Array | undefined;
  #runMs: Float32Array | undefined;
  #recorded = 0;

  /** How many were recorded since the pool opened. */
  get recorded(): number {
    return this.#recorded;
  }

  /** A task ran and has ended. */
  record(arrivedMs: number, runMs: number): void {
    this.#arrivedMs ??= new Float64Array(TRACE_TASKS_MAX);
    this.#runMs ??= new Float32Array(TRACE_TASKS_MAX);
    const at = this.#recorded++ % TRACE_TASKS_MAX;
    this.#arrivedMs[at] = arrivedMs;
    this.#runMs[at] = runMs;
  }

  /** Those that came since then, as far as they are remembered, and the last `count` in any case. */
  since(fromMs: number, count: number): Load {
    const [arrivedMs, runMs] = [this.#arrivedMs, this.#runMs];
    if (arrivedMs === undefined || runMs === undefined) return NOTHING;
    const oldest = Math.max(0, this.#recorded - TRACE_TASKS_MAX);
    const places: number[] = [];
    for (let task = this.#recorded - 1; task >= oldest; task--) {
      const at = task % TRACE_TASKS_MAX;
      if ((arrivedMs[at] ?? 0) >= fromMs || places.length < count) places.push(at);
    }
    // They ended nearly in the order in which they came: an array's own sort is quick with those.
    places.reverse().sort((one, other) => (arrivedMs[one] ?? 0) - (arrivedMs[other] ?? 0));
    return {
      arrivedMs: Float64Array.from(places, (at) => arrivedMs[at] ?? 0),
      runMs: Float64Array.from(places, (at) => runMs[at] ?? 0),
    };
  }
}

const NOTHING: Load = { arrivedMs: new Float64Array(), runMs: new Float64Array() };
