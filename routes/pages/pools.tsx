/** `/pools`: the list of pools, and a new one. */
import { Hono } from "hono";
import { PoolSettings } from "../../core/mod.ts";
import { NewPool } from "../../views/pages/new_pool.tsx";
import { PoolsHead, type PoolsModel, PoolTable } from "../../views/pages/pools.tsx";
import type { AppEnv } from "../app_env.ts";
import { readPoolStates } from "../api/query.ts";
import { fieldsOf, sentFieldsOf } from "../present/form.ts";
import { presentPoolRow } from "../present/pool_page.ts";
import { pagerOf, readAsked } from "./pager.ts";
import { poolPageRoutes } from "./pool.tsx";
import { checkForm, faultsOf } from "./check_form.ts";
import { formOptions, readSettings, SETTINGS_SCHEMA } from "./settings_form.ts";
import { type Desk, Visit } from "./visit.tsx";

/** Makes the routes below `/pools`. */
export function poolsRoutes(desk: Desk): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  routes.get("/", (c) => {
    const visit = new Visit(c, desk);
    const filter = {
      status: c.req.query("status") ?? "",
      isolation: c.req.query("isolation") ?? "",
      text: (c.req.query("text") ?? "").slice(0, 128),
      hasZombies: c.req.query("zombies") === "1",
    };
    return visit.live({
      place: "pools",
      title: visit.language.t.pools.title,
      parts: () => {
        const model = present(visit, filter);
        return { head: <PoolsHead model={model} />, body: <PoolTable model={model} /> };
      },
      variant: c.req.url,
    });
  });
  routes.get("/new", (c) => {
    const visit = new Visit(c, desk);
    const { t } = visit.language;
    const fields = fieldsOf(SETTINGS_SCHEMA, { name: "" }, formOptions(t));
    return visit.dialog("pools", t.pools.newTitle, <NewPool fields={fields} />);
  });
  routes.post("/", async (c) => {
    const visit = new Visit(c, desk);
    const { t } = visit.language;
    const { form } = visit;
    try {
      const settings = checkForm(PoolSettings, readSettings(form));
      const pool = await desk.manager.createPool(settings);
      const text = t.pools.created(pool.settings.name);
      return visit.done(text, `/pools/${pool.id}`, { leads: true });
    } catch (error) {
      const faults = faultsOf(error, visit.language);
      const fields = sentFieldsOf(SETTINGS_SCHEMA, form, formOptions(t, faults));
      return visit.dialog("pools", t.pools.newTitle, <NewPool fields={fields} hasFaults />, 422);
    }
  });
  routes.route("/", poolPageRoutes(desk));
  return routes;
}

function present(
  visit: Visit,
  filter: {
    readonly status: string;
    readonly isolation: string;
    readonly text: string;
    readonly hasZombies: boolean;
  },
): PoolsModel {
  const { manager } = visit.desk;
  const states = readPoolStates(new Map(filter.status === "" ? [] : [["status", filter.status]]));
  const text = filter.text.toLowerCase();
  const pools = manager.listPools(states).filter(({ settings, zombies }) =>
    (filter.isolation === "" || settings.isolation === filter.isolation) &&
    settings.name.toLowerCase().includes(text) && (!filter.hasZombies || zombies > 0)
  );
  const { perPage, ...asked } = readAsked(visit);
  const pages = Math.max(1, Math.ceil(pools.length / perPage));
  const page = Math.min("page" in asked ? asked.page : 1, pages);
  const shown = pools.slice((page - 1) * perPage, page * perPage);
  const { status, isolation } = filter;
  const chosen = Object.entries({ status, isolation, text: filter.text });
  return {
    rows: shown.map((pool) => presentPoolRow(pool, manager.getRecent(pool.id))),
    pager: pagerOf(visit, {
      page,
      perPage,
      total: visit.language.t.pools.count(visit.language.number(pools.length)),
      totalItems: pools.length,
      nextCursor: null,
      prevCursor: null,
      kept: chosen.filter(([, value]) => value !== ""),
    }),
    filter,
    path: visit.path,
  };
}
