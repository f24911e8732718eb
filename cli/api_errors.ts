import { CommandError } from "./exit_code.ts";

/** One fault of what was sent: where it is, and what is wrong with it. */
export interface WireFault {
  /** JSON pointer into the body that was sent. */
  readonly pointer: string;
  readonly field: string;
  readonly message: string;
}

/** The server refused; its own sentence tells why. */
export class ApiError extends CommandError {
  /** Makes the error of what a failure envelope holds. */
  constructor(
    message: string,
    /** Such as `pool_not_found`. */
    readonly code: string,
    /** HTTP status. */
    readonly status: number,
    readonly faults: readonly WireFault[] = [],
  ) {
    super(message);
  }
}

/** Something answered that is no Lido. */
export class NotLidoError extends CommandError {
  /** Makes the error; `url` is where a server was looked for. */
  constructor(url: string, status: number) {
    super(`Cannot use the answer of ${url}: status ${status} without Lido's JSON`);
  }
}

/** No server answered: exit code 3. */
export class UnreachedError extends Error {
  override readonly name = "UnreachedError";

  /** Makes the error; `url` is where a server was looked for. */
  constructor(url: string, options?: ErrorOptions) {
    super(`Cannot reach Lido at ${url}: start it with \`deno task start\``, options);
  }
}
