/**
 * The host's side of one thread, whatever it is made of. `ThreadPool` sees only this; a Web Worker
 * (`worker_thread.ts`) and a child process (`child_thread.ts`) stand below it.
 */
import type { Isolation, Permissions } from "../model/pool.ts";
import type { FailureCode } from "../model/task.ts";
import type { Encoding, OutcomesMessage, RunMessage, TaskNotes } from "./protocol.ts";
import type { LaneRow, SlotRow, StatsBlock } from "./stats_block.ts";

/** Why a thread is no more. It is only told when there is proof that nothing of it runs. */
export interface Death {
  readonly code: FailureCode;
  /** One sentence. */
  readonly message: string;
}

/** What a thread tells its pool. */
export interface ThreadListener {
  ready(): void;
  outcomes(message: OutcomesMessage): void;
  notes(notes: readonly TaskNotes[]): void;
  lateError(seq: number, message: string): void;
  /** It begins nothing more and must be replaced. */
  worn(reason: string): void;
  /** Answer to a take-back: the first task that was not begun; -1: none of that epoch was. */
  takenBack(first: number): void;
  died(death: Death): void;
}

/** One thread. */
export interface Thread {
  /** Process id, in isolation `process`. */
  readonly pid: number | null;
  run(message: RunMessage): void;
  setLanes(lanes: number): void;
  /** Asks the code of a task to end. */
  stop(seq: number, reason: string): void;
  /** Takes back what was not begun; `takenBack` answers, at once or soon. */
  takeBack(epoch: number): void;
  /** Ends it by force; `died` follows when it has ended, which a Web Worker may never do. */
  kill(): void;
  loadRow(): SlotRow;
  /** The tasks that run now. */
  loadLanes(): readonly LaneRow[];
  /** Milliseconds since a busy thread was last heard of; 0 where silence says nothing. */
  silentMs(): number;
}

/** What a thread is made with. */
export interface ThreadSettings {
  readonly isolation: Isolation;
  readonly slot: number;
  readonly encoding: Encoding;
  readonly permissions: Permissions;
  readonly memoryMb: number;
  /** The pool's block, for isolation `thread`. */
  readonly stats: StatsBlock;
  /** Folders of task files, which every thread may read. */
  readonly codeFolders: readonly string[];
  /** Variables that permissions may name, with their values. */
  readonly env: Readonly<Record<string, string>>;
  /** The cache of the pool's children: the second starts a third sooner than the first. */
  readonly cacheFolder: string;
}

/** Starts a thread; it answers through the listener. Must not throw. */
export type StartThread = (settings: ThreadSettings, listener: ThreadListener) => Thread;
