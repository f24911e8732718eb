/** A task's end as a person, or the next program of a pipe, reads it. */
import { CommandError } from "./exit_code.ts";
import { printable, printableJson, printableLines } from "./printable.ts";
import type { WireTask } from "./client/mod.ts";
import type { Output } from "./world.ts";

interface FileDigest {
  readonly path: string;
  readonly digest: string;
}

/**
 * Writes a result: a list of files with their digests as sha256sum prints it, so that its `--check`
 * reads it; all else as JSON, on one line if `indent` is 0; nothing if there is none.
 */
export function resultText(result: unknown, output: Output, indent = 2): string {
  if (result === null || result === undefined) return "";
  const files = digestsOf(result);
  if (files === undefined) return `${printableJson(result, indent)}\n`;
  return files.map((file) => `${digestLine(file, output)}\n`).join("");
}

/** Why a task has no result; undefined if it completed. */
export function failureOf(task: WireTask): CommandError | undefined {
  if (task.status === "completed") return undefined;
  const cause = task.exception ?? task.cancel_cause ?? "no reason is known";
  return new CommandError(`Task ${task.task_id} ${task.status}: ${printableLines(cause)}`);
}

function digestsOf(result: unknown): readonly FileDigest[] | undefined {
  if (typeof result !== "object" || result === null || !("files" in result)) return undefined;
  const { files } = result;
  return Array.isArray(files) && files.every(isFileDigest) ? files : undefined;
}

function isFileDigest(value: unknown): value is FileDigest {
  return typeof value === "object" && value !== null &&
    "path" in value && typeof value.path === "string" &&
    "digest" in value && typeof value.digest === "string";
}

// GNU coreutils marks a line whose file name it had to escape with a leading backslash.
function digestLine({ path, digest }: FileDigest, output: Output): string {
  const escaped = path.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\r", "\\r");
  const line = `${escaped === path ? "" : "\\"}${digest}  ${escaped}`;
  return output.isTerminal ? printable(line) : line;
}
