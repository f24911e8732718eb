import { deepStrictEqual, ok, rejects } from "node:assert/strict";
import httpRequest from "../../../../../core/tasks/builtin/http_request.task.ts";
import { FakeContext } from "../fake_context.ts";

/** Serves on a free port; closes with the test. */
function serve(handler: Deno.ServeHandler): AsyncDisposable & { url: string } {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, handler);
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function requestTo(url: string, input: object = {}, ctx = new FakeContext()) {
  return httpRequest.run(httpRequest.input.parse({ url, ...input }), ctx);
}

Deno.test("http_request sends method, headers and body, and gives the answer", async () => {
  await using server = serve(async (request) =>
    new Response(`${request.method} ${request.headers.get("x-a")} ${await request.text()}`, {
      status: 418,
      headers: { "x-b": "2", "date": "now" },
    })
  );
  const ctx = new FakeContext();

  const { headers, ...answer } = await requestTo(
    server.url,
    { method: "POST", headers: { "x-a": "1" }, body: "hi" },
    ctx,
  );

  deepStrictEqual(answer, { status: 418, body: "POST 1 hi", truncated: false });
  deepStrictEqual([headers["x-b"], headers["content-length"]], ["2", "9"]);
  ok(ctx.isMonotonic);
  deepStrictEqual(ctx.calls.at(-1), { done: 1, total: 1 });
});

Deno.test("http_request joins the cookies of an answer", async () => {
  await using server = serve(() =>
    new Response(null, { headers: [["set-cookie", "a=1"], ["set-cookie", "b=2"]] })
  );
  deepStrictEqual((await requestTo(server.url)).headers["set-cookie"], "a=1, b=2");
});

Deno.test("http_request cuts a body above a million bytes, between two characters", async () => {
  await using server = serve(() => new Response("x" + "ö".repeat(600_000)));

  const { body, truncated } = await requestTo(server.url);

  deepStrictEqual({ body, truncated }, { body: "x" + "ö".repeat(499_999), truncated: true });
});

Deno.test("http_request reads the charset that the answer names", async () => {
  const type = { headers: { "content-type": "text/plain; charset=iso-8859-1" } };
  await using server = serve(() => new Response(new Uint8Array([0xe9]), type));
  deepStrictEqual((await requestTo(server.url)).body, "é");

  const odd = { headers: { "content-type": "text/plain; charset=klingon" } };
  await using other = serve(() => new Response("é", odd));
  deepStrictEqual((await requestTo(other.url)).body, "é");
});

Deno.test("http_request ends while it waits for the answer when it is stopped", async () => {
  const asked = Promise.withResolvers<void>();
  await using server = serve((request) => {
    asked.resolve();
    return new Promise((resolve) => {
      request.signal.addEventListener("abort", () => resolve(new Response()));
    });
  });
  const ctx = new FakeContext();

  const run = requestTo(server.url, {}, ctx);
  await asked.promise;
  ctx.stop();

  await rejects(async () => await run, { name: "AbortError" });
});

Deno.test("http_request ends while it reads the answer when it is stopped", async () => {
  await using server = serve(() =>
    new Response(
      new ReadableStream({ start: (stream) => stream.enqueue(new Uint8Array([65])) }),
      { headers: { "content-length": "10" } },
    )
  );
  await rejects(
    async () => await requestTo(server.url, {}, new FakeContext({ stopAtCall: 2 })),
    { name: "AbortError" },
  );
});

Deno.test("http_request to a port that nobody listens on names the URL", async () => {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const url = `http://127.0.0.1:${listener.addr.port}/`;
  listener.close();

  await rejects(
    async () => await requestTo(url),
    (error: Error) => error.message.startsWith(`Cannot request ${url}: `),
  );
});

Deno.test({
  name: "http_request to a host that the pool may not reach says which permission is missing",
  permissions: { net: false },
  async fn() {
    await rejects(
      async () => await requestTo("https://example.com/x"),
      {
        message: "Cannot request https://example.com/x: the pool may not reach example.com:443; " +
          `add "example.com:443" to the pool's permissions.net`,
      },
    );
  },
});

Deno.test("http_request refuses other schemes, and a body where none can be", () => {
  for (
    const input of [
      { url: "file:///etc/passwd" },
      { url: "nowhere" },
      { url: "http://a/", body: "x" },
      { url: "http://a/", method: "HEAD", body: "x" },
      { url: "http://a/", method: "BREW" },
    ]
  ) deepStrictEqual(httpRequest.input.safeParse(input).success, false);
});
