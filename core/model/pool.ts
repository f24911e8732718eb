/**
 * A pool: a named set of threads with one queue and one setting. The schema below is the settings'
 * type, their check, their defaults and their limits; snapshots are the form in which a pool's
 * live state leaves core.
 */
import { z } from "zod";
import { isHost, isLidosOwn } from "./grant.ts";
import type { SizeOutlook, SizeSuggestion, SizingAdvice } from "./sizing.ts";
import { TASK_STATES } from "./task_state.ts";

/** The most threads that one pool may ask for. */
export const POOL_THREADS_MAX = 256;

/** An id of a pool: uuid v7; the same in upper case. */
export const PoolId = z.uuidv7().toLowerCase().brand<"PoolId">();
/** An id of a pool: uuid v7. */
export type PoolId = z.infer<typeof PoolId>;

/** How far a pool's task code is kept from the server. */
export const Isolation = z.enum(["process", "thread"]).meta({
  description:
    "process: a child process a slot, any code; thread: a Web Worker in the server, trusted code",
});
/** How far a pool's task code is kept from the server. */
export type Isolation = z.infer<typeof Isolation>;

/** One flag of the runtime carries them all, with commas between: none may hold one. */
const grant = z.string().trim().min(1).max(1024).regex(/^[^,\p{Cc}]*$/u, {
  message: "Invalid: no comma and no control character",
});
const grants = z.array(grant).max(64).readonly();

const host = grant.refine(isHost, {
  message: "Invalid: must be a host or an address, with :port or without",
});
const variable = grant.regex(/^[^=]*$/, { message: "Invalid: must be the name of a variable" })
  .refine((name) => !isLidosOwn(name), { message: "Invalid: Lido's own variables are not given" });

/** What task code of a pool may reach; what is not listed is refused. */
export const Permissions = z.strictObject({
  read: grants.default([]).meta({ description: "Folders and files that tasks may read" }),
  write: grants.default([]).meta({ description: "Folders and files that tasks may write" }),
  net: z.array(host).max(64).readonly().default([])
    .meta({ description: "Hosts (with :port) that tasks may reach" }),
  env: z.array(variable).max(64).readonly().default([])
    .meta({ description: "Environment variables that tasks may read" }),
}).meta({ id: "Permissions" });
/** What task code of a pool may reach; what is not listed is refused. */
export type Permissions = z.infer<typeof Permissions>;

/** What happens to a submit when the queue is full. */
export const Rejection = z.enum(["reject", "wait", "drop_oldest"]).meta({
  description:
    "reject: refuse the new task; wait: the caller waits for room; drop_oldest: the longest-waiting task of the lowest priority is cancelled",
});
/** What happens to a submit when the queue is full. */
export type Rejection = z.infer<typeof Rejection>;

/** When a submit is answered; the most durable first. */
export const Durability = z.enum(["fsync", "relaxed", "memory"]).meta({
  description:
    "fsync: a submit is answered when it is on disk; relaxed: when the system has it, which survives a kill of the server, and is on disk within a second; memory: at once, and what has not ended is cancelled when the server starts again",
});
/** When a submit is answered. */
export type Durability = z.infer<typeof Durability>;

const duration = z.int().min(1).max(30 * 86_400_000);

/** Whether the number of threads is changed by itself. */
export const Autoscale = z.enum(["off", "suggest", "apply"]).meta({
  description:
    "off: only people resize; suggest: what would be set is shown; apply: it is set, as a version of the settings with its reason",
});
/** Whether the number of threads is changed by itself. */
export type Autoscale = z.infer<typeof Autoscale>;

