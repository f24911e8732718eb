/**
 * The filter of the list of tasks, as it is typed: words with a colon narrow the list, all others are
 * looked for in the tasks' texts. `state:failed pool:default tag:"two words" args.user.id:42 timeout`
 * What looks like a key and is none is a fault: as a text it would find nothing, and say nothing.
 */
import {
  type InputCondition,
  PoolId,
  type PoolSnapshot,
  type Range,
  TASK_STATES,
  type TaskFilter,
  type TaskState,
} from "../../core/mod.ts";
import type { Words } from "../../views/i18n/en.ts";
import { parseTime } from "../api/query.ts";

/** What a filter's text came to. */
export interface FilterQuery {
  readonly filter: TaskFilter;
  /** Its words, as they were typed. */
  readonly words: readonly string[];
  /** What is wrong with it; then the filter has the rest, which lets more through than was meant. */
  readonly faults: readonly string[];
}

/** What words may begin with. */
export const FILTER_KEYS = [
  "state:",
  "pool:",
  "type:",
  "tag:",
  "priority:",
  "attempt:",
  "run:",
  "since:",
  "args.",
] as const;

const QUERY_CHARS_MAX = 500;
const WORDS_MAX = 20;
/** What means to be a key; no address, time, path of a disk or class of an error does. */
const KEY_LIKE = /^[a-z_]{2,}:(?!\/\/)/;
const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A fault that names the word. */
class WordError extends Error {}

type Draft = { -readonly [Key in keyof TaskFilter]: TaskFilter[Key] };

/** Reads a filter. `pools` are those that a name may mean. */
export function readFilterQuery(
  text: string,
  context: {
    readonly pools: readonly PoolSnapshot[];
    readonly nowMs: number;
    readonly t: Words;
  },
): FilterQuery {
  const whole = text.trim();
  // A cut may go through a letter, and half a letter goes into no address.
  const all = splitWords(whole.slice(0, QUERY_CHARS_MAX).toWellFormed());
  const words = all.slice(0, WORDS_MAX);
  const draft: Draft = {};
  const faults: string[] = [];
  if (whole.length > QUERY_CHARS_MAX || all.length > WORDS_MAX) {
    faults.push(context.t.tasks.filterTooLong(String(WORDS_MAX), String(QUERY_CHARS_MAX)));
  }
  const texts: string[] = [];
  for (const word of words) {
    try {
      // The journal would look for what is before it only.
      if (word.includes("\0")) throw new WordError("U+0000");
      if (!readWord(word, draft, context)) texts.push(unquoted(word));
    } catch (error) {
      if (!(error instanceof WordError)) throw error;
      faults.push(context.t.tasks.filterWrong(word, error.message));
    }
  }
  if (texts.length > 0) draft.text = texts.join(" ");
  return { filter: draft, words, faults };
}

/** Whether a word of a filter names states. */
export function isStateWord(word: string): boolean {
  return word.startsWith("state:") || word.startsWith("status:");
}

/** The words of a filter, without one of them. */
export function withoutWord(words: readonly string[], at: number): string {
  return words.filter((_, index) => index !== at).join(" ");
}

/** Spaces end a word, unless they are between quotes. */
function splitWords(text: string): readonly string[] {
  return text.match(/(?:[^\s"]|"(?:[^"\\]|\\.)*"?)+/g) ?? [];
}

/** Takes a word with a key into the draft; false when it has none. */
function readWord(
  word: string,
  draft: Draft,
  { pools, nowMs, t }: {
    readonly pools: readonly PoolSnapshot[];
    readonly nowMs: number;
    readonly t: Words;
  },
): boolean {
  const colon = word.indexOf(":");
  if (colon <= 0 || word.startsWith('"')) return false;
  const key = word.slice(0, colon);
  const value = unquoted(word.slice(colon + 1));
  if (key.startsWith("args.")) {
    draft.input = [...draft.input ?? [], { path: key.slice(5).split("."), value: plainOf(value) }];
    return true;
  }
  switch (key) {
    case "state":
    case "status": // as the API calls it
      draft.states = [...draft.states ?? [], ...value.split(",").map(stateOf)];
      return true;
    case "pool":
      draft.poolId = poolOf(value, pools);
      return true;
    case "type":
      draft.type = value;
      return true;
    case "tag":
      draft.tags = [...draft.tags ?? [], value];
      return true;
    case "priority":
      draft.priority = rangeOf(value, Number);
      return true;
    case "attempt":
      draft.attempt = rangeOf(value, Number);
      return true;
    case "run":
      draft.runMs = rangeOf(value, durationOf);
      return true;
    case "since":
      draft.submittedAtMs = { min: sinceOf(value, nowMs) };
      return true;
    default:
      if (KEY_LIKE.test(word)) throw new WordError(t.tasks.filterUnknown(FILTER_KEYS.join(" ")));
      return false;
  }
}

function unquoted(word: string): string {
  if (!word.startsWith('"')) return word;
  const inner = word.endsWith('"') && word.length > 1 ? word.slice(1, -1) : word.slice(1);
  return inner.replaceAll(/\\(.)/g, "$1");
}

function stateOf(text: string): TaskState {
  const found = TASK_STATES.find((state) => state === text);
  if (found !== undefined) return found;
  throw new WordError(TASK_STATES.join(", "));
}

function poolOf(text: string, pools: readonly PoolSnapshot[]): PoolId {
  const id = PoolId.safeParse(text);
  if (id.success) return id.data;
  const [pool] = pools.filter(({ settings }) => settings.name === text);
  if (pool !== undefined) return pool.id;
  throw new WordError(pools.slice(0, 5).map(({ settings }) => settings.name).join(", "));
}

function plainOf(text: string): InputCondition["value"] {
  if (/^(true|false|null|-?\d+(\.\d+)?)$/.test(text)) return JSON.parse(text);
  return text;
}

/** `>5`, `<5`, `5..9` or `5`. */
function rangeOf(text: string, read: (text: string) => number): Range {
  const number = (part: string) => {
    const value = read(part);
    if (part !== "" && Number.isFinite(value)) return value;
    throw new WordError(">5, <5, 5..9");
  };
  if (text.startsWith(">")) return { min: number(text.slice(1)) };
  if (text.startsWith("<")) return { max: number(text.slice(1)) };
  const [min = "", max] = text.split("..");
  return { min: number(min), max: number(max ?? min) };
}

function durationOf(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text);
  const unit = (match?.[2] ?? "ms") as keyof typeof UNIT_MS; // as the expression has them
  return match === null ? NaN : Number(match[1]) * UNIT_MS[unit];
}

function sinceOf(text: string, nowMs: number): number {
  const durationMs = durationOf(text);
  if (Number.isFinite(durationMs)) return nowMs - durationMs;
  const atMs = parseTime(text);
  if (atMs !== undefined) return atMs;
  throw new WordError("1h, 2d, 2026-11-24T12:00:00Z");
}
