/**
 * A task as the local engine keeps it in memory: while it waits in the window of its queue, while it
 * runs, and until its end is written. It is its own attempt: a pool calls back when it starts, comes
 * back or ends, and the record changes its state by the one table of transitions.
 */
import { Attempt, type Outcome, SHUTDOWN_CAUSE } from "../../execution/attempt.ts";
import type { TaskNotes, TraceLink } from "../../execution/protocol.ts";
import type { Clock } from "../../model/clock.ts";
import { SENTENCES } from "../../model/sentences.ts";
import type { LateError, LogLine, TaskId, TaskSnapshot, TaskStatus } from "../../model/task.ts";
import { isFinal, type TaskEvent, type TaskState, transition } from "../../model/task_state.ts";
import type { TransientMap } from "../../model/transient_map.ts";
import type { AttemptTrace } from "../../observation/traces/attempt_trace.ts";
import type { AttemptTraces, TracedTask } from "../../observation/traces/traces.ts";
import type { AttemptRunner, NewTask } from "../engine.ts";
import type { EndedTask } from "./journal/group_draft.ts";

const LATE_ERRORS_MAX = 10;
// Most tasks have none: one of each is enough for all of them.
const NO_METRICS = {};
const NO_ERRORS: readonly LateError[] = [];

/** Who is told what becomes of a record. */
export interface RecordListener {
  readonly clock: Clock;
  /** Undefined when nothing is traced. */
  readonly traces: AttemptTraces | undefined;
  /** It went from one state to another that is not final. */
  moved(record: TaskRecord, move: Move): void;
  /** Its threads gave it back, begun or not: it waits, and nothing of it runs. */
  cameBack(record: TaskRecord): void;
  ended(record: TaskRecord, move: Move): void;
  /** Its end is written: a crash does not undo it any more. */
  endWritten(record: TaskRecord): void;
  /** And it is in the tables: whoever reads them sees it. */
  endApplied(record: TaskRecord): void;
  logged(record: TaskRecord, lines: readonly LogLine[]): void;
  /** Something was said of it after its end. */
  noted(record: TaskRecord): void;
}

/** One step of a task's life. */
export interface Move {
  readonly from: TaskState;
  readonly event: TaskEvent;
  readonly atMs: number;
  readonly cause: string | null;
  /** It ran and ended before anyone saw it run. */
  readonly isStartedNow: boolean;
}

/** Where a record's life begins: anew, or where the journal left it. */
export interface RecordOrigin {
  readonly seq: number;
  readonly submittedAtMs: number;
  readonly attempt: number;
  readonly deaths: number;
}

/** What is in memory, of all pools. */
export type RecordsById = Pick<TransientMap<TaskId, TaskRecord>, "get" | "has">;

/** See the head of this file. */
export class TaskRecord extends Attempt implements EndedTask {
  /** Its seq in the journal: grows with each submission. */
  readonly order: number;
  readonly submittedAtMs: number;
  /** How often the server died while it ran. */
  readonly deaths: number;
  state: TaskState = "pending";
  override number: number;
  startedAtMs: number | null = null;
  finishedAtMs = 0;
  outcome: Outcome | undefined;
  /** What is shown of one that has ended until that is written: as what it ended. */
  endedAs: TaskState = "pending";
  /** Whether it has ended, and no crash undoes that any more. */
  isEndWritten = false;
  ranOnSlot: number | null = null;
  progressNote: string | null = null;
  metrics: Readonly<Record<string, number>> = NO_METRICS;
  lateErrors: readonly LateError[] = NO_ERRORS;
  #hasDropped = false;
  /** Of the last attempt that went to a thread; undefined when none is traced. */
  #trace: AttemptTrace | undefined;

  constructor(
    readonly task: NewTask,
    origin: RecordOrigin,
    readonly runner: AttemptRunner,
    readonly listener: RecordListener,
  ) {
    super(task.type, task.inputJson ?? undefined, task.priority, task.runTimeoutMs);
    this.order = origin.seq;
    this.submittedAtMs = origin.submittedAtMs;
    this.number = origin.attempt;
    this.deaths = origin.deaths;
  }

  get taskId(): string {
    return this.task.id;
  }

  get name(): string {
    return this.task.name;
  }

  /** Whether it has ended. */
  get isOver(): boolean {
    return isFinal(this.state);
  }

  beginTrace(): TraceLink | null {
    const { traceparent } = this.task;
    if (traceparent === null) return null;
    this.#trace = this.listener.traces?.begin(this.#traced(traceparent));
    return this.#trace ?? { traceparent, isRecorded: false };
  }

