import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { run } from "../fake_world.ts";

const ALERT_ID = "01979a3e-0000-7000-8000-0000000000a1";
const ALERT = {
  alert_id: ALERT_ID,
  rule: "hot",
  state: "firing",
  severity: "critical",
  message: "heat is 12\u001b[2J, above 10",
  started_at: "2026-11-27T02:00:00.000Z",
  ended_at: null,
  acknowledged_at: null,
  acknowledged_by: null,
};
const RULE = {
  name: "hot",
  metric: "heat",
  labels: { at: "a" },
  reading: "p95",
  comparator: "above",
  threshold: 10,
  for_ms: 15_000,
  severity: "warning",
  is_enabled: false,
  is_default: true,
  is_changed: true,
  silenced_until: null,
  firing: 1,
};

Deno.test("alert list prints a line for each alert that fires", async () => {
  const { out, code } = await run(["alert", "list"], { answers: { "GET /api/alerts": [ALERT] } });
  strictEqual(code, 0);
  match(out, /^ID .* SEVERITY .* MESSAGE\n/);
  match(out, new RegExp(`${ALERT_ID}  firing  critical  hot   2026-11-27T02:00:00.000Z`));
  strictEqual(out.includes("\u001b"), false);
  const none = await run(["alert", "list"], { answers: { "GET /api/alerts": [] } });
  strictEqual(none.out, "No alerts.\n");
});

Deno.test("alert list --all tells where the next page begins", async () => {
  const answers = {
    "GET /api/alerts?state=all&per_page=1": () =>
      Response.json({ success: true, data: [ALERT], pagination: { next_cursor: "older-7" } }),
  };
  const { out } = await run(["alert", "list", "--all", "--per-page", "1"], { answers });
  match(out, /\nMore: --cursor older-7\n$/);
});

Deno.test("alert rules prints what each rule wants, and how it is", async () => {
  const answers = { "GET /api/alerts/rules": [RULE] };
  const { out } = await run(["alert", "rules"], { answers });
  match(out, /hot +warning +1 +p95 of heat\{at="a"\} > 10 +15 s +disabled, changed\n/);
});

Deno.test("alert set sends what its flags name, in the wire's names", async () => {
  const answers = { "PUT /api/alerts/rules/a%20b": { ...RULE, name: "a b" } };
  const { out, seen } = await run([
    "alert",
    "set",
    "a b",
    ...["--metric", "heat", "--threshold", "1.5", "--for-ms", "5000", "--no-is-enabled"],
    ...["--labels", '{"at":"a"}', "--channels", "ops"],
  ], { answers });
  strictEqual(out, "Saved rule a b\n");
  deepStrictEqual(seen.map(({ body }) => body), [{
    metric: "heat",
    labels: { at: "a" },
    threshold: 1.5,
    for_ms: 5_000,
    channels: ["ops"],
    is_enabled: false,
  }]);
});

Deno.test.each([
  [
    `alert ack ${ALERT_ID} --by ada`,
    `POST /api/alerts/${ALERT_ID}/acknowledge`,
    ALERT,
    { by: "ada" },
  ],
  ["alert silence hot", "POST /api/alerts/rules/hot/silence", RULE, { for_ms: 3_600_000 }],
  ["alert silence hot --minutes 5", "POST /api/alerts/rules/hot/silence", RULE, {
    for_ms: 300_000,
  }],
  ["alert silence hot --end", "POST /api/alerts/rules/hot/silence", RULE, { for_ms: null }],
  ["alert remove hot", "DELETE /api/alerts/rules/hot", { name: "hot" }, undefined],
  ["alert show hot", "GET /api/alerts/rules/hot", RULE, undefined],
])("%s asks %s", async (line, asked, data, body) => {
  const { code, seen } = await run(line.split(" "), { answers: { [asked]: data } });
  strictEqual(code, 0);
  deepStrictEqual(seen.map((one) => [`${one.method} ${one.path}`, one.body]), [[asked, body]]);
});

Deno.test("alert channel-set says which file it cannot read, and what is no channel", async () => {
  const missing = await run(["alert", "channel-set", "ops", "--file", "gone.json"]);
  strictEqual(missing.code, 1);
  match(missing.err, /Cannot read gone\.json/);
  const files = { "list.json": "[1]", "broken.json": "{" };
  for (const [file, says] of [["list.json", /no JSON object/], ["broken.json", /it is no JSON/]]) {
    const { code, err } = await run(["alert", "channel-set", "ops", "--file", String(file)], {
      files,
    });
    strictEqual(code, 1);
    match(err, says as RegExp);
  }
});

Deno.test.each([
  ["alert channels", "/api/alerts/channels", "No channels.\n"],
  ["alert deliveries", "/api/alerts/deliveries", "No deliveries.\n"],
])("%s says so when there are none", async (line, path, told) => {
  const { out } = await run(line.split(" "), { answers: { [`GET ${path}`]: [] } });
  strictEqual(out, told);
});
