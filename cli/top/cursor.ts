/** The row of a list that is selected, and the part of the list that is seen. */

/** See the head of this file. */
export interface Cursor {
  /** The selected row, by what tells it from others; null: whichever is the first. */
  readonly key: string | null;
  /** Where it is in the list, and which row is the uppermost that is seen, from 0. */
  readonly at: number;
  readonly top: number;
}

/** The first row, whichever it is. */
export const AT_FIRST: Cursor = { key: null, at: 0, top: 0 };

/**
 * Finds the selected row in a list that has changed, and keeps it on the line where it was seen, as
 * far as the list allows. Where it is gone, the one that took its place is selected.
 */
export function follow(cursor: Cursor, keys: readonly string[], height: number): Cursor {
  const found = cursor.key === null ? 0 : keys.indexOf(cursor.key);
  const at = found >= 0 ? found : clamp(cursor.at, 0, keys.length - 1);
  const key = cursor.key === null ? null : keys[at] ?? null;
  return { key, at, top: topFor(cursor.top + at - cursor.at, at, keys.length, height) };
}

/** Selects another row, so many further on. */
export function moveBy(
  cursor: Cursor,
  keys: readonly string[],
  height: number,
  by: number,
): Cursor {
  const at = clamp(cursor.at + by, 0, keys.length - 1);
  return { key: keys[at] ?? null, at, top: topFor(cursor.top, at, keys.length, height) };
}

/** As near to the wanted one as the selected row is seen, and no line is left empty. */
function topFor(wanted: number, at: number, length: number, height: number): number {
  const near = clamp(wanted, at - height + 1, at);
  return clamp(near, 0, length - height);
}

/** The lower bound wins where they cross. */
function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(value, high));
}
