/** What each body of the API may hold: the model's schemas, whole or in part, in wire names. */
import { z } from "zod";
import {
  AlertChannel,
  AlertRule,
  type AlertRuleChanges,
  BATCH_MAX,
  type ChangeNote,
  Permissions,
  type PoolChanges,
  PoolSettings,
  type PoolSettingsInput,
  StoredText,
  TaskChange,
  TaskSubmission,
} from "../../core/mod.ts";
import { type FieldNames, fieldNames, fromWire, invalidInput, listFromWire } from "./wire.ts";
import { withoutDefaults } from "./without_defaults.ts";

/** `workers` is the first API's word for threads. */
const WORKERS = { maxThreads: "max_workers", minThreads: "min_workers" };

/** How a pool's settings are called on the wire. */
export const POOL_FIELDS: FieldNames = fieldNames(PoolSettings.shape, WORKERS);

/** How a submission's fields are called on the wire. */
export const TASK_FIELDS: FieldNames = fieldNames(TaskSubmission.shape, {
  name: "task_name",
  type: "task_type",
});

/** The name of a pool that was created without one. */
const POOL_NAME_DEFAULT = "pool";
/** The first API's only task type; here it is another name of `sleep`. */
const DEMO_TYPE = "demo";
/** What the first API makes of a demo's duration that is no whole number, in seconds. */
const DEMO_SECONDS_DEFAULT = 5;

/** Why settings are changed: what is kept with their version. */
const Reason = StoredText.trim().min(1).max(500).exactOptional()
  .meta({ description: "Why, for whoever looks at the versions" });
const SETTINGS = withoutDefaults(PoolSettings.shape);
const ChangedPermissions = z.strictObject(withoutDefaults(Permissions.shape)).exactPartial()
  .transform((some) => Permissions.parse(some))
  .meta({ description: "Replaces all lists: one that is left out is then empty" });
/** The settings one by one: a change may name some of them, and no default may slip in. */
export const Changes = z.strictObject({ ...SETTINGS, permissions: ChangedPermissions })
  .omit({ isolation: true }).exactPartial().extend({ reason: Reason }).meta({ minProperties: 1 });
/** The body of a resize. */
export const Size = z.strictObject({
  maxThreads: SETTINGS.maxThreads,
  minThreads: SETTINGS.minThreads.exactOptional(),
  reason: Reason,
});
/** What may be asked before a resize. */
export const AskedSize = z.strictObject({ maxThreads: SETTINGS.maxThreads.exactOptional() });
/** The body of a revert. */
export const Revert = z.strictObject({
  version: z.int().min(1).meta({ description: "The version of the settings to bring back" }),
  reason: Reason,
});
/** The body of a recycling. */
export const Recycle = z.strictObject({
  worker: z.int().min(0).exactOptional()
    .meta({ description: "One thread's index; all if left out" }),
});
const DurationMs = z.int().min(0).max(30 * 86_400_000);
/** The body of a drain. */
export const Deadline = z.strictObject({ deadlineMs: DurationMs.exactOptional() });
/** The body of a stop. */
export const Grace = z.strictObject({ graceMs: DurationMs.exactOptional() });
/** The body of a submit: beside a submission, what the first API's demo is said by. */
export const Submit = TaskSubmission.extend({
  type: TaskSubmission.shape.type.default(DEMO_TYPE)
    .meta({ description: "A registered task type; `demo` is the first API's name of `sleep`" }),
  duration: z.unknown().optional().meta({
    description: "Of `demo` without `input`: its `seconds`, 5 where it is no whole number",
  }),
}).meta({ id: "Submit" });
/** The body of a rule's change: its name is in the address. */
export const AlertRuleBody = z.strictObject(withoutDefaults(AlertRule.shape))
  .omit({ name: true }).exactPartial();
/** The body of a channel: its name is in the address. */
export const ChannelBody = z.union(AlertChannel.options.map(({ shape }) => {
  const { name: _, ...rest } = shape;
  return z.strictObject(rest);
}));
/** The body of a silence. */
export const Silence = z.strictObject({
  forMs: z.int().min(1).max(366 * 86_400_000).nullable()
    .meta({ description: "How long nobody is told; null: they are told again" }),
});
/** The body of an acknowledgement. */
export const Acknowledgement = z.strictObject({
  by: z.string().trim().min(1).max(100).exactOptional().meta({ description: "Who sees to it" }),
});
/** The body of a batch. */
export const Batch = z.strictObject({ tasks: z.array(z.unknown()).min(1).max(BATCH_MAX) });

/** Reads the body of a pool's creation. */
export function poolFromWire(body: unknown): PoolSettingsInput {
  return fromWire(isRecord(body) ? { name: POOL_NAME_DEFAULT, ...body } : body, {
    action: "Cannot create pool",
    schema: PoolSettings,
    names: POOL_FIELDS,
  });
}

/** Reads the body of a pool's change: only what it names changes. */
export function changesFromWire(body: unknown): { changes: PoolChanges; note: ChangeNote } {
  const action = "Cannot change pool";
  const { reason, ...changes } = fromWire(body, {
    action,
    schema: Changes,
    names: POOL_CHANGE_FIELDS,
  });
  if (Object.keys(changes).length > 0) return { changes, note: noteOf(reason) };
  throw invalidInput(action, [{ path: [], message: "No setting is named" }]);
}

/** Reads the body of a resize. */
export function sizeFromWire(
  body: unknown,
): { size: { maxThreads: number; minThreads?: number }; note: ChangeNote } {
  const form = { action: "Cannot resize pool", schema: Size, names: SIZE_FIELDS };
  const { reason, ...size } = fromWire(body, form);
  return { size, note: noteOf(reason) };
}

