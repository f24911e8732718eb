/** What can be asked of pools. */
import { z } from "zod";
import { PoolSettings } from "../../../core/mod.ts";
import {
  AskedSize,
  Changes,
  Deadline,
  DEADLINE_FIELDS,
  POOL_CHANGE_FIELDS,
  POOL_FIELDS,
  Recycle,
  RECYCLE_FIELDS,
  Revert,
  REVERT_FIELDS,
  Size,
  SIZE_FIELDS,
} from "../bodies.ts";
import { TimeText } from "../query.ts";
import { History, Pool, Resize, ResizeInfo, SettingsVersion } from "./answers.ts";
import type { Answer, Operation, Parameter } from "./operation.ts";

const POOL: Answer = { status: 200, description: "The pool", data: Pool };
const TAGGED: Answer = { ...POOL, headers: ["ETag"] };
const OPEN = ["pool_not_found", "pool_closed", "journal_unavailable", "server_closing"] as const;
const IF_MATCH: Readonly<Record<string, Parameter>> = {
  "If-Match": {
    in: "header",
    schema: z.string().optional(),
    description: "The pool's ETag, or several with commas: only if its settings are that version",
  },
};

/** Parameters of a history. */
export const HISTORY_PARAMETERS: Readonly<Record<string, Parameter>> = {
  since: { schema: TimeText.optional(), description: "An hour ago, if left out" },
  until: { schema: TimeText.optional(), description: "Now, if left out" },
  step: { schema: z.int().optional(), description: "Seconds; the shortest that fits, if left out" },
};

