/** Tasks as the pages show them. */
import {
  ATTEMPT_LINES_MAX,
  type AttemptEntry,
  isFinal,
  type LogEntry,
  type TaskEventEntry,
  type TaskSnapshot,
  type TaskStatus,
} from "../../core/mod.ts";
import type { Language } from "../../views/i18n/language.ts";
import type { TaskModel } from "../../views/pages/task.tsx";
import type { TaskPart } from "../../views/pages/task_part.tsx";
import type { TaskRowModel } from "../../views/pages/task_table.tsx";
import type { ShownState } from "../../views/parts/badge.tsx";
import type { LongText } from "../../views/parts/json_text.tsx";
import { commandFor, shellQuoted } from "./command.ts";
import { traceIdOf } from "./task.ts";
import { sentenceIn } from "./sentence.ts";

/** Characters of a long text that a page shows; the whole is in the API. */
const SHOWN_CHARS = 20_000;
/** Log lines that a page shows, the newest ones. */
export const LOG_LINES_MAX = 500;

/** How a pool is called; its id where it is not known any longer. */
export type PoolNames = (id: string) => string;

/** A row of a list. */
export function presentTaskRow(
  task: TaskSnapshot,
  poolName: PoolNames,
  nowMs: number,
): TaskRowModel {
  const { status } = task;
  return {
    id: task.id,
    name: task.name,
    type: task.type,
    state: shownState(status),
    pool: { id: task.poolId, name: poolName(task.poolId) },
    priority: task.priority,
    attempt: task.attempt,
    waitMs: waitMsOf(task, nowMs),
    runMs: runMsOf(status, nowMs),
    progress: status.state === "running" ? status.progress : null,
    submittedAtMs: task.submittedAtMs,
    startedAtMs: "startedAtMs" in status ? status.startedAtMs : null,
    finishedAtMs: "finishedAtMs" in status ? status.finishedAtMs : null,
    slot: "slot" in status ? status.slot : null,
    tags: task.tags,
    act: actOn(status),
  };
}

/** What the page of one task shows beside its part. */
export function presentTaskPage(
  task: TaskSnapshot,
  context: {
    readonly poolName: PoolNames;
    readonly language: Language;
    readonly isTypeKnown: boolean;
    readonly path: string;
    readonly part: TaskPart;
    readonly recent: readonly TaskSnapshot[];
  },
): TaskModel {
  const { status } = task;
  const { language, poolName, isTypeKnown, path, part } = context;
  const { act: _, ...row } = presentTaskRow(task, poolName, language.nowMs);
  return {
    ...row,
    isTypeKnown,
    runTimeoutMs: task.runTimeoutMs,
    codeVersion: task.codeVersion,
    traceId: traceIdOf(task.traceparent),
    why: status.state === "pending" ? sentenceIn(language, status.why) : null,
    stopRequestedAtMs: status.state === "running" ? status.stopRequestedAtMs : null,
    metrics: Object.entries(task.metrics),
    lateErrors: task.lateErrors,
    path,
    part,
    recent: context.recent.flatMap(({ status: one }) =>
      "runMs" in one && one.runMs !== null
        ? [{ runMs: one.runMs, isBad: one.state !== "completed" }]
        : []
    ).toReversed(),
  };
}

/** What a task came to. */
export function presentResult({ status }: TaskSnapshot, language: Language): TaskPart {
  const failure = status.state === "failed" ? status.failure : null;
  return {
    tab: "result",
    result: status.state === "completed" && status.resultJson !== null
      ? shownJson(status.resultJson)
      : null,
    failure: failure && {
      code: failure.code,
      name: failure.name,
      message: shorten(sentenceIn(language, failure.message)),
      stack: failure.stack === null ? null : shorten(failure.stack),
    },
    cause: status.state === "cancelled" ? sentenceIn(language, status.cause) : null,
  };
}

/** Its attempts that ended. */
export function presentAttempts(attempts: readonly AttemptEntry[], language: Language): TaskPart {
  return {
    tab: "attempts",
    attempts: attempts.map((one) => ({
      ...one,
      message: one.message && sentenceIn(language, one.message),
    })),
  };
}

/** What happened to it. */
export function presentEvents(events: readonly TaskEventEntry[], language: Language): TaskPart {
  return {
    tab: "events",
    events: events.map((one) => ({ ...one, cause: one.cause && sentenceIn(language, one.cause) })),
  };
}

