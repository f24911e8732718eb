/** The page of alerts: what fires, the rules, and what is done to them. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { DEFAULT_RULES, type MetricFamily } from "../../../../core/mod.ts";
import { appWith } from "../../../helpers/app_with.ts";
import { openHttpSink } from "../../../helpers/http_sink.ts";
import {
  type AlertWorld,
  alertWorld,
  channelBook,
  gaugeOf,
} from "../../../helpers/memory_alerts.ts";
import { POOL_ID } from "../../../helpers/fake_manager.ts";
import { keptToast, look, send } from "../../../helpers/pages.ts";

const HEAT = gaugeOf("heat", 12);

/** An app over alerts that the test makes. */
function appOver(world: AlertWorld) {
  return appWith({ alerts: world.alerts, readMetrics: () => [HEAT] }).app;
}

async function hotWorld(severity: "warning" | "critical" = "warning") {
  const world = alertWorld([HEAT]);
  await world.alerts.saveRule("hot <b>", { metric: "heat", threshold: 10, severity });
  return world;
}

Deno.test("GET /alerts shows what fires, with its sample, in each language", async () => {
  const { app } = appWith();
  const page = await look(app, "/alerts");
  for (const text of ["101 pools are open", "Many pools", "101 > 100", "Warning"]) {
    ok(page.text.includes(text), text);
  }
  const headers = { "accept-language": "zh", accept: "text/html" };
  const chinese = await look(app, "/alerts", { headers });
  for (const text of ["已打开 101 个线程池", "线程池过多", "警告"]) {
    ok(chinese.text.includes(text), text);
  }
  const none = await look(appOver(alertWorld()), "/alerts");
  ok(none.text.includes("Nothing is wrong"));
  const never = await look(appOver(alertWorld()), "/alerts?tab=history");
  ok(never.text.includes("No alert has fired yet") && !never.text.includes("Nothing is wrong"));
});

Deno.test("GET /pools/:id?tab=alerts shows the alerts of that pool, and of no other", async () => {
  const world = alertWorld();
  const pools = [{ pool_id: String(POOL_ID), pool: "mine" }, { pool_id: "p2", pool: "theirs" }];
  const gauges = {
    lido_tasks: { value: 1, state: "running" },
    lido_queue_used_ratio: { value: 0.9 },
  };
  world.set(
    ...Object.entries(gauges).map(([name, { value, ...labels }]): MetricFamily => ({
      kind: "gauge",
      name,
      help: "",
      samples: pools.map((pool) => ({ labels: { ...pool, ...labels }, value })),
    })),
  );
  world.pass(60);
  strictEqual(world.alerts.firing.length, 2);
  const app = appOver(world);
  const own = await look(app, `/pools/${POOL_ID}?tab=alerts`);
  const text = (pool: string) => `The queue of pool ${pool} is 90 % full; add threads`;
  deepStrictEqual([own.text.includes(text("mine")), own.text.includes(text("theirs"))], [
    true,
    false,
  ]);
  const none = await look(appOver(alertWorld()), `/pools/${POOL_ID}?tab=alerts`);
  ok(none.text.includes("No alert fires for this pool."));
});

Deno.test("GET /alerts leads from an alert to what it is about, unless its pool is gone", async () => {
  const world = alertWorld();
  const samples = [
    { labels: { pool_id: String(POOL_ID), pool: "mine", state: "zombie" }, value: 1 },
    { labels: { pool_id: "gone", pool: "theirs", state: "zombie" }, value: 1 },
  ];
  world.set({ kind: "gauge", name: "lido_pool_threads", help: "", samples });
  world.pass(60);
  strictEqual(world.alerts.firing.length, 2);
  const { elements } = await look(appOver(world), "/alerts");
  const ways = elements.filter(({ attributes }) =>
    attributes.get("href")?.startsWith("/pools/") && attributes.get("href") !== "/pools/new"
  );
  deepStrictEqual(ways.map(({ attributes, text }) => [attributes.get("href"), text.trim()]), [
    [`/pools/${POOL_ID}`, "Pool mine has threads whose code cannot be ended: 1"],
    [`/pools/${POOL_ID}`, "mine"],
  ]);
});

