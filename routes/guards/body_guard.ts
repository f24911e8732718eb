/**
 * Reads a body before any handler sees the request: up to a size and up to a deadline.
 * (`hono/body-limit` knows no deadline: a body that comes drop by drop would hold it for ever.)
 */
import { Buffer } from "node:buffer";
import type { Context, MiddlewareHandler } from "hono";
import type { AppEnv } from "../app_env.ts";
import { HttpError } from "../errors.ts";
import { Deadlines } from "./deadlines.ts";

/** The largest body, in bytes. */
export const BODY_BYTES_MAX: number = 16 * 1024 * 1024;

const NO_BODY = new Uint8Array();

/** What a body may be. */
export interface BodyLimits {
  readonly bytesMax: number;
  /** How long the client may take to send it, in milliseconds. */
  readonly timeoutMs: number;
  /** A handler reads such a body itself, bit by bit. */
  isStreamed?(c: Context<AppEnv>): boolean;
}

/** Reads the body into memory; a handler then gets it at once, or never sees the request. */
export function bodyGuard(limits: BodyLimits): MiddlewareHandler<AppEnv> {
  const deadlines = new Deadlines(limits.timeoutMs);
  return async (c, next) => {
    // The address `*` matches each pattern of middleware twice.
    if (c.get("body") !== undefined) return await next();
    const isRead = !limits.isStreamed?.(c);
    c.set("body", isRead ? await readBody(c.req.raw, limits, deadlines) : NO_BODY);
    await next();
  };
}

/**
 * Refuses a body that is not declared as plain JSON. A form of another site can post text/plain;
 * and what is compressed is not opened, since a few bytes can become a great many.
 */
export function jsonGuard(): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    if (c.get("body").length > 0 && !isPlainJson(c)) {
      const message = "Cannot read body: its content-type must be application/json, in UTF-8";
      throw new HttpError("unsupported_media_type", message);
    }
    await next();
  };
}

function isPlainJson(c: Context<AppEnv>): boolean {
  const type = c.req.header("content-type") ?? "";
  const isJson = /^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(type);
  return isJson && (c.req.header("content-encoding") ?? "identity") === "identity";
}

async function readBody(
  request: Request,
  limits: BodyLimits,
  deadlines: Deadlines,
): Promise<Uint8Array<ArrayBuffer>> {
  const length = request.headers.get("content-length");
  if (Number(length) > limits.bytesMax) throw tooLarge(limits);
  // Where the length is known, the runtime reads the whole without a stream, which is far cheaper.
  const stream = length === null ? request.body : null;
  if (length === null && stream === null) return NO_BODY;
  return await deadlines.within(
    stream === null ? request.bytes() : readStream(stream, limits),
    () => new HttpError("request_timeout", "Cannot read body: it came too slowly"),
  );
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
