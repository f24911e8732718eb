/** Counts what was asked and how long the answers took, by the patterns of addresses. */
import type { MiddlewareHandler } from "hono";
import { routePath } from "hono/route";
import { BOUNDS_S, type HistogramSample, type Labels, type MetricFamily } from "../core/mod.ts";
import type { AppEnv } from "./app_env.ts";

/** Methods that HTTP knows: clients can make up others without end. */
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"];

/** What was asked of one pattern. */
class Route {
  readonly statuses = new Map<string, Map<number, number>>();
  /** Answers by the first bound that their time is not above; the last: by none. */
  readonly buckets: number[] = BOUNDS_S.map(() => 0).concat(0);
  sumS = 0;

  add(method: string, status: number, seconds: number): void {
    let statuses = this.statuses.get(method);
    if (statuses === undefined) this.statuses.set(method, statuses = new Map());
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    const first = BOUNDS_S.findIndex((bound) => seconds <= bound);
    const bucket = first < 0 ? BOUNDS_S.length : first;
    this.buckets[bucket] = (this.buckets[bucket] ?? 0) + 1;
    this.sumS += seconds;
  }

  spread(labels: Labels): HistogramSample {
    let count = 0;
    const sums = this.buckets.map((here) => count += here);
    return { labels, cumulative: sums.slice(0, -1), count, sum: this.sumS };
  }
}

/** See the head of this file. */
export class RequestMeter {
  readonly #routes = new Map<string, Route>();

  /** Counts each request when its answer begins. */
  get middleware(): MiddlewareHandler<AppEnv> {
    return async (c, next) => {
      const beganMs = performance.now();
      await next();
      const method = METHODS.includes(c.req.method) ? c.req.method : "other";
      this.add(routePath(c, -1), method, c.res.status, (performance.now() - beganMs) / 1_000);
    };
  }

  /** A request was answered. */
  add(route: string, method: string, status: number, seconds: number): void {
    let asked = this.#routes.get(route);
    if (asked === undefined) this.#routes.set(route, asked = new Route());
    asked.add(method, status, seconds);
  }

  /** All there is, as metrics. */
  families(): readonly MetricFamily[] {
    const routes = [...this.#routes];
    return [
      {
        kind: "counter",
        name: "lido_http_requests_total",
        help: "Requests by method, pattern of the address and status",
        samples: routes.flatMap(([route, { statuses }]) =>
          [...statuses].flatMap(([method, counts]) =>
            [...counts].map(([status, value]) => ({
              labels: { method, route, status: String(status) },
              value,
            }))
          )
        ),
      },
      {
        kind: "histogram",
        name: "lido_http_request_seconds",
        help: "How long it took until an answer began",
        bounds: BOUNDS_S,
        samples: routes.map(([route, asked]) => asked.spread({ route })),
      },
    ];
  }
}
