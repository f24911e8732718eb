/**
 * Reads a body before any handler sees the request: up to a size and up to a deadline.
 * (`hono/body-limit` knows no deadline: a body that comes drop by drop would hold it for ever.)
 */
import { Buffer } from "node:buffer";
import type { Context } from "hono";
import type { AppEnv } from "../app_env.ts";
import { HttpError } from "../errors.ts";

/** The largest body, in bytes. */
export const BODY_BYTES_MAX: number = 16 * 1024 * 1024;

const NO_BODY = new Uint8Array();
/** Looks after which a body that came with its head is there. */
const EARLY_LOOKS = 4;

/** A body that is told to be smaller has the short time. */
const LARGE_BYTES = 64 * 1024;

/** What a body may be. */
export interface BodyLimits {
  readonly bytesMax: number;
  /** How long the client may take to send it, in milliseconds. */
  readonly timeoutMs: number;
  /** The same of a small one. */
  readonly smallTimeoutMs: number;
  /** A handler reads such a body itself, bit by bit. */
  isStreamed?(c: Context<AppEnv>): boolean;
}

/**
 * Reads the body into memory: a handler then has it at once, or never sees the request.
 * @throws {HttpError} `body_too_large`, `request_timeout`.
 */
export async function readBody(
  c: Context<AppEnv>,
  limits: BodyLimits,
): Promise<Uint8Array<ArrayBuffer>> {
  if (limits.isStreamed?.(c)) return NO_BODY;
  const { raw } = c.req;
  const length = raw.headers.get("content-length");
  if (Number(length) > limits.bytesMax) throw tooLarge(limits);
  // Where the length is known, the runtime reads the whole without a stream, which is far cheaper.
  const stream = length === null ? raw.body : null;
  if (length === null && stream === null) return NO_BODY;
  const reading = stream === null ? raw.bytes() : readStream(stream, limits);
  const isSmall = length !== null && Number(length) < LARGE_BYTES;
  const timeoutMs = isSmall ? limits.smallTimeoutMs : limits.timeoutMs;
  try {
    return await Promise.race([reading, looks()]) ?? await within(reading, timeoutMs);
  } catch (error) {
    throw error instanceof HttpError ? error : notWhole();
  }
}

/** What is told of a body that breaks off, or whose chunks are wrong: the client's fault. */
export function notWhole(): HttpError {
  return new HttpError("request_timeout", "Cannot read body: it did not come whole");
}

/**
 * Refuses a body that is not declared as plain JSON. A form of another site can post text/plain;
 * and what is compressed is not opened, since a few bytes can become a great many.
 * @throws {HttpError} `unsupported_media_type`.
 */
export function checkJsonType(c: Context<AppEnv>): void {
  if (c.get("body").length === 0 || isPlainJson(c)) return;
  const message = "Cannot read body: its content-type must be application/json, in UTF-8";
  throw new HttpError("unsupported_media_type", message);
}

function isPlainJson(c: Context<AppEnv>): boolean {
  const type = c.req.header("content-type") ?? "";
  const isJson = /^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(type);
  return isJson && (c.req.header("content-encoding") ?? "identity") === "identity";
}

/** Most bodies came with their heads, and need no timer. */
async function looks(): Promise<undefined> {
  for (let look = 0; look < EARLY_LOOKS; look++) await undefined;
}

async function within<Body>(reading: Promise<Body>, timeoutMs: number): Promise<Body> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new HttpError("request_timeout", "Cannot read body: it came too slowly")),
    timeoutMs,
  );
  try {
    return await Promise.race([reading, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

async function readStream(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  limits: BodyLimits,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > limits.bytesMax) throw tooLarge(limits); // whoever sends hears of it by the answer
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes);
}

function tooLarge({ bytesMax }: BodyLimits): HttpError {
  return new HttpError("body_too_large", `Cannot read body: it is larger than ${bytesMax} bytes`);
}
