/** What can be asked of tasks. */
import { z } from "zod";
import { ATTEMPT_LINE_CHARS_MAX, ATTEMPT_LINES_MAX, TaskChange } from "../../../core/mod.ts";
import { NDJSON_TYPES } from "../batch_stream.ts";
import { Batch, Grace, GRACE_FIELDS, Submit, TASK_CHANGE_FIELDS, TASK_FIELDS } from "../bodies.ts";
import { Bulk, BULK_FIELDS } from "../bulk.ts";
import { EXPORT_FORMATS } from "../export.ts";
import { TimeText } from "../query.ts";
import { type TASK_FILTERS, TEXT_CHARS_MAX } from "../task_filter.ts";
import { fieldNames } from "../wire.ts";
import { Attempt, BulkOperation, DryRun, LogLine, Pagination, Task, TaskEvent } from "./answers.ts";
import type { Answer, Operation, Parameter } from "./operation.ts";

const text = (description: string): Parameter => ({ schema: z.string().optional(), description });
const number = (description: string): Parameter => ({ schema: z.int().optional(), description });
const time = (description: string): Parameter => ({
  schema: TimeText.optional(),
  description,
});

/** The parameters that narrow a list of tasks. */
const FILTERS: Readonly<Record<typeof TASK_FILTERS[number], Parameter>> = {
  pool_id: text("Tasks of this pool"),
  status: text("Of these states, with commas between"),
  task_type: text("Of this type"),
  tag: text("With all of these tags (at most 10), with commas between"),
  min_priority: number("Of this priority or a higher one"),
  max_priority: number("Of this priority or a lower one"),
  min_attempt: number("In this attempt or a later one"),
  max_attempt: number("In this attempt or an earlier one"),
  submitted_after: time("Submitted then or later"),
  submitted_before: time("Submitted then or earlier"),
  ended_after: time("Ended then or later"),
  ended_before: time("Ended then or earlier"),
  min_run_ms: number("Ran so long or longer"),
  max_run_ms: number("Ran so long or shorter"),
  text: {
    schema: z.string().max(TEXT_CHARS_MAX).optional(),
    description:
      "In the name, a tag, the input, the result or the error; the case of A to Z does not matter",
  },
  input: text('Places of the input and the values there, as JSON: {"url.host":"example.com"}'),
};
const PAGING: Readonly<Record<string, Parameter>> = {
  page: number("From 1; clamped to the pages that there are"),
  per_page: number("From 1 to 100; clamped"),
  cursor: text("A `next_cursor` or `prev_cursor` of another page"),
};
const WAIT: Readonly<Record<string, Parameter>> = {
  wait: {
    schema: z.number().min(0).max(60).optional(),
    description: "Answers when the task has ended, or after so many seconds",
  },
};
const KEY: Readonly<Record<string, Parameter>> = {
  "Idempotency-Key": {
    in: "header",
    schema: z.string().min(1).max(255).optional(),
    description:
      "The same submission with the same key gives the first one's task; no other operation takes one",
  },
};
const TRACE: Readonly<Record<string, Parameter>> = {
  traceparent: {
    in: "header",
    schema: z.string().optional(),
    description: "The span that the submit is part of, as W3C's Trace Context writes it",
  },
};
const TASK: Answer = { status: 200, description: "The task", data: Task };
const READS = ["task_not_found", "journal_unavailable", "journal_corrupt"] as const;
const SUBMITS = [
  "pool_not_found",
  "pool_closed",
  "task_type_not_found",
  "task_type_broken",
  "queue_full",
  "task_dropped",
  "idempotency_conflict",
  "journal_unavailable",
  "server_closing",
] as const;
const EXAMPLE = {
  pool_id: "01990000-0000-7000-8000-000000000001",
  task_type: "sleep",
  input: { seconds: 1 },
};

