/**
 * Requests that try to be something else than they are, put to every operation that the API's
 * description and the pages have: odd spellings, foreign sites, odd methods, fields of one's own.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { OPERATIONS } from "../../routes/api/openapi/document.ts";
import { readHtml } from "../helpers/html.ts";
import { CONTENT_SECURITY_POLICY } from "../helpers/content_security_policy.ts";
import { type ManagedApp, managedApp } from "../helpers/managed_app.ts";
import { RawSocket } from "../helpers/raw_socket.ts";
import { type ServedPool, servePool } from "../helpers/serve_manager.ts";
import { until } from "../helpers/until.ts";

const UNSAFE = OPERATIONS.filter(({ method }) => method.toUpperCase() !== "GET");
/** Answers that go on for long, or are large. */
const SPECIAL = ["/api/events", "/api/backup", "/api/doctor"];

/** A path of the description with ids that there are. */
function pathOf(template: string, ids: Readonly<Record<string, string>>): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name) => ids[name] ?? "none");
}

/** An app with a paused pool and a task that waits in it, and their ids. */
async function openWorld(): Promise<{ app: ManagedApp; ids: Record<string, string> }> {
  const app = await managedApp();
  const [pool] = app.manager.listPools();
  if (pool === undefined) throw new TypeError("Cannot test: there is no pool");
  await app.manager.pausePool(pool.id);
  const task = { poolId: pool.id, type: "sleep", input: { seconds: 0 }, priority: 0, tags: [] };
  const { task: { id } } = await app.manager.submit(task);
  return { app, ids: { pool_id: pool.id, task_id: id, name: "sleep" } };
}

/** What a request may not change. */
function stateOf({ manager }: ManagedApp): unknown {
  const { counts } = manager.getStats();
  // How long a task waits changes by itself.
  const pools = manager.listPools().map((pool) => ({ ...pool, oldestWaitMs: null }));
  return { counts, pools, views: manager.listViews() };
}

/** Asks as it stands, and gives the answer's status. */
async function askRaw(port: number, head: string): Promise<number> {
  using socket = await RawSocket.open(port);
  socket.send(`${head}\r\nConnection: close\r\n\r\n`);
  await until(`${head} is answered`, () => socket.isOver);
  return socket.status;
}

/** Other ways to write a path, which a guard and a route could read differently. */
function spellingsOf(path: string): string[] {
  const [, first = "", ...rest] = path.split("/");
  const tail = rest.map((part) => `/${part}`).join("");
  return [
    `/${path}`,
    `/.${path}`,
    `/${first}/.${tail}`,
    `/${first}/x/..${tail}`,
    `/${first}/..;${tail}`,
    `/${first}%2f${rest.join("/")}`,
    `/%61${path.slice(2)}`,
    `/${first}/%70${tail.slice(2)}`,
    `/${first.toUpperCase()}${tail}`,
    `${path}/`,
    `${path};x=1`,
    `${path}%00`,
    `${path}%20`,
    `${path}/.`,
    `\\${path.slice(1)}`,
    `http://localhost${path}`,
  ];
}

Deno.test("However a path is written, it is let through no further than as it should be", async () => {
  await using server: ServedPool = await servePool();
  const before = server.manager.listPools().map(({ id, settings }) => ({ id, settings }));
  const ids = { pool_id: server.pool, task_id: await server.submit(), name: "sleep" };
  for (const operation of UNSAFE) {
    const path = pathOf(operation.path, ids);
    for (const spelling of spellingsOf(path)) {
      const head = `${operation.method.toUpperCase()} ${spelling} HTTP/1.1\r\nHost: localhost\r\n`;
      const crossed = await askRaw(server.port, `${head}Sec-Fetch-Site: cross-site`);
      ok([400, 403, 404, 405].includes(crossed), `${crossed} of another site: ${head}`);
      // A form of another site can send this; without the mark it comes from an old browser.
      const typed = await askRaw(
        server.port,
        `${head}Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}`,
      );
      ok([400, 403, 404, 405, 415].includes(typed), `${typed} as text: ${head}`);
    }
    const misled = `${operation.method.toUpperCase()} http://evil.example${path} HTTP/1.1\r\n`;
    strictEqual(await askRaw(server.port, `${misled}Host: localhost`), 421);
  }
  deepStrictEqual(server.manager.listPools().map(({ id, settings }) => ({ id, settings })), before);
});

Deno.test("No page of another site changes anything, by any operation, and none may read", async () => {
  const { app, ids } = await openWorld();
  await using _app = app;
  const before = stateOf(app);
  const marks: readonly Record<string, string>[] = [
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site", origin: "http://localhost:3000" },
    { origin: "null" },
    { origin: "http://localhost.evil.example" },
  ];
  const types = ["application/json", "text/plain", "application/x-www-form-urlencoded"];
  for (const operation of UNSAFE) {
    const path = pathOf(operation.path, ids);
    for (const mark of marks) {
      for (const type of types) {
        const headers = { ...mark, "content-type": type, cookie: "lido_theme=dark" };
        const answer = await app.ask(operation.method.toUpperCase(), path, "{}", headers);
        strictEqual(answer.status, 403, `${operation.method} ${path} ${JSON.stringify(headers)}`);
      }
    }
    const preflight = await app.fetch(
      new Request(`http://localhost${path}`, {
        method: "OPTIONS",
        headers: { origin: "http://evil.example", "access-control-request-method": "POST" },
      }),
    );
    await preflight.body?.cancel();
    strictEqual(preflight.status, 405, path);
    checkUnread(preflight.headers, path);
  }
  deepStrictEqual(stateOf(app), before);
});

