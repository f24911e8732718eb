/** `/api/stats` and `/api/doctor`: what is true of the whole server. */
import { Hono } from "hono";
import type { AppEnv, RoutedManager } from "../app_env.ts";
import { presentFinding, presentStats } from "../present/system.ts";
import { answer } from "./answer.ts";

/** Makes the routes `stats` and `doctor`. */
export function statsRoutes(manager: RoutedManager): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  routes.get("/stats", (c) => answer(c, presentStats(manager.getStats())));
  routes.get("/doctor", async (c) => {
    return answer(c, (await manager.getSelfTest()).map(presentFinding));
  });
  return routes;
}
