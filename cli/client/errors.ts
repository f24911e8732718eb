/** One fault of what was sent: where it is, and what is wrong with it. */
export interface WireFault {
  /** JSON pointer into the body that was sent. */
  readonly pointer: string;
  readonly field: string;
  readonly message: string;
}

/** Why a client has no answer; its sentence is for people. */
export abstract class ClientError extends Error {}

/** The server refused; its own sentence tells why. */
export class ApiError extends ClientError {
  override readonly name = "ApiError";

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
export class NotLidoError extends ClientError {
  override readonly name = "NotLidoError";

  /** Makes the error; `url` is where a server was looked for. */
  constructor(url: string, status: number) {
    super(`Cannot use the answer of ${url}: status ${status} without Lido's JSON`);
  }
}

/** Hosts that a server of this machine can listen on, with the flags that make it do so. */
const HOSTS = new Map([["127.0.0.1", ""], ["localhost", ""], ["[::1]", " --host ::1"]]);
const PORT_DEFAULT = "8000";

/** No server answered. */
export class UnreachedError extends ClientError {
  override readonly name = "UnreachedError";

  /** Makes the error; `url` is where a server was looked for. */
  constructor(url: string, options?: ErrorOptions) {
    super(`Cannot reach Lido at ${url}${startHint(url)}`, options);
  }
}

/** How to start a server that would answer there; empty where that is another machine's matter. */
function startHint(url: string): string {
  const { protocol, hostname, port } = new URL(url);
  const host = HOSTS.get(hostname);
  if (protocol !== "http:" || host === undefined) return "";
  const flags = port === PORT_DEFAULT ? host : `${host} --port ${port || "80"}`;
  return `: start it with \`deno task start${flags}\``;
}

/** A task that was waited for did not complete. */
export class TaskError extends ClientError {
  override readonly name = "TaskError";

  /** Makes the error; the message says how the task ended, and why. */
  constructor(
    message: string,
    readonly taskId: string,
    /** How it ended. */
    readonly status: "failed" | "cancelled",
  ) {
    super(message);
  }
}
