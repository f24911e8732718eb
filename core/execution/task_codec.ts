/** How inputs come to a task and results leave it. */
import type { z } from "zod";
import { SENTENCES } from "../model/sentences.ts";
import { RESULT_CHARS_MAX } from "../model/limits.ts";
import { errorPartsOf } from "./error_parts.ts";
import type { ErrorParts, OutcomeCode } from "./protocol.ts";

/** Captured: task code may change how JSON is written. */
const { stringify } = JSON;

/** What came of an input: the value that `run` is given, or what is wrong with it. */
export type Parsed = { isGood: true; value: unknown } | { isGood: false; fault: ErrorParts };

/** Parses at once where the schema allows it; one with asynchronous checks gives a promise. */
export function parse(schema: z.ZodType, value: unknown): Parsed | Promise<Parsed> {
  const judge = (result: z.ZodSafeParseResult<unknown>): Parsed =>
    result.success
      ? { isGood: true, value: result.data }
      : { isGood: false, fault: faultOf(result.error, "input") };
  try {
    return judge(schema.safeParse(value));
  } catch {
    return schema.safeParseAsync(value).then(judge);
  }
}

/** A schema's complaints in one line; each names its place below `what`. */
export function faultOf(error: z.ZodError, what: string): ErrorParts {
  const message = error.issues
    .map((issue) => [[what, ...issue.path.map(String)].join("."), issue.message].join(": "))
    .join("; ");
  return { name: "ZodError", message: message.slice(0, 8_192), stack: null };
}

/** Whether a result is still to come. */
export function isThenable(value: unknown): value is Promise<unknown> {
  return typeof value === "object" && value !== null &&
    typeof (value as { then?: unknown }).then === "function"; // any object may be asked
}

/** Makes a result ready to be sent, or says why it cannot be. */
export function encode(
  result: unknown,
  encoding: "json" | "value",
): { code: OutcomeCode; value: unknown } {
  if (result === undefined || encoding === "value") return { code: "done", value: result };
  try {
    const text = stringify(result);
    if (text === undefined) {
      throw new TypeError(`Cannot send result: a ${typeof result} is no JSON`);
    }
    if (text.length <= RESULT_CHARS_MAX) return { code: "done", value: text };
    const message = SENTENCES.resultTooLong(text.length, RESULT_CHARS_MAX);
    return { code: "result_too_large", value: { name: "RangeError", message, stack: null } };
  } catch (error) {
    return { code: "result_unserializable", value: errorPartsOf(error) };
  }
}
