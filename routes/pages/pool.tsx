/** `/pools/:id`: one pool, its parts, and what is done to it. */
import { Hono } from "hono";
import {
  LidoError,
  POOL_THREADS_MAX,
  type PoolChanges,
  PoolSettings,
  type PoolSnapshot,
  type ResizeInfo,
  schemaOfChange,
} from "../../core/mod.ts";
import { type PoolModel, PoolPage } from "../../views/pages/pool.tsx";
import {
  POOL_TABS,
  type PoolPart,
  PoolSettingsForm,
  type PoolTab,
} from "../../views/pages/pool_part.tsx";
import {
  type SizingModel,
  WhatIfAnswer,
  type WhatIfModel,
} from "../../views/pages/pool_sizing.tsx";
import { COLUMNS_DEFAULT } from "../../views/pages/task_table.tsx";
import type { AppEnv } from "../app_env.ts";
import { readPoolId } from "../api/query.ts";
import { presentAlertRow } from "../present/alert_page.ts";
import { poolCharts } from "../present/chart.ts";
import { fieldsOf, sentFieldsOf } from "../present/form.ts";
import { presentPoolRow, presentVersions } from "../present/pool_page.ts";
import { sentenceIn } from "../present/sentence.ts";
import { presentSizing, presentWhatIf } from "../present/sizing.ts";
import { historyOf, rangeOf } from "./overview.tsx";
import { poolQuestionRoutes } from "./pool_questions.tsx";
import { checkForm, faultsOf } from "./check_form.ts";
import { formOptions, readSettings, SETTINGS_SCHEMA } from "./settings_form.ts";
import { loadTable } from "./task_list.ts";
import { type Desk, Visit } from "./visit.tsx";

/** Makes the routes of one pool, below `/pools`. */
export function poolPageRoutes(desk: Desk): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  addPage(routes, desk);
  addSettings(routes, desk);
  for (const verb of ["pause", "resume"] as const) {
    routes.post(`/:id/${verb}`, async (c) => {
      const visit = new Visit(c, desk);
      const { t } = visit.language;
      const id = readPoolId(c.req.param("id"));
      const pool = verb === "pause"
        ? await desk.manager.pausePool(id)
        : await desk.manager.resumePool(id);
      const text = (verb === "pause" ? t.pool.paused : t.pool.resumed)(pool.settings.name);
      return visit.done(text, visit.backOr(`/pools/${id}`));
    });
  }
  routes.route("/", poolQuestionRoutes(desk));
  return routes;
}

function addPage(routes: Hono<AppEnv>, desk: Desk): void {
  routes.get("/:id", async (c) => {
    const visit = new Visit(c, desk);
    const id = readPoolId(c.req.param("id"));
    const pool = desk.manager.getPool(id);
    const tab = tabOf(c.req.query("tab"));
    const body = async () => (
      <PoolPage model={present(visit, pool, await readPart(visit, pool, tab))} />
    );
    const { name } = pool.settings;
    if (tab === "sizing" && visit.wants("what-if")) {
      return await visit.fragment(<WhatIfAnswer model={(await readWhatIf(visit, pool)).whatIf} />);
    }
    // A form is filled in, and shall not be swapped beneath whoever does.
    if (tab === "settings" || tab === "sizing") {
      return await visit.page("pools", name, await body());
    }
    const parts = async () => ({ body: await body() });
    return await visit.live({ place: "pools", title: name, parts, variant: visit.path });
  });
}

function addSettings(routes: Hono<AppEnv>, desk: Desk): void {
  routes.post("/:id/settings", async (c) => {
    const visit = new Visit(c, desk);
    const { t } = visit.language;
    const id = readPoolId(c.req.param("id"));
    const { form } = visit;
    const reason = visit.sent("reason")?.trim() ?? "";
    const pool = desk.manager.getPool(id);
    try {
      const { isolation: _, ...sent } = readSettings(form);
      const schema = schemaOfChange(pool.settings, sent);
      checkForm(schema, { ...pool.settings, ...sent });
      const changes = changedOf(sent, pool.settings);
      const href = `/pools/${id}?tab=settings`;
      if (Object.keys(changes).length === 0) return visit.done(t.pool.unchanged, href);
      const { settingsVersion } = await desk.manager.changePool(id, changes, {
        ...reason !== "" && { reason: reason.replaceAll("\0", "\uFFFD") },
        ...versionOf(visit),
      });
      const text = t.pool.saved(visit.language.number(settingsVersion));
      return visit.done(text, href, { leads: true });
    } catch (error) {
      const fault = isConflict(error) ? t.pool.changedMeanwhile : t.form.faults;
      const faults = isConflict(error) ? [] : faultsOf(error, visit.language);
      const fields = sentFieldsOf(SETTINGS_SCHEMA, form, formOptions(t, faults));
      const part = { ...settingsPart(desk.manager.getPool(id), fields), reason, fault };
      if (visit.isScripted) {
        return await visit.fragment(<PoolSettingsForm part={part} id={id} />, 422);
      }
      const body = <PoolPage model={present(visit, pool, part)} />;
      return await visit.page("pools", pool.settings.name, body, 422);
    }
  });
  routes.post("/:id/revert", async (c) => {
    const visit = new Visit(c, desk);
    const { t } = visit.language;
    const id = readPoolId(c.req.param("id"));
    const version = Number(visit.sent("version"));
    const reason = t.pool.version(visit.language.number(version));
    const pool = await desk.manager.revertPool(id, version, { reason });
    const text = t.pool.saved(visit.language.number(pool.settingsVersion));
    return visit.done(text, `/pools/${id}?tab=history`);
  });
  routes.post("/:id/recycle", (c) => {
    const visit = new Visit(c, desk);
    const id = readPoolId(c.req.param("id"));
    const slot = c.req.query("thread");
    const recycled = desk.manager.recyclePool(
      id,
      slot === undefined ? undefined : Number(slot),
    );
    const text = visit.language.t.pool.recycled(visit.language.number(recycled));
    return visit.done(text, visit.backOr(`/pools/${id}`));
  });
}

