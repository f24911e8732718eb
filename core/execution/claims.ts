/**
 * The number by which a thread and its host agree on what was begun: it counts the tasks that the
 * thread has claimed. The host takes back all that was not begun by putting a mark there, above all
 * claims, that names the epoch; the thread's next claim fails, and it goes on when a batch of a later
 * epoch comes. Every change is one atomic step, so each task is begun or taken back, and never both.
 */

/** Claims from this number on say that the host took back what was not begun. */
const TAKEN_BACK = 2 ** 30;
/** After this many tasks a thread must be replaced, so that its claims stay below the mark. */
export const CLAIMS_MAX = 2 ** 29;
/** Room for the claims that fail between two epochs. */
const CLAIMS_STEP = 2 ** 10;

/** Thread: begins the next task; gives its number, or -1 when the host took the rest back. */
export function claimNext(ints: Int32Array, cell: number): number {
  const number = Atomics.add(ints, cell, 1);
  return number < TAKEN_BACK ? number : -1;
}

/**
 * Host: takes back all tasks of `epoch` that the thread has not begun. Gives the number of the first
 * task that was not begun, or -1 when the thread had not even received this epoch.
 */
export function takeBackClaims(ints: Int32Array, cell: number, epoch: number): number {
  const claims = Atomics.exchange(ints, cell, TAKEN_BACK + epoch * CLAIMS_STEP);
  return claims < TAKEN_BACK ? claims : -1;
}

/** Thread: goes on with the first batch of a new epoch; false when that was taken back as well. */
export function openClaims(ints: Int32Array, cell: number, epoch: number, first: number): boolean {
  for (;;) {
    const claims = Atomics.load(ints, cell);
    // Claims that failed since have moved the mark a little: the epoch it names still counts.
    const takenEpoch = Math.floor((claims - TAKEN_BACK) / CLAIMS_STEP);
    if (claims >= TAKEN_BACK && takenEpoch >= epoch) return false;
    if (Atomics.compareExchange(ints, cell, claims, first) === claims) return true;
  }
}
