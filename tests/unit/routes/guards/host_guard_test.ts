import { deepStrictEqual } from "node:assert/strict";
import { appWith } from "../../../helpers/app_with.ts";

const allowedHosts = ["lido.example", "fd00::1"];

Deno.test.each([
  ["localhost"],
  ["LOCALHOST:8000"],
  ["127.0.0.1:1"],
  ["[::1]:8000"],
  ["lido.example"],
  ["Lido.Example:443"],
  ["[fd00::1]:8000"],
])("hostCheck() lets %s through", async (host) => {
  const response = await appWith({}, { allowedHosts }).app.request("/api/stats", {
    headers: { host },
  });
  await response.body?.cancel();
  deepStrictEqual(response.status, 200);
});

Deno.test.each([
  ["evil.example"],
  ["127.0.0.1.nip.io"],
  ["localhost.evil.example"],
  ["evil.example:8000"],
  ["localhost."],
  ["127.0.0.2"],
  ["0.0.0.0"],
  ["user@localhost"],
  ["localhost:80@evil.example"],
  ["localhost:port"],
  ["localhost:123456"],
  ["localhost/x"],
  ["localhost, evil.example"],
  ["gar bage"],
  ["[::1"],
  ["::1"],
  ["__proto__"],
])("hostCheck() refuses %s before anything is done", async (host) => {
  const { app, calls } = appWith({}, { allowedHosts });
  const response = await app.request("/api/stats", { headers: { host } });
  const { code } = await response.json();
  deepStrictEqual([response.status, code, calls], [421, "misdirected_request", []]);
});

Deno.test("hostCheck() refuses a foreign absolute address beside a right Host header", async () => {
  const { app, calls } = appWith();
  const headers = { host: "localhost" };
  const response = await app.request("http://evil.example/api/stats", { headers });
  await response.body?.cancel();
  deepStrictEqual([response.status, calls], [421, []]);
});

Deno.test("hostCheck() believes no X-Forwarded-Host", async () => {
  const { app } = appWith();
  const headers = { host: "evil.example", "x-forwarded-host": "localhost" };
  const response = await app.request("/api/stats", { headers });
  await response.body?.cancel();
  deepStrictEqual(response.status, 421);
});