Deno.test("The strip leads to the alerts that fire, and shows a critical one until somebody sees to it", async () => {
  const world = await hotWorld("critical");
  const app = appOver(world);
  const banner = async () =>
    (await look(app, "/pools")).elements.find(({ attributes }) =>
      attributes.get("class") === "alert-line critical"
    )?.text.trim();
  strictEqual(await banner(), "heat is 12, above 10");
  const [{ id } = { id: "" }] = world.alerts.firing;
  const done = await send(app, `/alerts/${id}/acknowledge`, { back: "/alerts" });
  deepStrictEqual([done.status, done.headers.get("location")], [303, "/alerts"]);
  deepStrictEqual(keptToast(done), {
    level: "success",
    text: "Acknowledged: heat is 12, above 10",
  });
  strictEqual(await banner(), undefined);
  const strip = await look(app, "/strip");
  ok(strip.elements.some(({ attributes }) => attributes.get("href") === "/alerts"));
  const warning = appOver(await hotWorld());
  ok(!(await look(warning, "/pools")).html.includes("alert-line critical"));
});

Deno.test("GET /alerts?tab=rules shows Lido's own rules by their titles, and others as they are called", async () => {
  const page = await look(appOver(await hotWorld()), "/alerts?tab=rules");
  ok(page.text.includes("hot <b>"));
  ok(!page.html.includes("hot <b>"));
  strictEqual(page.elements.filter(({ name }) => name === "tr").length, DEFAULT_RULES.size + 2);
  match(page.text, /share\(lido_tasks_total\{state="failed"\}\) > 0.2/);
});

Deno.test("GET /alerts?tab=history shows those that recovered, too, page by page", async () => {
  const world = await hotWorld();
  await world.alerts.removeRule("hot <b>");
  const page = await look(appOver(world), "/alerts?tab=history");
  ok(page.text.includes("heat is 12, above 10"));
  ok(!page.text.includes("Acknowledge"));
  const list = world.alerts.listAlerts.bind(world.alerts);
  world.alerts.listAlerts = async (request) => ({ ...await list(request), nextCursor: "older-3" });
  const more = await look(appOver(world), "/alerts?tab=history");
  ok(
    more.elements.some(({ attributes }) =>
      attributes.get("href") === "/alerts?tab=history&cursor=older-3"
    ),
  );
});

Deno.test("POST /alerts/rules makes a rule, and changes one with what its form has", async () => {
  const world = alertWorld([HEAT]);
  const app = appOver(world);
  const form = await look(app, "/alerts/rules/new");
  strictEqual(form.fields.get("windowMs"), "300000");
  const made = await send(app, "/alerts/rules", {
    name: "hot",
    metric: "heat",
    threshold: "1e1",
    channels: "",
    severity: "critical",
  });
  deepStrictEqual([made.status, made.headers.get("location")], [303, "/alerts?tab=rules"]);
  const { rule } = world.alerts.getRule("hot");
  deepStrictEqual([rule.threshold, rule.channels, rule.severity], [10, null, "critical"]);
  const edit = await look(app, "/alerts/rules/edit?name=hot");
  deepStrictEqual([edit.fields.get("name"), edit.fields.get("threshold")], ["hot", "10"]);
  await send(app, "/alerts/rules", { known: "1", name: "hot", metric: "heat", threshold: "20" });
  strictEqual(world.alerts.getRule("hot").rule.threshold, 20);
});

