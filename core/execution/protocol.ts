/**
 * The messages that cross between host and thread, the same for both isolations: a Web Worker gets
 * them as structured clones, a child process as frames (`frames.ts`).
 *
 * Invariants. Tasks of a thread are numbered from 0 in the order in which they are sent; a batch
 * holds consecutive numbers. A batch of a new epoch follows a take-back. Outcomes echo the token of
 * their batch, which only the host and the thread's own code know. Columns that say nothing are left
 * empty, because most messages carry many small tasks that are all alike.
 */
import type { FailureCode, LogLine } from "../model/task.ts";

/** Where a task type's code is. */
export interface TypeSource {
  readonly name: string;
  /** A `file:` URL. */
  readonly url: string;
}

/**
 * What a pool is given and gives: JSON text, or values. A child process is always sent JSON text,
 * since nothing else can cross; a Web Worker gets values as structured clones.
 */
export type Encoding = "json" | "value";

/** First message of all. */
export interface BootMessage {
  readonly kind: "boot";
  readonly slot: number;
  readonly block: SharedArrayBuffer;
  readonly slots: number;
  readonly lanes: number;
  readonly encoding: Encoding;
  /** Batches come and go as frames' payloads, through a child's main thread. */
  readonly isFramed: boolean;
  /** Held as long as the thread lives: whoever is granted it knows that the thread is dead. */
  readonly lockName: string;
}

/** The span that an attempt's own spans hang below. */
export interface TraceLink {
  /** As W3C's Trace Context writes it. */
  readonly traceparent: string;
  /** Whether the spans that its code makes are wanted. */
  readonly isRecorded: boolean;
}

/** Tasks to run, a column a property. */
export interface RunMessage {
  readonly kind: "run";
  readonly epoch: number;
  /** Number of the batch's first task. */
  readonly first: number;
  /** Types that this thread has not heard of; their index follows those it knows. */
  readonly newTypes: readonly TypeSource[];
  /** What the outcomes of these tasks must quote. */
  readonly token: number;
  /** Index of each task's type; only one if all have the same. */
  readonly types: readonly number[];
  readonly inputs: readonly unknown[];
  /** Empty when the tasks have no ids. */
  readonly taskIds: readonly string[];
  /** Empty when each is the first. */
  readonly attempts: readonly number[];
  /** Empty when none is part of a trace. */
  readonly traces: readonly (TraceLink | null)[];
}

/** What the host says. */
export type ToThread =
  | BootMessage
  | RunMessage
  | { readonly kind: "lanes"; readonly lanes: number }
  | { readonly kind: "stop"; readonly seq: number; readonly reason: string };

/** What an attempt came to, on the wire: done, or why not. */
export type OutcomeCode = "done" | "stopped" | FailureCode;

/** An error's parts: cloning an `Error` would drop its class, name and code. */
export interface ErrorParts {
  readonly name: string;
  readonly message: string;
  readonly stack: string | null;
}

/** What attempts of one batch came to, a column a property. */
export interface OutcomesMessage {
  readonly kind: "outcomes";
  readonly token: number;
  /** Numbers of the tasks; only the first if they are consecutive. */
  readonly seqs: readonly number[];
  /** Empty when all are done. */
  readonly codes: readonly OutcomeCode[];
  /** When each began, epoch milliseconds, and how long it ran: as many as there are outcomes. */
  readonly startedAtMs: readonly number[];
  readonly runMs: readonly number[];
  /** The result, or {@link ErrorParts}; empty when no task gave any. */
  readonly values: readonly unknown[];
}

/** Spans of one attempt that are kept, and attributes of each. */
export const SPANS_MAX = 100;
/** See {@link SPANS_MAX}. */
export const SPAN_ATTRIBUTES_MAX = 32;
/** Characters of a span's name, of an attribute's name, and of a text in a span. */
export const SPAN_NAME_CHARS_MAX = 200;
/** See {@link SPAN_NAME_CHARS_MAX}. */
export const SPAN_KEY_CHARS_MAX = 100;
/** See {@link SPAN_NAME_CHARS_MAX}. */
export const SPAN_TEXT_CHARS_MAX = 1_024;

/** A span that a task's code made and ended. */
export interface TaskSpan {
  readonly id: string;
  /** Another span's, the attempt's, or empty. */
  readonly parentId: string;
  readonly name: string;
  /** OpenTelemetry's `SpanKind`. */
  readonly kind: number;
  /** Epoch milliseconds. */
  readonly startMs: number;
  readonly endMs: number;
  readonly isError: boolean;
  /** Of an error; empty where nothing was said. */
  readonly message: string;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
}

/** What a task says while it runs, sent in groups. */
export interface TaskNotes {
  readonly seq: number;
  readonly lines: readonly LogLine[];
  /** Lines that the attempt's log limit dropped, so far. */
  readonly dropped: number;
  readonly progressNote: string | null;
  readonly metrics: Readonly<Record<string, number>> | null;
  /** Those of the metrics that only grow. */
  readonly counters: readonly string[];
  readonly spans: readonly TaskSpan[];
  /** Spans that the attempt's limit dropped, so far. */
  readonly droppedSpans: number;
}

/** What the thread says. */
export type FromThread =
  | { readonly kind: "ready" }
  | OutcomesMessage
  | { readonly kind: "notes"; readonly notes: readonly TaskNotes[] }
  /** An error after its task had ended; `seq` is that task's number, or -1 if nobody can be blamed. */
  | { readonly kind: "late_error"; readonly seq: number; readonly message: string }
  /** The thread begins nothing more: what it left behind would reach the next task. */
  | { readonly kind: "worn"; readonly reason: string };
