import { deepStrictEqual } from "node:assert/strict";
import { getLogger } from "../../../../core/observation/logging.ts";
import { appWith, jsonRequest, readAnswer } from "../../../helpers/app_with.ts";
import { keepLog } from "../../../helpers/log_lines.ts";
import { STATS } from "../../../helpers/fake_manager.ts";

Deno.test("GET /api/log-level tells what holds", async () => {
  deepStrictEqual(await readAnswer(appWith().app.request("/api/log-level")), {
    status: 200,
    body: { success: true, data: { level: "info", configured_level: "info", until: null } },
  });
});

Deno.test("PUT /api/log-level sets the level, and tells until when", async () => {
  const { app, calls } = appWith();
  const change = { level: "debug", for_ms: 60_000 };
  const sent = app.request("/api/log-level", jsonRequest("PUT", change));
  deepStrictEqual(await readAnswer(sent), {
    status: 200,
    body: {
      success: true,
      data: { level: "debug", configured_level: "info", until: "2026-01-02T00:01:00.000Z" },
    },
  });
  deepStrictEqual(calls, [{ method: "setLogLevel", args: [{ level: "debug", forMs: 60_000 }] }]);
});

Deno.test("What is logged while a request is handled bears its ids", async () => {
  await using log = keepLog();
  const traceId = "0af7651916cd43dd8448eb211c80319c";
  const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
  const { app } = appWith({
    getStats: () => {
      getLogger("test").info("Asked");
      return STATS;
    },
  });
  await app.request("/api/stats", { headers: { "x-request-id": "r-7", traceparent } });
  const { headers } = await app.request("/api/stats");
  deepStrictEqual(
    log.read().filter(({ message }) => message === "Asked").map(({ properties }) => properties),
    [{ requestId: "r-7", traceId }, { requestId: headers.get("x-request-id") }],
  );
});
