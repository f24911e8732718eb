/**
 * A task: one unit of submitted work. {@link TaskSubmission} is what comes in,
 * {@link TaskSnapshot} what goes out; each status carries the facts that exist in it.
 */
import { z } from "zod";
import { isJson } from "./json.ts";
import type { LogLevel } from "./log_level.ts";
import { PoolId } from "./pool.ts";
import { StoredText } from "./stored_text.ts";
import type { TaskEvent, TaskState } from "./task_state.ts";

/** An id of a task: uuid v7, so ids sort by the time of submission; the same in upper case. */
export const TaskId = z.uuidv7().toLowerCase().brand<"TaskId">();
/** An id of a task: uuid v7, so ids sort by the time of submission. */
export type TaskId = z.infer<typeof TaskId>;

/** The most submissions of one batch. */
export const BATCH_MAX = 10_000;

const taskTypeName = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, {
  message: "Invalid: lower-case letters, digits and _, beginning with a letter",
});

/** A word to find a task by. A list's address names several with commas between. */
export const Tag = z.string().trim().min(1).max(64).regex(/^[^,\0]*$/, {
  message: "Invalid: no comma and no NUL",
});

/** A task as it is submitted. */
export const TaskSubmission = z.strictObject({
  poolId: PoolId.meta({ description: "The pool that shall run it" }),
  name: StoredText.trim().min(1).max(128).optional()
    .meta({ description: "Label shown in lists; the task type's name if left out" }),
  type: taskTypeName.meta({ description: "A registered task type" }),
  input: z.unknown().refine((input) => isJson(input), { message: "Invalid: must be JSON" })
    .optional()
    .meta({ description: "What the type's run function is given" }),
  priority: z.int().min(-100).max(100).default(0)
    .meta({ description: "Higher runs first; equal ones in order of submission" }),
  runTimeoutMs: z.int().min(1).max(30 * 86_400_000).nullable().optional()
    .meta({ description: "How long an attempt may run; the pool's own if left out" }),
  tags: z.array(Tag).max(20).readonly().default([])
    .meta({ description: "Words to find it by, without commas" }),
  idempotencyKey: StoredText.min(1).max(255).optional()
    .meta({ description: "A second submit with the same key gives the first one's task" }),
}).meta({ id: "TaskSubmission" });
/** A task as it is submitted, defaults filled in. */
export type TaskSubmission = z.infer<typeof TaskSubmission>;

/** What can be changed of a task that waits for its turn. */
export const TaskChange = z.strictObject({
  priority: TaskSubmission.shape.priority.unwrap().optional()
    .meta({ description: "Higher runs first; equal ones in order of submission" }),
  poolId: PoolId.optional().meta({ description: "The pool that shall run it" }),
}).refine(({ priority, poolId }) => priority !== undefined || poolId !== undefined, {
  message: "Invalid: priority, poolId or both must be named",
}).meta({ id: "TaskChange" });
/** See the schema; a task keeps what is left out. */
export type TaskChange = z.infer<typeof TaskChange>;

/** Why an attempt did not come to a result. */
export const FAILURE_CODES = [
  "task_error",
  "invalid_input",
  "invalid_output",
  "run_timeout",
  "queue_timeout",
  "out_of_memory",
  "thread_exited",
  "thread_killed",
  "result_unserializable",
  "result_too_large",
  "type_load_failed",
  "protocol_violation",
  "poisonous",
] as const;
/** Why an attempt did not come to a result. */
export type FailureCode = typeof FAILURE_CODES[number];

/** An error that crossed from a thread: what cloning an `Error` would lose is kept as text. */
export interface TaskFailure {
  readonly code: FailureCode;
  /** The error's class, such as `TypeError`. */
  readonly name: string;
  /** At most 8,192 characters. */
  readonly message: string;
  readonly stack: string | null;
}

/** Something that happened to a task after its end, or that its end left behind. */
export interface LateError {
  readonly atMs: number;
  readonly message: string;
}

/** Lines that are kept of one attempt, its first ones; that others were dropped is one line more. */
export const ATTEMPT_LINES_MAX = 1_000;
/** Characters of these lines. */
export const ATTEMPT_LINE_CHARS_MAX = 256_000;

/** One line that a task's code logged. */
export interface LogLine {
  readonly atMs: number;
  readonly level: LogLevel;
  readonly text: string;
}

/** Such a line as it is kept. */
export interface LogEntry extends LogLine {
  /** Which attempt logged it, from 1. */
  readonly attempt: number;
}

