import { deepStrictEqual, rejects } from "node:assert/strict";
import { HttpClient } from "../../../../cli/client/http_client.ts";
import { UnreachedError } from "../../../../cli/client/mod.ts";

const LIDO = { url: "http://lido", token: undefined };

Deno.test("HttpClient.send() takes a server that says nothing for one that is not there", async () => {
  const client = new HttpClient({
    ...LIDO,
    timeoutMs: 1,
    fetch: (_url, { signal }) =>
      new Promise((_, reject) => {
        signal?.addEventListener("abort", () => reject(signal.reason));
      }),
  });
  await rejects(client.send({ method: "GET", path: "/api/pools" }), UnreachedError);
});

Deno.test("HttpClient.readBare() gives JSON that has no envelope", async () => {
  const answer = { healthy: true };
  const client = new HttpClient({ ...LIDO, fetch: () => Promise.resolve(Response.json(answer)) });
  deepStrictEqual(await client.readBare("/health/live", "healthy"), answer);
});

Deno.test("HttpClient.readBare() tells what the server refuses", async () => {
  const body = { success: false, error: "Cannot read health: no", code: "no" };
  const fetch = () => Promise.resolve(Response.json(body, { status: 403 }));
  const client = new HttpClient({ ...LIDO, fetch });
  await rejects(client.readBare("/health/live", "healthy"), /Cannot read health: no/);
});
