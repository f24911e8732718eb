/**
 * What a child was sent and has not answered for: as long as there is any, it looks after its thread.
 * Tasks are counted, as a look may fall between two of them; and no clock is asked, as anybody may
 * set the machine's, and task code its thread's.
 */

/** See the head of this file. */
export class ChildDuty {
  #owed = 0;
  /** The number of the task that is sent next, and of the first that was sent since a take-back. */
  #nextSeq = 0;
  #epochFirst = 0;
  /** The thread's beat as it was when it was first seen that nothing is owed. */
  #restBeatMs: number | undefined;

  /** So many tasks were sent, numbered from `first` on. */
  sent(first: number, count: number): void {
    this.#owed += count;
    this.#nextSeq = first + count;
    this.#restBeatMs = undefined;
  }

  /** The thread told what so many tasks came to. */
  ended(count: number): void {
    this.#owed -= count;
  }

  /** The host took back what was not begun: all from `first` on, or with -1 all since the last time. */
  takenBack(first: number): void {
    this.#owed -= this.#nextSeq - Math.max(first, this.#epochFirst);
    this.#epochFirst = this.#nextSeq;
  }

  /**
   * Whether there is nothing more to look at: nothing is owed, and the thread has beaten since that
   * was seen, so that its row counts all that it did.
   */
  isOver(heartbeatAtMs: number): boolean {
    if (this.#owed > 0) return false;
    this.#restBeatMs ??= heartbeatAtMs;
    return heartbeatAtMs !== this.#restBeatMs;
  }
}
