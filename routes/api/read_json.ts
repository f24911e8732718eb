/**
 * Reads a JSON body, stricter than `JSON.parse`: names that come twice, `__proto__` as a name,
 * half a character, and nesting without end are refused, since two programs may read them
 * differently, or one of them may fall over them.
 */
import type { Context } from "hono";
import { JSON_DEPTH_MAX } from "../../core/mod.ts";
import type { AppEnv } from "../app_env.ts";
import { HttpError } from "../errors.ts";

/** The most names of one object. */
const NAMES_MAX = 10_000;

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Reads the request's body as JSON.
 * @throws {HttpError} `invalid_json`, saying why.
 */
export function readJson(c: Context<AppEnv>): unknown {
  return parseJson(c.get("body"));
}

/** As {@link readJson}, but a request without a body is an empty object. */
export function readOptionalJson(c: Context<AppEnv>): unknown {
  const body = c.get("body"); // of `c.var` each look makes a copy
  return body.length === 0 ? {} : parseJson(body);
}

/**
 * Parses UTF-8 JSON.
 * @throws {HttpError} `invalid_json`, saying why.
 */
export function parseJson(bytes: Uint8Array): unknown {
  return parseJsonText(decode(bytes));
}

/** As {@link parseJson} of what is a text already. */
export function parseJsonText(text: string): unknown {
  if (text === "") throw invalidJson("it is empty");
  if (text.startsWith("\ufeff")) throw invalidJson("it begins with a byte order mark");
  checkText(text);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalidJson(error instanceof Error ? error.message : "it cannot be parsed");
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw invalidJson("it is not UTF-8");
  }
}

/** Walks the text once. A text that is no JSON may pass: `JSON.parse` comes after. */
function checkText(text: string): void {
  const open: (Set<string> | null)[] = []; // of each object its names; null for an array
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case OPEN_OBJECT:
      case OPEN_ARRAY:
        open.push(text.charCodeAt(at) === OPEN_OBJECT ? new Set() : null);
        if (open.length > JSON_DEPTH_MAX) {
          throw invalidJson(`it is nested over ${JSON_DEPTH_MAX} deep`);
        }
        break;
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        open.pop();
        break;
      case QUOTE: {
        const end = findStringEnd(text, at);
        const value = readString(text.slice(at, end + 1));
        if (isName(text, end)) addName(open.at(-1), value);
        at = end;
      }
    }
  }
}

function findStringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === QUOTE) return at;
  }
  return text.length;
}

function readString(quoted: string): string {
  if (!quoted.includes("\\")) return quoted.slice(1, -1);
  const value = unescape(quoted);
  if (!value.isWellFormed()) throw invalidJson("a string holds half of a surrogate pair");
  return value;
}

function unescape(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted; // no JSON string; parsing the whole will say so, with its place
  }
}

function isName(text: string, stringEnd: number): boolean {
  let at = stringEnd + 1;
  while (" \t\r\n".includes(text.charAt(at)) && at < text.length) at++;
  return text.charAt(at) === ":";
}

function addName(names: Set<string> | null | undefined, name: string): void {
  if (!names) return;
  if (name === "__proto__") throw invalidJson("it uses the name __proto__");
  if (names.has(name)) {
    throw invalidJson(`the name ${JSON.stringify(name.slice(0, 100))} comes twice`);
  }
  if (names.size >= NAMES_MAX) throw invalidJson(`an object has over ${NAMES_MAX} names`);
  names.add(name);
}

function invalidJson(reason: string): HttpError {
  return new HttpError("invalid_json", `Cannot read body as JSON: ${reason}`);
}
