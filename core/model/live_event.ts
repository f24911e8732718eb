/** Something that just happened, as it is told to whoever follows. */
import type { PoolId, PoolState } from "./pool.ts";
import type { TaskId } from "./task.ts";
import type { TaskState } from "./task_state.ts";

/** A task came to a state, or a pool did or got other settings. */
export type LiveEvent =
  | {
    readonly kind: "task";
    readonly atMs: number;
    readonly poolId: PoolId;
    readonly taskId: TaskId;
    readonly state: TaskState;
  }
  | {
    readonly kind: "pool";
    readonly atMs: number;
    readonly poolId: PoolId;
    readonly state: PoolState;
    readonly settingsVersion: number;
  };

/** Which events somebody follows: those for which all that is said holds. */
export interface EventFilter {
  readonly poolId?: PoolId;
  /** Only what becomes of this task. */
  readonly taskId?: TaskId;
}

/** Some events in their order. */
export interface EventBatch {
  /** Events before these are no longer known: what was followed must be looked at anew. */
  readonly isGap: boolean;
  /** Empty when nothing happened for a while. */
  readonly events: readonly { readonly id: string; readonly event: LiveEvent }[];
}
