import type { Context } from "hono";
import type { SubmitOptions } from "../core/mod.ts";
import type { AppEnv } from "./app_env.ts";

/** What a request's submits have beside the tasks: the client's leaving, and its trace. */
export function submitOptions(c: Context<AppEnv>): Required<SubmitOptions> {
  return new RequestSubmitOptions(c.req.raw, c.get("traceparent"));
}

class RequestSubmitOptions implements Required<SubmitOptions> {
  readonly #request: Request;

  constructor(request: Request, readonly traceparent: string | null) {
    this.#request = request;
  }

  /** Made when it is looked at, which few do: the runtime aborts each one with its answer. */
  get signal(): AbortSignal {
    return this.#request.signal;
  }
}
