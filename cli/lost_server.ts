import { UnreachedError } from "./client/mod.ts";

/**
 * Says with an error that no server was reached what had been done by then: whoever waited knows no id
 * yet, and without one nobody finds again what was submitted. Any other error is as it was.
 */
export function withHint(error: unknown, hint: string): unknown {
  if (error instanceof UnreachedError) error.message += `\n  (${hint})`;
  return error;
}
