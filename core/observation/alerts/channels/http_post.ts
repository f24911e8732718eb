/** Posts a message: to the address that was checked, within a time, reading little, going nowhere else. */
import { type IncomingMessage, request as requestOpenly } from "node:http";
import { request as requestSecurely } from "node:https";
import { isIP } from "node:net";
import { VERSION } from "../../../model/version.ts";
import { DeliveryError } from "./delivery_error.ts";
import { findAddress, type TargetRules } from "./target.ts";

/** More of an answer is not read. */
export const ANSWER_BYTES_MAX = 64 * 1024;

/** A message as it is posted; its body is JSON. */
export interface Post {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What was answered with a status of success. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/**
 * Posts, and gives the answer.
 * @throws {DeliveryError} for a target that is not allowed, and any status but 2xx.
 */
export async function post(
  message: Post,
  rules: TargetRules,
  signal: AbortSignal,
): Promise<Answer> {
  const address = await findAddress(new URL(message.url).hostname, rules);
  signal.throwIfAborted();
  const response = await request(message, address, signal);
  const text = await readText(response);
  const status = response.statusCode ?? 0;
  if (status >= 200 && status < 300) return { status, text };
  throw new DeliveryError(sayStatus(status, text), {
    isFinal: !mayGoBetter(status),
    retryAfterMs: secondsOf(response.headers["retry-after"]) * 1_000,
  });
}

/**
 * Not by `fetch()`, which looks the name up once more. The name stays in the header Host and in the
 * check of the certificate; where to connect is decided already.
 */
function request(
  { url: text, headers, body }: Post,
  address: string,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const url = new URL(text);
  const isSecure = url.protocol === "https:";
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const sending = (isSecure ? requestSecurely : requestOpenly)({
    host: address,
    port: Number(url.port) || (isSecure ? 443 : 80),
    path: url.pathname + url.search,
    method: "POST",
    headers: {
      ...headers,
      "host": url.host,
      "content-type": "application/json",
      "user-agent": `Lido/${VERSION}`,
    },
    // TLS knows no server names that are addresses.
    ...(isIP(url.hostname.replace(/^\[|\]$/g, "")) === 0 ? { servername: url.hostname } : {}),
    agent: false, // no connection is kept
    signal,
  }, resolve);
  sending.on("error", reject);
  sending.end(body);
  return promise;
}

async function readText(response: IncomingMessage): Promise<string> {
  const decoder = new TextDecoder();
  let bytes = 0;
  let text = "";
  for await (const chunk of response as AsyncIterable<Uint8Array>) { // no encoding is set
    const kept = chunk.subarray(0, ANSWER_BYTES_MAX - bytes);
    bytes += kept.length;
    text += decoder.decode(kept, { stream: true });
    if (bytes === ANSWER_BYTES_MAX) break; // leaving the loop ends the connection
  }
  return text;
}

function sayStatus(status: number, text: string): string {
  if (status >= 300 && status < 400) return `HTTP ${status}: redirects are not followed`;
  return text.trim() === "" ? `HTTP ${status}` : `HTTP ${status}: ${text.trim()}`;
}

/** A request that came too early, too often or to a server in trouble; any other is wrong for good. */
function mayGoBetter(status: number): boolean {
  return status >= 500 || status === 408 || status === 425 || status === 429;
}

/** As services give it; a date counts as nothing. */
function secondsOf(retryAfter: string | undefined): number {
  return /^\d{1,9}$/.test(retryAfter ?? "") ? Number(retryAfter) : 0;
}
