import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import {
  type HealthAlert,
  type HealthAlertKind,
  type HistoryPoint,
  PoolId,
} from "../../../../core/mod.ts";
import { appWith, NOW_MS } from "../../../helpers/app_with.ts";
import { HISTORY, POOL, POOL_ID, STATS } from "../../../helpers/fake_manager.ts";
import { alertWorld } from "../../../helpers/memory_alerts.ts";
import { look } from "../../../helpers/pages.ts";
import { NO_COUNTS } from "../../../helpers/no_counts.ts";

const LAST_POINT = HISTORY.points.at(-1) as HistoryPoint; // the fake has two

Deno.test("GET / shows the overview, in both languages", async () => {
  const { app } = appWith();
  const page = await look(app, "/");
  strictEqual(page.status, 200);
  for (const text of ["Throughput", "Wait p95", "All is well"]) ok(page.text.includes(text), text);
  const chinese = await look(app, "/", { headers: { "accept-language": "zh" } });
  ok(chinese.text.includes("概览") && !chinese.text.includes("Throughput"));
});

for (
  const [range, minutes, stepS] of [
    ["15m", 15, 15],
    ["1h", 60, 60],
    ["7d", 7 * 24 * 60, 7_200],
    ["constructor", 60, 60],
    ["<b>", 60, 60],
  ] as const
) {
  Deno.test(`GET /?range=${range} asks for ${minutes} minutes`, async () => {
    const { app, calls } = appWith();
    strictEqual((await look(app, `/?range=${encodeURIComponent(range)}`)).status, 200);
    const asked = calls.filter(({ method }) => method === "getHistory").map(({ args }) => args[0]);
    deepStrictEqual(asked[0], { fromMs: NOW_MS - minutes * 60_000, stepS });
  });
}

Deno.test("GET / gives the chart as JSON that scripts read", async () => {
  const page = await look(appWith().app, "/");
  const json = page.elements.find(({ attributes }) =>
    attributes.get("type") === "application/json"
  );
  const chart = JSON.parse(json?.text ?? "");
  deepStrictEqual(chart.times, HISTORY.points.map(({ atMs }) => atMs / 1_000));
});

Deno.test("GET / draws each tile's own course, with gaps where nothing is known", async () => {
  const of = (p95: number) => ({ count: 1, p50: 0, p95, p99: 0, max: 0 });
  const point = (at: number, completed: number, failed: number, p95: number | null) => ({
    ...LAST_POINT,
    atMs: NOW_MS + at * 15_000,
    counts: { ...LAST_POINT.counts, completed, failed },
    wait: p95 === null ? null : of(p95),
    run: p95 === null ? null : of(2 * p95 - 0.2),
  });
  const points = [
    point(0, 1, 0, 0.1),
    point(1, 0, 0, null),
    point(2, 1, 1, 0.2),
    point(3, 0, 1, 0.4),
  ];
  const page = await look(
    appWith({
      getHistory: ({ stepS } = {}) =>
        Promise.resolve({ ...HISTORY, points: stepS === 15 ? points : HISTORY.points }),
    }).app,
    "/",
  );
  const lines = page.elements.filter(({ attributes }) => attributes.get("class") === "spark-line")
    .map(({ attributes }) => attributes.get("points"));
  deepStrictEqual(
    lines,
    [
      // Of 0 to 1, though never more than one ended.
      ["0.0,2.0 0.0,2.0", "80.0,12.5 120.0,23.0"],
      ["0.0,17.8 0.0,17.8", "80.0,12.5 120.0,2.0"],
      ["0.0,23.0 0.0,23.0", "80.0,16.0 120.0,2.0"],
    ].flat(),
  );
});

Deno.test("GET / tells what needs somebody, and which pools wait the longest", async () => {
  const wait = (name: string, oldestWaitMs: number | null) => ({
    ...POOL,
    oldestWaitMs,
    settings: { ...POOL.settings, name },
  });
  const { app } = appWith({
    listPools: () => [wait("short", 5), wait("none", null), wait("long", 50_000)],
    getHealth: () => ({
      isHealthy: false,
      alerts: [{
        kind: "journal",
        level: "critical",
        message: "",
        poolName: null,
        count: 0,
        reason: "The disk is <full>",
      }],
      stats: STATS,
    }),
  });
  const page = await look(app, "/");
  ok(page.text.includes("The disk is <full>"));
  ok(!page.text.includes("All is well"));
  const [long, short] = [page.text.indexOf("long"), page.text.lastIndexOf("short")];
  ok(long !== -1 && long < short);
});

