import type { Config } from "./config.ts";
import type { Clock } from "./model/clock.ts";
import type {
  PoolChanges,
  PoolId,
  PoolSettingsInput,
  PoolSnapshot,
  PoolState,
  ResizeInfo,
} from "./model/pool.ts";
import type { Health, SelfTestFinding, SystemStats } from "./model/system.ts";
import type {
  LogLine,
  TaskFilter,
  TaskId,
  TaskPage,
  TaskSnapshot,
  TaskSubmission,
} from "./model/task.ts";
import type { BrokenTaskFile, TaskType } from "./model/task_type.ts";

export interface ManagerOptions {
  readonly config: Config;
  readonly clock?: Clock;
}

export declare class Manager implements AsyncDisposable {
  static start(options: ManagerOptions): Promise<Manager>;
  createPool(settings: PoolSettingsInput): Promise<PoolSnapshot>;
  /** Open pools, or those in the given states, oldest first. */
  listPools(states?: readonly PoolState[]): readonly PoolSnapshot[];
  getPool(id: PoolId): PoolSnapshot;
  changePool(id: PoolId, changes: PoolChanges): Promise<PoolSnapshot>;
  resizePool(
    id: PoolId,
    size: { maxThreads: number; minThreads?: number },
  ): Promise<{ before: { minThreads: number; maxThreads: number }; pool: PoolSnapshot }>;
  getResizeInfo(id: PoolId): ResizeInfo;
  pausePool(id: PoolId): Promise<PoolSnapshot>;
  resumePool(id: PoolId): Promise<PoolSnapshot>;
  /** Begins to close: takes nothing new, finishes what it has until the deadline, stops the rest. Answers at once. */
  closePool(id: PoolId, options?: { deadlineMs?: number }): Promise<PoolSnapshot>;
  forceClosePool(
    id: PoolId,
  ): Promise<{ cancelledTasks: number; stoppedTasks: number; pool: PoolSnapshot }>;
  cancelPending(id: PoolId): Promise<number>;
  /** isNew is false when the idempotency key gave an earlier task. */
  submit(
    submission: TaskSubmission,
    options?: { signal?: AbortSignal },
  ): Promise<{ task: TaskSnapshot; isNew: boolean }>;
  /** All or nothing. Faults name `tasks/<index>/…` */
  submitBatch(
    submissions: readonly TaskSubmission[],
    options?: { signal?: AbortSignal },
  ): Promise<readonly TaskId[]>;
  getTask(id: TaskId): Promise<TaskSnapshot>;
  listTasks(
    filter: TaskFilter,
    page: { page: number; perPage: number } | { cursor: string; perPage: number },
  ): Promise<TaskPage & { page: number | null }>;
  cancelTask(id: TaskId): Promise<TaskSnapshot>;
  stopTask(id: TaskId, options?: { graceMs?: number }): Promise<TaskSnapshot>;
  /** Resolves when the task has ended, or after waitMs, with its state then. */
  waitForTask(id: TaskId, options: { waitMs: number; signal?: AbortSignal }): Promise<TaskSnapshot>;
  readLogs(id: TaskId): Promise<readonly LogLine[]>;
  listTaskTypes(): readonly TaskType[];
  listBrokenTaskFiles(): readonly BrokenTaskFile[];
  getTaskType(name: string): TaskType;
  getStats(): SystemStats;
  getHealth(): Health;
  getSelfTest(): readonly SelfTestFinding[];
  /** Drains all pools up to the deadline, stops the rest, closes. May come twice. */
  close(options?: { deadlineMs?: number }): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
