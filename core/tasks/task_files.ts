/** Finds the task files of a folder. */
import { join, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { LidoError } from "../model/errors.ts";
import type { BrokenTaskFile } from "../model/task_type.ts";
import { brokenReason } from "./describe.ts";

const SUFFIX = ".task.ts";
const FILES_MAX = 1_000;

/** What a folder holds. */
export interface TaskFiles {
  /** The folder itself, links resolved: threads must be allowed to read this one. */
  readonly folder: string;
  /** `file:` URLs, sorted. */
  readonly urls: readonly string[];
  /** Links that lead out of the folder. */
  readonly broken: readonly BrokenTaskFile[];
}

/**
 * Finds all `*.task.ts` in a folder and its sub-folders, but for those that begin with a dot and
 * `node_modules`. A link within the folder stands for the file that it leads to.
 * @throws {LidoError} `invalid_input` if there is no such folder, or too many files are in it.
 */
export async function findTaskFiles(tasksDir: string): Promise<TaskFiles> {
  const folder = await resolveFolder(tasksDir);
  const paths = new Set<string>();
  const broken: BrokenTaskFile[] = [];
  for await (const { path, isLink } of walk(folder)) {
    const target = isLink ? await Deno.realPath(path).catch(() => undefined) : path;
    if (target?.startsWith(folder + sep)) paths.add(target);
    else broken.push(refuseLink(path, folder));
    if (paths.size <= FILES_MAX) continue;
    const message = `Cannot read task folder ${tasksDir}: it holds more than ${FILES_MAX} files`;
    throw new LidoError("invalid_input", message);
  }
  const urls = [...paths].sort().map((path) => pathToFileURL(path).href);
  return { folder, urls, broken };
}

async function resolveFolder(tasksDir: string): Promise<string> {
  try {
    const folder = await Deno.realPath(tasksDir);
    if ((await Deno.stat(folder)).isDirectory) return folder;
  } catch (cause) {
    const what = cause instanceof Deno.errors.NotFound ? "there is no such folder" : String(cause);
    const message = `Cannot read task folder ${tasksDir}: ${what}`;
    throw new LidoError("invalid_input", message, {}, { cause });
  }
  throw new LidoError("invalid_input", `Cannot read task folder ${tasksDir}: it is no folder`);
}

async function* walk(folder: string): AsyncGenerator<{ path: string; isLink: boolean }> {
  for await (const { name, isDirectory, isSymlink } of Deno.readDir(folder)) {
    const path = join(folder, name);
    const isHidden = name.startsWith(".") || name === "node_modules";
    if (isDirectory && !isHidden) yield* walk(path);
    else if (!isDirectory && name.endsWith(SUFFIX)) yield { path, isLink: isSymlink };
  }
}

function refuseLink(path: string, folder: string): BrokenTaskFile {
  const url = pathToFileURL(path).href;
  return {
    url,
    reason: brokenReason(url, folder, "it is a link that leads nowhere or out of the folder"),
  };
}
