/** Lines of NDJSON or CSV as submissions, with what is wrong of each. */
import { CsvError, parse as parseCsv } from "csv-parse/sync";
import { messageOf, type TaskSubmission } from "../../core/mod.ts";
import { submissionFromWire, TASK_FIELDS } from "../api/bodies.ts";
import { parseJsonText } from "../api/read_json.ts";

/** What is wrong with one line. */
export interface LineFault {
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

/** What lines came to. */
export interface ReadLines {
  readonly submissions: readonly { readonly line: number; readonly submission: TaskSubmission }[];
  readonly faults: readonly LineFault[];
}

/** What holds of lines that do not say otherwise. */
export interface LineDefaults {
  readonly poolId: string;
  readonly type: string;
}

/** Columns, and names of an object, that are the task's; any other is the input's. */
const TASK_NAMES = [...TASK_FIELDS.toWire.values()].filter((name) => name !== "input");

interface Line {
  readonly line: number;
  readonly value: unknown;
}

/** Reads all lines: NDJSON if the first is an object, else CSV with a head. `say` words a fault. */
export function readLines(
  text: string,
  defaults: LineDefaults,
  say: (error: unknown) => string = messageOf,
): ReadLines {
  const isJson = text.trimStart().startsWith("{"); // a head of CSV never does
  const { lines, faults } = isJson ? readNdjson(text, say) : readCsv(text);
  const submissions: { line: number; submission: TaskSubmission }[] = [];
  const wrong = [...faults];
  for (const { line, value } of lines) {
    try {
      submissions.push({ line, submission: submissionFromWire(asTask(value, defaults)) });
    } catch (error) {
      wrong.push({ line, text: say(error) });
    }
  }
  return { submissions, faults: wrong };
}

function readNdjson(
  text: string,
  say: (error: unknown) => string,
): { lines: Line[]; faults: LineFault[] } {
  const lines: Line[] = [];
  const faults: LineFault[] = [];
  for (const [index, row] of text.split(/\r?\n/).entries()) {
    if (row.trim() === "") continue;
    try {
      lines.push({ line: index + 1, value: parseJsonText(row) });
    } catch (error) {
      faults.push({ line: index + 1, text: say(error) });
    }
  }
  return { lines, faults };
}

function readCsv(text: string): { lines: Line[]; faults: LineFault[] } {
  try {
    const records: { record: Record<string, string>; info: { lines: number } }[] = parseCsv(text, {
      columns: true,
      info: true,
      bom: true,
      trim: true,
      skip_empty_lines: true,
    });
    return {
      lines: records.map(({ record, info }) => ({ line: info.lines, value: valuesOf(record) })),
      faults: [],
    };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return { lines: [], faults: [{ line: Number(error["lines"] ?? 1), text: error.message }] };
  }
}

/** Cells that are JSON are taken for what they say, all others for texts; an empty one is left out. */
function valuesOf(record: Readonly<Record<string, string>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).filter(([, cell]) => cell !== "").map(([name, cell]) => {
      if (name === "tags") return [name, cell.split(/[\s,]+/)];
      if (["pool_id", "task_type", "task_name", "idempotency_key"].includes(name)) {
        return [name, cell];
      }
      return [name, jsonOrText(cell)];
    }),
  );
}

function jsonOrText(cell: string): unknown {
  try {
    return parseJsonText(cell);
  } catch {
    return cell;
  }
}

/** A line is a task as the API takes it, or only the input of one. */
function asTask(value: unknown, { poolId, type }: LineDefaults): unknown {
  const defaults = { pool_id: poolId, task_type: type };
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { ...defaults, input: value };
  }
  // What else a line names beside an input is a mistake that the API's own check tells of.
  if (Object.hasOwn(value, "input")) return { ...defaults, ...value };
  const { own, input } = splitNames(value);
  return { ...defaults, ...own, ...inputOf(input) };
}

function splitNames(
  value: object,
): { own: Record<string, unknown>; input: Record<string, unknown> } {
  const entries = Object.entries(value);
  const isOwn = ([name]: [string, unknown]) => TASK_NAMES.includes(name);
  return {
    own: Object.fromEntries(entries.filter(isOwn)),
    input: Object.fromEntries(entries.filter((entry) => !isOwn(entry))),
  };
}

function inputOf(input: Readonly<Record<string, unknown>>): { input?: unknown } {
  return Object.keys(input).length === 0 ? {} : { input };
}