/** What a task was given. */
export function presentInput({ inputJson }: TaskSnapshot): TaskPart {
  return { tab: "input", input: inputJson === null ? null : shownJson(inputJson) };
}

/** What its code logged: the newest lines. */
export function presentLogs(lines: readonly LogEntry[]): TaskPart {
  const shown = lines.slice(-LOG_LINES_MAX);
  return {
    tab: "logs",
    count: lines.length,
    attemptMax: ATTEMPT_LINES_MAX,
    lines: shown.map((line, at) => ({
      ...line,
      number: lines.length - shown.length + at + 1,
      text: shorten(line.text).text,
      isOfNextAttempt: line.attempt !== (shown[at - 1]?.attempt ?? 1),
    })),
  };
}

/** As programs see it. */
export function presentRaw(
  task: TaskSnapshot,
  json: string,
  { origin }: { readonly origin: string },
): TaskPart {
  const body = JSON.stringify({
    pool_id: task.poolId,
    task_type: task.type,
    task_name: task.name,
    priority: task.priority,
    tags: task.tags,
  });
  // The input goes in as it was written: a program would round its large numbers.
  const whole = task.inputJson === null ? body : `${body.slice(0, -1)},"input":${task.inputJson}}`;
  const curl =
    `curl -X POST ${shellQuoted(`${origin}/api/tasks`)} -H 'content-type: application/json' ` +
    `-d ${shellQuoted(whole)}`;
  const command = commandFor(
    origin,
    [
      `submit ${task.type} --pool ${task.poolId}`,
      ...(task.name === task.type ? [] : [`--name ${shellQuoted(task.name)}`]),
      ...(task.priority === 0 ? [] : [`--priority ${task.priority}`]),
      ...task.tags.map((tag) => `--tag ${shellQuoted(tag)}`),
      ...(task.inputJson === null ? [] : [`--input ${shellQuoted(task.inputJson)}`]),
    ].join(" "),
  );
  return { tab: "raw", raw: shownJson(json), curl, command };
}

/** Nothing that the server does would end a zombie. */
function actOn(status: TaskStatus): TaskRowModel["act"] {
  if (status.state === "running") return status.isZombie ? null : "stop";
  return isFinal(status.state) ? null : "cancel";
}

/** A task's state, with what it is in it. */
export function shownState(status: TaskStatus): ShownState {
  switch (status.state) {
    case "running":
      return status.isZombie
        ? "zombie"
        : status.stopRequestedAtMs === null
        ? "running"
        : "stopping";
    case "failed":
      return status.failure.code.endsWith("_timeout") ? "timedOut" : "failed";
    default:
      return status.state;
  }
}

/**
 * JSON with a line for each value. It is not parsed: numbers keep all their digits, and names that come
 * twice stay.
 */
export function indentJson(json: string): string {
  let depth = 0;
  let text = "";
  let before = "";
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g)) {
    const isEnd = token === "}" || token === "]";
    const isFirst = before === "{" || before === "[";
    if (isEnd) depth--;
    if (isEnd !== isFirst || before === ",") text += `\n${"  ".repeat(depth)}`;
    if (token === "{" || token === "[") depth++;
    text += token === ":" ? ": " : token;
    before = token;
  }
  return text;
}

function waitMsOf(task: TaskSnapshot, nowMs: number): number {
  const { status } = task;
  const startedAtMs = "startedAtMs" in status ? status.startedAtMs : null;
  const endMs = startedAtMs ?? ("finishedAtMs" in status ? status.finishedAtMs : nowMs);
  return Math.max(0, endMs - task.submittedAtMs); // a clock may have gone back
}

function runMsOf(status: TaskStatus, nowMs: number): number | null {
  if (status.state === "running") return Math.max(0, nowMs - status.startedAtMs);
  return "runMs" in status ? status.runMs : null;
}

/** What is cut off anyway is not indented: that can make a text many times as long. */
function shownJson(json: string): LongText {
  return json.length > SHOWN_CHARS ? shorten(json) : shorten(indentJson(json));
}

function shorten(text: string): LongText {
  if (text.length <= SHOWN_CHARS) return { text, wholeChars: null };
  return { text: text.slice(0, SHOWN_CHARS), wholeChars: text.length };
}
