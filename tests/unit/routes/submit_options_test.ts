import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { appWith, jsonRequest } from "../../helpers/app_with.ts";
import { POOL_ID, TASK_ID } from "../../helpers/fake_manager.ts";

const TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const ONE = { pool_id: POOL_ID, task_type: "sleep", input: { seconds: 1 } };
const FORM = {
  method: "POST",
  headers: { "content-type": "application/x-www-form-urlencoded" },
  body: new URLSearchParams({ pool: POOL_ID, type: "sleep", "input.seconds": "1" }).toString(),
};
const LINES = {
  method: "POST",
  headers: { "content-type": "application/x-ndjson" },
  body: JSON.stringify(ONE),
};

/** Every way to submit, and the manager's method that it ends in. */
const WAYS: readonly [path: string, init: RequestInit, method: string][] = [
  ["/api/tasks", jsonRequest("POST", ONE), "submit"],
  ["/api/tasks/batch", jsonRequest("POST", { tasks: [ONE] }), "submitBatch"],
  ["/api/tasks/batch", LINES, "submitBatch"],
  ["/api/tasks/batch?atomic=true", LINES, "submitBatch"],
  [`/api/tasks/${TASK_ID}/again`, { method: "POST" }, "submitAgain"],
  [`/tasks/${TASK_ID}/again`, { ...FORM, body: "" }, "submitAgain"],
  ["/submit", FORM, "submit"],
];

for (const [path, init, method] of WAYS) {
  Deno.test(`${path} (${method}) hands on the trace that it is asked in, and none that is wrong`, async () => {
    for (const [sent, kept] of [[TRACEPARENT, TRACEPARENT], ["00-wrong", null], [null, null]]) {
      const { app, calls } = appWith();
      const headers = new Headers(init.headers);
      if (sent) headers.set("traceparent", sent);
      await (await app.request(path, { ...init, headers })).text();
      const call = calls.find((one) => one.method === method);
      const { traceparent } = call?.args.at(-1) as { traceparent: unknown }; // submit options
      deepStrictEqual(traceparent, kept);
    }
  });
}

Deno.test("A submit makes no signal of its client's leaving until one is looked at", async () => {
  const { app, calls } = appWith();
  const request = new Request("http://localhost/api/tasks", jsonRequest("POST", ONE));
  const { signal } = request;
  let looks = 0;
  Object.defineProperty(request, "signal", { get: () => (looks++, signal) });
  await (await app.request(request)).text();
  strictEqual(looks, 0);
  const call = calls.find(({ method }) => method === "submit");
  strictEqual((call?.args.at(-1) as { signal: unknown }).signal, signal); // submit options
});
