/**
 * A sorted set of whole numbers that knows ranks: the n-th number, and how many there are, without
 * touching the others. Kept as a list of short sorted runs, so adding and removing move a few
 * hundred numbers at the most.
 */

const RUN_MAX = 512;

/** See the head of this file. */
export class OrderedIndex {
  readonly #runs: number[][] = [];
  #size = 0;

  /** How many numbers are in it. */
  get size(): number {
    return this.#size;
  }

  /** Adds a number that is not in it yet. */
  add(value: number): void {
    const at = this.#runOf(value);
    const run = this.#runs[at];
    if (run === undefined) this.#runs.push([value]);
    else {
      run.splice(lowerBound(run, value), 0, value);
      if (run.length > RUN_MAX) this.#runs.splice(at + 1, 0, run.splice(RUN_MAX / 2));
    }
    this.#size++;
  }

  /** Removes a number; does nothing if it is not in it. */
  remove(value: number): void {
    const at = this.#runOf(value);
    const run = this.#runs[at];
    const place = run === undefined ? 0 : lowerBound(run, value);
    if (run?.[place] !== value) return;
    run.splice(place, 1);
    this.#size--;
    if (run.length === 0) this.#runs.splice(at, 1);
  }

  /** The numbers from rank `from` (0 is the largest) downwards, at most `count`. */
  descendingFrom(from: number, count: number): readonly number[] {
    let skip = from;
    const found: number[] = [];
    for (let at = this.#runs.length - 1; at >= 0 && found.length < count; at--) {
      const run = this.#runs[at] ?? [];
      for (let place = run.length - 1 - skip; place >= 0 && found.length < count; place--) {
        found.push(run[place] as number); // within the run
      }
      skip = Math.max(0, skip - run.length);
    }
    return found;
  }

  /** The largest numbers below `value`, downwards. */
  below(value: number, count: number): readonly number[] {
    return this.descendingFrom(this.#countFrom(value), count);
  }

  /** The smallest numbers above `value`, downwards. */
  above(value: number, count: number): readonly number[] {
    const larger = this.#countFrom(value + 1);
    return this.descendingFrom(Math.max(0, larger - count), Math.min(count, larger));
  }

  /** How many numbers are at least `value`. */
  #countFrom(value: number): number {
    let count = 0;
    for (let at = this.#runs.length - 1; at >= 0; at--) {
      const run = this.#runs[at] ?? [];
      if ((run[0] ?? Infinity) >= value) count += run.length;
      else return count + run.length - lowerBound(run, value);
    }
    return count;
  }

  /** The run that holds a number, or would: the last one whose first number is not above it. */
  #runOf(value: number): number {
    let low = 0;
    let high = this.#runs.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#runs[middle]?.[0] ?? Infinity) <= value) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

function lowerBound(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? Infinity) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
