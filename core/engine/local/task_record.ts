/**
 * A task as the local engine keeps it. It is its own attempt: a pool calls back when it starts,
 * comes back or ends, and the record changes its state by the one table of transitions.
 */
import { Attempt, type Outcome } from "../../execution/attempt.ts";
import type { LateError, LogLine, TaskSnapshot, TaskStatus } from "../../model/task.ts";
import { isFinal, type TaskEvent, type TaskState, transition } from "../../model/task_state.ts";
import type { AttemptRunner, NewTask } from "../engine.ts";

const LATE_ERRORS_MAX = 10;

/** Who is told that a record changed. */
export interface RecordListener {
  stateChanged(record: TaskRecord, from: TaskState): void;
}

/** See the head of this file. */
export class TaskRecord extends Attempt {
  state: TaskState = "pending";
  number = 1;
  startedAtMs: number | null = null;
  finishedAtMs = 0;
  outcome: Outcome | undefined;
  ranOnSlot: number | null = null;
  progressNote: string | null = null;
  metrics: Readonly<Record<string, number>> = {};
  readonly lines: LogLine[] = [];
  readonly lateErrors: LateError[] = [];
  /** Called once when it has ended. */
  waiters: Set<() => void> | undefined;

  /** `order` grows with each submission: lists and cursors go by it. */
  constructor(
    readonly task: NewTask,
    readonly order: number,
    readonly submittedAtMs: number,
    readonly runner: AttemptRunner,
    readonly listener: RecordListener,
  ) {
    super(task.type, task.inputJson ?? undefined, task.priority, task.runTimeoutMs);
  }

  get taskId(): string {
    return this.task.id;
  }

  /** Whether it has ended. */
  get isOver(): boolean {
    return isFinal(this.state);
  }

  started(slot: number): void {
    this.#apply("start");
    this.ranOnSlot = slot;
    this.startedAtMs = Date.now();
  }

  requeued(): void {
    this.ranOnSlot = null;
    this.startedAtMs = null;
    if (this.state === "running") this.#apply("requeue");
  }

  settled(outcome: Outcome, slot: number | null): void {
    // A short task can end before anyone saw it run.
    if (outcome.kind === "done" && this.state === "pending") this.#apply("start");
    // Throws before anything is written: what has ended is never told otherwise.
    transition(this.state, EVENT_OF[outcome.kind]);
    this.outcome = outcome;
    this.ranOnSlot = slot;
    this.startedAtMs = outcome.startedAtMs ?? this.startedAtMs;
    this.finishedAtMs = Date.now();
    this.#apply(EVENT_OF[outcome.kind]);
    for (const tell of this.waiters ?? []) tell();
    this.waiters = undefined;
  }

  noted(
    notes: {
      readonly lines: readonly LogLine[];
      readonly dropped: number;
      readonly progressNote: string | null;
      readonly metrics: Readonly<Record<string, number>> | null;
    },
  ): void {
    this.lines.push(...notes.lines);
    this.progressNote = notes.progressNote;
    this.metrics = notes.metrics ?? this.metrics;
    if (notes.dropped === 0) return;
    const text = `The task logged too much: ${notes.dropped} lines were dropped`;
    if (this.lines.at(-1)?.text.startsWith("The task logged too much")) this.lines.pop();
    this.lines.push({ atMs: Date.now(), level: "warning", text });
  }

  erredLate(message: string): void {
    if (this.lateErrors.length < LATE_ERRORS_MAX) {
      this.lateErrors.push({ atMs: Date.now(), message });
    }
  }

  /** A frozen copy. */
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
      status: this.#status(),
      metrics: this.metrics,
      lateErrors: [...this.lateErrors],
    };
  }

  #status(): TaskStatus {
    const { outcome, startedAtMs } = this;
    if (outcome !== undefined) return this.#endStatus(outcome);
    if (this.state !== "running" || startedAtMs === null) {
      return { state: "pending", why: this.runner.whyWaiting(this) };
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

  #endStatus(outcome: Outcome): TaskStatus {
    const facts = { slot: this.ranOnSlot, finishedAtMs: this.finishedAtMs, runMs: outcome.runMs };
    switch (outcome.kind) {
      case "done":
        return {
          ...facts,
          state: "completed",
          slot: this.ranOnSlot ?? 0,
          startedAtMs: outcome.startedAtMs,
          runMs: outcome.runMs,
          resultJson: typeof outcome.value === "string" ? outcome.value : null,
        };
      case "failed":
        return {
          ...facts,
          state: "failed",
          startedAtMs: this.startedAtMs,
          failure: outcome.failure,
        };
      case "cancelled":
        return {
          ...facts,
          state: "cancelled",
          startedAtMs: outcome.startedAtMs,
          cause: outcome.cause,
        };
    }
  }

  #apply(event: TaskEvent): void {
    const from = this.state;
    this.state = transition(from, event);
    this.listener.stateChanged(this, from);
  }
}

const EVENT_OF = { done: "complete", failed: "fail", cancelled: "cancel" } as const;