/** See the head of this file. */
export const TASK_OPERATIONS: readonly Operation[] = [
  {
    id: "listTasks",
    method: "get",
    path: "/api/tasks",
    tag: "Tasks",
    summary: "Lists tasks, newest first",
    parameters: { ...PAGING, ...FILTERS },
    answers: [{
      status: 200,
      description: "One page",
      data: z.array(Task),
      beside: { pagination: Pagination },
    }],
    errors: ["cursor_invalid", "pool_not_found", "journal_unavailable", "journal_corrupt"],
  },
  {
    id: "submitTask",
    method: "post",
    path: "/api/tasks",
    tag: "Tasks",
    summary: "Submits a task",
    parameters: { ...WAIT, ...KEY, ...TRACE },
    body: {
      schema: Submit,
      names: TASK_FIELDS,
      example: EXAMPLE,
      component: "TaskSubmission",
    },
    answers: [
      { ...TASK, status: 202, description: "The new task", headers: ["Location"] },
      { ...TASK, description: "The task that the key gave before", headers: ["Location"] },
    ],
    errors: SUBMITS,
  },
  {
    id: "submitBatch",
    method: "post",
    path: "/api/tasks/batch",
    tag: "Tasks",
    summary: "Submits up to 10,000 tasks, all or none; as NDJSON up to 100,000, a line each",
    parameters: {
      atomic: {
        schema: z.enum(["true", "false"]).optional(),
        description: "Of NDJSON: true submits all or none",
      },
      ...TRACE,
    },
    body: {
      // Each is parsed on its own; what it holds is told once, for one task.
      schema: Batch.extend({
        tasks: Batch.shape.tasks.meta({ items: { $ref: "#/components/schemas/TaskSubmission" } }),
      }),
      names: fieldNames(Batch.shape),
      example: { tasks: [EXAMPLE] },
      others: Object.fromEntries(
        NDJSON_TYPES.map((type) => [type, `${JSON.stringify(EXAMPLE)}\n`]),
      ),
    },
    answers: [
      {
        status: 202,
        description: "The new tasks' ids, in their order",
        data: z.strictObject({ task_ids: z.array(z.uuid()) }),
      },
      { status: 200, description: "A result a line", type: "application/x-ndjson" },
    ],
    errors: [...SUBMITS, "unsupported_media_type"],
  },
  {
    id: "startBulkOperation",
    method: "post",
    path: "/api/tasks/bulk",
    tag: "Tasks",
    summary: "Does one thing to many tasks, by their ids or a filter",
    body: {
      schema: Bulk,
      names: BULK_FIELDS,
      example: { action: "run_again", filter: { status: "failed" }, dry_run: true },
    },
    answers: [
      {
        status: 202,
        description: "The operation, which goes on",
        data: BulkOperation,
        headers: ["Location"],
      },
      { status: 200, description: "Of a dry run: what is meant", data: DryRun },
    ],
    errors: [
      "pool_not_found",
      "pool_closed",
      "journal_unavailable",
      "journal_corrupt",
      "server_closing",
    ],
  },
  {
    id: "getBulkOperation",
    method: "get",
    path: "/api/tasks/bulk/{operation_id}",
    tag: "Tasks",
    summary: "Tells how far an operation is, and what became of each task",
    answers: [{ status: 200, description: "The operation", data: BulkOperation }],
    errors: ["not_found"],
  },
  {
    id: "endBulkOperation",
    method: "delete",
    path: "/api/tasks/bulk/{operation_id}",
    tag: "Tasks",
    summary: "Ends an operation where it is; what was done stays done",
    answers: [{ status: 200, description: "The operation", data: BulkOperation }],
    errors: ["not_found"],
  },
  {
    id: "exportTasks",
    method: "get",
    path: "/api/tasks/export",
    tag: "Tasks",
    summary: "Gives all tasks of a list as one file, newest first",
    parameters: {
      format: { schema: z.enum(EXPORT_FORMATS).optional(), description: "`ndjson`, if left out" },
      ...FILTERS,
    },
    answers: [
      {
        status: 200,
        description: "A task a line, or a row a task under a head",
        type: "application/x-ndjson",
        otherTypes: ["text/csv"],
        headers: ["Content-Disposition"],
      },
    ],
    errors: ["pool_not_found", "journal_unavailable", "journal_corrupt"],
  },
  {
    id: "getTask",
    method: "get",
    path: "/api/tasks/{task_id}",
    tag: "Tasks",
    summary: "Shows a task, now or when it has ended",
    parameters: WAIT,
    answers: [TASK],
    errors: READS,
  },
  {
    id: "cancelTask",
    method: "delete",
    path: "/api/tasks/{task_id}",
    tag: "Tasks",
    summary: "Cancels a task that has not begun",
    answers: [TASK],
    errors: [...READS, "task_not_cancellable"],
  },
  {
    id: "changeTask",
    method: "patch",
    path: "/api/tasks/{task_id}",
    tag: "Tasks",
    summary: "Changes the priority of a task that waits for its turn, or moves it to another pool",
    body: { schema: TaskChange, names: TASK_CHANGE_FIELDS, example: { priority: 10 } },
    answers: [TASK],
    errors: [
      ...READS,
      "task_not_changeable",
      "pool_not_found",
      "pool_closed",
      "queue_full",
      "server_closing",
    ],
  },
  {
    id: "stopTask",
    method: "put",
    path: "/api/tasks/{task_id}/stop",
    tag: "Tasks",
    summary: "Asks a running task to end, by force after a grace; one that waits is cancelled",
    body: { schema: Grace, names: GRACE_FIELDS, example: { grace_ms: 5_000 }, isOptional: true },
    answers: [{ ...TASK, status: 202 }],
    errors: [...READS, "task_not_stoppable"],
  },
  {
    id: "submitAgain",
    method: "post",
    path: "/api/tasks/{task_id}/again",
    tag: "Tasks",
    summary: "Submits a task once more as it was",
    parameters: TRACE,
    answers: [{ ...TASK, status: 202, description: "The new task", headers: ["Location"] }],
    errors: [...READS, ...SUBMITS],
  },
  {
    id: "listTaskLogs",
    method: "get",
    path: "/api/tasks/{task_id}/logs",
    tag: "Tasks",
    summary: "Lists what the task's code logged, oldest first",
    parameters: {
      after: {
        schema: z.int().min(0).optional(),
        description: "How many lines you have already: only those behind them",
      },
    },
    answers: [{
      status: 200,
      description: `The lines: of each attempt the first ${ATTEMPT_LINES_MAX}, and no more than ` +
        `${ATTEMPT_LINE_CHARS_MAX} characters; where others were dropped, one more line says so`,
      data: z.array(LogLine),
    }],
    errors: READS,
  },
  {
    id: "listTaskEvents",
    method: "get",
    path: "/api/tasks/{task_id}/events",
    tag: "Tasks",
    summary: "Lists what happened to a task, oldest first",
    answers: [{ status: 200, description: "The events", data: z.array(TaskEvent) }],
    errors: READS,
  },
  {
    id: "listTaskAttempts",
    method: "get",
    path: "/api/tasks/{task_id}/attempts",
    tag: "Tasks",
    summary: "Lists a task's attempts that ended, oldest first",
    answers: [{ status: 200, description: "The attempts", data: z.array(Attempt) }],
    errors: READS,
  },
];
