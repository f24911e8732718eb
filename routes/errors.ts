/** Every error of the API in one place: its code, and the HTTP status that the code has. */
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { ErrorCode, ErrorDetails } from "../core/mod.ts";

/** Errors that only HTTP knows; the domain's own are core's `ERROR_CODES`. */
export const HTTP_ERROR_CODES = [
  "invalid_json",
  "cross_site_request",
  "not_found",
  "method_not_allowed",
  "request_timeout",
  "body_too_large",
  "unsupported_media_type",
  "misdirected_request",
  "too_many_streams",
  "internal_error",
] as const;
/** An error that only HTTP knows. */
export type HttpErrorCode = typeof HTTP_ERROR_CODES[number];

/** The status of each code: a code without one does not compile. */
export const STATUS: Readonly<Record<ErrorCode | HttpErrorCode, ContentfulStatusCode>> = {
  invalid_input: 422,
  cursor_invalid: 400,
  pool_not_found: 404,
  task_not_found: 404,
  task_type_not_found: 404,
  view_not_found: 404,
  alert_not_found: 404,
  alert_rule_not_found: 404,
  version_not_found: 404,
  thread_not_found: 404,
  pool_closed: 409,
  pool_busy: 409,
  task_not_cancellable: 409,
  task_not_stoppable: 409,
  task_not_changeable: 409,
  task_dropped: 409,
  task_type_broken: 409,
  idempotency_conflict: 409,
  illegal_transition: 409,
  backup_running: 409,
  view_limit_reached: 409,
  alert_rule_limit_reached: 409,
  queue_full: 429,
  pool_limit_reached: 503,
  server_closing: 503,
  thread_start_failed: 503,
  budget_exhausted: 503,
  journal_unavailable: 503,
  version_conflict: 412,
  journal_corrupt: 500,
  data_folder_locked: 500,
  data_folder_unusable: 500,
  invalid_json: 400,
  cross_site_request: 403,
  not_found: 404,
  method_not_allowed: 405,
  request_timeout: 408,
  body_too_large: 413,
  unsupported_media_type: 415,
  misdirected_request: 421,
  too_many_streams: 503,
  internal_error: 500,
};

/** Whether what is answered with this status may go better soon: then it says when. */
export function hasRetryAfter(status: number): boolean {
  return status === 429 || status === 503;
}

/** An error of the HTTP side. Its faults already bear the wire's names, unlike a `LidoError`'s. */
export class HttpError extends Error {
  override readonly name = "HttpError";

  /** Makes the error; the message is what the client reads. */
  constructor(
    readonly code: ErrorCode | HttpErrorCode,
    message: string,
    readonly details: ErrorDetails = {},
  ) {
    super(message);
  }
}
