/** What the commands have in common: the flags that reach a server, examples, strict numbers. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { z } from "zod";
import { DEFAULT_URL, LidoClient } from "./client/mod.ts";
import { parseExactJson } from "./exact_json.ts";
import { UsageError } from "./exit_code.ts";
import { checkArgument } from "./leaf_options.ts";
import { printableJson } from "./printable.ts";
import { parseLeaf, type SchemaLeaf } from "./schema_leaves.ts";
import type { World } from "./world.ts";

/** Flags of every command that asks a server. */
export interface ServerFlags {
  readonly url?: string;
  readonly json?: boolean;
}

/** Adds `--url` and `--json`, and an example to the help. */
export function addServerFlags(command: Command, ...examples: readonly string[]): Command {
  command
    .option("--url <url>", `where Lido answers (default: LIDO_URL, or ${DEFAULT_URL})`)
    .option("--json", "print JSON");
  return addExamples(command, ...examples);
}

/** Adds examples to the help, each without its `deno task`. */
export function addExamples(command: Command, ...examples: readonly string[]): Command {
  const title = examples.length === 1 ? "Example:" : "Examples:";
  const lines = examples.map((example) => `  $ deno task ${example}`);
  return command.addHelpText("after", ["", title, ...lines].join("\n"));
}

/** An option of known words, several with commas between; the help tells them, shells complete them. */
export function wordsOption(flags: string, description: string, words: readonly string[]): Option {
  const option = new Option(flags, description).argParser((text: string) => {
    const unknown = wordsOf(text).find((word) => !words.includes(word));
    if (unknown === undefined) return text;
    throw new InvalidArgumentError(
      `expected one of ${words.join(", ")}, found ${JSON.stringify(unknown)}.`,
    );
  });
  option.argChoices = [...words];
  return option;
}

function wordsOf(text: string): readonly string[] {
  return text.split(",").map((word) => word.trim());
}

/** Reads a text that is as the schema has it, for commander. */
export function textOf(schema: z.ZodType): (text: string) => string {
  return (text) => {
    checkArgument(schema, text);
    return text;
  };
}

/** Reads texts with commas between, each as the schema has it, for commander. */
export function textsOf(schema: z.ZodType): (text: string) => string {
  return (text) => {
    checkArgument(z.array(schema), wordsOf(text));
    return text;
  };
}

/** Where the server is that the flags or the environment name. */
export function urlFor(world: World, { url }: ServerFlags): string {
  return url ?? (world.env["LIDO_URL"] || DEFAULT_URL);
}

/** A client of the server that the flags or the environment name. */
export function clientFor(
  world: World,
  flags: ServerFlags,
  timeoutMs?: number,
): LidoClient {
  const home = urlFor(world, {});
  const url = urlFor(world, flags);
  // The token is for the environment's server: a mistyped --url must not carry it to another one.
  const isHome = URL.parse(url)?.origin === URL.parse(home)?.origin;
  const token = isHome ? world.env["LIDO_TOKEN"] || undefined : undefined;
  try {
    return new LidoClient({ url, token, timeoutMs, fetch: world.fetch, parse: parseExactJson });
  } catch (error) {
    throw error instanceof TypeError ? new UsageError(error.message) : error;
  }
}

/** Prints data as JSON, or as the text that a person reads. */
export function print(world: World, flags: ServerFlags, data: unknown, text: () => string): void {
  world.out.write(flags.json ? `${printableJson(data)}\n` : text());
}

const INTEGER: SchemaLeaf = {
  path: [],
  kind: "integer",
  isNullable: false,
  isRequired: false,
  description: "",
  defaultValue: undefined,
  choices: [],
  element: undefined,
};

/** Reads a whole number that is as the schema has it, for commander. */
export function integerOf(schema: z.ZodType): (text: string) => number {
  return (text) => {
    const value = parseInteger(text);
    checkArgument(schema, value);
    return value;
  };
}

/** Reads a whole number strictly, for commander. */
export function parseInteger(text: string): number {
  try {
    return Number(parseLeaf(INTEGER, text));
  } catch (error) {
    if (error instanceof RangeError) throw new InvalidArgumentError(`${error.message}.`);
    throw error;
  }
}
