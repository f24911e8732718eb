/** A task as the journal's file has it: a row of `tasks`, with its names. */
import type { PoolId } from "../../../model/pool.ts";
import type { TaskId } from "../../../model/task.ts";
import type { TaskState } from "../../../model/task_state.ts";

/** See the head of this file. */
export interface StoredTask {
  readonly seq: number;
  readonly id: TaskId;
  readonly poolId: PoolId;
  readonly type: string;
  readonly state: TaskState;
  readonly name: string;
  readonly priority: number;
  readonly submittedAtMs: number;
  /** The number of its last attempt, from 1. */
  readonly attempt: number;
  /** How often the server died while an attempt of it ran. */
  readonly deaths: number;
  readonly startedAtMs: number | null;
  readonly finishedAtMs: number | null;
  readonly runMs: number | null;
  readonly slot: number | null;
  readonly runTimeoutMs: number | null;
  readonly codeUrl: string;
  readonly codeVersion: string;
  readonly idempotencyKey: string | null;
  readonly tags: readonly string[];
  readonly inputJson: string | null;
  readonly traceparent: string | null;
  readonly resultJson: string | null;
  /** JSON of a `TaskFailure` when it failed; the cause in words when it was cancelled. */
  readonly ending: string | null;
  /** JSON of {@link StoredNotes}; null when there are none. */
  readonly notes: string | null;
}

/** What a task's code said beside its result. */
export interface StoredNotes {
  readonly metrics?: Readonly<Record<string, number>>;
  readonly lateErrors?: readonly { readonly atMs: number; readonly message: string }[];
}
