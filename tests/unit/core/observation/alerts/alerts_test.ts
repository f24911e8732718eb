import { deepStrictEqual, rejects, strictEqual, throws } from "node:assert/strict";
import {
  type AlertRuleChanges,
  LidoError,
  type MetricFamily,
  type NumberFamily,
  withRequest,
} from "../../../../../core/mod.ts";
import { ALERTS_FIRING_MAX } from "../../../../../core/model/alert.ts";
import { keepLog } from "../../../../helpers/log_lines.ts";
import { alertWorld, counterOf, gaugeOf } from "../../../../helpers/memory_alerts.ts";

const POOL = { pool_id: "p1", pool: "mine" };
const WAITS = gaugeOf("lido_tasks", 1, { ...POOL, state: "pending" });

/** A gauge with a series for each value. */
function seriesOf(name: string, values: Readonly<Record<string, number>>): NumberFamily {
  const samples = Object.entries(values).map(([at, value]) => ({ labels: { at }, value }));
  return { kind: "gauge", name, help: "", samples };
}

/** A world with one rule on the gauge `heat`, which is 0. */
async function heated(changes: AlertRuleChanges = {}) {
  const world = alertWorld([gaugeOf("heat", 0)]);
  const rule = { metric: "heat", threshold: 10, forMs: 10_000, keepFiringMs: 20_000, ...changes };
  await world.alerts.saveRule("hot", rule);
  return { ...world, heat: (value: number) => world.set(gaugeOf("heat", value)) };
}

Deno.test("Alerts fire once a rule held for long enough, keep the sample, and recover once", async () => {
  const { alerts, heat, pass, told, clock, record } = await heated();
  heat(11);
  pass(10);
  deepStrictEqual([alerts.firing, told], [[], []]); // it has held for 5 s
  heat(12);
  pass(5);
  const [alert] = alerts.firing;
  deepStrictEqual({ ...alert, id: "" }, {
    id: "",
    rule: "hot",
    severity: "warning",
    metric: "heat",
    labels: {},
    poolName: null,
    text: "heat is 12, above 10",
    value: 12,
    comparator: "above",
    threshold: 10,
    startedAtMs: clock.nowMs(),
    endedAtMs: null,
    acknowledgedAtMs: null,
    acknowledgedBy: null,
    isTold: true,
  });
  heat(99);
  pass(60);
  deepStrictEqual([alerts.firing, told], [[alert], ["firing hot"]]);
  heat(10);
  pass(20);
  strictEqual(alerts.firing.length, 1);
  pass(30);
  deepStrictEqual([alerts.firing, told], [[], ["firing hot", "recovered hot"]]);
  deepStrictEqual(
    [...record.alerts.values()].map(({ id, value, startedAtMs, endedAtMs }) => {
      return [id, value, (endedAtMs ?? 0) - startedAtMs];
    }),
    [[alert?.id, 12, 85_000]],
  );
});

Deno.test("Alerts are in the log when they are told, as data and for no request", async () => {
  await using log = keepLog();
  const { heat, pass, alerts } = await heated();
  heat(12);
  withRequest({ requestId: "r-1" }, () => pass(15));
  const [alert] = alerts.firing;
  heat(0);
  pass(60);
  const of = { id: alert?.id, rule: "hot", text: "heat is 12, above 10", requestId: undefined };
  deepStrictEqual(
    log.read().map(({ level, message, properties: { id, rule, text, requestId } }) => [
      level,
      message,
      { id, rule, text, requestId },
    ]),
    [["WARN", "Alert fires", of], ["INFO", "Alert recovered", of]],
  );
});

Deno.test("Alerts that flap are one, and what held too shortly is none", async () => {
  const { alerts, heat, pass, told } = await heated();
  for (let at = 0; at < 20; at++) {
    heat(at % 2 === 0 ? 11 : 0);
    pass(5);
  }
  deepStrictEqual([alerts.firing, told], [[], []]);
  heat(11);
  pass(15);
  for (let at = 0; at < 20; at++) {
    heat(at % 2 === 0 ? 0 : 11);
    pass(15);
  }
  deepStrictEqual([alerts.firing.length, told], [1, ["firing hot"]]);
});

