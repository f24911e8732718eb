/**
 * The one seam of the durable queue: everything above it sees only this, and pools of threads do not
 * know which engine feeds them. An engine owns tasks: it decides what an outcome means for a task,
 * and is the only one that changes a task's state. One conformance suite holds for all engines.
 */
import type { Attempt, AttemptOptions } from "../execution/attempt.ts";
import type { LidoError } from "../model/errors.ts";
import type {
  PoolId,
  PoolSettings,
  PoolState,
  SettingsVersion,
  TaskCounts,
} from "../model/pool.ts";
import type {
  AttemptEntry,
  LogEntry,
  TaskChange,
  TaskEventEntry,
  TaskFilter,
  TaskId,
  TaskPage,
  TaskSnapshot,
} from "../model/task.ts";
import type { AlertArchive, HistoryArchive, ViewArchive } from "./archives.ts";

/** What an engine needs of a pool of threads. */
export interface AttemptRunner {
  /** Enqueues an attempt behind its equals. */
  submit(attempt: Attempt, options?: AttemptOptions): void;
  /**
   * Takes back so many that wait, without telling them: of the lowest priority the newest. Suspects
   * stay, and so it may take fewer.
   */
  giveBack(count: number): readonly Attempt[];
  /** Takes one back without telling it; answers whether it still waited for its turn. */
  takeBack(attempt: Attempt): boolean;
  /** Begins nothing more while it is held; what runs goes on. */
  hold(isHeld: boolean): void;
  /** Cancels an attempt that has not begun; answers whether it did. */
  withdraw(attempt: Attempt, cause: string): boolean | Promise<boolean>;
  /** Orders a running attempt to end, by force after the grace period. */
  stop(attempt: Attempt, graceMs: number, cause: string): void;
  /** What a full queue gives up first. */
  mostExpendable(): Attempt | undefined;
  /** How far a running attempt is, in its own units. */
  progressOf(attempt: Attempt): { readonly done: number; readonly total: number } | null;
  /** Why an attempt waits, in one sentence. */
  whyWaiting(attempt: Attempt): string;
  /** Whether the attempt's thread was ended by force and goes on. */
  isZombie(attempt: Attempt): boolean;
}

/** A task that has its id, and was checked: what was found stands in its `refusal`. */
export interface NewTask {
  readonly id: TaskId;
  readonly poolId: PoolId;
  readonly name: string;
  readonly type: { readonly name: string; readonly url: string; readonly codeVersion: string };
  /** JSON text; null when there is no input. */
  readonly inputJson: string | null;
  readonly priority: number;
  readonly runTimeoutMs: number | null;
  /** Whether its submission named no timeout, and its pool's was put in. */
  readonly isTimeoutOfPool?: boolean;
  readonly tags: readonly string[];
  readonly idempotencyKey: string | null;
  /** Why it cannot be taken; if its key had given a task before, that is the answer all the same. */
  readonly refusal?: unknown;
  /** What its attempts are part of, as W3C's Trace Context writes it. */
  readonly traceparent: string | null;
}

/** What tasks are taken with. */
export interface EnqueueOptions {
  /** Ends the wait for room in the queue; looked at only where there is one, so it may be made then. */
  readonly signal?: AbortSignal;
}

/** The part of a pool's settings that its queue obeys. */
export type QueuePolicy = Pick<
  PoolSettings,
  "queueCapacity" | "rejection" | "durability" | "keepFinishedTasks" | "keepFinishedMs"
>;

/** A pool as it is kept over the server's lives. */
export interface PoolRecord {
  readonly id: PoolId;
  readonly state: PoolState;
  readonly createdAtMs: number;
  readonly settings: PoolSettings;
  readonly settingsVersion: number;
}

/** Who changed something, and why. */
export interface ChangeNote {
  readonly author?: string;
  readonly reason?: string;
}

/** How a pool's settings are changed. */
export interface SettingsChange extends ChangeNote {
  /** Only if one of these is the version that holds. */
  readonly ifVersions?: readonly number[];
}

/** Which page of a list: by its number, or the one that a cursor names. */
export type PageRequest =
  | { readonly page: number; readonly perPage: number }
  | { readonly cursor: string; readonly perPage: number };

/** What became of an enqueued task. */
export interface Enqueued {
  readonly id: TaskId;
  /** False when its idempotency key had given that task before. */
  readonly isNew: boolean;
}

/** How far what keeps tasks on record is behind what happens. */
export interface EngineLoad {
  /** Groups of changes that were written, ever. */
  readonly writtenGroups: number;
  /** Of these: those that lists do not show yet. */
  readonly hiddenGroups: number;
  /** Submits that are not written, in tasks, and the characters of their inputs. */
  readonly unwrittenTasks: number;
  readonly unwrittenChars: number;
  /** How long the group that is being written has taken; 0 while none is. */
  readonly lagMs: number;
  /** How often a write was refused since the server started. */
  readonly failures: number;
}

/** See the head of this file. */
export interface Engine extends AsyncDisposable {
  readonly kind: "local";

  /** See {@link EngineLoad}. */
  readonly load: EngineLoad;

