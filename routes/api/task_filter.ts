/** Which tasks a list shall show, as its address says. */
import {
  type InputCondition,
  type Range,
  TASK_STATES,
  type TaskFilter,
  type TaskState,
} from "../../core/mod.ts";
import { oneOf, type Query, readPoolId, readTime, shorten } from "./query.ts";
import { invalidInput } from "./wire.ts";

const ACTION = "Cannot list tasks";
/** Tags that a list may ask for at once, and places of the input. */
const TAGS_MAX = 10;
/** The longest text that is looked for. */
export const TEXT_CHARS_MAX = 200;

/** The parameters that {@link readTaskFilter} reads. */
export const TASK_FILTERS = [
  "pool_id",
  "status",
  "task_type",
  "tag",
  "min_priority",
  "max_priority",
  "min_attempt",
  "max_attempt",
  "submitted_after",
  "submitted_before",
  "ended_after",
  "ended_before",
  "min_run_ms",
  "max_run_ms",
  "text",
  "input",
] as const;

/**
 * Reads the filter. `status` and `tag` take several with commas between; `input` is a JSON object
 * of places (with dots between) and the values there, as in `{"url.host":"example.com"}`.
 * @throws {HttpError} `invalid_input` that names the parameter.
 */
export function readTaskFilter(query: Query): TaskFilter {
  const poolId = query.get("pool_id");
  const status = query.get("status");
  const type = query.get("task_type");
  const tag = query.get("tag");
  const text = query.get("text");
  const input = query.get("input");
  const ranges = {
    priority: readRange(query, "min_priority", "max_priority", readInteger),
    attempt: readRange(query, "min_attempt", "max_attempt", readInteger),
    submittedAtMs: readRange(query, "submitted_after", "submitted_before", readFilterTime),
    finishedAtMs: readRange(query, "ended_after", "ended_before", readFilterTime),
    runMs: readRange(query, "min_run_ms", "max_run_ms", readInteger),
  };
  return {
    ...poolId !== undefined && { poolId: readPoolId(poolId) },
    ...status !== undefined && { states: readStates(status) },
    ...type !== undefined && { type },
    ...tag !== undefined && { tags: readTags(tag) },
    ...text !== undefined && { text: readText(text) },
    ...input !== undefined && { input: readInput(input) },
    ...Object.fromEntries(Object.entries(ranges).filter(([, range]) => range !== undefined)),
  };
}

function readStates(text: string): readonly TaskState[] {
  return text.split(",").map((state) =>
    oneOf<TaskState>(state.trim(), TASK_STATES, "status", ACTION)
  );
}

function readTags(text: string): readonly string[] {
  const tags = text.split(",").map((tag) => tag.trim()).filter((tag) => tag !== "");
  if (tags.length > TAGS_MAX) throw invalid("tag", `Too many: at most ${TAGS_MAX}`);
  return tags;
}

function readText(text: string): string {
  checkNul("text", text);
  if (text.length <= TEXT_CHARS_MAX) return text;
  throw invalid("text", `Too long: at most ${TEXT_CHARS_MAX} characters`);
}

/** SQLite looks no further than a NUL: it would look for what is before it, or for nothing. */
function checkNul(name: string, text: string): void {
  if (text.includes("\0")) throw invalid(name, "Invalid: must hold no NUL");
}

function readInput(text: string): readonly InputCondition[] {
  const entries = readObject(text);
  if (entries.length > TAGS_MAX) throw invalid("input", `Too many: at most ${TAGS_MAX} places`);
  return entries.map(([place, value]) => {
    checkNul("input", place);
    if (typeof value === "object" && value !== null) {
      throw invalid("input", `Invalid: the value at ${shorten(place)} must be a plain value`);
    }
    return { path: place.split("."), value };
  });
}

function readObject(
  text: string,
): readonly (readonly [string, InputCondition["value"] | object])[] {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return Object.entries(value);
    }
  } catch {
    // Told below.
  }
  throw invalid("input", 'Invalid: must be a JSON object such as {"url.host":"example.com"}');
}

function readRange(
  query: Query,
  min: string,
  max: string,
  read: (name: string, text: string) => number,
): Range | undefined {
  const [low, high] = [query.get(min), query.get(max)];
  if (low === undefined && high === undefined) return undefined;
  return {
    ...low !== undefined && { min: read(min, low) },
    ...high !== undefined && { max: read(max, high) },
  };
}

function readInteger(name: string, text: string): number {
  if (/^-?\d{1,15}$/.test(text)) return Number(text);
  throw invalid(name, "Invalid: must be a whole number");
}

function readFilterTime(name: string, text: string): number {
  return readTime(name, text, ACTION);
}

function invalid(name: string, message: string): Error {
  return invalidInput(ACTION, [{ path: [name], message }]);
}
