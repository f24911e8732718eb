import { styleText } from "node:util";
import { fitTo, widthOf } from "./display_width.ts";
import { printable } from "./printable.ts";
import type { Output } from "./world.ts";

/** One column of a table. */
export interface Column<Row> {
  readonly title: string;
  readonly isNumber?: boolean;
  /** Cut last: half an id is of no use. */
  readonly isWhole?: boolean;
  readonly text: (row: Row) => string;
}

const GAP = "  ";
const COLUMN_CELLS_MIN = 4;

/** The colour of each word that tells a state; other words have none. */
export const STATE_COLOURS: ReadonlyMap<string, Parameters<typeof styleText>[0]> = new Map<
  string,
  Parameters<typeof styleText>[0]
>([
  ["running", "cyan"],
  ["busy", "cyan"],
  ["idle", "dim"],
  ["stopping", "yellow"],
  ["zombie", "red"],
  ["ok", "green"],
  ["completed", "green"],
  ["failed", "red"],
  ["cancelled", "yellow"],
  ["paused", "yellow"],
  ["draining", "yellow"],
  ["closed", "dim"],
]);

/** Draws aligned columns; on a terminal no line is longer than it is wide. */
export function drawTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  output: Output,
): string {
  const cells = rows.map((row) => columns.map((column) => printable(column.text(row))));
  const titles = columns.map((column) => column.title);
  const natural = titles.map((title, index) =>
    Math.max(...[title, ...cells.map((line) => line[index] ?? "")].map(widthOf))
  );
  const widths = output.isTerminal ? fit(natural, columns, output.columns) : natural;
  const draw = (line: readonly string[], hasColours: boolean) =>
    line.map((cell, index) => {
      const placed = fitTo(cell, widths[index] ?? 0, columns[index]?.isNumber ?? false);
      return hasColours ? colour(placed) : placed;
    }).join(GAP).trimEnd() + "\n";
  return draw(titles, false) + cells.map((line) => draw(line, output.hasColours)).join("");
}

/** Draws `name: value` lines, the values beneath each other. */
export function drawFacts(facts: readonly (readonly [string, string])[]): string {
  const width = Math.max(...facts.map(([name]) => name.length)) + 1;
  return facts.map(([name, value]) => `${`${name}:`.padEnd(width)} ${printable(value)}\n`).join("");
}

/** Takes cells from the widest column until all fit, or none can give more. */
function fit<Row>(
  natural: readonly number[],
  columns: readonly Column<Row>[],
  terminalColumns: number,
): readonly number[] {
  const room = terminalColumns - GAP.length * (natural.length - 1);
  const cut = narrow(natural, room, columns.map(({ isWhole, isNumber }) => !isWhole && !isNumber));
  // On a very narrow terminal words and ids go too, and still no number: half of it is a wrong one.
  return narrow(cut, room, columns.map(({ isNumber }) => !isNumber));
}

function narrow(
  natural: readonly number[],
  room: number,
  isCuttable: readonly boolean[],
): readonly number[] {
  const widths = [...natural];
  while (widths.reduce((sum, width) => sum + width, 0) > room) {
    const cuttable = widths.map((width, index) => isCuttable[index] ? width : 0);
    const widest = Math.max(...cuttable);
    if (widest <= COLUMN_CELLS_MIN) break;
    widths[cuttable.indexOf(widest)] = widest - 1;
  }
  return widths;
}

function colour(placed: string): string {
  const style = STATE_COLOURS.get(placed.trim());
  return style === undefined ? placed : styleText(style, placed, { validateStream: false });
}
