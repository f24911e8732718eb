/**
 * What the API answers, noun by noun, as zod schemas: the OpenAPI document is made of them, and tests
 * hold real answers against them. They are strict: a field that is not here is a fault.
 */
import { z } from "zod";
import {
  AlertComparator,
  AlertRule as AlertRuleModel,
  AlertSeverity,
  Autoscale,
  BULK_ACTIONS,
  LogLevel,
  SHARE_WINDOWS_S,
  SLOT_STATES,
  StoredPoolSettings,
  TASK_STATES,
} from "../../../core/mod.ts";
import { ALERT_RULE_FIELDS, POOL_FIELDS } from "../bodies.ts";
import type { FieldNames } from "../wire.ts";

const Id = z.uuid();
const Time = z.iso.datetime().meta({ description: "ISO 8601, in UTC" });
const Count = z.int().min(0);
const Milliseconds = z.number().min(0);
const Any = z.unknown().meta({ description: "Any JSON; numbers keep all their digits" });

const Progress = z.strictObject({ done: z.number(), total: z.number() });
const Percentiles = z.strictObject({
  count: Count,
  p50: Milliseconds,
  p95: Milliseconds,
  p99: Milliseconds,
  max: Milliseconds,
}).meta({ id: "Percentiles", description: "Milliseconds, good to about 3 %" });

const PoolStatus = z.enum(["running", "paused", "draining", "closed"]);

const Worker = z.strictObject({
  index: Count,
  state: z.enum(SLOT_STATES),
  running: z.array(z.strictObject({
    task_id: z.string(),
    name: z.string(),
    task_type: z.string(),
    run_ms: Milliseconds,
    progress: Progress.nullable(),
  })),
  done: Count,
  failed: Count,
  heartbeat_age_ms: Milliseconds.nullable(),
  memory_bytes: z.number(),
  busy_ms: Milliseconds,
  pid: z.int().nullable(),
}).meta({ id: "Worker", description: "One thread of a pool" });

const taskCounts = {
  total_tasks: Count,
  active_tasks: Count.meta({ description: "Pending and running" }),
  pending_tasks: Count,
  running_tasks: Count,
  completed_tasks: Count,
  failed_tasks: Count,
  cancelled_tasks: Count,
  timed_out_tasks: Count.meta({
    description: "Of the failed: those that took, or waited, too long",
  }),
  queue_timed_out_tasks: Count.meta({ description: "Of those: the ones that waited too long" }),
  rejected_tasks: Count.meta({ description: "Submits that a full queue refused" }),
};

/** A pool's settings by their names on the wire, as they are when they are shown. */
const settings = shownFields(StoredPoolSettings.shape, POOL_FIELDS);

function shownFields<Schema>(shape: Readonly<Record<string, Schema>>, { toWire }: FieldNames) {
  return Object.fromEntries(
    Object.entries(shape).map(([name, schema]) => [toWire.get(name) ?? name, schema] as const),
  );
}

/** See the head of this file. */
export const Pool = z.strictObject({
  pool_id: Id,
  status: PoolStatus,
  settings_version: z.int().min(1),
  ...taskCounts,
  created_at: Time,
  oldest_wait_ms: Milliseconds.nullable(),
  wait_ms: Percentiles,
  run_ms: Percentiles,
  zombies: Count,
  start_problem: z.string().nullable().meta({ description: "Why threads are missing" }),
  ...settings,
  workers: z.array(Worker),
}).meta({ id: "Pool" });

/** See the head of this file. */
export const SettingsVersion = z.strictObject({
  version: z.int().min(1),
  at: Time,
  author: z.string().nullable(),
  reason: z.string().nullable(),
  changes: z.array(z.strictObject({ setting: z.string(), before: z.json(), after: z.json() }))
    .meta({ description: "What differs from the version before" }),
  settings: z.strictObject(settings),
}).meta({ id: "SettingsVersion" });

/** See the head of this file. */
export const Resize = z.strictObject({
  pool_id: Id,
  status: PoolStatus,
  old_max_workers: Count,
  new_max_workers: Count,
  old_min_workers: Count,
  new_min_workers: Count,
  active_tasks: Count,
}).meta({ id: "Resize" });

const Advice = z.strictObject({
  size: Count,
  reason: z.string(),
  keeps_target: z.boolean().meta({ description: "False if no size keeps it" }),
  target_wait_ms: Milliseconds,
  arrival_rate: z.number().min(0).meta({ description: "Tasks a second" }),
  mean_run_ms: Milliseconds,
  utilisation: z.number().min(0).meta({ description: "Of the advised size; 1: always busy" }),
  seen_tasks: Count,
  seen_ms: Milliseconds.meta({ description: "The time over which the seen tasks came" }),
  sizes: z.array(z.strictObject({
    size: Count,
    wait_p95_ms: Milliseconds.nullable().meta({ description: "Null: ever more would wait" }),
    utilisation: z.number().min(0),
  })).meta({ description: "What is to be expected of sizes about it, smallest first" }),
}).meta({ id: "Advice" });

