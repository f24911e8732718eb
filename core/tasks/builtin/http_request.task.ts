import { defineTask, type TaskContext, type TaskDefinition, z } from "lido";

/** A longer body is cut; the result says so. */
const BODY_BYTES_MAX = 1_000_000;

const Input = z.strictObject({
  url: z.url().max(8_192).regex(/^https?:\/\//, "Invalid URL: must begin with http:// or https://")
    .meta({ description: "http or https" }),
  method: z.enum(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]).default("GET"),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.string().max(BODY_BYTES_MAX).optional(),
}).refine(({ method, body }) => body === undefined || method !== "GET" && method !== "HEAD", {
  path: ["body"],
  message: "Not allowed: GET and HEAD carry no body",
});
const Output = z.object({
  status: z.int(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
  truncated: z.boolean().meta({ description: "The body was longer than 1 MB and was cut" }),
});

/** Sends one HTTP request. Any status is a result; only an answer that never came is an error. */
const httpRequest: TaskDefinition<typeof Input, typeof Output> = defineTask({
  name: "http_request",
  description: "Sends an HTTP request and gives the answer",
  input: Input,
  output: Output,
  examples: [{ url: "http://127.0.0.1:8000/health" }],
  async run({ url, method, headers, body }, ctx) {
    ctx.progress(0, 1, "waiting for the answer");
    // A client of its own, closed with the task: no idle connection stays on the thread.
    using client = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
    const request = { method, headers, body: body ?? null, signal: ctx.signal, client };
    const response = await fetch(url, request).catch((error) => {
      throw ctx.signal.aborted ? error : requestError(url, error);
    });
    const answer = await readBody(response, ctx);
    ctx.progress(1, 1);
    return { status: response.status, headers: listHeaders(response.headers), ...answer };
  },
});
export default httpRequest;

async function readBody(
  response: Response,
  ctx: TaskContext,
): Promise<{ body: string; truncated: boolean }> {
  const decoder = makeDecoder(response.headers.get("content-type"));
  const expected = Number(response.headers.get("content-length"));
  let bytes = 0;
  let body = "";
  for await (const chunk of response.body ?? []) {
    const kept = chunk.subarray(0, BODY_BYTES_MAX - bytes);
    bytes += kept.length;
    body += decoder.decode(kept, { stream: true });
    if (expected > 0) ctx.progress(Math.min(bytes / expected, 1), 1, "reading the answer");
    // Leaving the loop cancels the rest. A character that was cut in two is left out.
    if (kept.length < chunk.length) return { body, truncated: true };
  }
  return { body: body + decoder.decode(), truncated: false };
}

function makeDecoder(contentType: string | null): TextDecoder {
  const charset = /charset="?([^\s;"]+)/i.exec(contentType ?? "")?.[1];
  try {
    return new TextDecoder(charset);
  } catch {
    return new TextDecoder(); // a charset that nobody knows: most texts are UTF-8 all the same
  }
}

/** Only `set-cookie` comes more than once. */
function listHeaders(headers: Headers): Record<string, string> {
  const joined = new Map<string, string>();
  for (const [name, value] of headers) {
    const before = joined.get(name);
    joined.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return Object.fromEntries(joined);
}

function requestError(url: string, error: unknown): Error {
  const message = error instanceof Error ? error.message : String(error);
  // The message names the host that was refused: a redirect may have led to another one.
  const host = error instanceof Deno.errors.NotCapable && /"([^"]+)"/.exec(message)?.[1];
  const reason = host
    ? `the pool may not reach ${host}; add "${host}" to the pool's permissions.net`
    : message;
  return new Error(`Cannot request ${url}: ${reason}`, { cause: error });
}
