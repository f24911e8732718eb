/** Reads what comes in the address: ids, filters, pages and waits. */
import type { Context } from "hono";
import { z } from "zod";
import {
  LidoError,
  PoolId,
  type PoolState,
  SHARE_WINDOWS_S,
  type ShareWindowS,
  TaskId,
} from "../../core/mod.ts";
import type { AppEnv } from "../app_env.ts";
import { invalidInput } from "./wire.ts";

/** The longest wait for a task's end, in seconds. */
const WAIT_SECONDS_MAX = 60;
/** The longest page. */
const PER_PAGE_MAX = 100;
/** A page's length unless the caller says. */
const PER_PAGE_DEFAULT = 10;
const POOL_STATES: readonly PoolState[] = ["running", "paused", "draining", "closed"];

/** A time as it may come: of ISO 8601, with a time of day or without; in UTC where it has no zone. */
export const TimeText = z.union([
  z.iso.datetime({ offset: true, local: true }),
  z.iso.datetime({ offset: true, precision: -1 }), // to the minute
  z.iso.date(),
], { error: "Invalid: must be a time such as 2026-11-24T12:00:00Z" });

/** A page by its number, or from a cursor. */
export type PageQuery = { page: number; perPage: number } | { cursor: string; perPage: number };

/** Parameters by name; those that were left empty are left out. */
export type Query = ReadonlyMap<string, string>;

const NONE: Query = new Map();

/** Reads the parameters: the guard of queries has let through only what is described, and once. */
export function readQuery(c: Context<AppEnv>): Query {
  const { url } = c.req;
  if (!url.includes("?")) return NONE;
  return new Map([...new URL(url).searchParams].filter(([, value]) => value !== ""));
}

/** The pool's id in the path; what is no id names no pool. */
export function readPoolId(text: string): PoolId {
  const id = PoolId.safeParse(text);
  if (id.success) return id.data;
  throw new LidoError("pool_not_found", `Cannot find pool: no pool has the id ${shorten(text)}`);
}

/** The task's id in the path; what is no id names no task. */
export function readTaskId(text: string): TaskId {
  const id = TaskId.safeParse(text);
  if (id.success) return id.data;
  throw new LidoError("task_not_found", `Cannot find task: no task has the id ${shorten(text)}`);
}

/** Whole numbers out of bounds are clamped, and what is none is 1 and 10: never refused. */
export function readPage(query: Query): PageQuery {
  const cursor = query.get("cursor");
  const perPage = clamp(wholeNumber(query.get("per_page")) ?? PER_PAGE_DEFAULT, PER_PAGE_MAX);
  if (cursor !== undefined) return { cursor, perPage };
  return { page: clamp(wholeNumber(query.get("page")) ?? 1, Number.MAX_SAFE_INTEGER), perPage };
}

/** The window that shares are asked for, in seconds. @throws {HttpError} `invalid_input`. */
export function readShareWindow(query: Query): ShareWindowS {
  const text = query.get("window");
  if (text === undefined) return 30;
  const found = SHARE_WINDOWS_S.find((windowS) => String(windowS) === text);
  if (found !== undefined) return found;
  const message = `Invalid: must be one of ${SHARE_WINDOWS_S.join(", ")}`;
  throw invalidInput("Cannot read shares", [{ path: ["window"], message }]);
}

/** Which pools a list shall show: `all`, or states with commas between; undefined: the open ones. */
export function readPoolStates(query: Query): readonly PoolState[] | undefined {
  const states = query.get("status");
  if (states === undefined) return undefined;
  if (states === "all") return POOL_STATES;
  return states.split(",").map((state) =>
    oneOf(state.trim(), POOL_STATES, "status", "Cannot list pools")
  );
}

/** How long the caller waits for the task's end, in milliseconds; undefined: not at all. */
export function readWaitMs(query: Query): number | undefined {
  const text = query.get("wait");
  if (text === undefined) return undefined;
  const seconds = /^\d{1,3}(\.\d{1,3})?$/.test(text) ? Number(text) : NaN;
  if (seconds <= WAIT_SECONDS_MAX) return Math.round(seconds * 1000);
  const message = `Invalid: must be a number of seconds from 0 to ${WAIT_SECONDS_MAX}`;
  throw invalidInput("Cannot wait for task", [{ path: ["wait"], message }]);
}

/** Whether something is wanted: `true` or `false`, which is what it is unless it is said. */
export function readFlag(query: Query, name: string): boolean {
  const text = query.get(name) ?? "false";
  if (text === "true" || text === "false") return text === "true";
  throw invalidInput("Cannot read address", [{
    path: [name],
    message: "Invalid: must be true or false",
  }]);
}

/** How many lines the caller has already. */
export function readAfter(query: Query): number {
  const text = query.get("after") ?? "0";
  if (/^\d{1,9}$/.test(text)) return Number(text);
  const message = "Invalid: must be the number of lines that you have";
  throw invalidInput("Cannot list log lines", [{ path: ["after"], message }]);
}

/** How long a closing pool has, in milliseconds. */
export function readDeadline(query: Query): { deadline_ms?: unknown } {
  const text = query.get("deadline_ms");
  if (text === undefined) return {};
  return { deadline_ms: /^\d{1,15}$/.test(text) ? Number(text) : text };
}

/** A size that somebody thinks of. */
export function readAskedSize(query: Query): { max_workers?: unknown } {
  const text = query.get("max_workers");
  if (text === undefined) return {};
  return { max_workers: /^\d{1,15}$/.test(text) ? Number(text) : text };
}

/** Epoch milliseconds; undefined for what is no {@link TimeText}. */
export function parseTime(text: string): number | undefined {
  if (!TimeText.safeParse(text).success) return undefined;
  const isLocal = /T[\d:.]+$/.test(text); // which `Date` takes for a time where the server is
  return Date.parse(isLocal ? `${text}Z` : text);
}

/** A time, as in `2026-11-24T12:00:00Z`. @throws {HttpError} `invalid_input` that names the parameter. */
export function readTime(name: string, text: string, action: string): number {
  const atMs = parseTime(text);
  if (atMs !== undefined) return atMs;
  const message = "Invalid: must be a time such as 2026-11-24T12:00:00Z";
  throw invalidInput(action, [{ path: [name], message }]);
}

/** One of the words that there are. @throws {HttpError} `invalid_input` that names the parameter. */
export function oneOf<Word extends string>(
  text: string,
  words: readonly Word[],
  name: string,
  action: string,
): Word {
  const found = words.find((word) => word === text);
  if (found !== undefined) return found;
  const message = `Invalid: ${JSON.stringify(shorten(text))} is none of ${words.join(", ")}`;
  throw invalidInput(action, [{ path: [name], message }]);
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*[+-]?\d+\s*$/.test(text) ? Number(text) : undefined;
}

function clamp(value: number, max: number): number {
  return Math.min(Math.max(value, 1), max);
}

/** As much of a text as an error repeats. */
export function shorten(text: string): string {
  return text.slice(0, 100);
}
