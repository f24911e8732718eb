/** The lines of a body that comes bit by bit, such as NDJSON: never more of it in memory than one line. */
import { Buffer } from "node:buffer";
import { HttpError } from "../errors.ts";
import { notWhole } from "../guards/body_guard.ts";

/** What a line may be, how long the next bytes of it may take, and until when they are waited for. */
export interface LineLimits {
  readonly bytesMax: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** One line, without its end. */
export interface BodyLine {
  /** From 1. */
  readonly number: number;
  readonly bytes: Uint8Array;
}

const NEWLINE = 0x0a;

/**
 * Reads lines; empty ones are left out, but counted.
 * @throws {HttpError} `body_too_large` for a line, `request_timeout`; the signal's reason.
 */
export async function* linesOf(
  body: ReadableStream<Uint8Array>,
  limits: LineLimits,
): AsyncGenerator<BodyLine> {
  const reader = body.getReader();
  let number = 0;
  let parts: Uint8Array[] = [];
  let held = 0;
  const take = (end: Uint8Array): BodyLine => {
    const bytes = parts.length === 0 ? end : Buffer.concat([...parts, end], held + end.length);
    parts = [];
    held = 0;
    return { number, bytes };
  };
  try {
    for (;;) {
      const { done, value } = await readSoon(reader, limits);
      if (done) break;
      let from = 0;
      for (let end = value.indexOf(NEWLINE); end >= 0; end = value.indexOf(NEWLINE, from)) {
        number++;
        const line = take(value.subarray(from, end));
        checkLength(line.bytes.length, number, limits);
        if (!isBlank(line.bytes)) yield line;
        from = end + 1;
      }
      if (from < value.length) parts.push(value.slice(from));
      held += value.length - from;
      checkLength(held, number + 1, limits);
    }
    number++;
    const last = take(new Uint8Array());
    if (!isBlank(last.bytes)) yield last;
  } finally {
    // Whoever stops reading leaves the rest unread.
    await reader.cancel().catch(() => {}); // the client may be gone
  }
}

function checkLength(bytes: number, number: number, { bytesMax }: LineLimits): void {
  if (bytes <= bytesMax) return;
  throw new HttpError(
    "body_too_large",
    `Cannot read body: line ${number} is larger than ${bytesMax} bytes`,
  );
}

async function readOn(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<ReadableStreamReadResult<Uint8Array>> {
  try {
    return await reader.read();
  } catch {
    throw notWhole();
  }
}

async function readSoon(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  { timeoutMs, signal }: LineLimits,
): Promise<ReadableStreamReadResult<Uint8Array>> {
  const ended = Promise.withResolvers<never>();
  const leave = () => ended.reject(signal.reason);
  const timer = setTimeout(
    () => ended.reject(new HttpError("request_timeout", "Cannot read body: it came too slowly")),
    timeoutMs,
  );
  signal.addEventListener("abort", leave);
  try {
    return await Promise.race([readOn(reader), ended.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", leave);
  }
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
}
