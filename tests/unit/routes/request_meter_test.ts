import { deepStrictEqual, ok } from "node:assert/strict";
import { appWith, jsonRequest } from "../../helpers/app_with.ts";
import { POOL_ID } from "../../helpers/fake_manager.ts";

/** What `/metrics` says of requests, but for those for itself. */
async function countsOf(app: ReturnType<typeof appWith>["app"]): Promise<readonly string[]> {
  const text = await (await app.request("/metrics")).text();
  return text.split("\n").filter((line) =>
    line.startsWith("lido_http_requests_total{") && !line.includes('"/metrics"')
  );
}

Deno.test("RequestMeter counts by patterns of addresses, refused requests too", async () => {
  const { app } = appWith();
  await app.request(`/api/pools/${POOL_ID}`);
  await app.request(`/api/pools/${POOL_ID}`);
  await app.request("/nowhere/to/be/found");
  await app.request("/api/pools", { method: "MADEUP" });
  await app.request("/api/pools", { headers: { host: "evil.example" } });
  await app.request("/api/tasks", jsonRequest("POST", { nonsense: true }));
  const counts = await countsOf(app);
  ok(
    counts.includes('lido_http_requests_total{method="GET",route="/api/pools/:id",status="200"} 2'),
  );
  ok(counts.some((line) => line.includes('method="other"')), counts.join("\n"));
  ok(counts.some((line) => line.includes('route="/api/tasks",status="422"')), counts.join("\n"));
  ok(!counts.join().includes("nowhere") && !counts.join().includes("MADEUP"), counts.join("\n"));
});

Deno.test("GET /metrics gives the manager's metrics and the requests' times", async () => {
  const { app } = appWith();
  await app.request("/api/pools");
  const response = await app.request("/metrics");
  const lines = (await response.text()).split("\n");
  deepStrictEqual(
    [response.status, response.headers.get("content-type")],
    [200, "text/plain; version=0.0.4; charset=utf-8"],
  );
  ok(lines.includes("lido_pools 1"));
  ok(lines.includes('lido_http_request_seconds_count{route="/api/pools"} 1'), lines.join("\n"));
});
