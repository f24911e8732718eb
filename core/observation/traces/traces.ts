/**
 * The server's side of traces, on the OpenTelemetry that is built into the runtime: it makes the span
 * of each request, exports what ends, and needs no permission for it. Spans hold ids, names of types
 * and codes of failures; never an input, a result or a message, which may have one's secrets in them.
 *
 * What the runtime calls the active span goes on into all that a request begins, such as the dispatch
 * of other tasks. So each span here names the one above it, and none asks for the active one, but for
 * the request's own.
 */
import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  trace,
  TraceFlags,
  type Tracer,
} from "@opentelemetry/api";
import { hideAddresses } from "../../execution/hide_addresses.ts";
import { type Clock, systemClock } from "../../model/clock.ts";
import { readTraceparent, writeTraceparent } from "../../model/traceparent.ts";
import { VERSION } from "../../model/version.ts";
import { AttemptTrace } from "./attempt_trace.ts";

/** Attempts of one second that are traced: the runtime drops what comes quicker than it can send. */
export const ATTEMPTS_A_SECOND_MAX = 500;

/** An attempt that goes to a thread, or a task that never got to one. */
export interface TracedTask {
  readonly taskId: string;
  readonly poolId: string;
  readonly type: string;
  readonly attempt: number;
  /** The span that it was submitted in. */
  readonly traceparent: string;
  /** Epoch milliseconds. */
  readonly waitsSinceMs: number;
}

/** What an engine needs of this. */
export type AttemptTraces = Pick<Traces, "begin" | "tellWait">;

/** See the head of this file. */
export class Traces {
  readonly #tracer: Tracer;
  readonly #clock: Clock;
  /** The second that is counted, and how many attempts began to be traced in it. */
  #second = 0;
  #begun = 0;

  /** Spans are made by `tracer`; see {@link open}. */
  constructor(tracer: Tracer, clock: Clock = systemClock) {
    this.#tracer = tracer;
    this.#clock = clock;
  }

  /** Undefined when the runtime traces nothing. */
  static open(): Traces | undefined {
    const tracer = trace.getTracer("lido", VERSION);
    const probe = tracer.startSpan("probe");
    if (!probe.isRecording()) return undefined;
    hideAddresses(probe);
    return new Traces(tracer);
  }

  /** The span of the request that is being answered, as a `traceparent`; null if it is not recorded. */
  takeRequest(): string | null {
    const span = trace.getActiveSpan();
    return span === undefined ? null : traceparentOf(span);
  }

  /** Names the request's span: by its route, of which there are few. */
  nameRequest(method: string, route: string): void {
    const span = trace.getActiveSpan();
    span?.updateName(`${method} ${route}`);
    span?.setAttribute("http.route", route);
  }

  /** Begins the span of an attempt; undefined if its trace is not recorded, or there are too many. */
  begin(task: TracedTask): AttemptTrace | undefined {
    const parent = contextOf(task.traceparent);
    if (parent === undefined || this.#isBusy()) return undefined;
    const nowMs = this.#clock.nowMs();
    const span = this.#tracer.startSpan(`attempt ${task.type}`, {
      kind: SpanKind.CONSUMER,
      startTime: nowMs,
      attributes: attributesOf(task),
    }, parent);
    const traceparent = traceparentOf(span);
    if (traceparent === null) return undefined;
    this.#begun++;
    return new AttemptTrace({
      tracer: this.#tracer,
      span,
      traceparent,
      beganAtMs: nowMs,
      waitsSinceMs: task.waitsSinceMs,
      tellWait: () => this.tellWait(task, nowMs),
    });
  }

  /** Tells how long a task waited. */
  tellWait(task: TracedTask, untilMs: number): void {
    const parent = contextOf(task.traceparent);
    if (parent === undefined) return;
    const { waitsSinceMs: startTime } = task;
    this.#tracer.startSpan("wait", { startTime, attributes: attributesOf(task) }, parent)
      .end(Math.max(startTime, untilMs));
  }

  #isBusy(): boolean {
    const second = Math.floor(this.#clock.monotonicMs() / 1_000);
    if (second !== this.#second) this.#begun = 0;
    this.#second = second;
    return this.#begun >= ATTEMPTS_A_SECOND_MAX;
  }
}

function attributesOf({ taskId, poolId, type, attempt }: TracedTask): Attributes {
  return {
    "lido.task.id": taskId,
    "lido.task.type": type,
    "lido.pool.id": poolId,
    "lido.attempt": attempt,
  };
}

/** Undefined where whoever made the span does not record it. */
function contextOf(traceparent: string): Context | undefined {
  const place = readTraceparent(traceparent);
  if (place === undefined || !place.isSampled) return undefined;
  const { traceId, spanId } = place;
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: TraceFlags.SAMPLED,
    isRemote: true,
  });
}

/** The runtime calls spans recording that it does not sample: their flags tell. */
function traceparentOf(span: Span): string | null {
  const { traceId, spanId, traceFlags } = span.spanContext();
  const isSampled = (traceFlags & TraceFlags.SAMPLED) !== 0;
  return isSampled ? writeTraceparent({ traceId, spanId, isSampled }) : null;
}
