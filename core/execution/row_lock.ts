/**
 * A row's lock: one number that is odd while its one writer writes. A reader that saw it odd, or saw
 * it move, reads again, and so never sees a torn record; the writer waits for nobody.
 */

/**
 * After so many tries a reader goes on: a writer may have lost its processor with its row open, or have
 * died so.
 */
const TRIES_MAX = 10_000;

/** Makes the row odd; gives what {@link closeRow} is to be given. */
export function openRow(ints: Int32Array, cell: number): number {
  return Atomics.add(ints, cell, 1) + 1;
}

/** Makes the row even again. */
export function closeRow(ints: Int32Array, cell: number, lock: number): void {
  Atomics.store(ints, cell, lock + 1);
}

/** What `read` gives when nobody writes meanwhile; undefined if somebody does all the time. */
export function readStable<Row>(ints: Int32Array, cell: number, read: () => Row): Row | undefined {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const before = Atomics.load(ints, cell);
    const row = read();
    if (before % 2 === 0 && Atomics.load(ints, cell) === before) return row;
  }
  return undefined;
}
