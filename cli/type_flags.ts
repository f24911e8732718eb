/** The second pass of `submit`: flags made from the task type's own input schema. */
import { Command, type Option } from "commander";
import { UsageError } from "./exit_code.ts";
import { addLeafOptions, type LeafFlags, nameFlags, readLeafOptions } from "./leaf_options.ts";
import { listLeaves } from "./schema_leaves.ts";
import type { WireTaskType } from "./client/mod.ts";

/** A task type's flags, beside those that `submit` has for every type. */
export class TypeFlags {
  readonly #type: WireTaskType;
  readonly #flags: readonly LeafFlags[];
  readonly #command: Command;

  /** Makes the flags; `submit` tells how to speak and which names are taken. */
  constructor(type: WireTaskType, submit: Command) {
    const taken = new Set(["--help", ...submit.options.flatMap(({ long }) => long ?? [])]);
    this.#type = type;
    this.#flags = nameFlags(listLeaves(type.input_schema), taken);
    this.#command = new Command(`submit ${type.name}`)
      .copyInheritedSettings(submit)
      .usage("[options]")
      .helpOption(false)
      .allowExcessArguments(false);
    addLeafOptions(this.#command, this.#flags);
  }

  /** The flags themselves. */
  get options(): readonly Option[] {
    return this.#command.options;
  }

  /**
   * Reads the arguments that `submit` did not know, onto what `--input` or `--file` gave.
   * @throws {CommanderError} if the schema has no such flag, or a value cannot be read.
   * @throws {UsageError} if a value is missing, or flags meet an input that is no object.
   */
  read(args: readonly string[], base: unknown): unknown {
    this.#command.parse([...args], { from: "user" });
    const given = readLeafOptions(this.#command, this.#flags);
    if (Object.keys(given).length === 0 && base !== undefined) return base;
    if (base !== undefined && !isRecord(base)) {
      throw new UsageError("Cannot join the flags to the input: it is no JSON object");
    }
    const input = merge(base ?? {}, given);
    this.#refuseMissing(input);
    return Object.keys(input).length === 0 && this.#flags.length === 0 ? undefined : input;
  }

  /** The type's part of the help. */
  help(): string {
    const helper = this.#command.createHelp();
    const options = helper.formatHelp(this.#command, helper).replace(/^[^]*?Options:\n/, "");
    const title = `Input of ${this.#type.name}: ${this.#type.description}`;
    return this.#flags.length === 0 ? `${title}\n` : `${title}\n${options}`;
  }

  #refuseMissing(input: Readonly<Record<string, unknown>>): void {
    const missing = this.#flags
      .filter(({ leaf }) => leaf.isRequired && !has(input, leaf.path))
      .map(({ flag }) => flag);
    if (missing.length === 0) return;
    throw new UsageError(`Cannot submit ${this.#type.name}: ${missing.join(", ")} missing`);
  }
}

/** Flags may set one value of an object whose others came from `--input`. */
function merge(
  base: Readonly<Record<string, unknown>>,
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const entries = Object.entries(given).map(([name, value]) => {
    const before = Object.hasOwn(base, name) ? base[name] : undefined;
    return [name, isRecord(before) && isRecord(value) ? merge(before, value) : value] as const;
  });
  return { ...base, ...Object.fromEntries(entries) };
}

function has(value: unknown, path: readonly string[]): boolean {
  const [name, ...rest] = path;
  if (name === undefined) return true;
  return isRecord(value) && Object.hasOwn(value, name) && has(value[name], rest);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
