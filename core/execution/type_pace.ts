/**
 * How long tasks of each type take. Only types known to be short are sent ahead, in batches: a task
 * that is unknown or long would keep those behind it waiting while another thread has nothing to do.
 */

/** A type counts as known after so many runs. */
const RUNS_TO_KNOW = 8;
/** A type is short while its tasks take less than this on average. */
const SHORT_MS = 4;
/** A batch is about this much work: what it costs to send is then little beside it. */
const BATCH_MS = 8;
const BATCH_MAX = 512;
/** The weight of the newest run in the average. */
const WEIGHT = 0.1;

class Pace {
  runs = 0;
  averageMs = 0;
}

/** See the head of this file. */
export class TypePace {
  readonly #paces = new Map<string, Pace>();

  /** Tells how long one run took. A run that was far longer than usual is felt at once. */
  record(url: string, runMs: number): void {
    let pace = this.#paces.get(url);
    if (pace === undefined) this.#paces.set(url, pace = new Pace());
    const weight = runMs > 10 * SHORT_MS ? 0.5 : pace.runs === 0 ? 1 : WEIGHT;
    pace.runs++;
    pace.averageMs += (runMs - pace.averageMs) * weight;
  }

  /** Forgets what is known: something of this type was not short, or was not harmless. */
  forget(url: string): void {
    this.#paces.delete(url);
  }

  /** How many tasks of this type may go in one batch; 1 for what is unknown or long. */
  batchOf(url: string): number {
    const pace = this.#paces.get(url);
    if (pace === undefined || pace.runs < RUNS_TO_KNOW || pace.averageMs >= SHORT_MS) return 1;
    return Math.min(BATCH_MAX, Math.max(1, Math.floor(BATCH_MS / pace.averageMs)));
  }

  /** How long a task of this type takes on average, in milliseconds. */
  averageMs(url: string): number {
    return this.#paces.get(url)?.averageMs ?? Infinity;
  }

  /** Whether tasks of this type may be sent ahead. */
  isShort(url: string): boolean {
    const pace = this.#paces.get(url);
    return pace !== undefined && pace.runs >= RUNS_TO_KNOW && pace.averageMs < SHORT_MS;
  }
}
