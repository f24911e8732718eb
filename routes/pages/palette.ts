/** `/palette`: where the palette leads: pages, pools, types and actions. */
import { Hono } from "hono";
import type { AppEnv } from "../app_env.ts";
import { type Desk, Visit } from "./visit.tsx";

/** Pools that the palette knows. */
const POOLS_MAX = 500;

/** Makes the route. */
export function paletteRoutes(desk: Desk): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  routes.get("/", (c) => {
    const { t } = new Visit(c, desk).language;
    c.header("Cache-Control", "no-store");
    const pools = desk.manager.listPools().slice(0, POOLS_MAX);
    return c.json([
      { text: t.overview.title, href: "/" },
      { text: t.pools.title, href: "/pools" },
      { text: t.tasks.title, href: "/tasks" },
      { text: t.types.title, href: "/types" },
      { text: t.alerts.title, href: "/alerts" },
      { text: t.action.submitTask, href: "/submit" },
      { text: `${t.submit.title}: ${t.submit.batch}`, href: "/submit/batch" },
      { text: t.action.newPool, href: "/pools/new" },
      ...pools.map(({ id, settings }) => ({
        text: `${t.tasks.pool} ${settings.name}`,
        href: `/pools/${id}`,
      })),
      ...desk.manager.listTaskTypes().map(({ name }) => ({
        text: `${t.submit.title}: ${name}`,
        href: `/submit?type=${name}`,
      })),
    ]);
  });
  return routes;
}
