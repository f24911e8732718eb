/** Describes users' task files without ever importing them here: each under a deadline. */
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { BrokenTaskFile, TaskType } from "../model/task_type.ts";
import { type Answer, Describer, type DescriberPlace } from "./describer.ts";
import { messageOf } from "../model/errors.ts";

/** How task files are described. */
export interface DescribeOptions {
  /** The folder that they are in; their code may read nothing else. */
  readonly tasksFolder: string;
  /** How long importing one file may take, in milliseconds. */
  readonly describeMs: number;
}

/** What came of some task files; each is in exactly one of the lists, in the order given. */
export interface DescribedTaskFiles {
  readonly types: readonly TaskType[];
  readonly broken: readonly BrokenTaskFile[];
}

const REASON_CHARS_MAX = 1_000;

/** Describes files by their URLs. It never throws for what a file does. */
export async function describeTaskFiles(
  urls: readonly string[],
  options: DescribeOptions,
): Promise<DescribedTaskFiles> {
  if (urls.length === 0) return { types: [], broken: [] };
  const cacheFolder = await Deno.makeTempDir({ dir: tmpdir(), prefix: "lido-describe-" });
  try {
    await using describers = new Describers({ ...options, cacheFolder }, options.describeMs);
    const types: TaskType[] = [];
    const broken: BrokenTaskFile[] = [];
    for (const url of urls) {
      const found = await describeFile(url, describers);
      if (found.isGood) types.push(found.type);
      else broken.push({ url, reason: brokenReason(url, options.tasksFolder, found.reason) });
    }
    return { types, broken };
  } finally {
    await Deno.remove(cacheFolder, { recursive: true }).catch(() => {});
  }
}

/** One sentence that names the file as its user knows it. */
export function brokenReason(url: string, tasksFolder: string, reason: string): string {
  const file = relative(tasksFolder, fileURLToPath(url));
  return `Cannot load ${file}: ${reason.slice(0, REASON_CHARS_MAX)}`;
}

/** A hash of the file's text: attempts are recorded with it. */
export async function readCodeVersion(url: string): Promise<string> {
  const text = await Deno.readFile(fileURLToPath(url));
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

type Found =
  | { readonly isGood: true; readonly type: TaskType }
  | { readonly isGood: false; readonly reason: string };

async function describeFile(url: string, describers: Describers): Promise<Found> {
  try {
    const codeVersion = await readCodeVersion(url);
    const answer = await describers.ask(url);
    if (answer.kind !== "described") {
      return { isGood: false, reason: describers.reasonOf(answer, url) };
    }
    return { isGood: true, type: { ...answer.description, url, codeVersion, isBuiltIn: false } };
  } catch (error) {
    return { isGood: false, reason: messageOf(error) };
  }
}

/** One describer at a time; one that failed is replaced when the next file needs it. */
class Describers implements AsyncDisposable {
  readonly #place: DescriberPlace;
  readonly #describeMs: number;
  #current: Describer | undefined;

  constructor(place: DescriberPlace, describeMs: number) {
    this.#place = place;
    this.#describeMs = describeMs;
  }

  async ask(url: string): Promise<Answer> {
    const describer = this.#current ??= await Describer.start(this.#place);
    const answer = await describer.describe(url, this.#describeMs);
    if (answer.kind === "described" || answer.kind === "broken") return answer;
    await this[Symbol.asyncDispose]();
    // A file that was imported before may have ended it late: this one gets a process of its own.
    return answer.kind === "died" && describer.isShared ? await this.ask(url) : answer;
  }

  /** What is wrong with a file, from the answer that it gave or did not give. */
  reasonOf(answer: Answer, url: string): string {
    switch (answer.kind) {
      case "broken":
        return cleanReason(answer.reason, url);
      case "late":
        return `importing it took longer than ${this.#describeMs} ms`;
      case "died":
        return `it ${answer.reason}`;
      default:
        return "it gave no description";
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const describer = this.#current;
    this.#current = undefined;
    await describer?.[Symbol.asyncDispose]();
  }
}

/** The runtime's messages are made for terminals: one line is enough, and the file is named already. */
function cleanReason(reason: string, url: string): string {
  const [first = "", ...others] = reason.split("\n");
  const place = others.map((line) => /^\s*at (file:.*)$/.exec(line)?.[1]).find(Boolean);
  const hint = /Requires (read|import) access/.test(first)
    ? "; while it is loaded, a task file may read its own folder and Lido's packages only"
    : "";
  const sentence = first
    .replace(/^TypeError: (?=\w*Error: |Requires )/, "") // the import's own error around the real one
    .replace(/, run again with the --allow-\w+ flag/, "")
    .replace(/[.:]$/, "");
  const withPlace = place === undefined ? sentence : `${sentence} at ${place}`;
  return withPlace.replaceAll(`${url}:`, "line ") + hint;
}
