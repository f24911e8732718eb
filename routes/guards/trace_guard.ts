/**
 * The span of a request, where the server traces: named by its route, of which there are few. What the
 * request submits is part of it.
 */
import type { MiddlewareHandler } from "hono";
import { routePath } from "hono/route";
import type { Traces } from "../../core/mod.ts";
import type { AppEnv } from "../app_env.ts";

/** Makes the step; it must come before all guards, so that refusals are named too. */
export function traceRequests(traces: RequestTraces): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    c.set("traceparent", traces.takeRequest());
    await next();
    traces.nameRequest(c.req.method, routePath(c, -1));
  };
}

/** What of the traces requests need. */
export type RequestTraces = Pick<Traces, "takeRequest" | "nameRequest">;
