/** `/api/alerts`: what is wrong, what was, and the rules that say so. */
import { type Context, Hono } from "hono";
import type { AlertPage } from "../../core/mod.ts";
import type { AppEnv, RoutedManager } from "../app_env.ts";
import { presentAlert, presentAlertRule } from "../present/alert.ts";
import { answer } from "./answer.ts";
import {
  acknowledgementFromWire,
  ALERT_RULE_FIELDS,
  alertRuleFromWire,
  silenceFromWire,
} from "./bodies.ts";
import { oneOf, readPage, readQuery } from "./query.ts";
import { readJson, readOptionalJson } from "./read_json.ts";

/** Which alerts a list shows. */
export const ALERT_LISTS = ["firing", "all"] as const;

/** Makes the routes below `/api/alerts`. */
export function alertRoutes({ alerts }: RoutedManager): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  routes.use(async (c, next) => {
    c.set("fields", ALERT_RULE_FIELDS);
    await next();
  });
  routes.get("/", async (c) => {
    const { alerts: listed, nextCursor } = await readAlerts(c, alerts);
    const beside = { pagination: { next_cursor: nextCursor } };
    return answer(c, listed.map(presentAlert), { beside });
  });
  routes.post("/:id/acknowledge", (c) => {
    const { by } = acknowledgementFromWire(readOptionalJson(c));
    return answer(c, presentAlert(alerts.acknowledge(c.req.param("id"), by)));
  });
  routes.get("/rules", (c) => answer(c, alerts.listRules().map(presentAlertRule)));
  routes.get("/rules/:name", (c) => {
    return answer(c, presentAlertRule(alerts.getRule(c.req.param("name"))));
  });
  routes.put("/rules/:name", async (c) => {
    const changes = alertRuleFromWire(readJson(c));
    return answer(c, presentAlertRule(await alerts.saveRule(c.req.param("name"), changes)));
  });
  routes.delete("/rules/:name", async (c) => {
    const name = c.req.param("name");
    await alerts.removeRule(name);
    return answer(c, { name });
  });
  routes.post("/rules/:name/silence", async (c) => {
    const { forMs } = silenceFromWire(readJson(c));
    return answer(c, presentAlertRule(await alerts.silenceRule(c.req.param("name"), forMs)));
  });
  return routes;
}

/** Those that fire come all at once, from memory: they are there when the journal cannot be read. */
async function readAlerts(
  c: Context<AppEnv>,
  alerts: RoutedManager["alerts"],
): Promise<AlertPage> {
  const query = readQuery(c);
  const state = oneOf(query.get("state") ?? "firing", ALERT_LISTS, "state", "Cannot list alerts");
  if (state === "firing") return { alerts: alerts.firing, nextCursor: null };
  const { perPage } = readPage(query);
  const cursor = query.get("cursor");
  return await alerts.listAlerts({ perPage, ...cursor !== undefined && { cursor } });
}
