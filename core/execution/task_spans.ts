/**
 * Spans that task code makes by `@opentelemetry/api`. Where the runtime traces, in isolation `thread`,
 * it exports them itself. A child process exports nothing: it has no right to reach anything, and ends
 * by force. There they are kept with the attempt's notes, and the host makes them anew.
 *
 * Loaded when the first attempt comes whose spans are wanted.
 */
import {
  type Context,
  context,
  createContextKey,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  type TextMapPropagator,
  trace,
  TraceFlags,
} from "@opentelemetry/api";
import type { ReadableSpan, SpanProcessor } from "@opentelemetry/sdk-trace";
import { hideAddresses } from "./hide_addresses.ts";
import { readTraceparent } from "../model/traceparent.ts";
import {
  SPAN_ATTRIBUTES_MAX,
  SPAN_KEY_CHARS_MAX,
  SPAN_NAME_CHARS_MAX,
  SPAN_TEXT_CHARS_MAX,
  type TaskSpan,
  type TraceLink,
} from "./protocol.ts";

/** Whose spans are kept: an attempt's context. */
export interface SpanKeeper {
  /** The attempt's span. */
  readonly traceparent: string | null;
  addSpan(span: TaskSpan): void;
}

/** What a thread needs of this. */
export interface TaskSpans {
  /** Runs code so that its spans are the attempt's, wherever this is called from. */
  run(link: TraceLink | null, keeper: SpanKeeper, code: () => void): void;
}

const KEEPER = createContextKey("lido attempt");

/** Whose code runs in a context. */
function keeperIn(where: Context): SpanKeeper | undefined {
  return where.getValue(KEEPER) as SpanKeeper | undefined; // only what is put there below
}

/** Makes the thread ready; once in its life. */
export async function openTaskSpans(): Promise<TaskSpans> {
  const probe = trace.getTracer("lido").startSpan("probe");
  if (probe.isRecording()) hideAddresses(probe);
  else await collectSpans();
  return {
    run(link, keeper, code) {
      context.with(link === null ? ROOT_CONTEXT : contextOf(link, keeper), code);
    },
  };
}

async function collectSpans(): Promise<void> {
  const { AsyncLocalStorageContextManager } = await import("@opentelemetry/context-async-hooks");
  const { TracerProvider } = await import("@opentelemetry/sdk-trace");
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(ATTEMPT_PROPAGATOR);
  trace.setGlobalTracerProvider(
    new TracerProvider({
      spanLimits: {
        attributeCountLimit: SPAN_ATTRIBUTES_MAX,
        attributeValueLengthLimit: SPAN_TEXT_CHARS_MAX,
        eventCountLimit: 0,
        linkCountLimit: 0,
      },
      spanProcessors: [keepingProcessor()],
    }),
  );
}

/** The host gives these spans other ids: whoever is called is told of the attempt's own. */
const ATTEMPT_PROPAGATOR: TextMapPropagator = {
  fields: () => ["traceparent"],
  extract: (where) => where,
  inject(where, carrier, setter) {
    const traceparent = keeperIn(where)?.traceparent;
    if (traceparent) setter.set(carrier, "traceparent", traceparent);
  },
};

function keepingProcessor(): SpanProcessor {
  const keepers = new WeakMap<object, SpanKeeper>();
  return {
    onStart(span, parent) {
      const keeper = keeperIn(parent);
      if (keeper !== undefined) keepers.set(span, keeper);
    },
    onEnd: (span) => keepers.get(span)?.addSpan(taskSpanOf(span)),
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
}

function contextOf({ traceparent, isRecorded }: TraceLink, keeper: SpanKeeper): Context {
  const place = readTraceparent(traceparent);
  if (place === undefined) return ROOT_CONTEXT;
  const { traceId, spanId } = place;
  // Where the attempt is not recorded, what is below it is not either.
  const traceFlags = isRecorded ? TraceFlags.SAMPLED : TraceFlags.NONE;
  const above = { traceId, spanId, traceFlags, isRemote: true };
  return trace.setSpanContext(ROOT_CONTEXT, above).setValue(KEEPER, keeper);
}

/** Task code may say anything. */
const KINDS: readonly unknown[] = [
  SpanKind.INTERNAL,
  SpanKind.SERVER,
  SpanKind.CLIENT,
  SpanKind.PRODUCER,
  SpanKind.CONSUMER,
];

function taskSpanOf(span: ReadableSpan): TaskSpan {
  const { name, kind, status, startTime, endTime, parentSpanContext } = span;
  return {
    id: span.spanContext().spanId,
    parentId: parentSpanContext?.spanId ?? "",
    name: String(name).slice(0, SPAN_NAME_CHARS_MAX),
    kind: KINDS.includes(kind) ? kind : SpanKind.INTERNAL,
    startMs: msOf(startTime),
    endMs: msOf(endTime),
    isError: status.code === SpanStatusCode.ERROR,
    message: String(status.message ?? "").slice(0, SPAN_TEXT_CHARS_MAX),
    attributes: attributesOf(span.attributes),
  };
}

function attributesOf(all: ReadableSpan["attributes"]): TaskSpan["attributes"] {
  return Object.fromEntries(
    Object.entries(all).map(([key, value]) => [
      key.slice(0, SPAN_KEY_CHARS_MAX),
      typeof value === "boolean" || Number.isFinite(value)
        ? value as boolean | number // as just seen
        : textOf(value).slice(0, SPAN_TEXT_CHARS_MAX),
    ]),
  );
}

function textOf(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function msOf([seconds, nanos]: readonly [number, number]): number {
  return seconds * 1_000 + nanos / 1_000_000;
}
