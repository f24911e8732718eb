import type { Context } from "hono";
import type { SubmitOptions } from "../core/mod.ts";
import type { AppEnv } from "./app_env.ts";

/** What a request's submits have beside the tasks: the client's leaving, and its trace. */
export function submitOptions(
  c: Context<AppEnv>,
  signal: AbortSignal = c.req.raw.signal,
): Required<SubmitOptions> {
  return { signal, traceparent: c.get("traceparent") };
}
