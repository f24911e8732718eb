/** What is true of every operation that the description has. */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { OPERATIONS } from "../../../../routes/api/openapi/document.ts";
import { HEADERS } from "../../../../routes/api/openapi/headers.ts";
import type { Operation } from "../../../../routes/api/openapi/operation.ts";
import { LidoError } from "../../../../core/mod.ts";
import { appWith, type AppWorld, jsonRequest } from "../../../helpers/app_with.ts";
import { POOL_ID, TASK_ID } from "../../../helpers/fake_manager.ts";

/** Asks for an operation of what the stand-in has, with the body of its example. */
async function ask({ app }: AppWorld, operation: Operation, query = ""): Promise<Response> {
  const { method, path, body } = operation;
  const known: Readonly<Record<string, string>> = { pool_id: POOL_ID, task_id: TASK_ID };
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name) => known[name] ?? "sleep");
  const example = { ...body?.example as object, ...path === "/api/tasks" && { pool_id: POOL_ID } };
  const response = await app.request(
    `${filled}${query}`,
    body === undefined
      ? { method: method.toUpperCase() }
      : jsonRequest(method.toUpperCase(), example),
  );
  return response;
}

Deno.test("A parameter that is not described is refused by every operation, and nothing is done", async () => {
  for (const operation of OPERATIONS) {
    const world = appWith();
    const response = await ask(world, operation, "?odd=1&__proto__=2&odd=3");
    const { code, details } = await response.json();
    const fields = details.faults.map(({ field }: { field: string }) => field);
    deepStrictEqual([operation.id, response.status, code, fields, world.calls], [
      operation.id,
      422,
      "invalid_input",
      ["odd", "__proto__"],
      [],
    ]);
  }
});

Deno.test("A parameter that is described is refused by every operation where it comes twice", async () => {
  for (const operation of OPERATIONS) {
    for (const [name, one] of Object.entries(operation.parameters ?? {})) {
      if (one.in === "header") continue;
      const response = await ask(appWith(), operation, `?${name}=1&${name}=`);
      const { error } = await response.json();
      strictEqual(error, `Cannot read address: ${name}: Comes more than once`, operation.id);
      const once = await ask(appWith(), operation, `?${name}=`);
      strictEqual(once.status < 300, true, `${operation.id} ${name}`);
      await once.body?.cancel();
    }
  }
});

Deno.test.each([
  ["/api/pools?state=all", "state: Unknown parameter: did you mean status?"],
  ["/api/tasks?pool=x", "pool: Unknown parameter: did you mean pool_id?"],
  ["/api/events?If-Match=1", "If-Match: Unknown parameter: known are pool_id, task_id"],
  ["/api/stats?x=", "x: Unknown parameter: there is none"],
  ["/health/live?x", "x: Unknown parameter: there is none"],
])("GET and HEAD of %s are refused: %s", async (path, why) => {
  const { app, calls } = appWith();
  const response = await app.request(path);
  deepStrictEqual([response.status, (await response.json()).error], [
    422,
    `Cannot read address: ${why}`,
  ]);
  strictEqual((await app.request(path, { method: "HEAD" })).status, 422);
  deepStrictEqual(calls, []);
});

Deno.test("An address that is no operation's is refused for what it is, whatever its parameters", async () => {
  for (const [path, status] of [["/api/none?x=1", 404], ["/api/pools/x/drain?x=1", 405]] as const) {
    const response = await appWith().app.request(path);
    await response.body?.cancel();
    strictEqual(response.status, status);
  }
});

Deno.test("The headers of answers are all borne by one, and described where they are", async () => {
  const borne = new Set<string>();
  const note = async (response: Response) => {
    for (const name of response.headers.keys()) borne.add(name);
    await response.body?.cancel();
  };
  for (const operation of OPERATIONS) await note(await ask(appWith(), operation));
  const { app } = appWith({
    createPool: () => Promise.reject(new LidoError("pool_limit_reached", "Cannot create pool")),
  });
  await note(await app.request("/api/pools", jsonRequest("POST", {})));
  await note(await app.request("/api/pools", { method: "PUT" }));
  const names = Object.keys(HEADERS).map((name) => name.toLowerCase());
  deepStrictEqual(names.filter((name) => !borne.has(name)), []);
});

Deno.test("The headers of requests that the API reads are described where they are read", () => {
  const read = OPERATIONS.flatMap(({ id, parameters = {} }) =>
    Object.entries(parameters).filter(([, one]) => one.in === "header").map(([name]) => [id, name])
  );
  deepStrictEqual(read, [
    ["changePool", "If-Match"],
    ["resizePool", "If-Match"],
    ["revertPool", "If-Match"],
    ["submitTask", "Idempotency-Key"],
    ["submitTask", "traceparent"],
    ["submitBatch", "traceparent"],
    ["submitAgain", "traceparent"],
    ["followEvents", "Last-Event-ID"],
  ]);
});