/** Fails if another site's page may read the answer. */
function checkUnread(headers: Headers, what: string): void {
  const names = [...headers.keys()].filter((name) => name.startsWith("access-control"));
  deepStrictEqual(names, [], what);
}

Deno.test("Whatever is asked for by GET or HEAD, twice, nothing is changed by it", async () => {
  const { app, ids } = await openWorld();
  await using _app = app;
  const before = stateOf(app);
  const operations = OPERATIONS.filter(({ method }) => method.toUpperCase() === "GET")
    .map(({ path }) => pathOf(path, ids)).filter((path) => !SPECIAL.includes(path));
  const paths = [...operations, ...await linksFrom(app, "/")];
  ok(paths.length > 60, `${paths.length} paths`);
  for (const method of ["GET", "HEAD", "GET", "HEAD"]) {
    for (const path of paths) {
      const headers = {
        "x-http-method-override": "DELETE",
        origin: "http://evil.example",
        accept: "text/html",
      };
      const joint = path.includes("?") ? "&" : "?";
      const asked = path.startsWith("/api") ? path : `${path}${joint}_method=DELETE`;
      const request = new Request(`http://localhost${asked}`, { method, headers });
      const response = await app.fetch(request);
      await response.body?.cancel();
      ok(response.status < 500, `${response.status} ${method} ${asked}`);
      strictEqual(response.headers.get("content-security-policy"), CONTENT_SECURITY_POLICY, asked);
      strictEqual(response.headers.get("x-content-type-options"), "nosniff", asked);
      checkUnread(response.headers, asked);
    }
  }
  deepStrictEqual(stateOf(app), before);
});

/** All addresses that pages lead to, from one on. */
async function linksFrom(app: ManagedApp, start: string): Promise<string[]> {
  const found = new Set([start]);
  for (const path of found) {
    if (found.size > 400) break;
    if (/^\/(api|static|tasks\/export)/.test(path)) continue;
    const headers = { accept: "text/html" };
    const response = await app.fetch(new Request(`http://localhost${path}`, { headers }));
    for (const { attributes } of readHtml(await response.text())) {
      for (const name of ["href", "hx-get"]) {
        const [link = ""] = (attributes.get(name) ?? "").split("#");
        if (link.startsWith("/")) found.add(link.replaceAll("&amp;", "&"));
      }
    }
  }
  return [...found];
}

const OWN_FIELDS = ["role", "id", "owner", "status", "state", "attempt", "created_at", "createdAt"];

Deno.test("Fields that are the server's own are refused wherever something is sent", async () => {
  const { app, ids } = await openWorld();
  await using _app = app;
  const before = stateOf(app);
  const task = { pool_id: ids.pool_id, task_type: "sleep", input: { seconds: 0 } };
  const cases: readonly (readonly [string, string, object])[] = [
    ["POST", "/api/pools", { name: "mine" }],
    ["PATCH", `/api/pools/${ids.pool_id}`, { max_workers: 1 }],
    ["PUT", `/api/pools/${ids.pool_id}/resize`, { max_workers: 1 }],
    ["POST", `/api/pools/${ids.pool_id}/drain`, {}],
    ["POST", "/api/tasks", task],
    ["POST", "/api/tasks/bulk", { action: "cancel", task_ids: [ids.task_id] }],
    ["PUT", `/api/tasks/${ids.task_id}/stop`, {}],
  ];
  for (const [method, path, body] of cases) {
    for (const field of OWN_FIELDS) {
      const answer = await app.ask(method, path, { ...body, [field]: "admin" });
      const { code, error } = answer.body as { code: string; error: string };
      deepStrictEqual([answer.status, code], [422, "invalid_input"], `${path} ${field}: ${error}`);
      ok(error.includes(field), error);
    }
  }
  const batch = await app.ask("POST", "/api/tasks/batch", { tasks: [{ ...task, status: "done" }] });
  strictEqual(batch.status, 422);
  deepStrictEqual(stateOf(app), before);
});

Deno.test("No address in a query or a form leads to another site", async () => {
  const { app, ids } = await openWorld();
  await using _app = app;
  const evil = [
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
  ];
  const pages = ["/", "/pools", "/tasks", "/submit", `/pools/${ids.pool_id}`, "/types"];
  for (const address of evil) {
    const value = encodeURIComponent(address);
    for (const page of pages) {
      const asked = `${page}?back=${value}&next=${value}&returnTo=${value}&url=${value}`;
      const headers = { accept: "text/html" };
      const response = await app.fetch(new Request(`http://localhost${asked}`, { headers }));
      strictEqual(response.headers.get("location"), null, asked);
      for (const { attributes } of readHtml(await response.text())) {
        for (const name of ["href", "action", "hx-get", "hx-post", "src"]) {
          ok(/^(\/(?![/\\])|#|$)/.test(attributes.get(name) ?? ""), `${asked}: ${name}`);
        }
      }
    }
    const sent = await app.fetch(
      new Request("http://localhost/preferences", {
        method: "POST",
        body: new URLSearchParams({ theme: "dark", back: address, next: address }),
      }),
    );
    await sent.body?.cancel();
    strictEqual(sent.headers.get("location"), "/", address);
  }
});
