/** Flags made from a schema: each leaf is one, and what was given becomes an object again. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { z } from "zod";
import { parseLeaf, type SchemaLeaf } from "./schema_leaves.ts";

/** How a leaf's flag is called. */
export interface LeafFlags {
  readonly leaf: SchemaLeaf;
  /** With its dashes. */
  readonly flag: string;
  /** What the whole value must be, where it is not left to the server to refuse. */
  readonly schema?: z.ZodType;
}

/** Names of flags that a command has already, so that a leaf cannot take them. */
export type TakenFlags = ReadonlySet<string>;

/**
 * Names a flag for each leaf. A leaf whose name is taken, or begins with `no-` as the denial of
 * another flag would, is called `--input-…`; one that cannot be a flag at all has none.
 */
export function nameFlags(
  leaves: readonly SchemaLeaf[],
  taken: TakenFlags = new Set(),
): readonly LeafFlags[] {
  const used = new Set(taken);
  return leaves.flatMap((leaf) => {
    const name = leaf.path.map(toDashes).join("-");
    const plain = `--${name}`;
    const flag = used.has(plain) || name.startsWith("no-") ? `--input-${name}` : plain;
    if (!/^[a-z0-9][a-z0-9-]*$/.test(name) || used.has(flag)) return [];
    used.add(flag);
    return [{ leaf, flag }];
  });
}

/** Adds a flag for each leaf; a boolean gets its denial too, a list may come again and again. */
export function addLeafOptions(command: Command, flags: readonly LeafFlags[]): void {
  for (const { leaf, flag, schema } of flags) {
    if (leaf.kind === "boolean") {
      command.addOption(new Option(flag, describe(leaf)));
      command.addOption(new Option(flag.replace("--", "--no-"), `not ${flag}`));
    } else {
      command.addOption(valueOption(leaf, flag, schema));
    }
  }
}

function valueOption(leaf: SchemaLeaf, flag: string, schema: z.ZodType | undefined): Option {
  return new Option(`${flag} <${placeholder(leaf)}>`, describe(leaf))
    .argParser((text, previous: unknown) => {
      const value = parseOrExplain(leaf, text);
      const before = previous instanceof GivenValue ? previous.value : undefined;
      const isMore = leaf.kind === "list" && Array.isArray(before) && Array.isArray(value);
      const whole = isMore ? [...before, ...value] : value;
      if (schema !== undefined) checkArgument(schema, whole);
      return new GivenValue(whole);
    });
}

/** A parsed value in a wrapper: commander would make an empty text of a bare null. */
class GivenValue {
  constructor(readonly value: unknown) {}
}

function parseOrExplain(leaf: SchemaLeaf, text: string): unknown {
  try {
    return parseLeaf(leaf, text);
  } catch (error) {
    if (error instanceof RangeError) throw new InvalidArgumentError(`${error.message}.`);
    throw error;
  }
}

/** @throws {InvalidArgumentError} with the first fault, if the value is not as the schema has it. */
export function checkArgument(schema: z.ZodType, value: unknown): void {
  const [fault] = schema.safeParse(value).error?.issues ?? [];
  if (fault !== undefined) throw new InvalidArgumentError(`${fault.message}.`);
}

/** The values that were given, nested as the schema has them; what was not given is left out. */
export function readLeafOptions(
  command: Command,
  flags: readonly LeafFlags[],
): Record<string, unknown> {
  const given: Record<string, unknown> = command.opts();
  const root: Record<string, unknown> = {};
  for (const { leaf, flag } of flags) {
    const name = new Option(flag).attributeName();
    // An object answers to `constructor` too, which may well be a field's name.
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined) continue;
    place(root, leaf.path, value instanceof GivenValue ? value.value : value);
  }
  return root;
}

function place(root: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [name = "", ...rest] = path;
  if (rest.length === 0) {
    root[name] = value;
    return;
  }
  const before = Object.hasOwn(root, name) ? root[name] : undefined;
  const inner: Record<string, unknown> = typeof before === "object" ? { ...before } : {};
  place(inner, rest, value);
  root[name] = inner;
}

/** What stands for a leaf's value in the help: its kind, or the words that it may be. */
export function placeholder(leaf: SchemaLeaf): string {
  if (leaf.kind === "choice") return leaf.choices.join("|");
  return leaf.kind === "list" ? leaf.element?.kind ?? "text" : leaf.kind;
}

function describe(leaf: SchemaLeaf): string {
  const notes = [
    ...(leaf.isRequired ? ["required"] : []),
    ...(leaf.kind === "list" ? ["may come more than once; '' for none"] : []),
    ...(hasDefault(leaf) ? [`default: ${JSON.stringify(leaf.defaultValue)}`] : []),
  ];
  return [leaf.description, notes.length === 0 ? "" : `(${notes.join("; ")})`]
    .filter((part) => part !== "").join(" ");
}

function hasDefault({ defaultValue, kind }: SchemaLeaf): boolean {
  return defaultValue !== undefined && defaultValue !== null && kind !== "list";
}

/** Writes `upTo` and `up_to` as `up-to`. */
function toDashes(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, "$1-$2").replaceAll("_", "-").toLowerCase();
}
