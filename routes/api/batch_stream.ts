/**
 * `POST /api/tasks/batch` with NDJSON: a task a line, as many as it takes, and a result a line. Lines
 * are submitted in groups while the next are read, so a client may read the results after it has
 * sent all, or meanwhile. With `?atomic=true` nothing is submitted before all lines are right.
 */
import type { Context } from "hono";
import { LidoError, type SubmitOptions, type TaskId, type TaskSubmission } from "../../core/mod.ts";
import type { AppEnv, RoutedManager } from "../app_env.ts";
import { HttpError } from "../errors.ts";
import { submitOptions } from "../submit_options.ts";
import type { LogError } from "../problem.ts";
import { BODY_BYTES_MAX } from "../guards/body_guard.ts";
import { submissionFromWire, TASK_FIELDS } from "./bodies.ts";
import { type BodyLine, type LineLimits, linesOf } from "./lines.ts";
import { parseJson } from "./read_json.ts";
import { describeFaults, invalidInput, wireFault } from "./wire.ts";

/** Tasks of one stream. */
const TASKS_MAX = 100_000;
/** A group is submitted when it has so many tasks, or so many bytes. */
const GROUP_TASKS = 1_000;
const GROUP_BYTES = 4 * 1024 * 1024;
/** All bytes of an atomic stream: they are in memory together. */
const ATOMIC_BYTES_MAX = 64 * 1024 * 1024;

const TYPE = "application/x-ndjson";
/** What lines of JSON are called. */
export const NDJSON_TYPES: readonly string[] = [TYPE, "application/ndjson", "application/jsonl"];

/** Whether a request's body is NDJSON. */
export function isNdjson(c: Context<AppEnv>): boolean {
  const [type = ""] = typeOfBody(c);
  return NDJSON_TYPES.includes(type.trim());
}

/** Its name, and its parameters. */
function typeOfBody(c: Context<AppEnv>): readonly string[] {
  return (c.req.header("content-type") ?? "").toLowerCase().split(";");
}

/** Takes lines in UTF-8; no other parameter of their type means anything here. */
function checkNdjson(c: Context<AppEnv>): void {
  const [, ...parameters] = typeOfBody(c);
  const isUtf8 = parameters.every((one) => /^(?!\s*charset\s*=)|=\s*"?utf-8"?\s*$/.test(one));
  if (isUtf8 && (c.req.header("content-encoding") ?? "identity") === "identity") return;
  const message = "Cannot read body: lines of JSON must be in UTF-8, and not compressed";
  throw new HttpError("unsupported_media_type", message);
}

interface Group {
  readonly lines: { readonly number: number; readonly submission: TaskSubmission }[];
  bytes: number;
}

/** One line of the answer, without its end. */
type Result =
  | { readonly line: number; readonly task_id: TaskId }
  | { readonly line: number; readonly error: string; readonly code: string }
  | { readonly submitted: number; readonly failed: number; readonly error?: string };

/** What streams of lines need. */
export interface BatchDesk {
  readonly manager: RoutedManager;
  /** How long the next bytes of a body may take. */
  readonly bodyTimeoutMs: number;
  readonly logError: LogError;
}

/** Submits the lines one group after the other, and answers with a stream of what became of them. */
export function streamBatch(c: Context<AppEnv>, desk: BatchDesk): Response {
  checkNdjson(c);
  const leaving = new AbortController();
  const signal = AbortSignal.any([leaving.signal, c.req.raw.signal]);
  const encoder = new TextEncoder();
  const body = bodyOf(c);
  const results = new ReadableStream<Uint8Array>({
    async start(controller) {
      const tell = (...all: readonly Result[]) => {
        const lines = all.map((result) => `${JSON.stringify(result)}\n`);
        if (!signal.aborted) controller.enqueue(encoder.encode(lines.join("")));
      };
      try {
        const options = { signal, traceparent: c.get("traceparent") };
        await submitLines(body, desk, options, tell);
      } catch (error) {
        desk.logError(error, c.get("requestId"));
        tell({ line: 0, error: "Internal server error", code: "internal_error" });
      }
      if (!signal.aborted) controller.close();
    },
    cancel: () => leaving.abort(),
  });
  return c.body(results, 200, { "content-type": TYPE });
}

/** Reads all lines first: what is wrong with any of them is told, and then nothing is submitted. */
export async function atomicBatch(
  c: Context<AppEnv>,
  { manager, bodyTimeoutMs }: BatchDesk,
): Promise<Response> {
  checkNdjson(c);
  const options = submitOptions(c);
  const group: Group = { lines: [], bytes: 0 };
  const faults: { path: (string | number)[]; message: string }[] = [];
  for await (const line of linesOf(bodyOf(c), limitsOf(bodyTimeoutMs, options.signal))) {
    const read = readLine(line, (submission) => manager.checkSubmission(submission));
    if ("submission" in read) group.lines.push(read);
    else faults.push({ path: [`line ${line.number}`], message: read.error });
    group.bytes += line.bytes.length;
    if (group.bytes > ATOMIC_BYTES_MAX || group.lines.length > TASKS_MAX) throw tooMany();
  }
  if (faults.length > 0) throw invalidInput("Cannot submit tasks", faults);
  if (group.lines.length === 0) throw empty();
  const submissions = group.lines.map(({ submission }) => submission);
  const ids = await manager.submitBatch(submissions, options).catch((error) => {
    throw atLine(error, group.lines);
  });
  const lines = group.lines.map(({ number }, at) => ({ line: number, task_id: ids[at] }));
  const all = [...lines, { submitted: ids.length, failed: 0 }];
  const text = all.map((line) => `${JSON.stringify(line)}\n`).join("");
  return c.body(text, 200, { "content-type": TYPE });
}

