/** `/alerts`: what is wrong, what was, and the rules that say so. */
import { Hono } from "hono";
import {
  ALERT_TABS,
  type AlertsModel,
  AlertsPage,
  type AlertTab,
} from "../../views/pages/alerts.tsx";
import type { AppEnv } from "../app_env.ts";
import { presentChannels } from "../present/alert_channel.ts";
import { presentAlertRow, presentRuleRow } from "../present/alert_page.ts";
import { sentenceIn } from "../present/sentence.ts";
import { alertChannelRoutes } from "./alert_channels.tsx";
import { alertRuleRoutes } from "./alert_rules.tsx";
import { type Desk, Visit } from "./visit.tsx";

/** Alerts that one page of the history shows. */
const PAGE_ALERTS = 50;

/** Makes the routes. */
export function alertPageRoutes(desk: Desk): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  routes.get("/", (c) => {
    const visit = new Visit(c, desk);
    const tab = ALERT_TABS.find((one) => one === c.req.query("tab")) ?? "firing";
    return visit.live({
      place: "alerts",
      title: visit.language.t.alerts.title,
      parts: async () => ({ body: <AlertsPage model={await present(visit, tab)} /> }),
      variant: visit.path,
    });
  });
  routes.post("/:id/acknowledge", (c) => {
    const visit = new Visit(c, desk);
    const { text } = desk.manager.alerts.acknowledge(c.req.param("id"));
    const said = visit.language.t.alerts.acknowledged(sentenceIn(visit.language, text));
    return visit.done(said, visit.backOr("/alerts"));
  });
  routes.route("/rules", alertRuleRoutes(desk));
  routes.route("/channels", alertChannelRoutes(desk));
  return routes;
}

async function present(visit: Visit, tab: AlertTab): Promise<AlertsModel> {
  const { c, path, language, desk: { manager: { alerts } } } = visit;
  const hasPool = (id: string) => visit.desk.manager.findPoolName(id) !== undefined;
  switch (tab) {
    case "firing": {
      const rows = alerts.firing.map((alert) => presentAlertRow(language, alert, hasPool));
      return { path, part: { tab, alerts: rows } };
    }
    case "rules": {
      const rules = alerts.listRules().map((rule) => presentRuleRow(language, rule));
      return { path, part: { tab, rules } };
    }
    case "channels":
      return { path, part: { tab, channels: presentChannels(visit.desk.manager.channels) } };
    case "history": {
      const cursor = c.req.query("cursor");
      const page = await alerts.listAlerts({
        perPage: PAGE_ALERTS,
        ...cursor !== undefined && { cursor },
      });
      const olderHref = page.nextCursor === null
        ? null
        : `/alerts?${new URLSearchParams({ tab, cursor: page.nextCursor })}`;
      const rows = page.alerts.map((alert) => presentAlertRow(language, alert, hasPool));
      return { path, part: { tab, alerts: rows, olderHref } };
    }
  }
}