/** See the head of this file. */
export const POOL_OPERATIONS: readonly Operation[] = [
  {
    id: "listPools",
    method: "get",
    path: "/api/pools",
    tag: "Pools",
    summary: "Lists pools, oldest first",
    parameters: {
      status: {
        schema: z.string().optional(),
        description:
          "running, paused, draining, closed with commas between, or all; else all but closed",
      },
    },
    answers: [{ status: 200, description: "The pools", data: z.array(Pool) }],
    errors: [],
  },
  {
    id: "createPool",
    method: "post",
    path: "/api/pools",
    tag: "Pools",
    summary: "Opens a pool",
    body: {
      schema: PoolSettings,
      names: POOL_FIELDS,
      optional: ["name"],
      example: { name: "reports", max_workers: 4, isolation: "process" },
    },
    answers: [{ ...POOL, status: 201, headers: ["Location", "ETag"] }],
    errors: ["pool_limit_reached", "journal_unavailable", "server_closing"],
  },
  {
    id: "getPool",
    method: "get",
    path: "/api/pools/{pool_id}",
    tag: "Pools",
    summary: "Shows a pool with its threads",
    answers: [TAGGED],
    errors: ["pool_not_found"],
  },
  {
    id: "changePool",
    method: "patch",
    path: "/api/pools/{pool_id}",
    tag: "Pools",
    summary: "Changes settings of a pool, live",
    parameters: IF_MATCH,
    body: { schema: Changes, names: POOL_CHANGE_FIELDS, example: { queue_capacity: 5_000 } },
    answers: [TAGGED],
    errors: [...OPEN, "version_conflict"],
  },
  {
    id: "closePool",
    method: "delete",
    path: "/api/pools/{pool_id}",
    tag: "Pools",
    summary: "Closes a pool: it takes nothing new and finishes what it has, up to a deadline",
    parameters: {
      deadline_ms: { schema: Deadline.shape.deadlineMs, description: "A minute, if left out" },
    },
    answers: [{ ...POOL, status: 202 }],
    errors: OPEN,
  },
  {
    id: "drainPool",
    method: "post",
    path: "/api/pools/{pool_id}/drain",
    tag: "Pools",
    summary: "Closes a pool, with the deadline in the body",
    body: {
      schema: Deadline,
      names: DEADLINE_FIELDS,
      example: { deadline_ms: 60_000 },
      isOptional: true,
    },
    answers: [{ ...POOL, status: 202 }],
    errors: OPEN,
  },
  {
    id: "forceClosePool",
    method: "delete",
    path: "/api/pools/{pool_id}/force-close",
    tag: "Pools",
    summary: "Closes a pool now: cancels what waits, stops what runs without grace",
    answers: [{
      status: 200,
      description: "How many there were",
      data: z.strictObject({ cancelled_tasks: z.int(), stopped_tasks: z.int() }),
      beside: { cancelled_tasks: z.int(), stopped_tasks: z.int() },
    }],
    errors: OPEN,
  },
  {
    id: "resizePool",
    method: "put",
    path: "/api/pools/{pool_id}/resize",
    tag: "Pools",
    summary: "Changes how many threads a pool has; no task is moved",
    parameters: IF_MATCH,
    body: { schema: Size, names: SIZE_FIELDS, example: { max_workers: 8 } },
    answers: [{
      status: 200,
      description: "The sizes before and after",
      data: Resize,
      beside: { message: z.string() },
      headers: ["ETag"],
    }],
    errors: [...OPEN, "version_conflict"],
  },
  {
    id: "getResizeInfo",
    method: "get",
    path: "/api/pools/{pool_id}/resize-info",
    tag: "Pools",
    summary: "Tells what to know before a resize: how many threads a pool wants, and why",
    parameters: {
      max_workers: {
        schema: AskedSize.shape.maxThreads,
        description: "Also what is to be expected of so many",
      },
    },
    answers: [{ status: 200, description: "What to know", data: ResizeInfo }],
    errors: ["pool_not_found"],
  },
  {
    id: "listSettings",
    method: "get",
    path: "/api/pools/{pool_id}/settings",
    tag: "Pools",
    summary: "Lists the last 1,000 versions of a pool's settings, newest first",
    answers: [{ status: 200, description: "The versions", data: z.array(SettingsVersion) }],
    errors: ["pool_not_found", "journal_unavailable", "journal_corrupt"],
  },
  {
    id: "revertPool",
    method: "post",
    path: "/api/pools/{pool_id}/revert",
    tag: "Pools",
    summary: "Brings a version of a pool's settings back, as a new one",
    parameters: IF_MATCH,
    body: { schema: Revert, names: REVERT_FIELDS, example: { version: 1, reason: "Too slow" } },
    answers: [TAGGED],
    errors: [...OPEN, "version_not_found", "version_conflict", "journal_corrupt"],
  },
  {
    id: "recyclePool",
    method: "post",
    path: "/api/pools/{pool_id}/recycle",
    tag: "Pools",
    summary: "Replaces a pool's threads, or one, once they have finished what they run",
    body: { schema: Recycle, names: RECYCLE_FIELDS, example: { worker: 0 }, isOptional: true },
    answers: [{
      status: 202,
      description: "How many are replaced",
      data: z.strictObject({ recycled_workers: z.int() }),
    }],
    errors: ["pool_not_found", "pool_closed", "thread_not_found"],
  },
  ...(["pause", "resume"] as const).map((verb): Operation => ({
    id: `${verb}Pool`,
    method: "post",
    path: `/api/pools/{pool_id}/${verb}`,
    tag: "Pools",
    summary: verb === "pause" ? "Starts no task of a pool for now" : "Starts a pool's tasks again",
    answers: [POOL],
    errors: OPEN,
  })),
  {
    id: "cancelPoolTasks",
    method: "post",
    path: "/api/pools/{pool_id}/cancel_pool_tasks",
    tag: "Pools",
    summary: "Cancels all tasks of a pool that have not begun",
    answers: [{
      status: 200,
      description: "How many there were",
      data: z.strictObject({ cancelled_tasks: z.int() }),
    }],
    errors: ["pool_not_found", "journal_unavailable"],
  },
  {
    id: "getPoolHistory",
    method: "get",
    path: "/api/pools/{pool_id}/history",
    tag: "Pools",
    summary: "Tells what a pool did over time",
    parameters: HISTORY_PARAMETERS,
    answers: [{ status: 200, description: "The history", data: History }],
    errors: ["pool_not_found", "journal_unavailable", "journal_corrupt"],
  },
];