/** Tells of a batch's refusal at its line: that of a task with a key, which is looked up before. */
function atLine(error: unknown, lines: Group["lines"]): unknown {
  if (!(error instanceof LidoError)) return error;
  const [fault] = error.details.faults ?? [];
  const line = lines[Number(fault?.path[1])];
  if (fault === undefined || line === undefined) return error;
  const { path, message } = wireFault({ ...fault, path: fault.path.slice(2) }, TASK_FIELDS);
  const faults = [{ path: [`line ${line.number}`, ...path], message }];
  return new HttpError(error.code, describeFaults("Cannot submit tasks", faults), { faults });
}

async function submitLines(
  body: ReadableStream<Uint8Array>,
  { manager, bodyTimeoutMs }: BatchDesk,
  options: Required<SubmitOptions>,
  tell: (...all: readonly Result[]) => void,
): Promise<void> {
  const { signal } = options;
  let submitted = 0;
  let failed = 0;
  let group: Group = { lines: [], bytes: 0 };
  /** The group that is being written, while lines of the next are read. */
  let written = Promise.resolve();
  const note = (...all: readonly Result[]) => {
    const good = all.filter((result) => "task_id" in result).length;
    submitted += good;
    failed += all.length - good;
    tell(...all);
  };
  const flush = async () => {
    await written;
    const { lines } = group;
    group = { lines: [], bytes: 0 };
    written = submitGroup(lines, manager, options).then((results) => note(...results));
    written.catch(() => {}); // whoever waits for it is told
  };
  try {
    let count = 0;
    for await (const line of linesOf(body, limitsOf(bodyTimeoutMs, signal))) {
      if (++count > TASKS_MAX) throw tooMany();
      const read = readLine(line);
      if ("submission" in read) group.lines.push(read);
      else note(read);
      group.bytes += line.bytes.length;
      if (group.lines.length >= GROUP_TASKS || group.bytes >= GROUP_BYTES) await flush();
      if (signal.aborted) return;
    }
    await flush();
    await written;
    tell({ submitted, failed });
  } catch (error) {
    if (signal.aborted) return; // nobody is there to hear of it
    await flush();
    await written;
    tell({ submitted, failed, error: reasonOf(error).error });
  }
}

/** All of a group in one go; where that is refused, one by one, so that each has its own answer. */
async function submitGroup(
  lines: Group["lines"],
  manager: RoutedManager,
  options: SubmitOptions,
): Promise<readonly Result[]> {
  if (lines.length === 0) return [];
  try {
    const ids = await manager.submitBatch(lines.map(({ submission }) => submission), options);
    return lines.map(({ number }, at) => ({ line: number, task_id: ids[at] as TaskId })); // one each
  } catch {
    return await Promise.all(lines.map(async ({ number, submission }) => {
      try {
        const { task } = await manager.submit(submission, options);
        return { line: number, task_id: task.id };
      } catch (error) {
        return { line: number, ...reasonOf(error) };
      }
    }));
  }
}

function readLine(
  { number, bytes }: BodyLine,
  check: (submission: TaskSubmission) => void = () => {},
): { number: number; submission: TaskSubmission } | { line: number; error: string; code: string } {
  try {
    const submission = submissionFromWire(parseJson(bytes));
    check(submission);
    return { number, submission };
  } catch (error) {
    return { line: number, ...reasonOf(error) };
  }
}

/** @throws what nobody foresaw, as it is. */
function reasonOf(error: unknown): { error: string; code: string } {
  if (error instanceof HttpError) return { error: error.message, code: error.code };
  if (!(error instanceof LidoError)) throw error;
  const faults = (error.details.faults ?? []).map((one) => wireFault(one, TASK_FIELDS));
  const text = faults.length === 0
    ? error.message
    : describeFaults("Cannot submit task", faults.slice(0, 1));
  return { error: text, code: error.code };
}

function bodyOf(c: Context<AppEnv>): ReadableStream<Uint8Array> {
  const { body } = c.req.raw;
  if (body === null) throw empty();
  return body;
}

function limitsOf(timeoutMs: number, signal: AbortSignal): LineLimits {
  return { bytesMax: BODY_BYTES_MAX, timeoutMs, signal };
}

function empty(): HttpError {
  return invalidInput("Cannot submit tasks", [{ path: [], message: "The body has no lines" }]);
}

function tooMany(): HttpError {
  return new HttpError(
    "body_too_large",
    `Cannot read body: it has over ${TASKS_MAX} lines, or is too large to be atomic`,
  );
}