/** The version of the settings that the form was made of. */
function versionOf(visit: Visit): { ifVersions?: readonly number[] } {
  const version = Number(visit.sent("version"));
  return Number.isSafeInteger(version) && version > 0 ? { ifVersions: [version] } : {};
}

function isConflict(error: unknown): boolean {
  return error instanceof LidoError && error.code === "version_conflict";
}

function tabOf(text: string | undefined): PoolTab {
  return POOL_TABS.find((tab) => tab === text) ?? "live";
}

async function readPart(visit: Visit, pool: PoolSnapshot, tab: PoolTab): Promise<PoolPart> {
  const { language: { t, nowMs }, desk: { manager }, c } = visit;
  const { id, settings: { name } } = pool;
  switch (tab) {
    case "live": {
      const history = await manager.getHistory({ poolId: id, ...historyOf("15m", nowMs) });
      return {
        tab,
        slots: pool.slots,
        charts: poolCharts(history, t, name).slice(0, 2),
      };
    }
    case "tasks": {
      const request = {
        filter: { poolId: id },
        isFiltered: false,
        canSelect: false,
        columns: COLUMNS_DEFAULT,
        kept: [["tab", "tasks"]] as const,
      };
      return { tab, table: await loadTable(visit, request) };
    }
    case "charts": {
      const range = rangeOf(c.req.query("range"));
      const history = await manager.getHistory({ poolId: id, ...historyOf(range, nowMs) });
      return { tab, range, charts: poolCharts(history, t, name) };
    }
    case "sizing":
      return { tab, sizing: await readSizing(visit, pool) };
    case "settings":
      return settingsPart(pool, fieldsOf(SETTINGS_SCHEMA, pool.settings, formOptions(t)));
    case "permissions": {
      const { permissions } = pool.settings;
      const kinds = ["read", "write", "net", "env"] as const;
      return { tab, granted: kinds.map((kind) => ({ kind, names: permissions[kind] })) };
    }
    case "history":
      return {
        tab,
        versions: presentVersions(await manager.listSettingsVersions(id), visit.language),
      };
    case "alerts": {
      const own = manager.alerts.firing.filter(({ labels }) => labels["pool_id"] === id);
      return {
        tab,
        alerts: own.map((alert) => presentAlertRow(visit.language, alert, () => true)),
      };
    }
  }
}

async function readSizing(visit: Visit, pool: PoolSnapshot): Promise<SizingModel> {
  const { info, whatIf } = await readWhatIf(visit, pool);
  const versions = await visit.desk.manager.listSettingsVersions(pool.id);
  return presentSizing(info, whatIf, { settings: pool.settings, versions }, visit.language);
}

/** The size that was asked for, or else the pool's own. */
async function readWhatIf(
  visit: Visit,
  { id, settings }: PoolSnapshot,
): Promise<{ info: ResizeInfo; whatIf: WhatIfModel }> {
  const asked = PoolSettings.shape.maxThreads.unwrap()
    .safeParse(Number(visit.c.req.query("size") ?? settings.maxThreads));
  const size = asked.success ? asked.data : settings.maxThreads;
  const info = await visit.desk.manager.readResizeInfo(id, size);
  const { t } = visit.language;
  const range = t.form.range("1", visit.language.number(POOL_THREADS_MAX));
  return { info, whatIf: presentWhatIf(info, size, settings, asked.success ? null : range) };
}

function settingsPart(
  pool: PoolSnapshot,
  fields: Extract<PoolPart, { tab: "settings" }>["fields"],
): Extract<PoolPart, { tab: "settings" }> {
  return {
    tab: "settings",
    fields: fields.filter(({ name }) => name !== "isolation"),
    reason: "",
    version: pool.settingsVersion,
    fault: null,
    canChange: pool.state === "running" || pool.state === "paused",
  };
}

function present(visit: Visit, pool: PoolSnapshot, part: PoolPart): PoolModel {
  return {
    row: presentPoolRow(pool, visit.desk.manager.getRecent(pool.id)),
    createdAtMs: pool.createdAtMs,
    settingsVersion: pool.settingsVersion,
    startProblem: pool.startProblem && sentenceIn(visit.language, pool.startProblem),
    running: pool.counts.running,
    completed: pool.counts.completed,
    failed: pool.counts.failed,
    path: visit.path,
    part,
  };
}

/** Only what is another value than before: each change is a version that tells what it changed. */
function changedOf(sent: Readonly<Record<string, unknown>>, settings: PoolSettings): PoolChanges {
  const known = Object.keys(PoolSettings.shape);
  const changed = Object.entries(sent).filter(([key, value]) =>
    known.includes(key) &&
    JSON.stringify(value) !== JSON.stringify(settings[key as keyof PoolSettings]) // one of known
  );
  return Object.fromEntries(changed) as PoolChanges; // changePool() checks the values
}
