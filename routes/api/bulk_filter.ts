/** Which tasks a bulk operation means: the words of a list's address, as values of JSON. */
import { z } from "zod";
import { Tag, type TaskFilter } from "../../core/mod.ts";
import { HttpError } from "../errors.ts";
import { TimeText } from "./query.ts";
import { readTaskFilter, type TASK_FILTERS, TEXT_CHARS_MAX } from "./task_filter.ts";
import { fieldNames, fromWire, invalidInput } from "./wire.ts";

const PlainValue = z.union([z.string(), z.number(), z.boolean(), z.null()], {
  error: "Invalid: must be a plain value",
});

/** A text as in an address, or its parts as a list. */
function several(part: z.ZodType<string>) {
  return z.union([z.string(), z.array(part)], {
    error: "Invalid: must be a text, or a list of texts",
  });
}

/** See the head of this file. */
export const BulkFilter = z.strictObject(
  {
    pool_id: z.string(),
    status: several(z.string()),
    task_type: z.string(),
    tag: several(Tag),
    min_priority: z.int(),
    max_priority: z.int(),
    min_attempt: z.int(),
    max_attempt: z.int(),
    submitted_after: TimeText,
    submitted_before: TimeText,
    ended_after: TimeText,
    ended_before: TimeText,
    min_run_ms: z.int(),
    max_run_ms: z.int(),
    text: z.string().max(TEXT_CHARS_MAX),
    input: z.record(z.string(), PlainValue),
  } satisfies Record<typeof TASK_FILTERS[number], z.ZodType>,
).exactPartial()
  .meta({ description: "What narrows a list of tasks: see its parameters" });
const NAMES = fieldNames(BulkFilter.shape);

/**
 * Reads it; `action` is what fails when it is refused.
 * @throws {HttpError} `invalid_input` that names the word within `filter`.
 */
export function readBulkFilter(filter: unknown, action: string): TaskFilter {
  const at = ["filter"];
  const words = fromWire(filter, { action, schema: BulkFilter, names: NAMES }, at);
  const query = Object.entries(words).map(([name, value]) => [name, parameterOf(value)] as const);
  try {
    return readTaskFilter(new Map(query));
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    const faults = error.details.faults ?? [];
    throw invalidInput(action, faults.map((fault) => ({ ...fault, path: [...at, ...fault.path] })));
  }
}

/** The value as an address has it: none of a list holds a comma. */
function parameterOf(value: unknown): string {
  if (typeof value === "string") return value;
  return Array.isArray(value) ? value.join(",") : JSON.stringify(value);
}
