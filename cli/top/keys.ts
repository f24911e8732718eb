/** What is typed, as keys. */

/** The keys that are more than one character, or none that is seen. */
const NAMES = new Map([
  ["\x1b[A", "up"],
  ["\x1bOA", "up"],
  ["\x1b[B", "down"],
  ["\x1bOB", "down"],
  ["\x1b[5~", "page up"],
  ["\x1b[6~", "page down"],
  ["\x1b[H", "home"],
  ["\x1bOH", "home"],
  ["\x1b[1~", "home"],
  ["\x1b[F", "end"],
  ["\x1bOF", "end"],
  ["\x1b[4~", "end"],
  ["\x1b", "escape"],
  ["\t", "tab"],
  ["\x03", "ctrl c"],
]);

/** A sequence of a key, or one character. */
// deno-lint-ignore no-control-regex
const KEY = /\x1b\[[0-9;?]*[ -/]*[@-~]|\x1bO.|[^]/gu;

/** Names the keys of what was typed; a sequence that is not known is itself. */
export function keysOf(typed: string): readonly string[] {
  return (typed.match(KEY) ?? []).map((key) => NAMES.get(key) ?? key);
}
