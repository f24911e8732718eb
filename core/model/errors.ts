/**
 * Every error that a caller can act on carries one of these codes. `routes/errors.ts` gives each
 * its HTTP status, so a code without a status does not compile.
 */
export const ERROR_CODES = [
  "invalid_input",
  "pool_not_found",
  "pool_closed",
  "pool_busy",
  "version_conflict",
  "version_not_found",
  "pool_limit_reached",
  "thread_not_found",
  "queue_full",
  "task_not_found",
  "task_not_cancellable",
  "task_not_stoppable",
  "task_not_changeable",
  "task_dropped",
  "task_type_not_found",
  "task_type_broken",
  "view_not_found",
  "view_limit_reached",
  "alert_not_found",
  "alert_rule_not_found",
  "alert_rule_limit_reached",
  "idempotency_conflict",
  "illegal_transition",
  "cursor_invalid",
  "server_closing",
  "thread_start_failed",
  "budget_exhausted",
  "journal_unavailable",
  "journal_corrupt",
  "backup_running",
  "data_folder_locked",
  "data_folder_unusable",
] as const;
/** What went wrong, in one word that programs can compare. */
export type ErrorCode = typeof ERROR_CODES[number];

/** One fault in what a caller sent: where (JSON pointer parts), and what is wrong with it. */
export interface Fault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What an error can tell a program beside its sentence. */
export interface ErrorDetails {
  /** Each fault of the input, with its place. */
  readonly faults?: readonly Fault[];
  /** Milliseconds after which another try may succeed. */
  readonly retryAfterMs?: number;
  readonly [key: string]: unknown;
}

/**
 * An error that the caller can act on. Programmers' mistakes are `TypeError` or `RangeError`.
 *
 * @example
 * ```ts
 * throw new LidoError("pool_not_found", `Cannot find pool: no pool has the id ${id}`);
 * ```
 */
export class LidoError extends Error {
  override readonly name = "LidoError";

  /** Makes the error; `options.cause` keeps what was caught. */
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: ErrorDetails = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What a thrown value says: an error's sentence, and anything else as a text. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
