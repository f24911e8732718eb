/** Columns of one width each, whatever stands in them: nothing jumps from one look to the next. */
import { styleText } from "node:util";
import { fitTo } from "../display_width.ts";
import { printable } from "../printable.ts";

/** What {@link styleText} knows. */
export type Style = Parameters<typeof styleText>[0];

/** One column. */
export interface TopColumn<Row> {
  readonly title: string;
  /** Cells; of the one that takes what is left, those that it has at least. */
  readonly width: number;
  /** Takes what the others leave. */
  readonly isRest?: boolean;
  readonly isNumber?: boolean;
  /** What is less important goes first where all have no room. */
  readonly rank: number;
  readonly text: (row: Row, width: number) => string;
  readonly style?: (row: Row) => Style | undefined;
}

/** The columns of a list as they are drawn. */
export interface Placed<Row> {
  readonly columns: readonly TopColumn<Row>[];
  readonly gap: string;
  /** Cells in front, for the mark. */
  readonly mark: number;
}

/** In a wide terminal columns stand further apart. */
const WIDE_COLUMNS = 120;
/** Columns of text that take what is left grow no wider. */
const REST_CELLS_MAX = 48;
/** In front of each row: whether it is selected. */
const MARK_CELLS = 2;

/** Chooses the columns that a line has room for, and gives each its width. */
export function place<Row>(
  columns: readonly TopColumn<Row>[],
  cells: number,
): Placed<Row> {
  const gap = cells >= WIDE_COLUMNS ? "  " : " ";
  let room = cells - MARK_CELLS + gap.length;
  const chosen = new Set<TopColumn<Row>>();
  for (const column of columns.toSorted((one, other) => one.rank - other.rank)) {
    if (column.width + gap.length > room && chosen.size > 0) break;
    room -= column.width + gap.length;
    chosen.add(column);
  }
  const kept = columns.filter((column) => chosen.has(column));
  return {
    columns: kept.map((column) => {
      if (column.isRest !== true) return column;
      const width = Math.max(0, Math.min(column.width + room, REST_CELLS_MAX));
      return { ...column, width };
    }),
    gap,
    mark: Math.min(MARK_CELLS, cells),
  };
}

/** Styles a text where colours are wanted. */
export function paint(style: Style | undefined, text: string, hasColours: boolean): string {
  if (!hasColours || style === undefined) return text;
  return styleText(style, text, { validateStream: false });
}

/** Draws the titles. */
export function drawTitles<Row>(
  { columns, gap, mark }: Placed<Row>,
  hasColours: boolean,
): string {
  const titles = columns.map(({ title, width, isNumber }) => fitTo(title, width, isNumber));
  return paint(["bold"], " ".repeat(mark) + titles.join(gap), hasColours);
}

/** How a row stands among the others. */
export interface RowLook {
  readonly mark: "selected" | "marked" | "none";
  readonly hasColours: boolean;
}

/** Draws a row; the selected one has a mark, and where there are colours it is inverse. */
export function drawRow<Row>(
  row: Row,
  { columns, gap, mark: markCells }: Placed<Row>,
  { mark, hasColours }: RowLook,
): string {
  const isInverse = mark === "selected" && hasColours;
  const cells = columns.map(({ text, width, isNumber, style }) => {
    const cell = fitTo(printable(text(row, width)), width, isNumber);
    return paint(style?.(row), cell, hasColours && !isInverse);
  });
  const marks = { selected: "> ", marked: "- ", none: "  " };
  const line = marks[mark].slice(0, markCells) + cells.join(gap);
  return isInverse ? paint("inverse", line, true) : line;
}
