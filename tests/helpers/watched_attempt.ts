import { Attempt, type Outcome } from "../../core/execution/attempt.ts";
import type { TaskNotes, TaskSpan, TraceLink, TypeSource } from "../../core/execution/protocol.ts";
import { within } from "./within.ts";

/** What may be said of an attempt; the rest has a default. */
export interface AttemptOptions {
  readonly type?: TypeSource;
  readonly input?: unknown;
  readonly priority?: number;
  readonly runTimeoutMs?: number | null;
  readonly number?: number;
  readonly taskId?: string;
  readonly trace?: TraceLink;
}

/** An attempt that writes down what it is told. */
export class WatchedAttempt extends Attempt {
  readonly taskId: string;
  readonly number: number;
  /** `started`, `requeued` and the outcome's kind, in their order. */
  readonly events: string[] = [];
  readonly lateErrors: string[] = [];
  readonly lines: string[] = [];
  readonly slots: number[] = [];
  readonly spans: TaskSpan[] = [];
  outcome: Outcome | undefined;
  readonly #trace: TraceLink | null;
  readonly #started = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<Outcome>();

  constructor(options: AttemptOptions = {}) {
    const { type = { name: "noop", url: "file:///noop.task.ts" }, input, priority = 0 } = options;
    super(type, input, priority, options.runTimeoutMs ?? null);
    this.taskId = options.taskId ?? "";
    this.number = options.number ?? 1;
    this.#trace = options.trace ?? null;
  }

  get name(): string {
    return this.type.name;
  }

  /** Resolves when it was first seen to run. */
  whenStarted(): Promise<void> {
    return within(`a task of type ${this.type.name} runs`, this.#started.promise);
  }

  /** Resolves with what became of it. */
  whenEnded(): Promise<Outcome> {
    return within(`a task of type ${this.type.name} ended`, this.#ended.promise);
  }

  beginTrace(): TraceLink | null {
    return this.#trace;
  }

  started(slot: number): void {
    this.events.push("started");
    this.slots.push(slot);
    this.#started.resolve();
  }

  requeued(): void {
    this.events.push("requeued");
  }

  settled(outcome: Outcome): void {
    this.events.push(outcome.kind);
    this.outcome = outcome;
    this.#ended.resolve(outcome);
  }

  noted({ lines, spans }: Omit<TaskNotes, "seq">): void {
    this.spans.push(...spans);
    this.lines.push(...lines.map(({ text }) => text));
  }

  erredLate(message: string): void {
    this.lateErrors.push(message);
  }
}
