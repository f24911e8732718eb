/** `/api/stats`, `/api/type-shares`, `/api/doctor` and `/api/backup`: what is true of the whole server. */
import { Hono } from "hono";
import type { Clock } from "../../core/mod.ts";
import type { AppEnv, RoutedManager } from "../app_env.ts";
import { presentFinding, presentStats, presentTypeShares } from "../present/system.ts";
import { answer } from "./answer.ts";
import { readQuery, readShareWindow } from "./query.ts";

/** Makes the routes `stats`, `type-shares`, `doctor` and `backup`. */
export function statsRoutes(manager: RoutedManager, clock: Clock): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  routes.get("/stats", (c) => answer(c, presentStats(manager.getStats())));
  routes.get("/type-shares", (c) => {
    const windowS = readShareWindow(readQuery(c));
    return answer(c, presentTypeShares(windowS, manager.getTypeShares(windowS)));
  });
  routes.get("/doctor", async (c) => {
    const findings = [manager.getSelfTest(), manager.checkJournal()];
    return answer(c, (await Promise.all(findings)).flat().map(presentFinding));
  });
  routes.get("/backup", async (c) => {
    const time = new Date(clock.nowMs()).toISOString().replaceAll(/[-:]|\.\d+/g, "");
    const headers = {
      "content-type": "application/vnd.sqlite3",
      "content-disposition": `attachment; filename="lido-${time}.sqlite"`,
    };
    // HEAD comes here too, and nobody would read its copy.
    if (c.req.method === "HEAD") return c.body(null, 200, headers);
    const { bytes, content } = await manager.backUp(c.req.raw.signal);
    return c.body(content, 200, { ...headers, "content-length": String(bytes) });
  });
  return routes;
}
