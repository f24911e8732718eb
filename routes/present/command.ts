/** Commands as pages show them: what is shown works when it is pasted. */
import { Config } from "../../core/mod.ts";

/** Where commands look for a server if nothing is said: where one listens then. */
const { host, port } = Config.parse({});
const DEFAULT_ORIGIN = `http://${host}:${port}`;

/** The command line, with the server's address where commands would look elsewhere. */
export function commandFor(origin: string, words: string): string {
  const url = origin === DEFAULT_ORIGIN ? "" : ` --url ${shellQuoted(origin)}`;
  return `deno task ${words}${url}`;
}

/** A text as one word of a shell. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
