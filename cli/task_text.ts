/** Tasks as a person reads them in a terminal. */
import { printable, printableJson } from "./printable.ts";
import { type Column, drawFacts, drawTable } from "./table.ts";
import type { WireLogLine, WirePagination, WireTask } from "./client/mod.ts";
import type { Output } from "./world.ts";

const TASK_COLUMNS: readonly Column<WireTask>[] = [
  { title: "ID", text: (task) => task.task_id, isWhole: true },
  { title: "STATUS", text: (task) => task.status, isWhole: true },
  { title: "TASK", text: (task) => titleOf(task) },
  { title: "SUBMITTED", text: (task) => shortTime(task.submit_time), isWhole: true },
  { title: "SECONDS", text: (task) => secondsOf(task), isNumber: true },
];

/** Draws one page of tasks, and where it stands in the list. */
export function drawTasks(
  tasks: readonly WireTask[],
  pagination: WirePagination | undefined,
  output: Output,
): string {
  if (tasks.length === 0) return "No tasks.\n";
  const table = drawTable(tasks, TASK_COLUMNS, output);
  if (pagination === undefined || (pagination.total_pages ?? 1) <= 1) return table;
  const { start_item, end_item, total_items, current_page, total_pages } = pagination;
  return `${table}${start_item} to ${end_item} of ${total_items} ` +
    `(page ${current_page} of ${total_pages})\n`;
}

/** Draws one task. */
export function drawTask(task: WireTask): string {
  const { progress } = task;
  return drawFacts([
    ["task", task.task_id],
    ["name", task.name],
    ["type", task.task_type],
    ["pool", task.pool_id],
    ["status", task.status],
    ["why", task.why_waiting],
    ["priority", String(task.priority)],
    ["tags", task.tags.length === 0 ? null : task.tags.join(", ")],
    ["timeout", task.run_timeout_ms === null ? null : `${task.run_timeout_ms} ms`],
    ["attempt", String(task.attempt)],
    ["submitted", task.submit_time],
    ["started", task.start_time],
    ["ended", task.end_time],
    ["seconds", task.running_time === null ? null : secondsOf(task)],
    ["progress", progress && `${progress.done} of ${progress.total} ${progress.note ?? ""}`.trim()],
    ["exception", task.exception],
    ["cause", task.cancel_cause],
    ["input", jsonOf(task.input)],
    ["result", jsonOf(task.result)],
  ].flatMap(([name, value]) =>
    typeof name === "string" && typeof value === "string" ? [[name, value] as const] : []
  ));
}

/** Draws a task's log, a line each, with the number of its attempt. */
export function drawLogs(lines: readonly WireLogLine[]): string {
  return lines.map(({ at, attempt, level, text }) =>
    `${at} #${attempt} ${level.padEnd(7)} ${printable(text)}\n`
  ).join("");
}

function jsonOf(value: unknown): string | null {
  return value === null || value === undefined ? null : printableJson(value, 0);
}

function secondsOf(task: WireTask): string {
  return task.running_time === null ? "–" : task.running_time.toFixed(3);
}

/** A task without a name of its own bears its type's. */
function titleOf({ name, task_type }: WireTask): string {
  return name === task_type ? name : `${name} (${task_type})`;
}

/** `2026-01-31T08:09:10.123Z` as `01-31 08:09`. */
function shortTime(iso: string): string {
  return iso.slice(5, 16).replace("T", " ");
}
