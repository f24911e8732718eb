/**
 * Names, results and errors come from others and may hold sequences that steer a terminal: colours
 * at the best, a faked line or a changed window title at the worst. What is printed for a person
 * goes through here.
 */

// C0, DEL and C1 controls, line and paragraph separators, and the marks that turn the direction.
// deno-fmt-ignore
const UNPRINTABLE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** Writes each control character as `\u{…}`, so that the text is one harmless line. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (char) => `\\u{${codeOf(char)}}`);
}

/** As {@link printable}, but leaves line ends and tabs as they are. */
export function printableLines(text: string): string {
  return text.replace(
    UNPRINTABLE,
    (char) => char === "\n" || char === "\t" ? char : `\\u{${codeOf(char)}}`,
  );
}

/** Pretty JSON in which no control character is left raw; it stays valid JSON. */
export function printableJson(value: unknown, indent = 2): string {
  const json = JSON.stringify(value, null, indent) ?? "null";
  return json.replace(
    UNPRINTABLE,
    (char) => char === "\n" ? char : `\\u${codeOf(char).padStart(4, "0")}`,
  );
}

function codeOf(char: string): string {
  return char.charCodeAt(0).toString(16);
}
