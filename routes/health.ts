/** `/health`: for probes, so without the envelope. */
import { Hono } from "hono";
import { answerJson } from "./api/answer.ts";
import type { AppEnv, RoutedManager } from "./app_env.ts";
import { presentHealth } from "./present/system.ts";

/** Makes the routes below `/health`. That it answers at all is what `live` asks. */
export function healthRoutes(manager: RoutedManager): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  for (const path of ["/", "/ready"]) {
    routes.get(path, (c) => {
      const health = manager.getHealth();
      return answerJson(c, presentHealth(health), health.isHealthy ? 200 : 503);
    });
  }
  routes.get("/live", (c) => answerJson(c, presentHealth(manager.getHealth())));
  return routes;
}
