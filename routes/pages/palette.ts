/** `/palette`: where the palette leads: pages, pools, types and actions. */
import { Hono } from "hono";
import type { AppEnv } from "../app_env.ts";
import { viewsOf } from "./views.tsx";
import { type Desk, Visit } from "./visit.tsx";

/** Pools that the palette knows. */
const POOLS_MAX = 500;

/** Makes the route. */
export function paletteRoutes(desk: Desk): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  routes.get("/", (c) => {
    const visit = new Visit(c, desk);
    const { t } = visit.language;
    c.header("Cache-Control", "no-store");
    const pools = desk.manager.listPools().slice(0, POOLS_MAX);
    return c.json([
      { text: t.overview.title, href: "/" },
      { text: t.pools.title, href: "/pools" },
      { text: t.tasks.title, href: "/tasks" },
      { text: t.types.title, href: "/types" },
      { text: t.alerts.title, href: "/alerts" },
      { text: t.nav.api, href: "/api/docs" },
      { text: t.action.submitTask, href: "/submit" },
      { text: `${t.submit.title}: ${t.submit.batch}`, href: "/submit/batch" },
      { text: t.action.newPool, href: "/pools/new" },
      { text: t.alerts.newRule, href: "/alerts/rules/new" },
      ...viewsOf(visit, "").map(({ name, href }) => ({ text: `${t.tasks.title}: ${name}`, href })),
      ...pools.flatMap(({ id, settings: { name } }) => [
        { text: `${t.tasks.pool} ${name}`, href: `/pools/${id}` },
        { text: `${t.tasks.pool} ${name}: ${t.tasks.title}`, href: `/tasks?q=pool:${id}` },
      ]),
      ...desk.manager.listTaskTypes().map(({ name }) => ({
        text: `${t.submit.title}: ${name}`,
        href: `/submit?type=${name}`,
      })),
    ]);
  });
  return routes;
}