Deno.test("GET / leads from what needs attention to what it is about", async () => {
  const named = (id: string, name: string) => ({
    ...POOL,
    id: PoolId.parse(id),
    settings: { ...POOL.settings, name },
  });
  const second = "01990000-0000-7000-8000-000000000002";
  const third = "01990000-0000-7000-8000-000000000003";
  const alert = (kind: HealthAlertKind, poolName: string | null): HealthAlert => ({
    kind,
    poolName,
    level: "warning",
    message: "",
    count: 1,
    reason: null,
  });
  const world = alertWorld();
  const labels = { pool_id: String(POOL_ID), pool: "p", state: "zombie" };
  world.set({
    kind: "gauge",
    name: "lido_pool_threads",
    help: "",
    samples: [{ labels, value: 1 }],
  });
  world.pass(60);
  const [fired] = world.alerts.firing;
  const { app } = appWith({
    alerts: world.alerts,
    listPools: () => [POOL, named(second, "twin"), named(third, "twin")],
    getHealth: () => ({
      isHealthy: false,
      alerts: [
        alert("zombies", "p"),
        alert("queue_filling", "p"),
        alert("many_pending", null),
        alert("zombies", "twin"),
        alert("much_memory", null),
        { ...alert("rule", "p"), reason: fired?.text ?? "" },
      ],
      stats: STATS,
    }),
  });
  const { elements } = await look(app, "/");
  const list = elements.find(({ attributes }) => attributes.get("class") === "attention");
  const ways = elements.flatMap(({ name, attributes, text }) =>
    name === "a" && text.length > 8 && list?.text.includes(text)
      ? [attributes.get("href") ?? ""]
      : []
  );
  const ofList = ways.filter((href) => href !== "/alerts"); // the strip says the same
  deepStrictEqual(ofList.map(decodeURIComponent), [
    `/pools/${POOL_ID}`,
    `/tasks?q=state:pending pool:${POOL_ID}`,
    "/tasks?q=state:pending",
    "/pools",
    `/pools/${POOL_ID}`,
  ]);
});

Deno.test("GET / shows how to begin when nothing has run", async () => {
  const stats = { ...STATS, counts: NO_COUNTS };
  const { app } = appWith({ getHealth: () => ({ isHealthy: true, alerts: [], stats }) });
  ok((await look(app, "/")).text.includes("Nothing has run yet"));
  ok(!(await look(appWith().app, "/")).text.includes("Nothing has run yet"));
});

for (
  const [origin, flag] of [
    ["http://127.0.0.1:8000", ""],
    ["http://127.0.0.1:9000", " --url 'http://127.0.0.1:9000'"],
    ["http://[::1]:8000", " --url 'http://[::1]:8000'"],
  ] as const
) {
  Deno.test(`GET / of ${origin} shows a first command that reaches it`, async () => {
    const stats = { ...STATS, counts: NO_COUNTS };
    const { app } = appWith({ getHealth: () => ({ isHealthy: true, alerts: [], stats }) });
    const page = await look(app, `${origin}/`);
    const command = page.elements.find(({ attributes }) => attributes.get("class") === "command");
    strictEqual(command?.text, `deno task submit sleep --seconds 3 --wait${flag}`);
  });
}

Deno.test("GET /palette leads to pages, pools and types, as JSON that nobody keeps", async () => {
  const response = await appWith().app.request("/palette");
  const entries: { text: string; href: string }[] = await response.json();
  strictEqual(response.headers.get("cache-control"), "no-store");
  const hrefs = entries.map(({ href }) => href);
  for (
    const href of [
      "/",
      "/pools",
      "/tasks",
      "/submit/batch",
      `/pools/${POOL.id}`,
      `/tasks?q=pool:${POOL.id}`,
    ]
  ) {
    ok(hrefs.includes(href), href);
  }
  ok(hrefs.every((href) => href.startsWith("/") && !href.startsWith("//")));
});