/** A task's state with the facts that exist in it. */
export type TaskStatus =
  | { readonly state: "blocked"; readonly waitsFor: readonly TaskId[] }
  | { readonly state: "scheduled"; readonly runAtMs: number }
  | { readonly state: "pending"; readonly why: string }
  | {
    readonly state: "running";
    readonly slot: number;
    readonly startedAtMs: number;
    readonly stopRequestedAtMs: number | null;
    readonly isZombie: boolean;
    readonly progress: TaskProgress | null;
  }
  | {
    readonly state: "completed";
    readonly slot: number;
    readonly startedAtMs: number;
    readonly finishedAtMs: number;
    readonly runMs: number;
    /** The result as JSON text; null when `run` returned nothing. */
    readonly resultJson: string | null;
  }
  | {
    readonly state: "failed";
    readonly slot: number | null;
    readonly startedAtMs: number | null;
    readonly finishedAtMs: number;
    readonly runMs: number | null;
    readonly failure: TaskFailure;
  }
  | {
    readonly state: "cancelled";
    readonly slot: number | null;
    readonly startedAtMs: number | null;
    readonly finishedAtMs: number;
    readonly runMs: number | null;
    /** Who or what cancelled it, in one sentence. */
    readonly cause: string;
  };

/** How far a task says that it is. */
export interface TaskProgress {
  readonly done: number;
  readonly total: number;
  readonly note: string | null;
}

/** A frozen copy of a task. */
export interface TaskSnapshot {
  readonly id: TaskId;
  readonly poolId: PoolId;
  readonly name: string;
  readonly type: string;
  /** A hash of the task file's text when the last attempt began. */
  readonly codeVersion: string | null;
  readonly priority: number;
  readonly tags: readonly string[];
  readonly attempt: number;
  readonly submittedAtMs: number;
  readonly runTimeoutMs: number | null;
  /** The input as JSON text; null when there is none. */
  readonly inputJson: string | null;
  /** The span that it was submitted in, as W3C's Trace Context writes it; null when there was none. */
  readonly traceparent: string | null;
  readonly status: TaskStatus;
  readonly metrics: Readonly<Record<string, number>>;
  readonly lateErrors: readonly LateError[];
}

/** From the least to the most that is wanted, both included; left out: no limit. */
export interface Range {
  readonly min?: number;
  readonly max?: number;
}

/** Which tasks a list shows: those for which all that is said holds. Newest first. */
export interface TaskFilter {
  readonly poolId?: PoolId;
  /** In one of these states. */
  readonly states?: readonly TaskState[];
  /** The name of their type. */
  readonly type?: string;
  /** Bears all of these. */
  readonly tags?: readonly string[];
  readonly priority?: Range;
  readonly attempt?: Range;
  /** Epoch milliseconds. */
  readonly submittedAtMs?: Range;
  readonly finishedAtMs?: Range;
  /** How long the code ran. */
  readonly runMs?: Range;
  /** Is in the name, a tag, the input, the result or the error; the case of A to Z does not matter. */
  readonly text?: string;
  /** What is at these places of the input. */
  readonly input?: readonly InputCondition[];
}

/** What is at a place of a task's input: `["url", "host"]` is `host` of `url`. */
export interface InputCondition {
  readonly path: readonly string[];
  readonly value: string | number | boolean | null;
}

/** One page of a list, by its number or from a cursor. */
export interface TaskPage {
  readonly tasks: readonly TaskSnapshot[];
  /** Tasks that the filter lets through, from counters; at least so many where it is not exact. */
  readonly totalItems: number;
  /** False where a filter made counting unbounded: there are more than {@link totalItems}. */
  readonly isTotalExact: boolean;
  /** Opaque; the page after this one, or null at the end. */
  readonly nextCursor: string | null;
  readonly prevCursor: string | null;
}

/** One thing that happened to a task. All of them, from the first, tell its state. */
export interface TaskEventEntry {
  readonly atMs: number;
  readonly event: TaskEvent | "submit";
  /** The attempt that it concerns, from 1. */
  readonly attempt: number;
  /** Why, in one sentence, where there is something to say. */
  readonly cause: string | null;
}

/** One run of a task that came to an end, or that a death of the server cut off. */
export interface AttemptEntry {
  readonly number: number;
  readonly slot: number | null;
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number;
  readonly runMs: number | null;
  readonly outcome: "done" | "failed" | "cancelled" | "died";
  /** The failure's message, or why it was cancelled; null when it was done. */
  readonly message: string | null;
  readonly codeVersion: string | null;
}