/** See the head of this file. */
export const ResizeInfo = z.strictObject({
  pool_id: Id,
  name: z.string(),
  status: PoolStatus,
  current_max_workers: Count,
  current_min_workers: Count,
  active_tasks: Count,
  can_resize: z.boolean(),
  suggested_max_workers: Count,
  reason: z.string(),
  advice: Advice.nullable().meta({ description: "Null: too few tasks have run" }),
  autoscale: Autoscale,
  autoscale_suggestion: z.strictObject({ size: Count, reason: z.string() }).nullable()
    .meta({ description: "What the autoscaler would set; null: nothing else than what is set" }),
}).meta({ id: "ResizeInfo" });

/** See the head of this file. */
export const Task = z.strictObject({
  task_id: Id,
  name: z.string(),
  pool_id: Id,
  status: z.enum(TASK_STATES),
  task_type: z.string(),
  submit_time: Time,
  start_time: Time.nullable(),
  end_time: Time.nullable(),
  running_time: z.number().min(0).nullable().meta({ description: "Seconds" }),
  result: Any,
  exception: z.string().nullable(),
  failure: z.strictObject({
    code: z.string(),
    name: z.string(),
    message: z.string(),
    stack: z.string().nullable(),
  }).nullable(),
  cancel_cause: z.string().nullable(),
  progress: Progress.extend({ note: z.string().nullable() }).nullable(),
  input: Any,
  priority: z.int(),
  tags: z.array(z.string()),
  attempt: z.int().min(1),
  worker: Count.nullable().meta({ description: "Index of the thread" }),
  stop_requested_at: Time.nullable(),
  is_zombie: z.boolean(),
  why_waiting: z.string().nullable(),
  run_timeout_ms: z.number().nullable(),
  code_version: z.string().nullable(),
  metrics: z.record(z.string(), z.number()),
  late_errors: z.array(z.strictObject({ at: Time, message: z.string() })),
  trace_id: z.string().nullable().meta({ description: "The trace that its submit was part of" }),
}).meta({ id: "Task" });

/** See the head of this file. */
export const Pagination = z.strictObject({
  current_page: Count.nullable(),
  per_page: Count,
  total_items: Count,
  total_is_exact: z.boolean().meta({ description: "False: there are at least so many" }),
  total_pages: Count,
  has_next: z.boolean(),
  has_prev: z.boolean(),
  start_item: Count.nullable(),
  end_item: Count.nullable(),
  next_cursor: z.string().nullable(),
  prev_cursor: z.string().nullable(),
}).meta({ id: "Pagination" });

/** See the head of this file. */
export const LogLine = z.strictObject({
  at: Time,
  level: LogLevel,
  text: z.string(),
  attempt: z.int().min(1).meta({ description: "Which attempt logged it" }),
}).meta({ id: "LogLine" });

/** See the head of this file. */
export const TaskEvent = z.strictObject({
  at: Time,
  event: z.string(),
  attempt: z.int().min(1),
  cause: z.string().nullable(),
}).meta({ id: "TaskEvent" });

/** See the head of this file. */
export const Attempt = z.strictObject({
  number: z.int().min(1),
  worker: Count.nullable(),
  start_time: Time.nullable(),
  end_time: Time,
  running_time: z.number().min(0).nullable().meta({ description: "Seconds" }),
  outcome: z.enum(["done", "failed", "cancelled", "died"]),
  message: z.string().nullable(),
  code_version: z.string().nullable(),
}).meta({ id: "Attempt" });

/** See the head of this file. */
export const BulkOperation = z.strictObject({
  operation_id: Id,
  action: z.enum(BULK_ACTIONS),
  status: z.enum(["running", "finished", "cancelled"]),
  started_at: Time,
  done: Count,
  total: Count,
  succeeded: Count,
  skipped: Count,
  failed: Count,
  results: z.array(z.strictObject({ task_id: Id, is_ok: z.boolean(), text: z.string() })),
}).meta({ id: "BulkOperation" });

/** See the head of this file. */
export const DryRun = z.strictObject({
  action: z.enum(BULK_ACTIONS),
  total: Count,
  total_is_exact: z.boolean(),
}).meta({ id: "DryRun" });

/** See the head of this file. */
export const TaskType = z.strictObject({
  name: z.string(),
  description: z.string(),
  input_schema: z.record(z.string(), z.unknown()),
  output_schema: z.record(z.string(), z.unknown()).nullable(),
  examples: z.array(Any),
  url: z.string(),
  code_version: z.string(),
  is_built_in: z.boolean(),
}).meta({ id: "TaskType" });

/** See the head of this file. */
export const BrokenFile = z.strictObject({ url: z.string(), reason: z.string() })
  .meta({ id: "BrokenFile" });

/** See the head of this file. */
export const SavedView = z.strictObject({ name: z.string(), query: z.string(), saved_at: Time })
  .meta({ id: "SavedView" });

/** See the head of this file. */
export const LogLevelState = z.strictObject({
  level: LogLevel,
  configured_level: LogLevel.meta({ description: "What the server was started with" }),
  until: Time.nullable().meta({ description: "When the configured level holds again" }),
}).meta({ id: "LogLevelState" });

