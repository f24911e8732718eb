/** The headers of answers, as the document's components have them. */

const text = { type: "string" };

/** Each header by its name: what it says, and whether an answer that is said to have it always does. */
export const HEADERS = {
  "X-Request-Id": {
    description: "Under which the log has the request; its own, if it sent a plain word",
    required: true,
    schema: text,
  },
  "Cache-Control": {
    description: "`no-store`: what is shown is old a moment later",
    required: false,
    schema: text,
  },
  ETag: {
    description: "The version of the pool's settings, for `If-Match`",
    required: true,
    schema: text,
  },
  Location: { description: "The path of what was made", required: true, schema: text },
  "Retry-After": {
    description: "Seconds after which it may go better",
    required: true,
    schema: { type: "integer", minimum: 1 },
  },
  Allow: { description: "The methods that the path has", required: true, schema: text },
  "Content-Disposition": {
    description: "A name for the file, with the time",
    required: true,
    schema: text,
  },
  "X-Accel-Buffering": {
    description: "`no`: a proxy shall hold no events back",
    required: true,
    schema: text,
  },
} as const;
/** A header of an answer. */
export type HeaderName = keyof typeof HEADERS;

/** The headers of a described answer, as references to the components. */
export function headerRefs(names: readonly HeaderName[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    names.map((name) => [name, { $ref: `#/components/headers/${name}` }] as const),
  );
}
