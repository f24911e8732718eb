/** `/types`: the task types, and what each did over time. */
import { Hono } from "hono";
import type { TypeShare } from "../../core/mod.ts";
import type { Language } from "../../views/i18n/language.ts";
import { type TypesModel, TypesPage } from "../../views/pages/types.tsx";
import { TypeCharts } from "../../views/pages/type_charts.tsx";
import type { AppEnv } from "../app_env.ts";
import { typeCharts } from "../present/chart.ts";
import { historyOf, rangeOf } from "./overview.tsx";
import { type Desk, Visit } from "./visit.tsx";

/** Makes the route. */
export function typesRoutes(desk: Desk): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  routes.get("/", (c) => {
    const visit = new Visit(c, desk);
    return visit.page("types", visit.language.t.types.title, <TypesPage model={present(visit)} />);
  });
  routes.get("/:name", async (c) => {
    const visit = new Visit(c, desk);
    const { name, description } = desk.manager.getTaskType(c.req.param("name"));
    const range = rangeOf(c.req.query("range"));
    const parts = async () => {
      const { t, nowMs } = visit.language;
      const history = await desk.manager.getHistory({ type: name, ...historyOf(range, nowMs) });
      const model = { name, description, range, charts: typeCharts(history, t) };
      return { body: <TypeCharts model={model} /> };
    };
    return await visit.live({ place: "types", title: name, parts, variant: visit.path });
  });
  return routes;
}

function present({ desk: { manager }, language: l }: Visit): TypesModel {
  const shares = new Map(manager.getTypeShares(300).types.map((one) => [one.type, one]));
  return {
    types: manager.listTaskTypes().map((type) => ({
      name: type.name,
      description: type.description,
      isBuiltIn: type.isBuiltIn,
      codeVersion: type.codeVersion,
      lately: latelyOf(shares.get(type.name), l),
      schema: JSON.stringify(type.inputSchema, null, 2),
      output: type.outputSchema === null ? null : JSON.stringify(type.outputSchema, null, 2),
      examples: type.examples.map((example) => {
        const text = JSON.stringify(example);
        return { text, href: `/submit?type=${type.name}&input=${encodeURIComponent(text)}` };
      }),
    })),
    broken: manager.listBrokenTaskFiles(),
  };
}

function latelyOf(share: TypeShare | undefined, l: Language): string {
  const ended = share === undefined ? 0 : share.done + share.failed + share.cancelled;
  if (share === undefined || ended === 0) return l.t.types.idle;
  const { runMs, failed } = share;
  return l.t.types.lately(
    l.number(ended),
    l.duration(runMs / ended),
    l.percent(failed / ended),
    l.percent(share.share),
  );
}
