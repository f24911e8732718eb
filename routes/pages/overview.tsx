/** `/`: the overview, and what the frame of every page needs. */
import { Hono } from "hono";
import {
  type Alert,
  DEFAULT_RULES,
  type HealthAlert,
  type PoolSnapshot,
  SHARE_WINDOWS_S,
  type ShareWindowS,
} from "../../core/mod.ts";
import {
  Overview,
  type OverviewModel,
  type RangeName,
  RANGES,
} from "../../views/pages/overview.tsx";
import { StripNumbers } from "../../views/parts/strip.tsx";
import type { AppEnv } from "../app_env.ts";
import { placeOfAlert } from "../present/alert_place.ts";
import { outcomesChart } from "../present/chart.ts";
import { commandFor } from "../present/command.ts";
import { sentenceIn } from "../present/sentence.ts";
import { presentShares } from "../present/shares.ts";
import { perMinute, presentStrip, sumOf } from "../present/strip.ts";
import { type Desk, keepPreferences, Visit } from "./visit.tsx";

/** Pools that the list of the longest waits shows. */
const WAITING_MAX = 10;

/** How far back the course of a tile goes. */
const LATELY_MS = 300_000;

/** Makes the routes. */
export function overviewRoutes(desk: Desk): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  routes.get("/", (c) => {
    const visit = new Visit(c, desk);
    const range = rangeOf(c.req.query("range"));
    const windowS = windowOf(c.req.query("window"));
    return visit.live({
      place: "overview",
      title: visit.language.t.overview.title,
      parts: async () => ({ body: <Overview model={await present(visit, range, windowS)} /> }),
      variant: `${range} ${windowS}`,
    });
  });
  routes.get("/strip", (c) => {
    const visit = new Visit(c, desk);
    return visit.strip(() => <StripNumbers strip={presentStrip(desk.manager, visit.language)} />);
  });
  routes.post("/preferences", (c) => {
    const visit = new Visit(c, desk);
    keepPreferences(visit);
    return c.redirect(visit.backOr("/"), 303);
  });
  return routes;
}

/** The range that an address names. */
export function rangeOf(text: string | undefined): RangeName {
  return text !== undefined && Object.hasOwn(RANGES, text) ? text as RangeName : "1h"; // looked up
}

/** The window of shares that an address names. */
function windowOf(text: string | undefined): ShareWindowS {
  return SHARE_WINDOWS_S.find((windowS) => String(windowS) === text) ?? 30;
}

/** Steps, in seconds, that make a range a hundred points at most: as many as a chart can show. */
const STEPS_S: Readonly<Record<RangeName, number>> = {
  "15m": 15,
  "1h": 60,
  "6h": 300,
  "24h": 900,
  "7d": 7_200,
  "30d": 43_200,
  "1y": 604_800,
};

/** The history that a chart of a range shows. */
export function historyOf(range: RangeName, nowMs: number): { fromMs: number; stepS: number } {
  return { fromMs: nowMs - RANGES[range] * 60_000, stepS: STEPS_S[range] };
}

async function present(
  visit: Visit,
  range: RangeName,
  windowS: ShareWindowS,
): Promise<OverviewModel> {
  const { language: l, desk: { manager } } = visit;
  const { t } = l;
  const health = manager.getHealth();
  const pools = manager.listPools();
  const names = new Map(pools.map(({ id, settings }) => [String(id), settings.name]));
  const [history, hours, lately] = await Promise.all([
    manager.getHistory(historyOf(range, l.nowMs)),
    manager.getHistory({ fromMs: l.nowMs - 1, stepS: 3_600 }),
    manager.getHistory({ fromMs: l.nowMs - LATELY_MS, stepS: 15 }),
  ]);
  const hour = hours.points.at(-1);
  const recent = manager.getRecent();
  const [done, failed] = [sumOf(recent, "completed"), sumOf(recent, "failed")];
  const { counts } = health.stats;
  const duration = (ms: number | undefined) => ms === undefined ? "–" : l.duration(ms);
  return {
    isEmpty: Object.values(counts).every((count) => count === 0),
    firstCommand: commandFor(new URL(visit.c.req.url).origin, "submit sleep --seconds 3 --wait"),
    range,
    rangePath: `/?window=${windowS}`,
    shares: presentShares(l, manager.getTypeShares(windowS), {
      windowS,
      hrefOf: (other) => `/?range=${range}&window=${other}`,
    }),
    tiles: [
      {
        label: t.overview.throughput,
        help: t.overview.throughputHelp,
        value: `${
          l.count(perMinute(recent, "completed") + perMinute(recent, "failed"))
        }${t.unit.perMinute}`,
        href: "/tasks?q=state:completed",
        course: recent.map((step) => step.completed + step.failed),
      },
      {
        label: t.overview.success,
        help: t.overview.successHelp,
        value: done + failed === 0 ? "–" : l.percent(done / (done + failed)),
        href: "/tasks?q=state:failed",
        course: lately.points.map(({ counts: { completed, failed } }) =>
          completed + failed === 0 ? null : completed / (completed + failed)
        ),
        most: 1,
      },
      {
        label: t.overview.waitP95,
        help: t.overview.waitHelp,
        value: duration(hour?.wait?.p95),
        href: "/tasks?q=state:pending",
        course: lately.points.map(({ wait }) => wait?.p95 ?? null),
      },
      {
        label: t.overview.runP95,
        help: t.overview.waitHelp,
        value: duration(hour?.run?.p95),
        href: "/pools",
        course: lately.points.map(({ run }) => run?.p95 ?? null),
      },
    ],
    chart: outcomesChart(history, t, (id) => names.get(id) ?? id),
    attention: health.alerts.map((alert) => ({
      isCritical: alert.level === "critical",
      href: placeOf(alert, manager.alerts.firing, pools),
      text: t.alert[alert.kind]({
        pool: alert.poolName ?? "",
        count: l.number(alert.count),
        reason: sentenceIn(l, alert.reason ?? ""),
      }),
    })),
    waiting: pools.flatMap(({ id, settings, counts: { pending }, oldestWaitMs }) =>
      oldestWaitMs === null
        ? []
        : [{ href: `/pools/${id}`, name: settings.name, pending, oldestWaitMs }]
    ).sort((one, other) => other.oldestWaitMs - one.oldestWaitMs).slice(0, WAITING_MAX),
  };
}

/** As of the alert that fires, or whose rule bears the name; of pools of one name, none is meant. */
function placeOf(
  { kind, poolName, reason }: HealthAlert,
  firing: readonly Alert[],
  pools: readonly PoolSnapshot[],
): string | null {
  const hasPool = (id: string) => pools.some((pool) => pool.id === id);
  const fired = firing.find((alert) => alert.text === reason && alert.poolName === poolName);
  if (kind === "rule" && fired !== undefined) return placeOfAlert(fired, hasPool);
  const rule = DEFAULT_RULES.get(kind);
  if (rule === undefined) return null;
  const [pool, ...others] = pools.filter(({ settings }) => settings.name === poolName);
  if (poolName !== null && (pool === undefined || others.length > 0)) return "/pools";
  const labels = { ...rule.labels, ...pool && { pool_id: pool.id } };
  return placeOfAlert({ metric: rule.metric, labels }, hasPool);
}
