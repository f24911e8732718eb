/**
 * A span as W3C's Trace Context writes it in the header `traceparent`: version, id of the trace, id of
 * the span, flags. @see https://www.w3.org/TR/trace-context/#traceparent-header
 */
const FORM = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

/** What {@link readTraceparent} read. */
export interface SpanPlace {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  /** Whether who made the span records it. */
  readonly isSampled: boolean;
}

/** Reads the header; undefined if it is not as it must be: then, says W3C, there is none. */
export function readTraceparent(text: string): SpanPlace | undefined {
  const [, traceId, spanId, flags] = FORM.exec(text) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  return { traceId, spanId, isSampled: (parseInt(flags, 16) & 1) === 1 };
}

/** The opposite of {@link readTraceparent}. */
export function writeTraceparent({ traceId, spanId, isSampled }: SpanPlace): string {
  return `00-${traceId}-${spanId}-${isSampled ? "01" : "00"}`;
}
