import { deepStrictEqual } from "node:assert/strict";
import { join } from "node:path";
import type { Delivery } from "../../../../../core/model/alert_delivery.ts";
import { DELIVERIES_KEPT_MAX } from "../../../../../core/model/limits.ts";
import { openEngine } from "../../../../helpers/open_engine.ts";

Deno.test("LocalEngine keeps the last deliveries of alerts for its next life", async () => {
  const folder = await Deno.makeTempDir({ prefix: "lido-deliveries-" });
  const data = join(folder, "data");
  const all = Array.from({ length: DELIVERIES_KEPT_MAX + 2 }, (_, at): Delivery => ({
    atMs: at,
    channel: "ops",
    noticeId: String(at),
    state: "firing",
    try: 1,
    isDelivered: at % 2 === 0,
    outcome: "200 OK",
    nextTryAtMs: at % 2 === 0 ? null : at + 2_000,
  }));
  {
    await using engine = await openEngine(data);
    deepStrictEqual(engine.alerts.deliveries, []);
    for (const delivery of all) engine.alerts.saveDelivery(delivery);
  }
  await using again = await openEngine(data);
  deepStrictEqual(again.alerts.deliveries, all.slice(2));
  await Deno.remove(folder, { recursive: true });
});
