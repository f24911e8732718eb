/**
 * Inputs and results may hold numbers with more digits than a JavaScript number keeps. The server
 * passes them on as they are written, and so do the commands.
 */

/** Numbers as long as this, with their point and sign, always come back as they were written. */
const SAFE_CHARS = 15;

/** What TypeScript's library does not know yet of `JSON`. */
interface SourceJson {
  parse(text: string, reviver: Reviver): unknown;
  rawJSON(text: string): unknown;
}
type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

const json = JSON as unknown as SourceJson; // both are in the runtime's V8

/**
 * As `JSON.parse`, but a number that would lose digits becomes a raw value: `JSON.stringify` writes
 * it exactly as it was.
 * @throws {SyntaxError} if the text is no JSON.
 */
export function parseExactJson(text: string): unknown {
  return json.parse(text, (_key, value, { source }) => {
    const isLong = typeof value === "number" && source !== undefined && source.length > SAFE_CHARS;
    return isLong && String(value) !== source ? json.rawJSON(source) : value;
  });
}