  /** Why it takes nothing now; undefined when all is well. */
  readonly failure: LidoError | undefined;

  /** What a read found to be damaged first; undefined when nothing was. */
  readonly damage: LidoError | undefined;

  /** All pools on record, as they were when the engine was opened. */
  readonly pools: readonly PoolRecord[];

  /**
   * Puts a pool on record, or what changed of it; with a new version of its settings, that too.
   * Resolves when it is on disk. @throws {LidoError} `journal_unavailable`.
   */
  savePool(pool: PoolRecord, note?: ChangeNote): Promise<void>;

  /** The last 1,000 versions of a pool's settings, newest first. */
  readSettings(poolId: PoolId): Promise<readonly SettingsVersion[]>;

  readonly views: ViewArchive;
  readonly alerts: AlertArchive;
  readonly history: HistoryArchive;

  /**
   * Begins to feed a pool that is on record. What it had before a restart comes back; if it was closed
   * with a thread that could not be ended, what that ran is cancelled.
   */
  attach(poolId: PoolId, runner: AttemptRunner, policy: QueuePolicy): void;
  /** A closed pool has let its threads go: whoever still asks for them is answered by `instead`. */
  detach(poolId: PoolId, instead: AttemptRunner): void;
  /** Changes the policy of a pool's queue; does nothing for tasks that wait already. */
  setPolicy(poolId: PoolId, policy: QueuePolicy): void;

  /** Attempts are about to be handed to threads: from now on their code may run. */
  handOver(attempts: readonly Attempt[]): void;

  /** The pool takes nothing new; callers that wait for room are refused. What it has goes on. */
  seal(poolId: PoolId): void;

  /**
   * Takes tasks, all of them or none. Resolves when they are as durable as the engine makes them.
   * One whose key had given a task before is answered with that, whatever refuses a new one.
   * @throws {LidoError} `pool_not_found`, `pool_closed`, `queue_full`, `idempotency_conflict`,
   * `journal_unavailable`; a task's `refusal`.
   */
  enqueue(tasks: readonly NewTask[], options?: EnqueueOptions): Promise<readonly Enqueued[]>;

  /** As {@link enqueue} of one, and gives it as it stands then. */
  enqueueOne(
    task: NewTask,
    options?: EnqueueOptions,
  ): Promise<{ readonly task: TaskSnapshot; readonly isNew: boolean }>;

  /**
   * Cancels a task that has not begun.
   * @throws {LidoError} `task_not_found`, `task_not_cancellable`, `journal_unavailable`.
   */
  cancel(id: TaskId, cause: string): Promise<void>;

  /**
   * Asks a running task to end; one that has not begun is cancelled.
   * @throws {LidoError} `task_not_found`, `task_not_stoppable`.
   */
  stop(id: TaskId, graceMs: number, cause: string): Promise<void>;

  /**
   * Changes a task that waits for its turn; among its equals it stands by its age. Resolves when that
   * is on record.
   * @throws {LidoError} `task_not_found`, `task_not_changeable`, `pool_not_found`, `pool_closed`,
   * `queue_full`, `journal_unavailable`.
   */
  change(id: TaskId, change: TaskChange): Promise<void>;

  /**
   * Cancels all of a pool that have not begun; gives how many. Of a sealed one none is left then, also
   * of those that were on their way there. @throws {LidoError} `journal_unavailable`.
   */
  cancelPending(poolId: PoolId, cause: string): Promise<number>;

  /** @throws {LidoError} `task_not_found`. */
  get(id: TaskId): Promise<TaskSnapshot>;

  /** What the task's code logged, oldest first. @throws {LidoError} `task_not_found`. */
  readLogs(id: TaskId): Promise<readonly LogEntry[]>;

  /** One page, newest first; reads no more tasks than it shows. @throws {LidoError} `cursor_invalid`. */
  list(filter: TaskFilter, page: PageRequest): Promise<TaskPage & { readonly page: number | null }>;

  /** What happened to a task, oldest first. @throws {LidoError} `task_not_found`. */
  readEvents(id: TaskId): Promise<readonly TaskEventEntry[]>;

  /** Its attempts that ended, oldest first. @throws {LidoError} `task_not_found`. */
  readAttempts(id: TaskId): Promise<readonly AttemptEntry[]>;

  /** Resolves when nothing of a pool waits or runs. */
  whenIdle(poolId: PoolId): Promise<void>;

  /** Resolves when all that has happened can be read, however long the disk refuses. */
  flush(): Promise<void>;

  /**
   * Writes what has happened; resolves when that is on record.
   * @throws {LidoError} `journal_unavailable` if the disk refuses.
   */
  checkWrites(): Promise<void>;

  /** The server ends: nobody waits for a task any longer, and what has not ended is kept. */
  suspend(): void;

  /** Resolves when the task has ended, or the engine is suspended. @throws {LidoError} `task_not_found`; the signal's reason. */
  waitFor(id: TaskId, signal: AbortSignal): Promise<void>;

  /** How many tasks are in each state, of one pool or of all. Costs the same however many there are. */
  counts(poolId?: PoolId): TaskCounts;
}
