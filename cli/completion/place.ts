import type { Command, Option } from "commander";

/** Where in a command line a word stands that is being typed. */
export interface Place {
  /** The innermost command that the words before it name. */
  readonly command: Command;
  /** What was said to it before the word, without flags and their values. */
  readonly operands: readonly string[];
  /** The flag whose value the word is. */
  readonly valueOf: Option | undefined;
  /** Values of the flags before it, by their names with dashes; the last one of each counts. */
  readonly given: ReadonlyMap<string, string>;
  /** Its part that is typed by now. */
  readonly word: string;
}

/** Finds the place of the last word; `more` are flags that the command line itself cannot know. */
export function placeOf(
  program: Command,
  words: readonly string[],
  more: readonly Option[] = [],
): Place {
  let command = program;
  const operands: string[] = [];
  const given = new Map<string, string>();
  let valueOf: Option | undefined;
  let isOver = false; // no flag comes behind `--`
  for (const word of words.slice(0, -1)) {
    if (valueOf !== undefined) {
      given.set(valueOf.long ?? valueOf.flags, word);
      valueOf = undefined;
    } else if (isOver || !word.startsWith("-") || word === "-") {
      const inner = operands.length === 0 ? findCommand(command, word) : undefined;
      if (inner === undefined) operands.push(word);
      else command = inner;
    } else if (word === "--") {
      isOver = true;
    } else {
      const [name = word, ...value] = word.split("=");
      const option = [...command.options, ...more]
        .find(({ long, short }) => long === name || short === name);
      if (option === undefined) continue;
      if (value.length > 0) given.set(option.long ?? option.flags, value.join("="));
      else if (option.required) valueOf = option;
    }
  }
  return { command, operands, valueOf, given, word: words.at(-1) ?? "" };
}

function findCommand(command: Command, name: string): Command | undefined {
  return command.commands.find((one) => one.name() === name);
}
