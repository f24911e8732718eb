/** Commands as pages show them: what is shown works when it is pasted. */

/** Where commands look for a server if nothing is said. */
const DEFAULT_ORIGIN = "http://127.0.0.1:8000";

/** The command line, with the server's address where commands would look elsewhere. */
export function commandFor(origin: string, words: string): string {
  const url = origin === DEFAULT_ORIGIN ? "" : ` --url ${shellQuoted(origin)}`;
  return `deno task ${words}${url}`;
}

/** A text as one word of a shell. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
