/** All task types that a server knows: Lido's own, and those of the user's files. */
import { fileURLToPath } from "node:url";
import { closest } from "fastest-levenshtein";
import { LidoError } from "../model/errors.ts";
import type { BrokenTaskFile, TaskType } from "../model/task_type.ts";
import checksum from "./builtin/checksum.task.ts";
import httpRequest from "./builtin/http_request.task.ts";
import primes from "./builtin/primes.task.ts";
import sleep from "./builtin/sleep.task.ts";
import wordCount from "./builtin/word_count.task.ts";
import { describeDefinition } from "./describe_definition.ts";
import { brokenReason, describeTaskFiles, readCodeVersion } from "./describe.ts";
import { compileInputCheck, type InputCheck } from "./input_check.ts";
import { findTaskFiles } from "./task_files.ts";

/** A file's name gives the type's: `sleep` is in `builtin/sleep.task.ts`. */
const BUILT_IN = [checksum, httpRequest, primes, sleep, wordCount];

/** Other names of built-in types: upstream called its one task `demo`. */
const ALIASES: ReadonlyMap<string, string> = new Map([["demo", "sleep"]]);

/** Where user task files are, and how long importing one may take. */
export interface RegistryOptions {
  /** null: there are none. */
  readonly tasksDir: string | null;
  readonly describeMs: number;
}

/** See the head of this file. */
export class TaskTypeRegistry {
  /** Folders that a thread must be able to read to import its tasks. */
  readonly codeFolders: readonly string[];
  readonly #types: ReadonlyMap<string, TaskType>;
  readonly #broken: readonly BrokenTaskFile[];
  readonly #checks = new Map<TaskType, InputCheck>();

  private constructor(
    types: readonly TaskType[],
    broken: readonly BrokenTaskFile[],
    tasksFolder: string | null,
  ) {
    this.#types = new Map(types.map((type) => [type.name, Object.freeze(type)]));
    this.#broken = Object.freeze(broken);
    const ownFolder = fileURLToPath(new URL("./builtin", import.meta.url));
    this.codeFolders = tasksFolder === null ? [ownFolder] : [ownFolder, tasksFolder];
  }

  /**
   * Loads all task types. A broken file is listed, and stops no other.
   * @throws {LidoError} `invalid_input` if the folder cannot be read.
   */
  static async load({ tasksDir, describeMs }: RegistryOptions): Promise<TaskTypeRegistry> {
    const builtIn = await Promise.all(BUILT_IN.map(describeBuiltIn));
    if (tasksDir === null) return new TaskTypeRegistry(builtIn, [], null);
    const { folder, urls, broken } = await findTaskFiles(tasksDir);
    const described = await describeTaskFiles(urls, { tasksFolder: folder, describeMs });
    const { types, duplicates } = splitDuplicates([...builtIn, ...described.types], folder);
    const allBroken = [...broken, ...described.broken, ...duplicates];
    return new TaskTypeRegistry(types, allBroken, folder);
  }

  /** Where a type's code is now; undefined when no file has it. */
  find(name: string): Pick<TaskType, "name" | "url" | "codeVersion"> | undefined {
    return this.#types.get(ALIASES.get(name) ?? name);
  }

  /**
   * The task type of that name, or alias.
   * @throws {LidoError} `task_type_not_found`, or `task_type_broken` if a file of that name is.
   */
  get(name: string): TaskType {
    const type = this.#types.get(ALIASES.get(name) ?? name);
    if (type !== undefined) return type;
    const broken = this.#broken.find(({ url }) => url.endsWith(`/${name}.task.ts`));
    if (broken !== undefined) throw new LidoError("task_type_broken", broken.reason);
    const nearest = closest(name, [...this.#types.keys()]);
    throw new LidoError(
      "task_type_not_found",
      `Cannot find task type: none is named ${JSON.stringify(name)}; did you mean ${nearest}?`,
      { nearest },
    );
  }

  /** All types by name, without aliases. */
  list(): readonly TaskType[] {
    return [...this.#types.values()].sort((one, other) => one.name < other.name ? -1 : 1);
  }

  /** Files that could not be loaded, with the reason. */
  listBroken(): readonly BrokenTaskFile[] {
    return this.#broken;
  }

  /**
   * Checks an input before it is queued. Refinements are the thread's to check.
   * @throws {LidoError} `invalid_input` with every fault.
   */
  checkInput(type: TaskType, input: unknown): void {
    const faults = this.#check(type)(input);
    const [first, ...others] = faults;
    if (first === undefined) return;
    const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
    const message = `${first.path.join(".")}: ${first.message}${more}`;
    throw new LidoError("invalid_input", `Cannot submit ${type.name}: ${message}`, { faults });
  }

  /** Made when the type is first submitted: most types of a server never are. */
  #check(type: TaskType): InputCheck {
    const known = this.#checks.get(type);
    if (known !== undefined) return known;
    const check = compileInputCheck(type.inputSchema);
    this.#checks.set(type, check);
    return check;
  }
}

async function describeBuiltIn(definition: (typeof BUILT_IN)[number]): Promise<TaskType> {
  const url = new URL(`./builtin/${definition.name}.task.ts`, import.meta.url).href;
  const codeVersion = await readCodeVersion(url);
  return { ...describeDefinition(definition), url, codeVersion, isBuiltIn: true };
}

/** The first of a name keeps it: Lido's own, then in the order of the files. */
function splitDuplicates(
  all: readonly TaskType[],
  folder: string,
): { types: readonly TaskType[]; duplicates: readonly BrokenTaskFile[] } {
  const owners = new Map<string, string>([...ALIASES.keys()].map((name) => [name, "Lido's own"]));
  const types: TaskType[] = [];
  const duplicates: BrokenTaskFile[] = [];
  for (const type of all) {
    const owner = owners.get(type.name);
    if (owner === undefined) {
      owners.set(type.name, type.isBuiltIn ? "Lido's own" : fileURLToPath(type.url));
      types.push(type);
      continue;
    }
    const reason = `its name ${type.name} is taken by ${owner}`;
    duplicates.push({ url: type.url, reason: brokenReason(type.url, folder, reason) });
  }
  return { types, duplicates };
}
