import { closest } from "fastest-levenshtein";

/** The known name that is written most like the given one. */
export function nearest(name: string, known: readonly string[]): string {
  return closest(name, known);
}