const BAD: readonly (readonly [what: string, fields: Record<string, string>])[] = [
  ["no name", { name: " " }],
  ["no threshold", { threshold: "" }],
  ["a threshold that is no number", { threshold: "many" }],
  ["a metric that there is not", { metric: "heet" }],
  ["labels that are no JSON", { labels: "pool" }],
  ["a reading that the metric has not", { reading: "p99" }],
];
for (const [what, fields] of BAD) {
  Deno.test(`POST /alerts/rules refuses ${what}, beside its field`, async () => {
    const world = alertWorld([HEAT]);
    const sent = { name: "hot", metric: "heat", threshold: "10", ...fields };
    for (const asking of [{}, { target: "dialog" }]) {
      const page = await send(appOver(world), "/alerts/rules", sent, asking);
      strictEqual(page.status, 422);
      strictEqual(page.faults.length, 1, page.faults.join());
    }
    strictEqual(world.alerts.listRules().length, DEFAULT_RULES.size);
  });
}

Deno.test("A rule is silenced, disabled and restored from its row", async () => {
  const world = alertWorld();
  const app = appOver(world);
  const rule = () => world.alerts.getRule("many_pools");
  const act = async (what: string) => {
    const done = await send(app, `/alerts/rules/${what}`, { back: "/alerts?tab=rules" });
    deepStrictEqual([done.status, done.headers.get("location")], [303, "/alerts?tab=rules"]);
  };
  await act("silence?name=many_pools&minutes=60");
  strictEqual(rule().silencedUntilMs, world.clock.nowMs() + 3_600_000);
  ok((await look(app, "/alerts?tab=rules")).text.includes("Silenced, ends"));
  await act("silence?name=many_pools&minutes=0");
  strictEqual(rule().silencedUntilMs, null);
});

Deno.test("A rule of Lido's own is restored, and one that was made is removed, after a question", async () => {
  const world = await hotWorld();
  world.set(HEAT, gaugeOf("lido_pools", 1));
  const app = appOver(world);
  await send(app, "/alerts/rules/enable?name=many_pools&on=0", {});
  strictEqual(world.alerts.getRule("many_pools").rule.isEnabled, false);
  ok(
    (await look(app, "/alerts/rules/remove?name=many_pools")).text.includes("Restore Many pools?"),
  );
  await send(app, "/alerts/rules/remove?name=many_pools", {});
  strictEqual(world.alerts.getRule("many_pools").isChanged, false);
  const query = new URLSearchParams({ name: "hot <b>" });
  ok((await look(app, `/alerts/rules/remove?${query}`)).text.includes("Remove rule hot <b>?"));
  await send(app, `/alerts/rules/remove?${query}`, {});
  strictEqual(world.alerts.listRules().length, DEFAULT_RULES.size);
  strictEqual((await send(app, `/alerts/rules/remove?${query}`, {})).status, 404);
});

Deno.test("A channel is made by its kind's form, tried, and removed; its secrets are not shown", async () => {
  await using sink = openHttpSink();
  await using channels = channelBook();
  const { app } = appWith({ channels });
  const form = await look(app, "/alerts/channels/new?kind=slack");
  strictEqual(form.status, 200);
  ok(form.text.includes("New channel: Slack"), form.text);
  strictEqual((await look(app, "/alerts/channels/new?kind=pigeon")).status, 404);

  const save = (url: string) => send(app, "/alerts/channels?kind=slack", { name: "ops <b>", url });
  const refused = await save("ftp://example.com/token");
  strictEqual(refused.status, 422);
  deepStrictEqual(channels.listChannels(), []);
  strictEqual((await save(`${sink.origin}/token`)).status, 303);
  const tried = await send(app, "/alerts/channels/test?name=ops+%3Cb%3E", {});
  deepStrictEqual(keptToast(tried), { level: "success", text: "ops <b> took the test: HTTP 200" });

  const page = await look(app, "/alerts?tab=channels");
  for (const text of ["ops <b>", "Slack", sink.origin, "Delivered"]) {
    ok(page.text.includes(text), text);
  }
  strictEqual(page.text.includes("token"), false);
  strictEqual((await send(app, "/alerts/channels/remove?name=ops+%3Cb%3E", {})).status, 303);
  ok((await look(app, "/alerts?tab=channels")).text.includes("Nobody is told"));
});
