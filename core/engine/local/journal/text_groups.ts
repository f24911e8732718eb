/**
 * What the text index knows of a text: each group of five characters that is in it, and the first
 * three of each. Few texts have a group of five in common by chance, so the lists of a text's rarest
 * groups are short however much is on record; texts of three and four characters are found too.
 */

/** The index knows groups of so many characters: shorter texts are looked for row by row. */
const SHORT = 3;
const LONG = 5;
/** Groups of a text that is looked for. */
const GROUPS_MAX = 16;

/** No group holds it, for SQLite reads no text beyond it. */
const END = "\0";

/** How FTS5 reads {@link groupsText}: letters of ASCII are alike, as they are for `LIKE`. */
export const GROUPS_FTS5 = `prefix = ${SHORT}, tokenize = "ascii tokenchars '${
  signs().replaceAll("'", "''").replaceAll('"', '""')
}'"`;

/** All groups of a text, as the index is given them. */
export function groupsText(text: string): string {
  const starts = startsOf(text);
  let groups = "";
  for (let at = 0; at <= starts.length - SHORT; at++) {
    groups += text.slice(starts[at], starts[at + LONG]) + END;
  }
  return groups;
}

/** What the index is asked for each of a text's groups, spread over it; none if it is too short. */
export function groupMatches(text: string): readonly string[] {
  const [read = ""] = text.split(END);
  const starts = startsOf(read);
  const size = starts.length < LONG ? SHORT : LONG;
  const count = starts.length - size + 1;
  const step = Math.ceil(count / GROUPS_MAX);
  const matches = new Set<string>();
  for (let at = 0; at < count; at += step) {
    const group = read.slice(starts[at], starts[at + size]);
    matches.add(`"${group.replaceAll('"', '""')}"${size === SHORT ? " *" : ""}`);
  }
  return [...matches];
}

/** Where each character begins: some are two of JavaScript's. */
function startsOf(text: string): readonly number[] {
  const starts: number[] = [];
  for (let at = 0; at < text.length; at += Number(text.codePointAt(at)) > 0xffff ? 2 : 1) {
    starts.push(at);
  }
  return starts;
}

/** All of ASCII but letters, digits and {@link END}: they are no space between groups either. */
function signs(): string {
  const ascii = Array.from({ length: 127 }, (_, at) => String.fromCharCode(at + 1));
  return ascii.filter((char) => !/[a-z\d]/i.test(char)).join("");
}
