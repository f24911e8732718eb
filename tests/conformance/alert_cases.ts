/** Alerts on record: rules and channels by their names, and alerts as they were saved last. */
import { deepStrictEqual, rejects } from "node:assert/strict";
import { v7 as uuidv7 } from "uuid";
import type { Engine } from "../../core/engine/engine.ts";
import { type Alert, AlertId, type AlertPage } from "../../core/model/alert.ts";
import { ALERTS_KEPT_MAX } from "../../core/model/limits.ts";
import { EngineWorld, type MakeEngine } from "./engine_world.ts";

function newAlert(changes: Partial<Alert> = {}): Alert {
  return {
    id: AlertId.parse(uuidv7()),
    rule: "hot",
    severity: "warning",
    metric: "heat",
    labels: { pool: "a" },
    poolName: "a",
    text: "heat is 1.5",
    value: 1.5,
    comparator: "above",
    threshold: 1,
    startedAtMs: 1,
    endedAtMs: null,
    acknowledgedAtMs: null,
    acknowledgedBy: null,
    isTold: false,
    ...changes,
  };
}

async function readPages(engine: Engine, perPage: number): Promise<readonly (readonly Alert[])[]> {
  const pages: (readonly Alert[])[] = [];
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const page: AlertPage = await engine.alerts.list({ perPage, ...cursor && { cursor } });
    pages.push(page.alerts);
    cursor = page.nextCursor;
  }
  return pages;
}

/** Registers the tests. */
export function testAlerts(name: string, make: MakeEngine): void {
  Deno.test(`${name}.alerts.saveSetting() keeps rules and channels by their names`, async () => {
    await using world = await EngineWorld.open(make);
    const { engine } = world;
    await engine.alerts.saveSetting("rules", "a", { threshold: 1 });
    await engine.alerts.saveSetting("channels", "a", { kind: "webhook" });
    await engine.alerts.saveSetting("rules", "a", { threshold: 2 });
    await engine.alerts.saveSetting("rules", "b", {});
    await engine.alerts.saveSetting("rules", "b", null);
    deepStrictEqual([...engine.alerts.settings("rules")], [["a", { threshold: 2 }]]);
    deepStrictEqual([...engine.alerts.settings("channels")], [["a", { kind: "webhook" }]]);
  });

  Deno.test(`${name}.alerts.list() gives alerts as they are, newest first, in pages`, async () => {
    await using world = await EngineWorld.open(make);
    const { engine } = world;
    const alerts = Array.from({ length: 5 }, (_, at) => newAlert({ value: at }));
    for (const alert of alerts) engine.alerts.save(alert);
    engine.alerts.save(newAlert({ ...alerts[3], endedAtMs: 9 }));
    const pages = (await readPages(engine, 2)).map((page) =>
      page.map(({ value, endedAtMs }) => [value, endedAtMs])
    );
    deepStrictEqual(pages, [[[4, null], [3, 9]], [[2, null], [1, null]], [[0, null]]]);
    await rejects(engine.alerts.list({ perPage: 2, cursor: "x" }), { code: "cursor_invalid" });
  });

  Deno.test(`${name}.alerts.save() lets the oldest that ended go, and none that fires`, async () => {
    await using world = await EngineWorld.open(make);
    const { engine } = world;
    const firing = newAlert({ value: -1 });
    engine.alerts.save(firing);
    for (let at = 0; at <= ALERTS_KEPT_MAX; at++) {
      engine.alerts.save(newAlert({ value: at, endedAtMs: 1 }));
    }
    const kept = (await readPages(engine, 1_000)).flat().map(({ value }) => value);
    deepStrictEqual([kept.length, kept.at(-2), kept.at(-1)], [ALERTS_KEPT_MAX + 1, 1, -1]);
  });
}
