/** All lines of `top`, made of what is to show and of how big the terminal is, and of nothing else. */
import { cutTo, fitTo } from "../display_width.ts";
import { printable } from "../printable.ts";
import type { TerminalSize } from "../world.ts";
import { drawRow, drawTitles, paint, place, type RowLook, type TopColumn } from "./columns.ts";
import type { Cursor } from "./cursor.ts";
import { headLines } from "./head.ts";
import { HELP_LINES } from "./help.ts";
import { poolColumns, THREAD_COLUMNS, typeColumns } from "./lists.ts";
import { heightsOf, selectedPool, shownThreads, type TopState } from "./state.ts";

const KEYS = "q quit  ? help  Tab pools or threads  p pause  + - resize  s stop the task";

/** Draws just as many lines as the terminal has, each no wider than it is. */
export function drawFrame(
  state: TopState,
  size: TerminalSize,
  hasColours: boolean,
): readonly string[] {
  const { columns, rows } = size;
  const body = state.isHelp
    ? HELP_LINES.map((line) => cutTo(line, columns))
    : listLines(state, size, hasColours);
  const lines = [...headLines(state, columns, hasColours), ...body].slice(0, Math.max(0, rows - 1));
  const blanks = Array.from({ length: Math.max(0, rows - 1 - lines.length) }, () => "");
  return [...lines, ...blanks, footLine(state, columns, hasColours)];
}

/** Draws all rows there are, without colours, for what is no terminal. */
export function drawWhole(state: TopState, columns: number): string {
  const size = { columns, rows: Number.MAX_SAFE_INTEGER };
  const lines = [...headLines(state, columns, false), ...listLines(state, size, false)];
  return lines.map((line) => `${line.trimEnd()}\n`).join("");
}

function footLine(state: TopState, columns: number, hasColours: boolean): string {
  const { question, note } = state;
  if (question !== null) {
    const text = `Stop task ${printable(question.name)} (${question.taskId})? y n`;
    return paint(["bold", "yellow"], cutTo(text, columns), hasColours);
  }
  if (note !== null) return paint("bold", cutTo(printable(note), columns), hasColours);
  return paint("dim", cutTo(KEYS, columns), hasColours);
}

function listLines(
  state: TopState,
  size: TerminalSize,
  hasColours: boolean,
): readonly string[] {
  const heights = heightsOf(state, size);
  const { view, focus } = state;
  const shared = { columns: size.columns, hasColours };
  const pool = selectedPool(state);
  const threads = shownThreads(state);
  const range = rangeText(state.pools, heights.pools, view.pools.length);
  const title = pool === undefined
    ? "THREADS"
    : `THREADS OF ${printable(pool.name)} ${
      rangeText(state.threads, heights.threads, threads.length)
    }`;
  return [
    ...drawList({
      ...shared,
      rows: view.pools,
      list: poolColumns(`POOL ${range}`),
      height: heights.pools,
      cursor: state.pools,
      isFocused: focus === "pools",
      empty: "No pool is open",
    }),
    ...heights.threads === 0 ? [] : [
      paint("bold", fitTo(title, size.columns).trimEnd(), hasColours),
      ...drawList({
        ...shared,
        rows: threads,
        list: THREAD_COLUMNS,
        height: heights.threads,
        cursor: state.threads,
        isFocused: focus === "threads",
        empty: "It has no threads now; they start when they are needed",
      }),
    ],
    ...heights.types === 0 ? [] : drawList({
      ...shared,
      rows: view.types,
      list: typeColumns(view.tallies.length),
      height: heights.types,
      cursor: undefined,
      isFocused: false,
      empty: "No task was seen running",
    }),
  ];
}

interface List<Row> {
  readonly rows: readonly Row[];
  readonly list: readonly TopColumn<Row>[];
  readonly columns: number;
  readonly height: number;
  /** None where no row can be selected. */
  readonly cursor: Cursor | undefined;
  readonly isFocused: boolean;
  readonly empty: string;
  readonly hasColours: boolean;
}

function drawList<Row>(
  { rows, list, columns, height, cursor, isFocused, empty, hasColours }: List<Row>,
): readonly string[] {
  const placed = place(list, columns);
  const top = cursor?.top ?? 0;
  const lines = rows.slice(top, top + height).map((row, index) => {
    const mark: RowLook["mark"] = cursor?.at !== top + index
      ? "none"
      : isFocused
      ? "selected"
      : "marked";
    return drawRow(row, placed, { mark, hasColours });
  });
  const shown = rows.length === 0 ? [cutTo(`  ${empty}`, columns)] : lines;
  return [drawTitles(placed, hasColours), ...shown];
}

/** `1–9/200`: which rows are seen, of how many; nothing where all are. */
function rangeText({ top }: Cursor, height: number, length: number): string {
  return length <= height
    ? String(length)
    : `${top + 1}–${Math.min(top + height, length)}/${length}`;
}
