/** `/api/views`: views of the list of tasks that were given names, for all who use the server. */
import { Hono } from "hono";
import type { z } from "zod";
import { type SavedView, View } from "../../core/mod.ts";
import type { AppEnv, RoutedManager } from "../app_env.ts";
import { presentTime } from "../present/time.ts";
import { answer } from "./answer.ts";
import { readJson } from "./read_json.ts";
import { fieldNames, fromWire } from "./wire.ts";

/** The body of a save: the name is in the address. */
export const ViewBody = View.pick({ query: true });
const FORM = { action: "Cannot save view", schema: ViewBody, names: fieldNames(ViewBody.shape) };

/** Makes the routes below `/api/views`. */
export function viewRoutes(manager: RoutedManager): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  routes.use(async (c, next) => {
    c.set("fields", fieldNames(View.shape));
    await next();
  });
  routes.get("/", (c) => answer(c, manager.listViews().map(presentView)));
  routes.put("/:name", async (c) => {
    const { query }: z.output<typeof ViewBody> = fromWire(readJson(c), FORM);
    return answer(c, presentView(await manager.saveView({ name: c.req.param("name"), query })));
  });
  routes.delete("/:name", async (c) => {
    const name = c.req.param("name");
    await manager.removeView(name);
    return answer(c, { name });
  });
  return routes;
}

function presentView({ name, query, savedAtMs }: SavedView): Record<string, unknown> {
  return { name, query, saved_at: presentTime(savedAtMs) };
}
