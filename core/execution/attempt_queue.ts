/**
 * What waits in one pool: higher priority first, then first in, first out. Each priority has a
 * linked list, so adding, taking and removing from anywhere cost the same however long it is.
 * Ageing: waiting `ageingMs` raises a task's priority by one, so low priority stays alive.
 */
import type { Attempt } from "./attempt.ts";

class Lane {
  head: Attempt | undefined;
  tail: Attempt | undefined;
  constructor(readonly priority: number) {}
}

/** See the head of this file. */
export class AttemptQueue {
  readonly #lanes = new Map<number, Lane>();
  /** Lanes that hold something, highest priority first. */
  #busy: Lane[] = [];
  #length = 0;

  /** How many wait. */
  get length(): number {
    return this.#length;
  }

  /** Adds behind its equals. */
  push(attempt: Attempt): void {
    const lane = this.#laneOf(attempt.priority);
    attempt.previous = lane.tail;
    attempt.next = undefined;
    if (lane.tail) lane.tail.next = attempt;
    else this.#occupy(lane, attempt);
    lane.tail = attempt;
    this.#entered(attempt);
  }

  /**
   * Puts among its equals by age. Of one that had its turn already, only others that came back can
   * stand in front, so its place is found in a few steps; others may have to go past all of them.
   */
  putBack(attempt: Attempt): void {
    const lane = this.#laneOf(attempt.priority);
    let next = lane.head;
    while (next !== undefined && next.enqueuedMs < attempt.enqueuedMs) next = next.next;
    attempt.next = next;
    attempt.previous = next === undefined ? lane.tail : next.previous;
    if (lane.head === undefined) this.#occupy(lane, attempt);
    if (attempt.previous !== undefined) attempt.previous.next = attempt;
    else lane.head = attempt;
    if (next !== undefined) next.previous = attempt;
    else lane.tail = attempt;
    this.#entered(attempt);
  }

  /** Whose turn it is. */
  peek(nowMs: number, ageingMs: number): Attempt | undefined {
    let best = this.#busy[0]?.head;
    if (best === undefined || this.#busy.length === 1) return best;
    for (const { head } of this.#busy) {
      if (head && this.#rank(head, nowMs, ageingMs) > this.#rank(best, nowMs, ageingMs)) {
        best = head;
      }
    }
    return best;
  }

  /** Removes one that waits, wherever it stands. */
  remove(attempt: Attempt): void {
    const lane = this.#laneOf(attempt.priority);
    if (attempt.previous) attempt.previous.next = attempt.next;
    else lane.head = attempt.next;
    if (attempt.next) attempt.next.previous = attempt.previous;
    else lane.tail = attempt.previous;
    attempt.previous = attempt.next = undefined;
    attempt.place = "nowhere";
    this.#length--;
    if (lane.head === undefined) this.#busy = this.#busy.filter((other) => other !== lane);
  }

  /** The one that waits longest of the lowest priority. */
  last(): Attempt | undefined {
    return this.#busy.at(-1)?.head;
  }

  /** Takes out so many, but no suspects: of the lowest priority the newest, then the next newest. */
  takeLast(count: number): readonly Attempt[] {
    const taken: Attempt[] = [];
    for (const { tail } of this.#busy.toReversed()) {
      for (let last = tail; last !== undefined && taken.length < count;) {
        const { previous } = last;
        if (!last.isSuspect) {
          this.remove(last);
          taken.push(last);
        }
        last = previous;
      }
    }
    return taken;
  }

  /**
   * Since when the one that waits longest does, on the monotonic clock. Within a priority age is
   * order, so it stands at the head, or behind some that came back.
   */
  oldestMs(): number | undefined {
    let oldest = Infinity;
    for (const { head } of this.#busy) {
      for (let attempt = head; attempt !== undefined; attempt = attempt.next) {
        oldest = Math.min(oldest, attempt.waitsSinceMs);
        if (attempt.cameBackMs === undefined) break;
      }
    }
    return oldest === Infinity ? undefined : oldest;
  }

  /** All that have waited since before a time. */
  waitingSinceBefore(timeMs: number): readonly Attempt[] {
    const found: Attempt[] = [];
    for (const { head } of this.#busy) {
      for (let next = head; next && next.enqueuedMs < timeMs; next = next.next) {
        if (next.waitsSinceMs < timeMs) found.push(next);
      }
    }
    return found;
  }

  /** Empties the queue; gives what was in it. */
  clear(): readonly Attempt[] {
    const all: Attempt[] = [];
    for (const lane of this.#busy) {
      for (let attempt = lane.head; attempt; attempt = attempt.next) all.push(attempt);
      lane.head = lane.tail = undefined;
    }
    for (const attempt of all) {
      attempt.previous = attempt.next = undefined;
      attempt.place = "nowhere";
    }
    this.#busy = [];
    this.#length = 0;
    return all;
  }

  #rank(attempt: Attempt, nowMs: number, ageingMs: number): number {
    return attempt.priority + Math.floor((nowMs - attempt.enqueuedMs) / ageingMs);
  }

  #laneOf(priority: number): Lane {
    let lane = this.#lanes.get(priority);
    if (lane === undefined) this.#lanes.set(priority, lane = new Lane(priority));
    return lane;
  }

  #occupy(lane: Lane, attempt: Attempt): void {
    lane.head = attempt;
    this.#busy = [...this.#busy, lane].sort((one, other) => other.priority - one.priority);
  }

  #entered(attempt: Attempt): void {
    attempt.place = "queued";
    this.#length++;
  }
}
