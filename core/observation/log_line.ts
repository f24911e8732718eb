/** One line of the log: JSON that steers no terminal, and is never longer than a limit. */
import { getJsonLinesFormatter, type LogRecord } from "@logtape/logtape";
import { withoutSecrets } from "./log_redaction.ts";

/** Characters of a line, its end included. */
export const LOG_LINE_CHARS_MAX = 8_192;

/** What JSON leaves as it is and a terminal obeys: DEL, C1, and the marks that turn the direction. */
const STEERING = /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

const toJson = getJsonLinesFormatter();

/** Writes a record as a line, without secrets. One that is too long has its long properties cut. */
export function formatLine(record: LogRecord): string {
  const properties = withoutSecrets(record.properties);
  const line = lineOf(record, properties);
  if (line.length <= LOG_LINE_CHARS_MAX) return line;
  for (let chars = LOG_LINE_CHARS_MAX / 4; chars >= 16; chars /= 2) {
    const shorter = lineOf(record, { ...shorten(properties, chars), isCut: true });
    if (shorter.length <= LOG_LINE_CHARS_MAX) return shorter;
  }
  return lineOf(record, { isCut: true });
}

function lineOf(record: LogRecord, properties: Record<string, unknown>): string {
  return toJson({ ...record, properties }).replace(
    STEERING,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Values whose JSON is longer become the beginning of that text. */
function shorten(
  properties: Readonly<Record<string, unknown>>,
  chars: number,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => {
      const text = typeof value === "string" ? value : JSON.stringify(value) ?? "";
      return [name, text.length <= chars ? value : text.slice(0, chars)];
    }),
  );
}