Deno.test("Alerts of two series are two, and each recovers by itself", async () => {
  const { alerts, pass, set, told } = await heated({ forMs: 0, keepFiringMs: 0 });
  set(seriesOf("heat", { a: 11, b: 12, c: 1 }));
  pass(5);
  deepStrictEqual(alerts.firing.map(({ labels }) => labels["at"]).sort(), ["a", "b"]);
  set(seriesOf("heat", { b: 12 })); // a series that is gone holds no longer
  pass(5);
  deepStrictEqual(alerts.firing.map(({ labels }) => labels["at"]), ["b"]);
  deepStrictEqual(told, ["firing hot", "firing hot", "recovered hot"]);
});

Deno.test("Alerts go on as the same in the next life of the server, or recover once in it", async () => {
  const { alerts, heat, pass, told, record, clock } = await heated({ keepFiringMs: 5_000 });
  heat(11);
  pass(20);
  const before = alerts.firing;
  const same = alertWorld([gaugeOf("heat", 11)], { record, clock });
  same.pass(60);
  deepStrictEqual([same.alerts.firing, same.told, told], [before, [], ["firing hot"]]);
  const over = alertWorld([gaugeOf("heat", 1)], { record, clock });
  over.pass(60);
  deepStrictEqual([over.alerts.firing, over.told], [[], ["recovered hot"]]);
  const after = alertWorld([gaugeOf("heat", 1)], { record, clock });
  after.pass(60);
  deepStrictEqual(after.told, []);
});

Deno.test("Alerts of what came in a window do not end because the server was restarted", async () => {
  const world = alertWorld([counterOf("burns_total", 0)]);
  const rule = {
    metric: "burns_total",
    reading: "increase",
    threshold: 5,
    keepFiringMs: 0,
  } as const;
  await world.alerts.saveRule("burns", { ...rule, windowMs: 60_000 });
  world.set(counterOf("burns_total", 6));
  world.pass(5);
  deepStrictEqual(world.told, ["firing burns"]);
  const next = alertWorld([counterOf("burns_total", 6)], world);
  next.pass(55);
  deepStrictEqual(next.told, []);
  next.pass(10);
  deepStrictEqual(next.told, ["recovered burns"]);
});

Deno.test("Alerts of too little in a window fire only once a whole window was looked at", async () => {
  const { alerts, pass, told } = alertWorld([counterOf("burns_total", 7)]);
  const rule = { metric: "burns_total", reading: "increase", comparator: "below" } as const;
  await alerts.saveRule("cold", { ...rule, threshold: 1, windowMs: 60_000 });
  pass(55);
  deepStrictEqual(told, []);
  pass(5);
  deepStrictEqual(told, ["firing cold"]);
});

const USES: Readonly<Record<string, MetricFamily>> = {
  "a task waits": WAITS,
  "a task runs": gaugeOf("lido_tasks", 1, { ...POOL, state: "running" }),
  "a task was submitted": counterOf("lido_tasks_submitted_total", 1, POOL),
  "a zombie runs": gaugeOf("lido_pool_threads", 1, { ...POOL, state: "zombie" }),
};
for (const [what, use] of Object.entries(USES)) {
  Deno.test(`Alerts of a pool that nobody uses do not fire, those of one in use do: ${what}`, async () => {
    const nobody = counterOf("lido_tasks_submitted_total", 0, POOL);
    const { alerts, set, pass, told } = alertWorld([gaugeOf("heat", 11, POOL), nobody]);
    await alerts.saveRule("hot", { metric: "heat", threshold: 10 });
    pass(60);
    deepStrictEqual(told, []);
    set(gaugeOf("heat", 11, POOL), use.name === nobody.name ? use : nobody, use);
    pass(5);
    deepStrictEqual(told, ["firing hot"]);
    set(gaugeOf("heat", 11, POOL), use.name === nobody.name ? use : nobody);
    pass(500);
    deepStrictEqual(told, ["firing hot", "recovered hot"]);
  });
}

Deno.test("Alerts of a pool go on when it gets another name", async () => {
  const world = alertWorld([gaugeOf("heat", 11, POOL), WAITS]);
  await world.alerts.saveRule("hot", { metric: "heat", threshold: 10 });
  world.pass(5);
  world.set(gaugeOf("heat", 11, { ...POOL, pool: "yours" }), WAITS);
  world.pass(90);
  deepStrictEqual(world.told, ["firing hot"]);
});

