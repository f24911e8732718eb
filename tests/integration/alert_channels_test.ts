/** A fault of each kind is told on a channel: by the whole server, from its metrics to a sink. */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { openHttpSink } from "../helpers/http_sink.ts";
import { startServer } from "../helpers/start_server.ts";
import { until } from "../helpers/until.ts";

interface Delivery {
  readonly channel: string;
  readonly state: string;
  readonly is_delivered: boolean;
}

Deno.test("A rule that holds is told on its channel once, and once that it does no more", async () => {
  await using sink = openHttpSink();
  await using server = await startServer({ flags: ["--alerts-allow-private-targets", "true"] });
  const secret = `whsec_${btoa("0123456789012345678901234567")}`;
  const path = "/api/alerts/channels/hook";
  const saved = await server.ask("PUT", path, {
    kind: "webhook",
    url: `${sink.origin}/hook?token=secret`,
    secret,
  });
  deepStrictEqual(saved, { name: "hook", kind: "webhook", target: sink.origin });
  const tried = await server.ask<Delivery>("POST", `${path}/test`, {});
  deepStrictEqual([tried.is_delivered, tried.state], [true, "test"]);

  const rule = { metric: "lido_pools", comparator: "above", threshold: 0, for_ms: 0 };
  await server.ask("PUT", "/api/alerts/rules/any%20pool", rule);
  await until("it was told that it fires", () => sink.received.length >= 2);
  await server.ask("PUT", "/api/alerts/rules/any%20pool", { ...rule, is_enabled: false });
  await until("it was told that it recovered", () => sink.received.length >= 3);
  const told = sink.received.map(({ body }) => JSON.parse(body));
  deepStrictEqual(told.map(({ data }) => [data.state, data.rule]), [
    ["test", "Test"],
    ["firing", "any pool"],
    ["recovered", "any pool"],
  ]);
  strictEqual(told[1].data.id, told[2].data.id);

  let deliveries: readonly Delivery[] = [];
  await until("the last is on record", async () => { // once its answer came
    deliveries = await server.ask("GET", "/api/alerts/deliveries");
    return deliveries.length >= 3;
  });
  deepStrictEqual(deliveries.map(({ state }) => state), ["recovered", "firing", "test"]);
  for (const command of [["alert", "channels"], ["alert", "deliveries"]]) {
    const { code, stdout } = await server.command(...command);
    strictEqual(code, 0, stdout);
    match(stdout, /hook/);
    strictEqual(/token=secret|whsec_/.test(stdout), false, stdout);
  }
  strictEqual((await server.command("alert", "channel-test", "hook")).code, 0);
  strictEqual((await server.command("alert", "channel-remove", "hook")).code, 0);
  strictEqual((await server.command("alert", "channel-test", "hook")).code, 1);
});
