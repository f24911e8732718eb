import type { Tracer } from "@opentelemetry/api";
import { type ReadableSpan, TracerProvider } from "@opentelemetry/sdk-trace";

/** A tracer that registers nothing, and the spans of it that ended, in their order. */
export function keepSpans(): { readonly tracer: Tracer; readonly ended: readonly ReadableSpan[] } {
  const ended: ReadableSpan[] = [];
  const provider = new TracerProvider({
    spanProcessors: [{
      onStart() {},
      onEnd: (span) => void ended.push(span),
      forceFlush: () => Promise.resolve(),
      shutdown: () => Promise.resolve(),
    }],
  });
  return { tracer: provider.getTracer("test"), ended };
}

/** When a span began and ended, epoch milliseconds. */
export function timesOf({ startTime, endTime }: ReadableSpan): readonly [number, number] {
  const [began, ended] = [startTime, endTime].map(([s, nanos]) => s * 1_000 + nanos / 1_000_000);
  return [began ?? NaN, ended ?? NaN];
}
