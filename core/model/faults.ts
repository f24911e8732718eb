import type { z } from "zod";
import { type Fault, LidoError } from "./errors.ts";

/**
 * Parses what a caller gave; `verb` is what fails when it is refused, such as `create pool`.
 * @throws {LidoError} `invalid_input` with every fault.
 */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  verb: string,
): z.infer<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw inputError(verb, faultsOf(result.error));
}

/** An `invalid_input` that tells of each fault. */
export function inputError(verb: string, faults: readonly Fault[]): LidoError {
  const text = faults.map((fault) => `${fault.path.join(".")}: ${fault.message}`).join("; ");
  return new LidoError("invalid_input", `Cannot ${verb}: ${text}`, { faults });
}

/** A schema's complaints as faults. */
export function faultsOf(error: z.ZodError): Fault[] {
  return error.issues.flatMap((issue) => {
    const at = issue.path.map((key) => typeof key === "symbol" ? String(key) : key);
    // An unknown field is a fault of its own, at its own place.
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({ path: [...at, key], message: "Unknown field" }));
    }
    return [{ path: at, message: issue.message }];
  });
}
