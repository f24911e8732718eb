/** Lists of tasks as files for other programs. */
import { stringify } from "csv-stringify/sync";
import type { TaskSnapshot } from "../../core/mod.ts";
import { presentTask } from "./task.ts";
import { presentTime } from "./time.ts";
import { writeJson } from "./write_json.ts";

/** Writes some tasks; the first time with what stands at a file's head. */
export type WriteTasks = (tasks: readonly TaskSnapshot[], isFirst: boolean) => string;

const COLUMNS = [
  "task_id",
  "name",
  "task_type",
  "pool_id",
  "status",
  "priority",
  "attempt",
  "tags",
  "submit_time",
  "start_time",
  "end_time",
  "run_ms",
  "input",
  "result",
  "error",
] as const;

/** One JSON object a line, as the API has them. */
export function writeNdjson(nowMs: number): WriteTasks {
  return (tasks) => tasks.map((task) => `${writeJson(presentTask(task, nowMs))}\n`).join("");
}

/** Rows with a head, as RFC 4180 has them; no cell is a formula to a spreadsheet. */
export function writeCsv(): WriteTasks {
  return (tasks, isFirst) =>
    stringify(tasks.map(rowOf), {
      header: isFirst,
      columns: COLUMNS.map((key) => ({ key })),
      record_delimiter: "windows",
      escape_formulas: true,
    });
}

function rowOf(
  task: TaskSnapshot,
): Readonly<Record<typeof COLUMNS[number], string | number | null>> {
  const { status } = task;
  const error = status.state === "failed"
    ? `${status.failure.name}: ${status.failure.message}`
    : status.state === "cancelled"
    ? status.cause
    : null;
  return {
    task_id: task.id,
    name: task.name,
    task_type: task.type,
    pool_id: task.poolId,
    status: status.state,
    priority: task.priority,
    attempt: task.attempt,
    tags: task.tags.join(" "),
    submit_time: presentTime(task.submittedAtMs),
    start_time: presentTime("startedAtMs" in status ? status.startedAtMs : null),
    end_time: presentTime("finishedAtMs" in status ? status.finishedAtMs : null),
    run_ms: "runMs" in status ? status.runMs : null,
    input: task.inputJson,
    result: status.state === "completed" ? status.resultJson : null,
    error,
  };
}