Deno.test("Alerts of a silenced rule are kept, and told once the silence ends", async () => {
  const { alerts, heat, pass, told } = await heated({ forMs: 0, keepFiringMs: 0 });
  strictEqual((await alerts.silenceRule("hot", 60_000)).silencedUntilMs, 1_700_000_060_000);
  heat(11);
  pass(5);
  heat(0);
  pass(5);
  deepStrictEqual([alerts.firing, told], [[], []]); // nobody knew of it: nobody hears of its end
  heat(11);
  pass(45);
  deepStrictEqual([alerts.firing.length, told], [1, []]);
  pass(5);
  deepStrictEqual([told, alerts.getRule("hot").silencedUntilMs], [["firing hot"], null]);
  await alerts.silenceRule("hot", 60_000);
  heat(0);
  pass(5);
  deepStrictEqual(told, ["firing hot", "recovered hot"]);
  heat(11);
  pass(5);
  await alerts.silenceRule("hot", null);
  deepStrictEqual(told, ["firing hot", "recovered hot", "firing hot"]);
});

Deno.test("Alerts of a rule that is disabled or removed end, and fire again with it", async () => {
  const { alerts, heat, pass, told } = await heated({ forMs: 0 });
  heat(11);
  pass(5);
  await alerts.saveRule("hot", { isEnabled: false });
  pass(60);
  deepStrictEqual(told, ["firing hot", "recovered hot"]);
  await alerts.saveRule("hot", { isEnabled: true });
  pass(5);
  strictEqual(told.length, 3);
  await alerts.removeRule("hot");
  deepStrictEqual([alerts.firing, told.at(-1)], [[], "recovered hot"]);
  throws(() => alerts.getRule("hot"), { code: "alert_rule_not_found" });
});

Deno.test("Alerts.saveRule() changes a rule of Lido's own, and removeRule() brings it back", async () => {
  const { alerts, record } = alertWorld([gaugeOf("lido_pools", 0)]);
  const before = alerts.getRule("many_pools");
  deepStrictEqual([before.isDefault, before.isChanged, before.rule.threshold], [true, false, 100]);
  const changed = await alerts.saveRule("many_pools", { threshold: 5 });
  deepStrictEqual([changed.isChanged, changed.rule.threshold], [true, 5]);
  const { alerts: next } = alertWorld([gaugeOf("lido_pools", 0)], { record });
  deepStrictEqual(next.getRule("many_pools"), changed);
  strictEqual((await alerts.saveRule("many_pools", { threshold: 100 })).isChanged, false);
  await alerts.silenceRule("many_pools", 1_000);
  await alerts.removeRule("many_pools");
  deepStrictEqual(alerts.getRule("many_pools"), before);
});

Deno.test("Alerts.acknowledge() finds an alert by its id in upper case", async () => {
  const { alerts, heat, pass } = await heated({ forMs: 0 });
  heat(11);
  pass(5);
  const [{ id } = { id: "" }] = alerts.firing;
  strictEqual(alerts.acknowledge(id.toUpperCase(), "ada").id, id);
});

Deno.test("Alerts.acknowledge() notes who sees to it, once, and it recovers all the same", async () => {
  const { alerts, heat, pass, told, record, clock } = await heated({ forMs: 0, keepFiringMs: 0 });
  heat(11);
  pass(5);
  const [{ id } = { id: "" }] = alerts.firing;
  const atMs = clock.nowMs();
  alerts.acknowledge(id, "ada");
  pass(5);
  alerts.acknowledge(id, "bob");
  deepStrictEqual(
    alerts.firing.map((one) => [one.acknowledgedAtMs, one.acknowledgedBy]),
    [[atMs, "ada"]],
  );
  heat(0);
  pass(5);
  strictEqual(record.alerts.get(id)?.acknowledgedBy, "ada");
  deepStrictEqual(told, ["firing hot", "recovered hot"]);
  throws(() => alerts.acknowledge(id), { code: "alert_not_found" });
});

Deno.test("Alerts that fire are not without end, and one that had no room fires once there is", async () => {
  const { alerts, pass, set } = await heated({ forMs: 0, keepFiringMs: 0 });
  const heats = (hot: (at: number) => boolean) => {
    const all = Array.from({ length: ALERTS_FIRING_MAX + 5 }, (_, at) => [at, hot(at) ? 11 : 0]);
    set(seriesOf("heat", Object.fromEntries(all)));
    pass(5);
  };
  heats(() => true);
  strictEqual(alerts.firing.length, ALERTS_FIRING_MAX);
  heats((at) => at === ALERTS_FIRING_MAX);
  pass(5);
  deepStrictEqual(alerts.firing.map(({ labels }) => labels["at"]), [String(ALERTS_FIRING_MAX)]);
});

