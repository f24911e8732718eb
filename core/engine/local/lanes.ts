/**
 * Which of a pool's waiting tasks are in memory, and which only on disk. Each priority is a lane.
 * Within a lane those in memory come before those on disk: `loadedUpTo` is the seq up to which the
 * lane was loaded; what waits beyond it is on disk.
 */

interface Lane {
  loadedUpTo: number;
  /** The newest that was left on disk; nothing is there if that is not above `loadedUpTo`. */
  newestOnDisk: number;
  /** How many of it wait in memory, and the characters of their inputs. */
  held: number;
  heldChars: number;
}

/** See the head of this file. */
export class Lanes {
  readonly #lanes = new Map<number, Lane>();

  /** Whether anything is on disk only. */
  get isAnyOnDisk(): boolean {
    for (const lane of this.#lanes.values()) if (isOnDisk(lane)) return true;
    return false;
  }

  /** The priorities of which something up to a seq is on disk only, highest first. */
  onDisk(newestSeq = Infinity): readonly number[] {
    return [...this.#lanes]
      .filter(([, lane]) => isOnDisk(lane) && lane.loadedUpTo < newestSeq)
      .map(([priority]) => priority)
      .sort((one, other) => other - one);
  }

  /** Whether a task of this priority would be behind others that are on disk only. */
  isBehindDisk(priority: number): boolean {
    const lane = this.#lanes.get(priority);
    return lane !== undefined && isOnDisk(lane);
  }

  /** Whether a task goes before all that is on disk only. */
  isBeforeDisk(priority: number): boolean {
    const [highest = -Infinity] = this.onDisk();
    return priority > highest;
  }

  /** Up to which seq a lane was loaded. */
  loadedUpTo(priority: number): number {
    return this.#lanes.get(priority)?.loadedUpTo ?? 0;
  }

  /** The newest of a lane that is on disk only. */
  newestOnDisk(priority: number): number {
    return this.#lanes.get(priority)?.newestOnDisk ?? 0;
  }

  /** One more, or one less, of a lane waits in memory; `chars` are those of its input. */
  hold(priority: number, by: 1 | -1, chars: number): void {
    const lane = this.#of(priority);
    lane.held += by;
    lane.heldChars += by * chars;
  }

  /** How many of a lane wait in memory. */
  held(priority: number): number {
    return this.#lanes.get(priority)?.held ?? 0;
  }

  /**
   * How many in memory are not behind what is on disk only, and the characters of their inputs: those
   * that can run before it.
   */
  heldBeforeDisk(): { readonly tasks: number; readonly chars: number } {
    const [highest = -Infinity] = this.onDisk();
    let [tasks, chars] = [0, 0];
    for (const [priority, lane] of this.#lanes) {
      if (priority < highest) continue;
      tasks += lane.held;
      chars += lane.heldChars;
    }
    return { tasks, chars };
  }

  /** This task was taken into memory. */
  load(priority: number, seq: number): void {
    const lane = this.#of(priority);
    lane.loadedUpTo = Math.max(lane.loadedUpTo, seq);
  }

  /** This task was left on disk. */
  leave(priority: number, seq: number): void {
    const lane = this.#of(priority);
    lane.newestOnDisk = Math.max(lane.newestOnDisk, seq);
  }

  /** This task, the newest of its lane in memory, is on disk only from now on. */
  giveUp(priority: number, seq: number): void {
    const lane = this.#of(priority);
    lane.newestOnDisk = Math.max(lane.newestOnDisk, lane.loadedUpTo, seq);
    lane.loadedUpTo = Math.min(lane.loadedUpTo, seq - 1);
  }

  #of(priority: number): Lane {
    let lane = this.#lanes.get(priority);
    if (lane === undefined) {
      this.#lanes.set(priority, lane = { loadedUpTo: 0, newestOnDisk: 0, held: 0, heldChars: 0 });
    }
    return lane;
  }
}

function isOnDisk(lane: Lane): boolean {
  return lane.newestOnDisk > lane.loadedUpTo;
}
