/** Alerts over HTTP, and over a restart. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { call, managedApp } from "../helpers/managed_app.ts";
import { until } from "../helpers/until.ts";

const ALWAYS = { metric: "lido_pools", threshold: 0, keep_firing_ms: 0 };

Deno.test("An alert of a rule that was made is listed, acknowledged, and the same after a restart", async () => {
  const data = await Deno.makeTempDir({ prefix: "lido-alerts-" });
  try {
    let id = "";
    {
      await using app = await managedApp({ data });
      const made = await call(app, "PUT", "/api/alerts/rules/Any%20pool%20%E6%B1%A0", ALWAYS);
      deepStrictEqual([made.status, made.data.name, made.data.firing], [200, "Any pool 池", 1]);
      const { data: [alert, ...others] } = await call(app, "GET", "/api/alerts");
      deepStrictEqual(others, []);
      deepStrictEqual([alert.rule, alert.state, alert.message, alert.value], [
        "Any pool 池",
        "firing",
        "lido_pools is 1, above 0",
        1,
      ]);
      id = alert.alert_id;
      const seen = await call(app, "POST", `/api/alerts/${id}/acknowledge`, { by: "ada" });
      deepStrictEqual([seen.status, seen.data.acknowledged_by], [200, "ada"]);
    }
    await using app = await managedApp({ data });
    const { data: [same, ...others] } = await call(app, "GET", "/api/alerts");
    deepStrictEqual([same.alert_id, same.acknowledged_by, others], [id, "ada", []]);
    const health = await app.ask("GET", "/health");
    match(JSON.stringify(health.body), /lido_pools is 1, above 0/);
    strictEqual(health.status, 200);
    await call(app, "DELETE", "/api/alerts/rules/Any%20pool%20%E6%B1%A0");
    deepStrictEqual((await call(app, "GET", "/api/alerts")).data, []);
    const all = await call(app, "GET", "/api/alerts?state=all");
    deepStrictEqual(
      all.data.map((one: Record<string, unknown>) => [one["alert_id"], one["state"]]),
      [
        [id, "recovered"],
      ],
    );
    strictEqual(all.pagination.next_cursor, null);
    strictEqual((await call(app, "POST", `/api/alerts/${id}/acknowledge`)).status, 404);
  } finally {
    await Deno.remove(data, { recursive: true });
  }
});

Deno.test("Lido's own rules are listed, changed, silenced, and as they were once removed", async () => {
  await using app = await managedApp();
  const { data: rules } = await call(app, "GET", "/api/alerts/rules");
  ok(rules.length >= 15);
  const path = "/api/alerts/rules/many_pools";
  const before = (await call(app, "GET", path)).data;
  deepStrictEqual([before.threshold, before.is_default, before.is_changed], [100, true, false]);
  const changed = (await call(app, "PUT", path, { threshold: 7, severity: "critical" })).data;
  deepStrictEqual([changed.threshold, changed.severity, changed.is_changed], [7, "critical", true]);
  const silenced = (await call(app, "POST", `${path}/silence`, { for_ms: 60_000 })).data;
  match(silenced.silenced_until, /^\d{4}-/);
  strictEqual((await call(app, "DELETE", path)).status, 200);
  deepStrictEqual((await call(app, "GET", path)).data, before);
});

Deno.test("A pool whose queue refuses has an alert with what it refused", async () => {
  await using app = await managedApp();
  const pool = await call(app, "POST", "/api/pools", { name: "tight", queue_capacity: 1 });
  const { pool_id } = pool.data;
  await call(app, "POST", `/api/pools/${pool_id}/pause`);
  const submit = () => call(app, "POST", "/api/tasks", { pool_id, duration: 0 });
  await submit();
  strictEqual((await submit()).status, 429);
  await until("it is counted", () => app.manager.getPool(pool_id).counts.rejected === 1);
  app.manager.alerts.look();
  const { data } = await call(app, "GET", "/api/alerts");
  const found = data.map((
    one: Record<string, unknown>,
  ) => [one["rule"], one["pool_name"], one["value"]]);
  deepStrictEqual(found, [["rejections", "tight", 1]]);
});

const BAD: readonly (readonly [method: string, path: string, body: object, says: RegExp])[] = [
  ["PUT", "rules/r", { metric: "lido_pool", threshold: 1 }, /metric: .*did you mean lido_pools/],
  ["PUT", "rules/r", { metric: "lido_pools" }, /threshold/],
  ["PUT", "rules/%20", ALWAYS, /name/],
  ["PUT", "rules/r", { ...ALWAYS, reading: "p99" }, /reading/],
  ["PUT", "rules/r", { ...ALWAYS, window_ms: 1 }, /window_ms/],
  ["PUT", "rules/r", { ...ALWAYS, windows_ms: 1 }, /did you mean window_ms/],
  ["POST", "rules/many_pools/silence", { for_ms: 0 }, /for_ms/],
];
for (const [method, path, body, says] of BAD) {
  Deno.test(`An alert rule is refused: ${method} ${path} ${JSON.stringify(body)}`, async () => {
    await using app = await managedApp();
    const answer = await call(app, method, `/api/alerts/${path}`, body);
    deepStrictEqual([answer.status, answer.code], [422, "invalid_input"]);
    match(answer.error, says);
  });
}