/** Reads the size that is asked for before a resize. */
export function askedSizeFromWire(query: unknown): number | undefined {
  const form = { action: "Cannot tell of pool's size", schema: AskedSize, names: SIZE_FIELDS };
  return fromWire(query, form).maxThreads;
}

/** Reads the body of a revert. */
export function revertFromWire(body: unknown): { version: number; note: ChangeNote } {
  const form = { action: "Cannot revert pool", schema: Revert, names: REVERT_FIELDS };
  const { version, reason } = fromWire(body, form);
  return { version, note: noteOf(reason) };
}

/** Reads the body of a recycling. */
export function recycleFromWire(body: unknown): { worker?: number } {
  return fromWire(body, {
    action: "Cannot recycle threads",
    schema: Recycle,
    names: RECYCLE_FIELDS,
  });
}

/** Reads the body of a drain. */
export function deadlineFromWire(body: unknown): { deadlineMs?: number } {
  return fromWire(body, { action: "Cannot close pool", schema: Deadline, names: DEADLINE_FIELDS });
}

/** Reads the body of a stop. */
export function graceFromWire(body: unknown): { graceMs?: number } {
  return fromWire(body, { action: "Cannot stop task", schema: Grace, names: GRACE_FIELDS });
}

/** Reads the body of a task's change. */
export function taskChangeFromWire(body: unknown): TaskChange {
  return fromWire(body, {
    action: "Cannot change task",
    schema: TaskChange,
    names: TASK_CHANGE_FIELDS,
  });
}

/** Reads the body of a rule's change. */
export function alertRuleFromWire(body: unknown): AlertRuleChanges {
  return fromWire(body, {
    action: "Cannot save alert rule",
    schema: AlertRuleBody,
    names: ALERT_RULE_FIELDS,
  });
}

/** Reads the body of a channel; its name is in the address. */
export function channelFromWire(body: unknown, name: string): AlertChannel {
  const part = isRecord(body) ? { ...body, name } : body;
  return fromWire(part, {
    action: "Cannot save alert channel",
    schema: AlertChannel,
    names: CHANNEL_FIELDS,
  });
}

/** Reads the body of a silence. */
export function silenceFromWire(body: unknown): { forMs: number | null } {
  return fromWire(body, {
    action: "Cannot silence alert rule",
    schema: Silence,
    names: SILENCE_FIELDS,
  });
}

/** Reads the body of an acknowledgement. */
export function acknowledgementFromWire(body: unknown): { by?: string } {
  return fromWire(body, {
    action: "Cannot acknowledge alert",
    schema: Acknowledgement,
    names: fieldNames(Acknowledgement.shape),
  });
}

/** Reads the body of a submit; a key from the header goes before the body's. */
export function submissionFromWire(body: unknown, idempotencyKey?: string): TaskSubmission {
  const key = idempotencyKey === undefined ? {} : { idempotency_key: idempotencyKey };
  const part = withDemo(isRecord(body) ? { ...body, ...key } : body);
  return fromWire(part, { ...SUBMISSION_FORM, action: "Cannot submit task" });
}

/** Reads the body of a batch. */
export function batchFromWire(body: unknown): TaskSubmission[] {
  const { tasks } = fromWire(body, {
    action: SUBMISSION_FORM.action,
    schema: Batch,
    names: fieldNames(Batch.shape),
  });
  return listFromWire(tasks.map(withDemo), "tasks", SUBMISSION_FORM);
}

/** Names on the wire. */
export const POOL_CHANGE_FIELDS = fieldNames({ ...PoolSettings.shape, ...Changes.shape }, WORKERS);
/** Names on the wire. */
export const SIZE_FIELDS = fieldNames(Size.shape, WORKERS);
/** Names on the wire. */
export const REVERT_FIELDS = fieldNames(Revert.shape);
/** Names on the wire. */
export const RECYCLE_FIELDS = fieldNames(Recycle.shape);
/** Names on the wire. */
export const DEADLINE_FIELDS = fieldNames(Deadline.shape);
/** Names on the wire. */
export const TASK_CHANGE_FIELDS = fieldNames(TaskChange.shape);
/** Names on the wire. */
export const ALERT_RULE_FIELDS = fieldNames(AlertRule.shape);
/** Names on the wire, of all kinds of channels. */
export const CHANNEL_FIELDS = fieldNames(
  Object.assign({}, ...AlertChannel.options.map(({ shape }) => shape)),
);
/** Names on the wire. */
export const SILENCE_FIELDS = fieldNames(Silence.shape);
/** Names on the wire. */
export const GRACE_FIELDS = fieldNames(Grace.shape);
const SUBMISSION_FORM = {
  action: "Cannot submit tasks",
  schema: TaskSubmission,
  names: TASK_FIELDS,
};

function noteOf(reason: string | undefined): ChangeNote {
  return reason === undefined ? {} : { reason };
}

/** The first API's demo: `{"task_type": "demo", "duration": 5}`, and what has no type at all. */
function withDemo(part: unknown): unknown {
  if (!isRecord(part)) return part;
  const { task_type = DEMO_TYPE, ...rest } = part;
  if (task_type !== DEMO_TYPE) return part;
  if ("input" in rest) return { ...rest, task_type: "sleep" };
  const { duration, ...others } = rest;
  return { ...others, task_type: "sleep", input: { seconds: demoSeconds(duration) } };
}

/** Forgives what is no whole number, as the first API did; a later check refuses a negative one. */
function demoSeconds(duration: unknown): number {
  const text = typeof duration === "string" || typeof duration === "number" ? `${duration}` : "";
  return /^\s*[+-]?\d{1,15}\s*$/.test(text) ? Number(text) : DEMO_SECONDS_DEFAULT;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