/** What may be set of a pool. All but `isolation` can be changed while it runs. */
export const PoolSettings = z.strictObject({
  name: z.string().trim().min(1).max(128).meta({ description: "Label; need not be unique" }),
  minThreads: z.int().min(0).max(POOL_THREADS_MAX).default(0)
    .meta({ description: "Threads that are kept when idle" }),
  maxThreads: z.int().min(1).max(POOL_THREADS_MAX).default(5)
    .meta({ description: "Threads at the most" }),
  isolation: Isolation.default("process"),
  permissions: Permissions.default({ read: [], write: [], net: [], env: [] }),
  memoryMb: z.int().min(64).max(65_536).default(512)
    .meta({ description: "Resident memory a slot may use, in MiB (isolation process)" }),
  tasksPerThread: z.int().min(1).max(64).default(1)
    .meta({ description: "Tasks that one thread runs at a time; more than 1 for tasks that wait" }),
  queueCapacity: z.int().min(1).max(10_000_000).default(1_000_000)
    .meta({ description: "Tasks that may wait" }),
  rejection: Rejection.default("reject"),
  runTimeoutMs: duration.nullable().default(null)
    .meta({ description: "How long one attempt may run, unless the task says; null: no limit" }),
  queueTimeoutMs: duration.nullable().default(null)
    .meta({ description: "How long a task may wait before it fails; null: no limit" }),
  stopGraceMs: z.int().min(0).max(3_600_000).default(5_000)
    .meta({ description: "Time that a running task has to end by itself when asked to stop" }),
  priorityAgeingMs: z.int().min(100).max(86_400_000).default(60_000)
    .meta({ description: "Waiting this long raises a task's priority by one" }),
  idleRetireMs: z.int().min(100).max(86_400_000).default(60_000)
    .meta({ description: "A thread above the minimum that is idle this long is ended" }),
  recycleAfterTasks: z.int().min(1).max(1_000_000_000).nullable().default(null)
    .meta({ description: "Replace a thread after this many tasks; null: never" }),
  durability: Durability.default("fsync"),
  keepFinishedTasks: z.int().min(0).max(100_000_000).nullable().default(null)
    .meta({ description: "Ended tasks that are kept on record; null: as many as all pools may" }),
  keepFinishedMs: z.int().min(1_000).max(10 * 365 * 86_400_000).nullable().default(null)
    .meta({
      description: "How long ended tasks are kept on record; null: as long as there is room",
    }),
  warmSpare: z.boolean().default(true)
    .meta({ description: "While all threads are busy, keep the next one started if max allows" }),
  targetWaitMs: z.int().min(1).max(86_400_000).default(1_000)
    .meta({ description: "So long at the most 95 of 100 tasks should wait: advice keeps to it" }),
  autoscale: Autoscale.default("off"),
  autoscaleMaxThreads: z.int().min(1).max(POOL_THREADS_MAX).default(16)
    .meta({ description: "Threads at the most that autoscale sets; at the least minThreads" }),
  autoscaleCoolDownMs: z.int().min(10_000).max(86_400_000).default(300_000)
    .meta({
      description: "One change in this time; fewer threads only when fewer were enough for as long",
    }),
}).refine((settings) => settings.minThreads <= settings.maxThreads, {
  path: ["minThreads"],
  message: "Too big: must not be above maxThreads",
}).meta({ id: "PoolSettings" });
/** What may be set of a pool, defaults filled in. */
export type PoolSettings = z.infer<typeof PoolSettings>;
/** What a caller may leave out of {@link PoolSettings}. */
export type PoolSettingsInput = z.input<typeof PoolSettings>;

/** Settings on record: a pool with permissions that are no longer taken opens all the same. */
export const StoredPoolSettings = PoolSettings.safeExtend({
  permissions: z.strictObject({ read: grants, write: grants, net: grants, env: grants })
    .meta({ id: "GrantedPermissions" }),
});

/** What settings must be after a change: permissions that it leaves as they were are not judged anew. */
export function schemaOfChange(
  before: PoolSettings,
  changes: { readonly [Setting in keyof PoolSettings]?: unknown },
): z.ZodType<PoolSettings> {
  const { permissions = before.permissions } = changes;
  const isSame = JSON.stringify(permissions) === JSON.stringify(before.permissions);
  return isSame ? StoredPoolSettings : PoolSettings;
}

/** A change of some settings of an open pool. */
export type PoolChanges = Partial<Omit<PoolSettings, "isolation">>;

/** Whether a pool takes and runs tasks. */
export type PoolState = "running" | "paused" | "draining" | "closed";

/** What a slot is doing. */
export const SLOT_STATES = ["starting", "idle", "busy", "stopping", "zombie"] as const;
/** One of {@link SLOT_STATES}. */
export type SlotState = typeof SLOT_STATES[number];

/** The most threads that the autoscaler gives a pool: never fewer than the pool keeps. */
export function autoscaleCeiling({ minThreads, autoscaleMaxThreads }: PoolSettings): number {
  return Math.max(minThreads, autoscaleMaxThreads);
}

