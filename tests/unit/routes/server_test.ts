import { deepStrictEqual, ok, rejects, strictEqual, throws } from "node:assert/strict";
import { type Listener, serve, type ServeOptions } from "../../../routes/server.ts";
import { openMany, RawSocket } from "../../helpers/raw_socket.ts";
import { until } from "../../helpers/until.ts";
import { within } from "../../helpers/within.ts";
import { appWith } from "../../helpers/app_with.ts";
import { TASK_ID } from "../../helpers/fake_manager.ts";

const options = (overrides: Partial<ServeOptions> = {}): ServeOptions => ({
  app: { fetch: () => new Response("hello") },
  host: "127.0.0.1",
  port: 0,
  onError: () => {},
  ...overrides,
});

async function ask(url: string): Promise<string> {
  return await (await fetch(url, { headers: { connection: "close" } })).text();
}

/** Sends text as it stands and reads the answer to its end. */
async function send(port: number, head: string): Promise<string> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(new TextEncoder().encode(`${head}\r\nConnection: close\r\n\r\n`));
  return await new Response(connection.readable).text();
}

Deno.test("serve() picks a free port, answers, and lets it go", async () => {
  const server = serve(options());
  strictEqual(server.url, `http://127.0.0.1:${server.port}/`);
  strictEqual(await ask(server.url), "hello");
  await server.shutdown();
  await rejects(() => ask(server.url));
});

Deno.test("serve() throws when the port is taken", async () => {
  const server = serve(options());
  throws(() => serve(options({ port: server.port })), Deno.errors.AddrInUse);
  await server.shutdown();
});

Deno.test("Server.shutdown() may come twice", async () => {
  const server = serve(options());
  await Promise.all([server.shutdown(), server.shutdown()]);
  await server.shutdown();
});

Deno.test("Server.shutdown() answers 503 for a request that goes on after the grace", async () => {
  const asked = Promise.withResolvers<void>();
  const held = Promise.withResolvers<Response>();
  const fetchHeld = () => {
    asked.resolve();
    return held.promise;
  };
  const server = serve(options({ app: { fetch: fetchHeld } }));
  const answer = fetch(server.url);
  await asked.promise;
  await server.shutdown({ graceMs: 1 });
  const response = await answer;
  deepStrictEqual([response.status, await response.text()], [503, "Server is closing"]);
});

Deno.test("serve() goes on accepting when that failed, and tells it once", async () => {
  const errors: unknown[] = [];
  const failure = new Error("Too many open files");
  const listen = (where: { hostname: string; port: number }): Listener => {
    const listener = Deno.listen(where);
    let left = 3;
    const accept = () => left-- > 0 ? Promise.reject(failure) : listener.accept();
    return { addr: listener.addr, accept, close: () => listener.close() };
  };
  const onError = (error: unknown) => void errors.push(error);
  const server = serve(options({ listen, retryMs: 0, onError }));
  strictEqual(await ask(server.url), "hello");
  await server.shutdown();
  deepStrictEqual(errors, [failure]);
});

Deno.test("serve() tells nobody that a client left before it was accepted, and takes the next", async () => {
  const errors: unknown[] = [];
  const listen = (where: { hostname: string; port: number }): Listener => {
    const listener = Deno.listen(where);
    const left = [new Deno.errors.NotConnected(), new Deno.errors.ConnectionAborted()];
    const accept = () => {
      const error = left.pop();
      return error === undefined ? listener.accept() : Promise.reject(error);
    };
    return { addr: listener.addr, accept, close: () => listener.close() };
  };
  const onError = (error: unknown) => void errors.push(error);
  const server = serve(options({ listen, retryMs: 3_600_000, onError }));
  strictEqual(await ask(server.url), "hello");
  await server.shutdown();
  deepStrictEqual(errors, []);
});

Deno.test("serve() gives up trying to accept when it is shut down", async () => {
  const failed = Promise.withResolvers<void>();
  const listen = (): Listener => ({
    addr: { transport: "tcp", hostname: "127.0.0.1", port: 1 },
    accept: () => {
      failed.resolve();
      return Promise.reject(new Error("never again"));
    },
    close: () => {},
  });
  const server = serve(options({ listen, retryMs: 3_600_000 }));
  await failed.promise;
  await server.shutdown();
});

Deno.test("serve() answers 500 without a word when the app itself throws", async () => {
  const errors: unknown[] = [];
  const thrown = new Error("secret");
  const app = { fetch: () => Promise.reject(thrown) };
  const server = serve(options({ app, onError: (error) => errors.push(error) }));
  strictEqual(await ask(server.url), "Internal server error");
  await server.shutdown();
  deepStrictEqual(errors, [thrown]);
});

