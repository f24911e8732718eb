/** `/api/openapi.json`: the description of the API. */
import { Hono } from "hono";
import type { AppEnv } from "../../app_env.ts";
import { openApiDocument } from "./document.ts";

let text: string | undefined;

/** Makes the route. */
export function openApiRoutes(): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  routes.get("/openapi.json", (c) => {
    text ??= JSON.stringify(openApiDocument());
    return c.body(text, 200, { "content-type": "application/json" });
  });
  return routes;
}