  /** Its end is written: what is traced of it is told. */
  endTrace(): void {
    const { outcome, task: { traceparent }, listener: { traces } } = this;
    if (traceparent === null || traces === undefined || outcome === undefined) return;
    const atMs = this.finishedAtMs;
    if (this.startedAtMs === null) return traces.tellWait(this.#traced(traceparent), atMs);
    const code = outcome.kind === "failed" ? { code: outcome.failure.code } : {};
    this.#trace?.end({ atMs, outcome: outcome.kind, ...code });
  }

  started(slot: number): void {
    this.ranOnSlot = slot;
    this.startedAtMs = this.listener.clock.nowMs();
    this.#move("start", this.startedAtMs);
  }

  requeued(): void {
    this.#comeBack(null);
  }

  settled(outcome: Outcome, slot: number | null): void {
    if (outcome.kind === "cancelled" && outcome.cause === SHUTDOWN_CAUSE) {
      return this.#interrupted();
    }
    const from = this.state;
    // A short task can end before anyone saw it run.
    const isStartedNow = from === "pending" && outcome.startedAtMs !== null;
    const before = isStartedNow ? transition(from, "start") : from;
    const event = EVENT_OF[outcome.kind];
    // Throws before anything is changed: what has ended is never told otherwise.
    this.state = transition(before, event);
    this.endedAs = before;
    this.outcome = outcome;
    this.ranOnSlot = slot;
    this.startedAtMs = outcome.startedAtMs ?? this.startedAtMs;
    this.finishedAtMs = this.listener.clock.nowMs();
    const atMs = this.finishedAtMs;
    this.listener.ended(this, { from, event, atMs, cause: null, isStartedNow });
  }

  written(): void {
    this.listener.endWritten(this);
  }

  applied(): void {
    this.listener.endApplied(this);
  }

  noted(
    notes: Omit<TaskNotes, "seq">,
  ): void {
    const lines = [...notes.lines];
    // Told once, where the first is missing.
    if (notes.dropped > 0 && !this.#hasDropped) {
      this.#hasDropped = true;
      const text = "The task logged too much: lines were dropped from here on";
      lines.push({ atMs: this.listener.clock.nowMs(), level: "warning", text });
    }
    this.progressNote = notes.progressNote;
    this.metrics = notes.metrics ?? this.metrics;
    this.#trace?.add(notes.spans, notes.droppedSpans);
    if (lines.length > 0) this.listener.logged(this, lines);
    if (this.isOver) this.listener.noted(this);
  }

  erredLate(message: string): void {
    if (this.lateErrors.length >= LATE_ERRORS_MAX) return;
    this.lateErrors = [...this.lateErrors, { atMs: this.listener.clock.nowMs(), message }];
    if (this.isOver) this.listener.noted(this);
  }

  /** A frozen copy. An end shows once it is written: a crash could undo it. */
  snapshot(): TaskSnapshot {
    const { task } = this;
    return {
      id: task.id,
      poolId: task.poolId,
      name: task.name,
      type: task.type.name,
      codeVersion: this.startedAtMs === null ? null : task.type.codeVersion,
      priority: task.priority,
      tags: task.tags,
      attempt: this.number,
      submittedAtMs: this.submittedAtMs,
      runTimeoutMs: task.runTimeoutMs,
      inputJson: task.inputJson,
      traceparent: task.traceparent,
      status: this.#status(),
      metrics: this.metrics,
      lateErrors: this.lateErrors,
    };
  }

  /** The server ends: what ran goes on in its next life, as another attempt. */
  #interrupted(): void {
    // One that was sent and had not begun comes back as the same attempt.
    if (this.state !== "pending") this.number++;
    this.#comeBack(SHUTDOWN_CAUSE);
  }

  #comeBack(cause: string | null): void {
    this.ranOnSlot = null;
    this.startedAtMs = null;
    if (this.state === "running") {
      const atMs = this.listener.clock.nowMs();
      this.#trace?.end({ atMs, outcome: "interrupted" });
      this.#move("requeue", atMs, cause);
    }
    this.listener.cameBack(this);
  }

  #traced(traceparent: string): TracedTask {
    return {
      taskId: this.task.id,
      poolId: this.task.poolId,
      type: this.task.type.name,
      attempt: this.number,
      traceparent,
      waitsSinceMs: this.#trace?.waitsSinceMs ?? this.submittedAtMs,
    };
  }

  #move(event: TaskEvent, atMs: number, cause: string | null = null): void {
    const from = this.state;
    this.state = transition(from, event);
    this.listener.moved(this, { from, event, atMs, cause, isStartedNow: false });
  }

  #status(): TaskStatus {
    const { outcome, startedAtMs } = this;
    if (outcome !== undefined && this.isEndWritten) return this.#ending(outcome);
    if (startedAtMs === null) {
      const why = outcome === undefined
        ? this.runner.whyWaiting(this)
        : SENTENCES.endIsBeingWritten();
      return { state: "pending", why };
    }
    const progress = this.runner.progressOf(this);
    return {
      state: "running",
      slot: this.ranOnSlot ?? 0,
      startedAtMs,
      stopRequestedAtMs: this.stop?.requestedAtMs ?? null,
      isZombie: this.runner.isZombie(this),
      progress: progress && { ...progress, note: this.progressNote },
    };
  }

  #ending(outcome: Outcome): TaskStatus {
    const startedAtMs = this.startedAtMs === null ? null : Math.round(this.startedAtMs);
    const ending = {
      slot: this.ranOnSlot,
      startedAtMs,
      finishedAtMs: Math.round(this.finishedAtMs),
      runMs: outcome.runMs,
    };
    switch (outcome.kind) {
      case "done": {
        const resultJson = typeof outcome.value === "string" ? outcome.value : null;
        const { slot, runMs } = ending;
        return {
          ...ending,
          state: "completed",
          slot: slot ?? 0,
          startedAtMs: startedAtMs ?? 0,
          runMs: runMs ?? 0,
          resultJson,
        };
      }
      case "failed":
        return { ...ending, state: "failed", failure: outcome.failure };
      case "cancelled":
        return { ...ending, state: "cancelled", cause: outcome.cause };
    }
  }
}

const EVENT_OF = { done: "complete", failed: "fail", cancelled: "cancel" } as const;