/** A task that runs on a slot now. */
export interface RunningTask {
  readonly taskId: string;
  readonly name: string;
  readonly typeName: string;
  /** How long its code has run, in milliseconds. */
  readonly runMs: number;
  readonly progress: { readonly done: number; readonly total: number } | null;
}

/** One slot of a pool, as its row of the stats block shows it. */
export interface SlotSnapshot {
  /** 0-based place in the pool; a zombie keeps the place that it had. */
  readonly index: number;
  readonly state: SlotState;
  readonly running: readonly RunningTask[];
  /** Attempts that ended well, and that did not, on this thread. */
  readonly done: number;
  readonly failed: number;
  /** Milliseconds since the thread's last sign of life; null before the first. */
  readonly heartbeatAgeMs: number | null;
  /** JavaScript heap in use, in bytes; in isolation `process` the slot's resident memory. */
  readonly memoryBytes: number;
  /** Milliseconds of thread time spent in task code. */
  readonly busyMs: number;
  /** Process id, in isolation `process`. */
  readonly pid: number | null;
}

/** Wait or run time of the tasks since the pool opened, in milliseconds, good to about 3 %. */
export interface Percentiles {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** How many tasks of a pool are in each state, and what else was counted. */
export interface TaskCounts {
  readonly blocked: number;
  readonly scheduled: number;
  readonly pending: number;
  readonly running: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Of the failed: those that ran, or waited, too long. */
  readonly timedOut: number;
  /** Of those: the ones that waited too long. */
  readonly queueTimedOut: number;
  /** Submits that the queue's capacity refused. */
  readonly rejected: number;
}

/** How many tasks a pool ever took. */
export function submittedOf(counts: TaskCounts): number {
  return TASK_STATES.reduce((sum, state) => sum + counts[state], 0);
}

/** A frozen copy of a pool's live state. */
export interface PoolSnapshot {
  readonly id: PoolId;
  readonly state: PoolState;
  readonly createdAtMs: number;
  readonly settings: PoolSettings;
  /** Which version of its settings holds. */
  readonly settingsVersion: number;
  readonly counts: TaskCounts;
  readonly slots: readonly SlotSnapshot[];
  readonly zombies: number;
  /** How long the oldest pending task has waited, in milliseconds; null when none waits. */
  readonly oldestWaitMs: number | null;
  readonly wait: Percentiles;
  readonly run: Percentiles;
  /** Why fewer threads run than are wanted; null when none is missing. */
  readonly startProblem: string | null;
}

/** What a version of a pool's settings has otherwise than the one before. */
export interface SettingsDifference {
  readonly setting: keyof PoolSettings;
  readonly before: unknown;
  readonly after: unknown;
}

/** Which settings differ, in the settings' own order. */
export function differencesOf(
  before: PoolSettings,
  after: PoolSettings,
): readonly SettingsDifference[] {
  return (Object.keys(after) as (keyof PoolSettings)[]) // its own keys
    .filter((setting) => JSON.stringify(before[setting]) !== JSON.stringify(after[setting]))
    .map((setting) => ({ setting, before: before[setting], after: after[setting] }));
}

/** A pool's settings as they once were set. */
export interface SettingsVersion {
  /** From 1, which is what it was opened with. */
  readonly version: number;
  readonly atMs: number;
  /** Who changed them; null when nobody said. */
  readonly author: string | null;
  readonly reason: string | null;
  readonly settings: PoolSettings;
}

/** What a caller should know before a resize. */
export interface ResizeInfo {
  readonly id: PoolId;
  readonly name: string;
  readonly state: PoolState;
  readonly maxThreads: number;
  readonly minThreads: number;
  readonly activeTasks: number;
  readonly canResize: boolean;
  readonly suggestedMaxThreads: number;
  /** The suggestion's reason, in one sentence. */
  readonly reason: string;
  /** What the suggestion is made of; null while too few tasks have run to tell. */
  readonly advice: SizingAdvice | null;
  /** Sizes about the advised one, the pool's own, and the one that was asked for; smallest first. */
  readonly sizes: readonly SizeOutlook[];
  readonly autoscale: Autoscale;
  /** What the autoscaler would set instead of what is set; null if nothing. */
  readonly autoscaleSuggestion: SizeSuggestion | null;
}