Deno.test("serve() and createApp() refuse odd requests, and leak nothing", async () => {
  const { app, calls, logged } = appWith();
  const server = serve(options({ app }));
  const cases: readonly (readonly [string, string])[] = [
    ["GET /api/pools HTTP/1.1\r\nHost: gar bage", "421"],
    ["POST /api/pools HTTP/1.1\r\nHost: a@b\r\nContent-Length: 2\r\n\r\n{}", "421"],
    ["GET http://evil.example/api/pools HTTP/1.1\r\nHost: localhost", "421"],
    ["TRACE /api/pools HTTP/1.1\r\nHost: localhost", "405"],
    ["FOO /api/pools HTTP/1.1\r\nHost: localhost", "405"],
    ["CONNECT /api/pools HTTP/1.1\r\nHost: localhost", "40"],
    ["CONNECT localhost:80 HTTP/1.1\r\nHost: localhost", "40"],
    ["PRI /api/pools HTTP/1.1\r\nHost: localhost", "405"],
    ["OPTIONS * HTTP/1.1\r\nHost: localhost", "404"],
    ["GET //api/pools HTTP/1.1\r\nHost: localhost", "404"],
    ["POST /api/pools HTTP/1.1\r\nHost: localhost:99999\r\nContent-Length: 2\r\n\r\n{}", "4"],
  ];
  for (const [head, status] of cases) {
    const answered = await send(server.port, head);
    ok(answered.startsWith(`HTTP/1.1 ${status}`), `${head}: ${answered.slice(0, 200)}`);
    ok(!answered.includes(".ts:"), answered);
  }
  await server.shutdown();
  deepStrictEqual({ calls, logged }, { calls: [], logged: [] });
});

Deno.test("serve() refuses heads that are too large or unclear, and ends their connections", async () => {
  let asked = 0;
  const app = { fetch: () => new Response(String(++asked)) };
  const server = serve(options({ app }));
  const heads = [
    `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(70_000)}`,
    `GET /${"x".repeat(70_000)} HTTP/1.1\r\nHost: localhost`,
    `GET / HTTP/1.1\r\nHost: localhost\r\n${"x: y\r\n".repeat(150)}x: y`,
    "GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example",
    "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2",
    "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked",
    "no request at all",
  ];
  for (const head of heads) {
    using socket = await RawSocket.open(server.port);
    socket.send(`${head}\r\n\r\n`);
    await until("the connection is over", () => socket.isOver);
    strictEqual(socket.status, 400, head.slice(0, 100));
  }
  await server.shutdown();
  strictEqual(asked, 0);
});

Deno.test("serve() ends connections that ask nothing, or nothing more", async () => {
  const limits = { headMs: 1, idleMs: 1 };
  const server = serve(options({ limits }));
  const sent = [
    "",
    "GET / HT",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
  ];
  const sockets = await openMany(sent.length, server.port);
  for (const [at, socket] of sockets.entries()) socket.send(sent[at] ?? "");
  await until("all are over", () => sockets.every(({ isOver }) => isOver));
  strictEqual(sockets.at(-1)?.status, 200);
  for (const socket of sockets) socket[Symbol.dispose]();
  await server.shutdown();
});

Deno.test("serve() ends a connection that asked for the head of a stream, and nothing more", async () => {
  const fetchHead = () => new Response(null, { headers: { "content-type": "text/event-stream" } });
  const server = serve(options({ app: { fetch: fetchHead }, limits: { idleMs: 1 } }));
  using socket = await RawSocket.open(server.port);
  socket.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
  await until("it is over", () => socket.isOver);
  strictEqual(socket.status, 200);
  await server.shutdown();
});

Deno.test("serve() cuts a client that does not read its answer", async () => {
  const cut = Promise.withResolvers<void>();
  const fetchLarge = (request: Request) => {
    request.signal.addEventListener("abort", () => cut.resolve());
    return new Response("x".repeat(50_000_000));
  };
  const server = serve(options({ app: { fetch: fetchLarge }, limits: { idleMs: 1 } }));
  using socket = await RawSocket.open(server.port);
  socket.pause();
  socket.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  await within("it is cut", cut.promise);
  await server.shutdown();
});

Deno.test("serve() lets a new connection in when there are too many, and none when all wait", async () => {
  const held = Promise.withResolvers<void>();
  let asked = 0;
  const app = {
    fetch: async (request: Request) => {
      asked++;
      if (request.url.endsWith("/held")) await held.promise;
      return new Response("hello");
    },
  };
  const server = serve(options({ app, limits: { connections: 2 } }));
  const [first, second] = await openMany(2, server.port);
  strictEqual(await ask(server.url), "hello");
  await until("the oldest has given way", () => first?.isOver === true);
  strictEqual(second?.isOver, false);
  second.send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n");
  await until("the second waits", () => asked === 2);
  using third = await RawSocket.open(server.port);
  third.send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n");
  await until("both wait", () => asked === 3);
  await rejects(() => ask(server.url));
  held.resolve();
  await until("both have their answers", () => second.status === 200 && third.status === 200);
  for (const socket of [first, second]) socket?.[Symbol.dispose]();
  await server.shutdown();
});

Deno.test("serve() lets a wait end when its client is gone", async () => {
  const ended = Promise.withResolvers<void>();
  const began = Promise.withResolvers<void>();
  const { app, logged } = appWith({
    waitForTask: (_id, { signal }) => {
      const { promise, reject } = Promise.withResolvers<never>();
      signal?.addEventListener("abort", () => {
        reject(signal.reason);
        ended.resolve();
      }, { once: true });
      began.resolve();
      return promise;
    },
  });
  const server = serve(options({ app }));
  const client = new AbortController();
  const answer = fetch(`${server.url}api/tasks/${TASK_ID}?wait=60`, { signal: client.signal });
  await began.promise;
  client.abort();
  await rejects(answer);
  await ended.promise;
  await server.shutdown();
  deepStrictEqual(logged, []);
});