/** See the head of this file. */
export const Stats = z.strictObject({
  total_pools: Count,
  ...taskCounts,
  workers: Count,
  busy_workers: Count,
  zombies: Count,
  started_at: Time,
  memory_bytes: z.number(),
}).meta({ id: "Stats" });

/** See the head of this file. */
export const TypeShares = z.strictObject({
  window_s: z.literal(SHARE_WINDOWS_S),
  covered_s: z.number(),
  types: z.array(z.strictObject({
    task_type: z.string(),
    share: z.number(),
    run_seconds: z.number(),
    done_attempts: Count,
    failed_attempts: Count,
    cancelled_attempts: Count,
  })),
}).meta({ id: "TypeShares" });

/** See the head of this file. */
export const Finding = z.strictObject({ name: z.string(), is_ok: z.boolean(), detail: z.string() })
  .meta({ id: "Finding" });

/** See the head of this file. */
export const Health = z.strictObject({
  healthy: z.boolean(),
  alerts: z.array(
    z.strictObject({ level: z.enum(["warning", "critical"]), message: z.string() }),
  ),
  stats: Stats,
}).meta({ id: "Health" });

/** See the head of this file. */
export const Alert = z.strictObject({
  alert_id: Id,
  rule: z.string(),
  state: z.enum(["firing", "recovered"]),
  severity: AlertSeverity,
  message: z.string(),
  pool_name: z.string().nullable().meta({ description: "null: about the whole server" }),
  metric: z.string(),
  labels: z.record(z.string(), z.string()),
  value: z.number().meta({ description: "Of the sample that fired it" }),
  comparator: AlertComparator,
  threshold: z.number(),
  started_at: Time,
  ended_at: Time.nullable(),
  acknowledged_at: Time.nullable(),
  acknowledged_by: z.string().nullable(),
}).meta({ id: "Alert" });

/** See the head of this file. */
export const Channel = z.strictObject({
  name: z.string(),
  kind: z.enum(["webhook", "email", "slack", "dingtalk", "feishu", "wecom"]),
  target: z.string().meta({ description: "Where it leads, as anybody may see it" }),
}).meta({ id: "Channel" });

/** See the head of this file. */
export const Delivery = z.strictObject({
  at: Time,
  channel: z.string(),
  alert_id: z.string(),
  state: z.enum(["firing", "recovered", "test"]),
  try: Count,
  is_delivered: z.boolean(),
  outcome: z.string(),
  next_try_at: Time.nullable(),
}).meta({ id: "Delivery" });

/** See the head of this file. */
export const AlertRule = z.strictObject({
  ...shownFields(AlertRuleModel.shape, ALERT_RULE_FIELDS),
  is_default: z.boolean().meta({ description: "Whether it is one of Lido's own" }),
  is_changed: z.boolean().meta({ description: "Whether it is not as Lido has it" }),
  silenced_until: Time.nullable(),
  firing: Count,
}).meta({ id: "AlertRule" });

const Span = z.strictObject({ mean: z.number(), max: z.number() }).nullable();
const counts = {
  submitted: z.number(),
  completed: z.number(),
  failed: z.number(),
  cancelled: z.number(),
  timed_out: z.number(),
  queue_timed_out: z.number(),
  rejected: z.number(),
};

/** See the head of this file. */
export const History = z.strictObject({
  pool_id: Id.nullable(),
  task_type: z.string().nullable(),
  step_s: Count,
  since: Time,
  until: Time,
  points: z.array(z.strictObject({
    at: Time,
    is_finished: z.boolean(),
    seconds: z.number(),
    submitted_tasks: Count,
    completed_tasks: Count,
    failed_tasks: Count,
    cancelled_tasks: Count,
    timed_out_tasks: Count,
    queue_timed_out_tasks: Count,
    rejected_tasks: Count,
    tasks_per_second: z.strictObject(counts),
    busy_ms: z.number(),
    pending_tasks: Span,
    running_tasks: Span,
    busy_workers: Span,
    workers: Span,
    max_workers: Span,
    zombies: Span,
    oldest_wait_ms: Span,
    wait_ms: Percentiles.nullable(),
    run_ms: Percentiles.nullable(),
  })),
  markers: z.array(z.union([
    z.strictObject({ kind: z.literal("start"), at: Time, was_closed: z.boolean() }),
    z.strictObject({
      kind: z.literal("settings"),
      at: Time,
      pool_id: Id,
      settings_version: Count,
      author: z.string().nullable(),
      reason: z.string().nullable(),
    }),
  ])),
}).meta({ id: "History" });

/** Any error, as `application/problem+json`. */
export const Problem = z.strictObject({
  success: z.literal(false),
  error: z.string().meta({ description: "One sentence that says what could not be done, and why" }),
  code: z.string().meta({ description: "What programs compare" }),
  details: z.looseObject({
    faults: z.array(
      z.strictObject({ field: z.string(), pointer: z.string(), message: z.string() }),
    ).optional(),
  }),
  type: z.literal("about:blank"),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string(),
}).meta({ id: "Problem" });
