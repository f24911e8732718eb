/** `/api/types`: the task types that a submit can name. */
import { Hono } from "hono";
import type { AppEnv, RoutedManager } from "../app_env.ts";
import { presentTaskType } from "../present/system.ts";
import { answer } from "./answer.ts";

/** Makes the routes below `/api/types`. */
export function typeRoutes(manager: RoutedManager): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  routes.get("/", (c) => {
    const broken = manager.listBrokenTaskFiles().map(({ url, reason }) => ({ url, reason }));
    return answer(c, manager.listTaskTypes().map(presentTaskType), { beside: { broken } });
  });
  routes.get("/:name", (c) => {
    return answer(c, presentTaskType(manager.getTaskType(c.req.param("name"))));
  });
  return routes;
}
