import { deepStrictEqual } from "node:assert/strict";
import { appWith } from "../../../helpers/app_with.ts";
import { POOL_ID } from "../../../helpers/fake_manager.ts";

const UNSAFE = [
  ["POST", `/api/pools/${POOL_ID}/pause`],
  ["DELETE", `/api/pools/${POOL_ID}/force-close`],
  ["PUT", `/api/tasks/x/stop`],
  ["PATCH", `/api/pools/${POOL_ID}`],
] as const;

const FOREIGN: readonly Record<string, string>[] = [
  { "sec-fetch-site": "cross-site" },
  { "sec-fetch-site": "same-site" },
  { "sec-fetch-site": "cross-site", origin: "http://localhost:8000" },
  { "sec-fetch-site": "else" },
  { origin: "http://evil.example" },
  { origin: "null" },
  { origin: "" },
  { origin: "http://localhost:3000" },
  { origin: "http://localhost:8000.evil.example" },
  { origin: "ftp://localhost:8000" },
  { "sec-fetch-site": "same-origin", origin: "http://evil.example" },
];

for (const [method, path] of UNSAFE) {
  for (const marks of FOREIGN) {
    Deno.test(`checkSite() refuses ${method} ${path} with ${JSON.stringify(marks)}`, async () => {
      const { app, calls } = appWith();
      const headers = { host: "localhost:8000", ...marks };
      const response = await app.request(path, { method, headers });
      const { code } = await response.json();
      deepStrictEqual([response.status, code, calls], [403, "cross_site_request", []]);
    });
  }
}

const OWN: readonly Record<string, string>[] = [
  {},
  { "sec-fetch-site": "same-origin", origin: "http://localhost:8000" },
  { "sec-fetch-site": "none" },
  { origin: "http://localhost:8000" },
  { origin: "https://localhost:8000" },
];

for (const marks of OWN) {
  Deno.test(`checkSite() lets POST through with ${JSON.stringify(marks)}`, async () => {
    const headers = { host: "localhost:8000", ...marks };
    const path = `/api/pools/${POOL_ID}/pause`;
    const response = await appWith().app.request(path, { method: "POST", headers });
    await response.body?.cancel();
    deepStrictEqual(response.status, 200);
  });
}

Deno.test("checkSite() lets a link from another site through: GET changes nothing", async () => {
  const { app, calls } = appWith();
  const headers = { "sec-fetch-site": "cross-site" };
  await (await app.request("/api/pools", { headers })).body?.cancel();
  deepStrictEqual(calls.map((call) => call.method), ["listPools"]);
});
