import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { appWith, jsonRequest } from "../../helpers/app_with.ts";
import { CONTENT_SECURITY_POLICY } from "../../helpers/content_security_policy.ts";
import { POOL_ID } from "../../helpers/fake_manager.ts";

const SECURITY_HEADERS = {
  "content-security-policy": CONTENT_SECURITY_POLICY,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "origin-agent-cluster": "?1",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "x-dns-prefetch-control": "off",
  "x-download-options": "noopen",
  "x-frame-options": "DENY",
  "x-permitted-cross-domain-policies": "none",
  "x-xss-protection": "0",
};

const boom = () => {
  throw new TypeError("secret of the machine");
};

const ANSWERS: readonly (readonly [number, string, RequestInit])[] = [
  [200, "/api/pools", {}],
  [200, "/health", {}],
  [400, "/api/pools", {
    method: "POST",
    body: "{",
    headers: { "content-type": "application/json" },
  }],
  [403, "/api/pools", { method: "POST", headers: { origin: "http://evil.example" } }],
  [404, "/nothing", {}],
  [404, "/api/pools/x", {}],
  [405, "/api/pools", { method: "PUT" }],
  [415, "/api/pools", { method: "POST", body: "a=1" }],
  [421, "/api/pools", { headers: { host: "evil.example" } }],
  [422, "/api/pools?status=x", {}],
  [500, "/api/stats", {}],
];

for (const [status, path, request] of ANSWERS) {
  Deno.test(`createApp() puts id and security headers on a ${status} of ${path}`, async () => {
    const response = await appWith({ getStats: boom }).app.request(path, request);
    await response.body?.cancel();
    strictEqual(response.status, status);
    const headers = Object.fromEntries(response.headers);
    const security = Object.keys(SECURITY_HEADERS).map((name) => [name, headers[name]] as const);
    deepStrictEqual(Object.fromEntries(security), SECURITY_HEADERS);
    ok(headers["x-request-id"]);
    deepStrictEqual(
      ["strict-transport-security", "server", "x-powered-by", "access-control-allow-origin"]
        .filter((name) => name in headers),
      [],
    );
  });
}

const THROWN = [
  ["an Error", new TypeError("secret of the machine", { cause: new Error("deeper secret") })],
  ["a string", "secret of the machine"],
  ["undefined", undefined],
] as const;

for (const [what, thrown] of THROWN) {
  Deno.test(`createApp() answers 500 without a word when a handler throws ${what}`, async () => {
    const { app, logged } = appWith({
      getStats: () => {
        throw thrown;
      },
    });
    const response = await app.request("/api/stats", { headers: { "x-request-id": "r-1" } });
    deepStrictEqual([response.status, await response.json()], [500, {
      success: false,
      error: "Internal server error",
      code: "internal_error",
      details: { request_id: "r-1" },
      type: "about:blank",
      title: "Internal Server Error",
      status: 500,
      detail: "Internal server error",
      instance: "/api/stats",
    }]);
    strictEqual(logged.length, 1);
    strictEqual(logged[0]?.requestId, "r-1");
    const error = logged[0]?.error;
    ok(error instanceof Error);
    strictEqual(thrown instanceof Error ? error : error.cause, thrown);
  });
}

Deno.test("createApp() answers 500 without a word when the manager rejects", async () => {
  const { app, logged } = appWith({ createPool: () => Promise.reject(new Error("secret")) });
  const response = await app.request("/api/pools", jsonRequest("POST", {}));
  strictEqual(response.status, 500);
  ok(!(await response.text()).includes("secret"));
  strictEqual(logged.length, 1);
});

Deno.test("createApp() replaces a request id that is no plain word", async () => {
  const { app } = appWith();
  const response = await app.request("/health", { headers: { "x-request-id": "a b<c>" } });
  await response.body?.cancel();
  ok(/^[0-9a-f-]{36}$/.test(response.headers.get("x-request-id") ?? ""));
});

Deno.test.each([
  ["PUT", "/api/pools", "GET, HEAD, POST"],
  ["POST", `/api/pools/${POOL_ID}`, "GET, HEAD, DELETE, PATCH"],
  ["GET", `/api/pools/${POOL_ID}/resize`, "PUT"],
  ["POST", `/api/pools/${POOL_ID}/force-close`, "DELETE"],
  ["OPTIONS", "/api/tasks", "GET, HEAD, POST"],
  ["FOO", "/api/tasks", "GET, HEAD, POST"],
  ["DELETE", "/api/stats", "GET, HEAD"],
  ["POST", "/health/live", "GET, HEAD"],
])("createApp() answers 405 to %s %s, and allows %s", async (method, path, allow) => {
  const { app, calls } = appWith();
  const response = await app.request(path, { method });
  const { code } = await response.json();
  deepStrictEqual([response.status, code, response.headers.get("allow")], [
    405,
    "method_not_allowed",
    allow,
  ]);
  deepStrictEqual(calls, []);
});

Deno.test("createApp() refuses a HEAD no more than a GET for a key that means nothing to it", async () => {
  const headers = { "idempotency-key": "k1" };
  for (const method of ["GET", "HEAD"]) {
    strictEqual((await appWith().app.request("/api/pools", { method, headers })).status, 200);
  }
});

Deno.test("createApp() answers HEAD as GET, without a body", async () => {
  const response = await appWith().app.request("/api/pools", { method: "HEAD" });
  deepStrictEqual([response.status, await response.text()], [200, ""]);
});

Deno.test("createApp() takes no other method from a header or a field", async () => {
  const { app, calls } = appWith();
  const headers = { "x-http-method-override": "DELETE" };
  for (const [query, status] of [["", 200], ["?_method=DELETE", 422]] as const) {
    const path = `/api/pools/${POOL_ID}/pause${query}`;
    const response = await app.request(path, { method: "POST", headers });
    await response.body?.cancel();
    strictEqual(response.status, status);
  }
  deepStrictEqual(calls.map((call) => call.method), ["pausePool"]);
});

Deno.test("createApp() gives no other origin leave to read", async () => {
  for (const origin of ["http://evil.example", "null", "http://localhost.evil.example"]) {
    const headers = { origin, "access-control-request-method": "POST" };
    const preflight = await appWith().app.request("/api/pools", { method: "OPTIONS", headers });
    await preflight.body?.cancel();
    const names = [...preflight.headers.keys()].filter((name) => name.startsWith("access-control"));
    deepStrictEqual([preflight.status, names], [405, []]);
  }
});
