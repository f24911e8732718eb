/** `/metrics`: for Prometheus, in its own format and so without the envelope. */
import { Hono } from "hono";
import { expose } from "../core/mod.ts";
import type { AppEnv, RoutedManager } from "./app_env.ts";
import type { RequestMeter } from "./request_meter.ts";

/** Makes the route `/metrics`. */
export function metricRoutes(manager: RoutedManager, meter: RequestMeter): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  routes.get("/", async (c) => {
    const { contentType, text } = await expose([...manager.readMetrics(), ...meter.families()]);
    return c.body(text, 200, { "content-type": contentType });
  });
  return routes;
}
