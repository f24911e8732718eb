/** `/health`: for probes, so without the envelope. */
import { type Context, Hono } from "hono";
import type { Health, HealthAlertKind } from "../core/mod.ts";
import { answerJson } from "./api/answer.ts";
import type { AppEnv, RoutedManager } from "./app_env.ts";
import { presentHealth } from "./present/system.ts";

/** While one of these holds, requests had better go to another server, if there is one. */
const NOT_READY: readonly HealthAlertKind[] = ["closing", "journal"];

/**
 * Makes the routes below `/health`. That it answers at all is what `live` asks; `ready` asks whether it
 * takes tasks, and a single pool that is not well does not change that.
 */
export function healthRoutes(manager: RoutedManager): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  const tell = (c: Context<AppEnv>, isFine: (health: Health) => boolean) => {
    const health = manager.getHealth();
    return answerJson(c, presentHealth(health), isFine(health) ? 200 : 503);
  };
  routes.get("/", (c) => tell(c, ({ isHealthy }) => isHealthy));
  routes.get(
    "/ready",
    (c) => tell(c, ({ alerts }) => alerts.every(({ kind }) => !NOT_READY.includes(kind))),
  );
  routes.get("/live", (c) => tell(c, () => true));
  return routes;
}
