/** A file of many submissions, one JSON body a line, and the requests that carry them. */
import { BATCH_MAX } from "../core/model/task.ts";
import { ApiError, type LidoClient } from "./client/mod.ts";
import { parseExactJson } from "./exact_json.ts";
import { CommandError } from "./exit_code.ts";
import { withHint } from "./lost_server.ts";
import { messageOf } from "../core/model/errors.ts";

/** The server takes bodies of up to 16 MiB; the envelope and wide characters need room too. */
const REQUEST_BYTES_MAX = 15 * 2 ** 20;
/** Faulty lines that are told one by one. */
const FAULTS_TOLD_MAX = 20;

/** One submission with the line that it stands on. */
export interface BatchLine {
  /** Counted from 1. */
  readonly lineNumber: number;
  readonly task: Readonly<Record<string, unknown>>;
  /** Size of its JSON in bytes. */
  readonly bytes: number;
}

/**
 * Reads all lines; empty ones are left out. `defaults` fills in what a line does not say.
 * @throws {CommandError} with the number of each line that is no submission.
 */
export function parseBatch(
  text: string,
  defaults: Readonly<Record<string, unknown>>,
): readonly BatchLine[] {
  const lines: BatchLine[] = [];
  const faults: string[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const task = parseLine(line, defaults);
    if (typeof task === "string") faults.push(`line ${index + 1}: ${task}`);
    else {
      const bytes = new TextEncoder().encode(JSON.stringify(task)).length;
      lines.push({ lineNumber: index + 1, task, bytes });
    }
  }
  if (faults.length > 0) throw new CommandError(tell(faults, "Nothing was submitted"));
  if (lines.length === 0) throw new CommandError("Cannot submit batch: the file has no tasks");
  return lines;
}

/** The submission, or what is wrong with the line. */
function parseLine(
  line: string,
  defaults: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> | string {
  try {
    const value = parseExactJson(line);
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return "expected a JSON object";
    }
    const task: Record<string, unknown> = { ...defaults, ...value };
    return typeof task["task_type"] === "string" ? task : "task_type is missing";
  } catch (error) {
    return `expected JSON: ${messageOf(error)}`;
  }
}

/**
 * Submits all lines in as few requests as the server allows, and gives the ids in their order.
 * @throws {CommandError} naming the lines that the server refused; earlier requests stay submitted.
 */
export async function sendBatch(
  client: LidoClient,
  lines: readonly BatchLine[],
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const part of partsOf(lines)) {
    try {
      ids.push(...await client.submitBatch(part.map(({ task }) => task)));
    } catch (error) {
      if (error instanceof ApiError) throw withLines(error, part, ids.length);
      if (ids.length === 0) throw error;
      const hint = `the first ${ids.length} tasks were submitted; of the next it is not known`;
      throw withHint(error, hint);
    }
  }
  return ids;
}

function* partsOf(lines: readonly BatchLine[]): Generator<readonly BatchLine[]> {
  let part: BatchLine[] = [];
  let bytes = 0;
  for (const line of lines) {
    if (part.length === BATCH_MAX || (part.length > 0 && bytes + line.bytes > REQUEST_BYTES_MAX)) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(line);
    bytes += line.bytes + 1;
  }
  yield part;
}

/** The server names tasks by their place in the request; a person looks for the line. */
function withLines(
  error: ApiError,
  part: readonly BatchLine[],
  sentTasks: number,
): CommandError {
  const before = sentTasks === 0
    ? "Nothing was submitted"
    : `The first ${sentTasks} tasks were submitted, from there on none`;
  const faults = error.faults.flatMap(({ pointer, message }) => {
    const [, index = "", rest = ""] = pointer.match(/^\/tasks\/(\d+)\/?(.*)$/) ?? [];
    const line = part[Number(index)];
    if (index === "" || line === undefined) return [];
    const field = rest === "" ? "" : `${rest.replaceAll("/", ".")}: `;
    return [`line ${line.lineNumber}: ${field}${message}`];
  });
  if (faults.length > 0) return new CommandError(tell(faults, before), { cause: error });
  const from = part[0]?.lineNumber ?? 1;
  return new CommandError(`${error.message} (from line ${from} on). ${before}`, { cause: error });
}

function tell(faults: readonly string[], outcome: string): string {
  const told = faults.slice(0, FAULTS_TOLD_MAX);
  const more = faults.length - told.length;
  return [
    `Cannot submit batch. ${outcome}`,
    ...told,
    ...(more > 0 ? [`and ${more} more`] : []),
  ].join("\n  ");
}
