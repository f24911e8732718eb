/** What may come next in a command line: made of the commands themselves, and of what a server has. */
import type { Argument, Command, Option } from "commander";
import project from "../../deno.json" with { type: "json" };
import { printable } from "../printable.ts";
import { type Place, placeOf } from "./place.ts";

/** One word that may come next. */
export interface Candidate {
  readonly word: string;
  /** What it means; empty where the word says it all. */
  readonly tells: string;
}

/** The words, or that any path will do, which the shell itself knows best. */
export type Candidates = readonly Candidate[] | "files";

/** The part of a server's API that is asked; without a server all of it is empty. */
export interface LiveNames {
  pools(url: string | undefined): Promise<readonly Candidate[]>;
  types(url: string | undefined): Promise<readonly Candidate[]>;
  /** The flags that a task type's input brings. */
  flagsOf(type: string, url: string | undefined, submit: Command): Promise<readonly Option[]>;
}

const PATHS = ["path", "file", "folder"];

/** Gives what the last word may become. */
export async function candidatesFor(
  program: Command,
  words: readonly string[],
  live: LiveNames,
): Promise<Candidates> {
  const first = placeOf(program, words);
  const more = await flagsOfType(first, live);
  const place = placeOf(program, words, more);
  const found = await findAll(program, place, more, live);
  return found === "files" ? found : found.filter(({ word }) => word.startsWith(place.word));
}

async function findAll(
  program: Command,
  place: Place,
  more: readonly Option[],
  live: LiveNames,
): Promise<Candidates> {
  const { command, operands, valueOf, word } = place;
  if (valueOf !== undefined) return await valuesFor(valueOf, place, live);
  if (command !== program && word.startsWith("-")) return flagsOf(command, more);
  if (command === program) return operands.length === 0 ? topCommands(program) : [];
  if (command.commands.length > 0) return operands.length === 0 ? innerCommands(command) : [];
  const argument = command.registeredArguments[operands.length];
  return argument === undefined ? [] : await valuesFor(argument, place, live);
}

async function flagsOfType(place: Place, live: LiveNames): Promise<readonly Option[]> {
  const { command, operands: [type], given } = place;
  if (command.name() !== "submit" || type === undefined) return [];
  return await live.flagsOf(type, given.get("--url"), command);
}

/** Commands, and the tasks of `deno.json` that are none of them. */
function topCommands(program: Command): readonly Candidate[] {
  const commands = innerCommands(program).filter(({ word }) => word !== "help");
  const known = new Set(commands.map(({ word }) => word));
  const others = Object.entries(project.tasks).filter(([name]) => !known.has(name));
  return [
    ...commands,
    ...others.map(([name, { description }]) => ({ word: name, tells: description })),
  ];
}

function innerCommands(command: Command): readonly Candidate[] {
  return command.createHelp().visibleCommands(command)
    .map((inner) => ({ word: inner.name(), tells: inner.description() }));
}

function flagsOf(command: Command, more: readonly Option[]): readonly Candidate[] {
  return [...command.createHelp().visibleOptions(command), ...more]
    .flatMap(({ long, description }) =>
      long === undefined ? [] : [{ word: long, tells: description }]
    );
}

/** By the words that it may be, or by what stands for its value: `<pool>`, `<process|thread>`. */
async function valuesFor(
  holder: Option | Argument,
  { word, given }: Place,
  live: LiveNames,
): Promise<Candidates> {
  const name = "flags" in holder ? /<(.*)>/.exec(holder.flags)?.[1] ?? "" : holder.name();
  if (PATHS.includes(name)) return "files";
  const url = given.get("--url");
  if (name === "pool") return await live.pools(url);
  if (name === "type") return await live.types(url);
  const words = holder.argChoices ?? (name.includes("|") ? name.split("|") : []);
  const before = word.slice(0, word.lastIndexOf(",") + 1); // several, with commas between
  return words.map((one) => ({ word: before + one, tells: "" }));
}

/** A line for each: the word, and behind a tab what it means. What would break a line is left out. */
export function candidateLines(candidates: Candidates): string {
  if (candidates === "files") return ":files\n";
  return candidates.filter(({ word }) => word === printable(word))
    .map(({ word, tells }) => `${word}\t${printable(tells)}\n`).join("");
}
