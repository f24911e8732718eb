/** What is true of every operation that the description has. */
import { deepStrictEqual } from "node:assert/strict";
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
    ["submitTask", "Idempotency-Key"],
    ["followEvents", "Last-Event-ID"],
  ]);
});