Deno.test("Alerts of a rule that reads another metric from now on end, and are told of that one", async () => {
  const { alerts, pass, set, told, heat } = await heated({ forMs: 0 });
  heat(11);
  pass(5);
  set(gaugeOf("heat", 11), gaugeOf("cold", 99));
  await alerts.saveRule("hot", { metric: "cold", threshold: 50 });
  pass(5);
  deepStrictEqual(told, ["firing hot", "recovered hot", "firing hot"]);
  deepStrictEqual(alerts.firing.map(({ metric, value }) => [metric, value]), [["cold", 99]]);
});

Deno.test("Alerts.saveRule() refuses a rule that could never hold, naming the field", async () => {
  const { alerts } = alertWorld([
    gaugeOf("heat", 0),
    counterOf("burns_total", 0, { state: "failed" }),
  ]);
  const bad: readonly (readonly [AlertRuleChanges, path: string, says: RegExp])[] = [
    [{ metric: "heet" }, "metric", /did you mean heat\?/],
    [{ metric: "heat", reading: "increase" }, "reading", /heat is a gauge.* value/],
    [{ metric: "burns_total", reading: "p99" }, "reading", /counter.* value, increase, share/],
    [{ metric: "burns_total", labels: { pool: "a" } }, "labels.pool", /it has state/],
    [{ metric: "heat", labels: { pool: "a" } }, "labels.pool", /it has none/],
    [{ metric: "burns_total", reading: "share" }, "part", /Needed/],
    [{ metric: "heat", part: { state: "x" } }, "part.state", /no such label/],
    [{ metric: "burns_total", part: { state: "x" } }, "part", /Only of the reading share/],
    [{ metric: "heat", channels: ["ops", "hops"] }, "channels", /No channel is called "hops"/],
    [{ metric: "heat", windowMs: 1 }, "windowMs", /10000/],
  ];
  for (const [changes, path, says] of bad) {
    await rejects(alerts.saveRule("r", { threshold: 1, ...changes }), (error) => {
      const faults = error instanceof LidoError ? error.details.faults ?? [] : [];
      const found = faults.find((fault) => fault.path.join(".") === path);
      return found !== undefined && says.test(found.message);
    }, JSON.stringify(changes));
  }
  throws(() => alerts.getRule("r"), { code: "alert_rule_not_found" });
});

Deno.test("Alerts keeps a change and a silence that come at once", async () => {
  const { alerts, record } = alertWorld([gaugeOf("lido_pools", 1)]);
  await Promise.all([
    alerts.saveRule("many_pools", { threshold: 7 }),
    alerts.silenceRule("many_pools", 60_000),
  ]);
  const { rule, silencedUntilMs } = alerts.getRule("many_pools");
  deepStrictEqual([rule.threshold, silencedUntilMs === null], [7, false]);
  const again = alertWorld([], { record }).alerts.getRule("many_pools");
  deepStrictEqual([again.rule.threshold, again.silencedUntilMs], [7, silencedUntilMs]);
});

Deno.test("Alerts lets a rule be switched off whose channel is gone", async () => {
  const channels = new Set(["ops"]);
  const { alerts } = alertWorld([gaugeOf("heat", 1)], { channels });
  await alerts.saveRule("hot", { metric: "heat", threshold: 10, channels: ["ops"] });
  channels.delete("ops");
  strictEqual((await alerts.saveRule("hot", { isEnabled: false })).rule.isEnabled, false);
  await rejects(alerts.saveRule("hot", { channels: ["ops"] }), { code: "invalid_input" });
});

Deno.test("Alerts judges a rule that waits for too little anew when its window is changed", async () => {
  const world = alertWorld([counterOf("beats_total", 0)]);
  const rule = {
    metric: "beats_total",
    reading: "increase",
    comparator: "below",
    threshold: 1,
  } as const;
  await world.alerts.saveRule("still", { ...rule, windowMs: 60_000 });
  for (let beats = 1; beats <= 24; beats++) {
    world.set(counterOf("beats_total", beats));
    world.pass(5);
  }
  await world.alerts.saveRule("still", { windowMs: 120_000 });
  deepStrictEqual(world.alerts.firing, []);
});
