/**
 * The trace of one attempt: its span, the wait before it, and what its code made of spans in a thread
 * that exports nothing itself. Those come as notes, and are made anew here, below the attempt's span:
 * with other ids, but as the tree that they were.
 */
import { ROOT_CONTEXT, type Span, SpanStatusCode, trace, type Tracer } from "@opentelemetry/api";
import { SPANS_MAX, type TaskSpan, type TraceLink } from "../../execution/protocol.ts";

/** What a trace of an attempt is made with. */
export interface AttemptTraceOptions {
  readonly tracer: Tracer;
  readonly span: Span;
  readonly traceparent: string;
  /** Epoch milliseconds. */
  readonly beganAtMs: number;
  readonly waitsSinceMs: number;
  tellWait(): void;
}

/** How an attempt ended. */
export interface AttemptEnd {
  /** Epoch milliseconds. */
  readonly atMs: number;
  readonly outcome: "done" | "failed" | "cancelled" | "interrupted";
  /** Of a failure. */
  readonly code?: string;
}

/** See the head of this file. Nothing is exported of one that does not end. */
export class AttemptTrace implements TraceLink {
  readonly isRecorded = true;
  readonly traceparent: string;
  readonly #options: AttemptTraceOptions;
  readonly #spans: TaskSpan[] = [];
  /** What the thread did not keep, and what is too much of that which it sent. */
  #dropped = 0;
  #beyond = 0;
  #endedAtMs: number | undefined;

  constructor(options: AttemptTraceOptions) {
    this.#options = options;
    this.traceparent = options.traceparent;
  }

  /** Since when the task waits that came back from this attempt. */
  get waitsSinceMs(): number {
    return this.#endedAtMs ?? this.#options.waitsSinceMs;
  }

  /** Keeps spans that its code ended; `dropped` are those that its thread did not keep, so far. */
  add(spans: readonly TaskSpan[], dropped: number): void {
    const room = SPANS_MAX - this.#spans.length;
    this.#spans.push(...spans.slice(0, room));
    this.#beyond += Math.max(0, spans.length - room);
    this.#dropped = dropped;
  }

  /** Exports all of it. */
  end({ atMs, outcome, code }: AttemptEnd): void {
    if (this.#endedAtMs !== undefined) return;
    const { span, beganAtMs, tellWait } = this.#options;
    this.#endedAtMs = Math.max(beganAtMs, atMs);
    tellWait();
    this.#tellSpans();
    span.setAttribute("lido.outcome", outcome);
    const dropped = this.#dropped + this.#beyond;
    if (dropped > 0) span.setAttribute("lido.dropped_spans", dropped);
    if (code !== undefined) {
      span.setAttribute("error.type", code);
      span.setStatus({ code: SpanStatusCode.ERROR, message: code });
    }
    span.end(this.#endedAtMs);
  }

  #tellSpans(): void {
    const waiting = new Map(this.#spans.map((one) => [one.id, one]));
    const made = new Map<string, Span>();
    const make = (one: TaskSpan): Span => {
      waiting.delete(one.id); // whatever its parent is said to be, it is not below itself
      const above = waiting.get(one.parentId);
      const parent = made.get(one.parentId) ?? (above ? make(above) : this.#options.span);
      const span = this.#make(one, parent);
      made.set(one.id, span);
      return span;
    };
    for (const one of this.#spans) if (waiting.has(one.id)) make(one);
    for (const one of this.#spans) made.get(one.id)?.end(this.#within(one.endMs));
  }

  #make(one: TaskSpan, parent: Span): Span {
    const { name, kind, attributes } = one;
    const span = this.#options.tracer.startSpan(
      name,
      { startTime: this.#within(one.startMs), kind, attributes },
      trace.setSpan(ROOT_CONTEXT, parent),
    );
    if (one.isError) span.setStatus({ code: SpanStatusCode.ERROR, message: one.message });
    return span;
  }

  /** The clock of task code's own realm: believed as far as it is possible. */
  #within(ms: number): number {
    const { beganAtMs } = this.#options;
    return Math.min(Math.max(ms, beganAtMs), this.#endedAtMs ?? beganAtMs);
  }
}
