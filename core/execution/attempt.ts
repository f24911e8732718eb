/**
 * An attempt, as a pool knows it: one run of one task. Whoever submits it says what to run and is
 * told what became of it; while the pool has it, its place belongs to the pool.
 */
import { SENTENCES } from "../model/sentences.ts";
import type { TaskFailure } from "../model/task.ts";
import type { TaskNotes, TraceLink, TypeSource } from "./protocol.ts";

/** Why an attempt is ended when the server ends: it goes on in the server's next life. */
export const SHUTDOWN_CAUSE = SENTENCES.serverWasShutDown();

/** What an attempt came to. */
export type Outcome =
  | {
    readonly kind: "done";
    readonly startedAtMs: number;
    readonly runMs: number;
    /** JSON text or a value, as the pool's encoding says; undefined when `run` returned nothing. */
    readonly value: unknown;
  }
  | {
    readonly kind: "failed";
    /** Null when the code never began. */
    readonly startedAtMs: number | null;
    readonly runMs: number | null;
    readonly failure: TaskFailure;
  }
  | {
    readonly kind: "cancelled";
    readonly startedAtMs: number | null;
    readonly runMs: number | null;
    readonly cause: string;
  };

/** Why a running attempt shall end; a timeout makes it a failure. */
export interface StopOrder {
  readonly cause: string;
  readonly isTimeout: boolean;
  readonly requestedAtMs: number;
  /** On the monotonic clock: when the thread is ended if the code has not. */
  readonly killAtMs: number;
}

/** Where an attempt is; kept by the pool. */
export type AttemptPlace = "nowhere" | "queued" | "sent" | "running";

/** How an attempt comes to wait in a pool. */
export interface AttemptOptions {
  /** How long it has waited elsewhere, in milliseconds. */
  readonly waitedMs?: number;
  /** It ran in an earlier life of the server, or elsewhere: see {@link Attempt.waitsSinceMs}. */
  readonly hasRun?: boolean;
  /** See {@link Attempt.isSuspect}. */
  readonly isSuspect?: boolean;
  /** It goes among its equals by its age, and not behind them. */
  readonly isByAge?: boolean;
}

/** See the head of this file. */
export abstract class Attempt {
  /** For the queue's linked lists. */
  previous: Attempt | undefined;
  next: Attempt | undefined;
  place: AttemptPlace = "nowhere";
  /** Its thread or its server died beneath it, and perhaps by it: it runs alone, and waits in memory. */
  isSuspect = false;
  /** The slot that it was sent to, and its number and token there. */
  slot = -1;
  seq = -1;
  token = 0;
  /** When it was enqueued, and when it was seen to run, on the monotonic clock. */
  enqueuedMs = 0;
  beganMs = 0;
  /** When it came back from a thread on which it ran, on the monotonic clock. */
  cameBackMs: number | undefined;
  stop: StopOrder | undefined;
  /** Set when it was cancelled after it was sent ahead: it is told when it comes back unbegun. */
  withdrawal: { cause: string; answer(wasWithdrawn: boolean): void } | undefined;

  /** `input` is JSON text or a value, as the pool's encoding says. */
  constructor(
    readonly type: TypeSource,
    readonly input: unknown,
    readonly priority: number,
    readonly runTimeoutMs: number | null,
  ) {}

  /**
   * Since when it waits, on the monotonic clock. The time in which it ran is no waiting; its place
   * among its equals, and how much it has aged, go by when it was enqueued all the same.
   */
  get waitsSinceMs(): number {
    return this.cameBackMs ?? this.enqueuedMs;
  }

  /** The task's id and name, and which attempt of it this is, from 1. */
  abstract readonly taskId: string;
  abstract readonly name: string;
  abstract readonly number: number;

  /** It goes to a thread: what its spans shall hang below; null when it is part of no trace. */
  abstract beginTrace(): TraceLink | null;
  /** It runs now. An attempt that was short may be settled without this. */
  abstract started(slot: number): void;
  /** It goes back to waiting, unbegun or through no fault of its own: no attempt is lost. */
  abstract requeued(): void;
  /** It ended: the last call. */
  abstract settled(outcome: Outcome, slot: number | null): void;
  /** What its code said meanwhile. */
  abstract noted(notes: Omit<TaskNotes, "seq">): void;
  /** Its code threw after it had ended. */
  abstract erredLate(message: string): void;
}
