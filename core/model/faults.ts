import type { z } from "zod";
import type { Fault } from "./errors.ts";

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
