/** What can be asked of task types, saved views and the whole server. */
import { z } from "zod";
import { ViewBody } from "../views.ts";
import { SHARE_WINDOWS_S } from "../../../core/mod.ts";
import {
  BrokenFile,
  Finding,
  Health,
  History,
  SavedView,
  Stats,
  TaskType,
  TypeShares,
} from "./answers.ts";
import type { Answer, Operation } from "./operation.ts";
import { HISTORY_PARAMETERS } from "./pool_operations.ts";

const POOL_ID = { schema: z.string().optional(), description: "Of this pool" };

const HEALTH: readonly Answer[] = [
  { status: 200, description: "All is well, or nearly", bare: Health },
  { status: 503, description: "Something critical is wrong", bare: Health },
];

/** See the head of this file. */
export const SERVER_OPERATIONS: readonly Operation[] = [
  {
    id: "listTaskTypes",
    method: "get",
    path: "/api/types",
    tag: "Task types",
    summary: "Lists the task types, and files that could not be loaded",
    answers: [{
      status: 200,
      description: "The types",
      data: z.array(TaskType),
      beside: { broken: z.array(BrokenFile) },
    }],
    errors: [],
  },
  {
    id: "getTaskType",
    method: "get",
    path: "/api/types/{name}",
    tag: "Task types",
    summary: "Shows a task type with its schemas and examples",
    answers: [{ status: 200, description: "The type", data: TaskType }],
    errors: ["task_type_not_found", "task_type_broken"],
  },
  {
    id: "listViews",
    method: "get",
    path: "/api/views",
    tag: "Views",
    summary: "Lists the saved views of the list of tasks",
    answers: [{ status: 200, description: "The views", data: z.array(SavedView) }],
    errors: [],
  },
  {
    id: "saveView",
    method: "put",
    path: "/api/views/{name}",
    tag: "Views",
    summary: "Saves a view for all, in the place of one of its name",
    body: { schema: ViewBody, example: { query: "q=state%3Afailed" } },
    answers: [{ status: 200, description: "The view", data: SavedView }],
    errors: ["view_limit_reached", "journal_unavailable", "server_closing"],
  },
  {
    id: "removeView",
    method: "delete",
    path: "/api/views/{name}",
    tag: "Views",
    summary: "Removes a view",
    answers: [{ status: 200, description: "Its name", data: z.strictObject({ name: z.string() }) }],
    errors: ["view_not_found", "journal_unavailable", "server_closing"],
  },
  {
    id: "getStats",
    method: "get",
    path: "/api/stats",
    tag: "Server",
    summary: "Tells the totals over all pools",
    answers: [{ status: 200, description: "The totals", data: Stats }],
    errors: [],
  },
  {
    id: "getTypeShares",
    method: "get",
    path: "/api/type-shares",
    tag: "Server",
    summary: "Tells which task types the threads' time went to in the last seconds",
    parameters: {
      window: {
        schema: z.literal(SHARE_WINDOWS_S).default(30).optional(),
        description: "How many seconds it goes back",
      },
    },
    answers: [{ status: 200, description: "The shares", data: TypeShares }],
    errors: [],
  },
  {
    id: "getHistory",
    method: "get",
    path: "/api/history",
    tag: "Server",
    summary: "Tells what all pools together, or one, did over time",
    parameters: { pool_id: POOL_ID, ...HISTORY_PARAMETERS },
    answers: [{ status: 200, description: "The history", data: History }],
    errors: ["pool_not_found", "journal_unavailable", "journal_corrupt"],
  },
  {
    id: "followEvents",
    method: "get",
    path: "/api/events",
    tag: "Server",
    summary: "Streams what happens to tasks and pools, as server-sent events",
    parameters: {
      pool_id: POOL_ID,
      task_id: { schema: z.string().optional(), description: "Of this task" },
      "Last-Event-ID": {
        in: "header",
        schema: z.string().optional(),
        description: "Goes on after this event",
      },
    },
    answers: [{
      status: 200,
      description: "The stream",
      type: "text/event-stream",
      headers: ["X-Accel-Buffering"],
    }],
    errors: ["pool_not_found", "task_not_found", "too_many_streams"],
  },
  {
    id: "getDoctor",
    method: "get",
    path: "/api/doctor",
    tag: "Server",
    summary: "Tells what the self-test found, and looks whether the journal is whole",
    answers: [{ status: 200, description: "What was found", data: z.array(Finding) }],
    errors: [],
  },
  {
    id: "downloadBackup",
    method: "get",
    path: "/api/backup",
    tag: "Server",
    summary: "Gives a copy of all pools and tasks, while the server goes on",
    answers: [{
      status: 200,
      description: "A file of SQLite",
      type: "application/vnd.sqlite3",
      headers: ["Content-Disposition"],
    }],
    errors: ["backup_running", "journal_unavailable", "journal_corrupt", "server_closing"],
  },
  {
    id: "getOpenApi",
    method: "get",
    path: "/api/openapi.json",
    tag: "Server",
    summary: "Gives this description",
    answers: [{ status: 200, description: "OpenAPI 3.1", bare: z.looseObject({}) }],
    errors: [],
  },
  {
    id: "getHealth",
    method: "get",
    path: "/health",
    tag: "Server",
    summary: "Tells whether all is well, and what is not",
    answers: HEALTH,
    errors: [],
  },
  {
    id: "getMetrics",
    method: "get",
    path: "/metrics",
    tag: "Server",
    summary: "Gives all metrics to a monitor, in the text format of Prometheus",
    answers: [{ status: 200, description: "The metrics", type: "text/plain" }],
    errors: [],
  },
  {
    id: "getReadiness",
    method: "get",
    path: "/health/ready",
    tag: "Server",
    summary: "Tells a probe whether requests should come here",
    answers: HEALTH,
    errors: [],
  },
  {
    id: "getLiveness",
    method: "get",
    path: "/health/live",
    tag: "Server",
    summary: "Tells a probe that the process lives",
    answers: [{ status: 200, description: "It does", bare: Health }],
    errors: [],
  },
];
