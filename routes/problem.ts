/** Turns errors into answers: the envelope and RFC 9457's fields in one body. */
import { STATUS_CODES } from "node:http";
import type { Context, ErrorHandler } from "hono";
import { type ErrorDetails, type Fault, LidoError } from "../core/mod.ts";
import { describeFaults, toSnakeCase, wireFault } from "./api/wire.ts";
import type { AppEnv } from "./app_env.ts";
import { hasRetryAfter, HttpError, STATUS } from "./errors.ts";

/** Takes what no caller may see: an error that nobody foresaw, with its request's id. */
export type LogError = (error: unknown, requestId: string) => void;

/** Makes the app's error handler. What it does not know, it logs and answers without a word of it. */
export function errorHandler(logError: LogError): ErrorHandler<AppEnv> {
  return (error, c) => {
    if (error instanceof HttpError) return problem(c, error);
    if (error instanceof LidoError) return problem(c, inWireNames(error, c));
    if (isDisconnect(error, c)) return problem(c, new HttpError("request_timeout", "Client left"));
    logError(error, c.get("requestId"));
    return problem(c, internalError(c.get("requestId")));
  };
}

/** Answers an error. */
export function problem(c: Context<AppEnv>, error: HttpError): Response {
  const status = STATUS[error.code];
  if (hasRetryAfter(status)) {
    const retryAfterMs = error.details.retryAfterMs ?? 1000;
    c.header("Retry-After", String(Math.max(1, Math.ceil(retryAfterMs / 1000))));
  }
  const body = {
    success: false,
    error: error.message,
    code: error.code,
    details: presentDetails(error.details),
    type: "about:blank",
    title: STATUS_CODES[status] ?? "Error",
    status,
    detail: error.message,
    instance: c.req.path,
  };
  return c.body(JSON.stringify(body), status, { "content-type": "application/problem+json" });
}

/** What is said of an error that nobody foresaw: the id under which the log has the rest. */
export function internalError(requestId: string): HttpError {
  return new HttpError("internal_error", "Internal server error", { requestId });
}

function inWireNames(error: LidoError, c: Context<AppEnv>): HttpError {
  const names = c.get("fields");
  const faults = error.details.faults;
  if (names === undefined || faults === undefined) {
    return new HttpError(error.code, error.message, error.details);
  }
  const renamed = faults.map((fault) => wireFault(fault, names));
  const action = error.message.split(": ", 1)[0] ?? error.message;
  const message = renamed.length === 0 ? error.message : describeFaults(action, renamed);
  return new HttpError(error.code, message, { ...error.details, faults: renamed });
}

function presentDetails(details: ErrorDetails): Record<string, unknown> {
  const { faults, ...others } = details;
  const shown = Object.entries(others).map(([key, value]) => [toSnakeCase(key), value] as const);
  return {
    ...(faults === undefined ? {} : { faults: faults.map(presentFault) }),
    ...Object.fromEntries(shown),
  };
}

function presentFault({ path, message }: Fault): Record<string, string> {
  const pointer = path.map((part) =>
    `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`
  );
  return { field: path.join("."), pointer: pointer.join(""), message };
}

/** Whether the handler was ended by the client's own leaving, which is no fault of the server. */
function isDisconnect(error: Error, c: Context<AppEnv>): boolean {
  const signal = c.req.raw.signal;
  return signal.aborted && (error === signal.reason || error.name === "AbortError");
}
