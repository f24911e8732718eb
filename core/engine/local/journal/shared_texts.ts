/**
 * Texts that many rows of a group share, as the address and the version of a task's code: in the group
 * they stand once, and in its rows by their number: a group of short tasks is a third shorter so.
 */
import type { Cell } from "./group.ts";

/** Rows laid flat, and which of their columns hold such texts: never numbers of their own. */
export interface SharingRows {
  readonly cells: Cell[];
  /** Cells of one row. */
  readonly width: number;
  readonly columns: readonly number[];
}

/** Puts numbers in the place of the rows' texts; gives the texts by their number. */
export function takeTexts(all: readonly SharingRows[]): readonly string[] {
  const numbers = new Map<string, number>();
  for (const rows of all) {
    let last: Cell = null;
    let number: Cell = null;
    replace(rows, (cell) => {
      if (cell === last) return number; // as in most rows
      last = number = cell;
      if (typeof cell !== "string") return cell;
      number = numbers.get(cell) ?? numbers.size;
      numbers.set(cell, number);
      return number;
    });
  }
  return [...numbers.keys()];
}

/** Puts the texts back. */
export function putTextsBack(all: readonly SharingRows[], texts: readonly string[]): void {
  for (const rows of all) {
    replace(rows, (cell) => typeof cell === "number" ? texts[cell] ?? null : cell);
  }
}

function replace({ cells, width, columns }: SharingRows, by: (cell: Cell) => Cell): void {
  for (const column of columns) {
    for (let at = column; at < cells.length; at += width) cells[at] = by(cells[at] ?? null);
  }
}
