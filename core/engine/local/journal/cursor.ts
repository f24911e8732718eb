/** Cursors of lists that are read newest first: from which row of the file they go on, and which way. */
import { LidoError } from "../../../model/errors.ts";

/** Which way a list goes on. */
export type CursorWay = "older" | "newer";

/** The cursor that goes on from a row; null where there is nothing further on. */
export function writeCursor(way: CursorWay, row: number | undefined): string | null {
  return row === undefined ? null : `${way}-${row}`;
}

/** Reads one that leads one of the given ways. @throws {LidoError} `cursor_invalid`. */
export function readCursor(
  cursor: string,
  ways: readonly CursorWay[],
): { readonly way: CursorWay; readonly row: number } {
  const [, named, row] = /^([a-z]+)-(\d{1,15})$/.exec(cursor) ?? [];
  const way = ways.find((one) => one === named);
  if (way !== undefined) return { way, row: Number(row) };
  throw new LidoError("cursor_invalid", `Cannot read cursor: ${JSON.stringify(cursor)} is none`);
}
