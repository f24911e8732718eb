/** What holds of every page, whatever it shows: each route is walked. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { BulkOperations } from "../../../../core/mod.ts";
import { appWith } from "../../../helpers/app_with.ts";
import { CONTENT_SECURITY_POLICY } from "../../../helpers/content_security_policy.ts";
import { POOL_ID, TASK, TASK_ID, UNKNOWN_ID } from "../../../helpers/fake_manager.ts";
import { BROWSER, look, type PageAnswer, readPage, send } from "../../../helpers/pages.ts";

/** What changes nothing: a page that is only looked at calls no other method. */
const READS = /^(find|get|list|read|check)[A-Z]/;

/** An app with an operation on many tasks, which has an address too. */
async function worldOf() {
  const act = () => Promise.resolve(TASK);
  const listTasks = () =>
    Promise.resolve({
      tasks: [TASK],
      totalItems: 1,
      isTotalExact: true,
      nextCursor: null,
      prevCursor: null,
      page: 1,
    });
  const target = {
    listTasks,
    cancelTask: act,
    stopTask: act,
    submitAgain: act,
    changeTask: act,
    checkChange: () => {},
  };
  const bulk = new BulkOperations(target, { nowMs: () => 0, monotonicMs: () => 0 });
  const { id } = await bulk.start({ action: "cancel" }, { ids: [TASK_ID] });
  return { ...appWith({ bulk }), bulkId: id };
}

/** Every route of the pages, with ids that there are. */
function routesOf({ app, bulkId }: Awaited<ReturnType<typeof worldOf>>) {
  const routes = app.routes.filter(({ method, path }) =>
    ["GET", "POST"].includes(method) && !/^\/(api|health|metrics|static)\b/.test(path) &&
    path !== "/*"
  ).map(({ method, path }) => ({
    method,
    path: path.replace("/bulk/:id", `/bulk/${bulkId}`)
      .replace("/pools/:id", `/pools/${POOL_ID}`).replace("/tasks/:id", `/tasks/${TASK_ID}`)
      .replace("/alerts/:id", `/alerts/${UNKNOWN_ID}`).replace("/types/:name", "/types/sleep"),
  }));
  return routes.filter(({ method, path }, at) =>
    routes.findIndex((one) => one.method === method && one.path === path) === at
  );
}

/** Pages, and the parts of them that an address chooses. */
function pagesOf(world: Awaited<ReturnType<typeof worldOf>>): readonly string[] {
  const paths = routesOf(world).filter(({ method }) => method === "GET").map(({ path }) => path);
  const tabs = ["live", "tasks", "charts", "settings", "permissions", "history"]
    .map((tab) => `/pools/${POOL_ID}?tab=${tab}`);
  const parts = ["result", "input", "logs", "attempts", "events", "raw"]
    .map((tab) => `/tasks/${TASK_ID}?tab=${tab}`);
  const alerts = ["tab=rules", "tab=history"].map((query) => `/alerts?${query}`);
  const ofRule = ["edit", "remove"].map((what) => `/alerts/rules/${what}?name=many_pools`);
  const forms = ["/submit?as=json", `/submit?from=${TASK_ID}`, "/pools?status=all"];
  return [
    ...paths,
    ...tabs,
    ...parts,
    ...alerts,
    ...ofRule,
    ...forms,
    "/nowhere",
    `/tasks/${UNKNOWN_ID}`,
  ];
}

const isPage = (path: string) => !/^\/(palette|tasks\/export)/.test(path);

Deno.test("The routes of the pages are all walked here", async () => {
  const routes = routesOf(await worldOf());
  const count = (wanted: string) => routes.filter(({ method }) => method === wanted).length;
  ok(count("GET") >= 17 && count("POST") >= 17, JSON.stringify(routes));
  ok(routes.every(({ path }) => !path.includes(":")), JSON.stringify(routes));
});

/** Fails if a page holds anything that the policy would refuse, or that could lead elsewhere. */
function checkInert({ elements }: PageAnswer, path: string): void {
  for (const { name, attributes } of elements) {
    const shown = `${path}: <${name} ${[...attributes].map((pair) => pair.join("=")).join(" ")}>`;
    ok(!["style", "iframe", "object", "embed", "base", "img"].includes(name), shown);
    if (name === "script") {
      ok(attributes.has("src") || attributes.get("type") === "application/json", shown);
    }
    for (const [key, value] of attributes) {
      ok(key !== "style" && !key.startsWith("on") && !key.startsWith("hx-on"), shown);
      ok(!["hx-vals", "hx-headers", "hx-vars", "srcdoc", "formaction"].includes(key), shown);
      if (["href", "src", "action", "hx-get", "hx-post"].includes(key)) {
        match(value, /^(\/(?![/\\])|#)/, shown);
      }
    }
  }
}

Deno.test("Every page has the policy, and nothing in it that the policy refuses", async () => {
  const world = await worldOf();
  for (const path of pagesOf(world).filter(isPage)) {
    for (const cookie of ["lido_language=en", "lido_language=zh"]) {
      const page = await look(world.app, path, { headers: { cookie } });
      ok([200, 404].includes(page.status), `${page.status} ${path}`);
      strictEqual(page.headers.get("content-security-policy"), CONTENT_SECURITY_POLICY, path);
      strictEqual(page.headers.get("x-frame-options"), "DENY");
      strictEqual(page.headers.get("access-control-allow-origin"), null);
      checkInert(page, path);
    }
    const part = await look(world.app, path, { target: "page" });
    checkInert(part, path);
  }
});

Deno.test("No page is kept by a browser or by what is between", async () => {
  const world = await worldOf();
  for (const path of pagesOf(world)) {
    const response = await world.app.request(path, { headers: BROWSER });
    await response.body?.cancel();
    strictEqual(response.headers.get("cache-control"), "no-store", path);
  }
});

Deno.test("No page changes anything by being looked at", async () => {
  const world = await worldOf();
  for (const path of [...pagesOf(world), ...pagesOf(world)]) {
    await (await world.app.request(path, { headers: BROWSER })).body?.cancel();
  }
  deepStrictEqual(world.calls.map(({ method }) => method).filter((name) => !READS.test(name)), []);
});

const FOREIGN: readonly Record<string, string>[] = [
  { "sec-fetch-site": "cross-site", origin: "http://evil.example" },
  { "sec-fetch-site": "same-site" },
  { origin: "null" },
];
const BODIES: readonly (readonly [string, string])[] = [
  ["application/x-www-form-urlencoded", "name=x&confirm=p&back=/"],
  [
    "multipart/form-data; boundary=b",
    '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--',
  ],
  ["text/plain", '{"name":"x"}'],
];

Deno.test("Every form is refused when another site sends it, and nothing is done", async () => {
  const world = await worldOf();
  const posts = routesOf(world).filter(({ method }) => method === "POST");
  for (const { path } of posts) {
    for (const marks of FOREIGN) {
      for (const [type, body] of BODIES) {
        const before = world.calls.length;
        const headers = { ...BROWSER, host: "localhost", cookie: "lido_theme=dark", ...marks };
        const response = await world.app.request(path, {
          method: "POST",
          headers: { ...headers, "content-type": type },
          body,
        });
        const page = await readPage(response);
        strictEqual(page.status, 403, `${path} ${JSON.stringify(marks)}`);
        const called = world.calls.slice(before).map(({ method }) => method);
        deepStrictEqual(called.filter((name) => !READS.test(name)), [], path);
        deepStrictEqual(page.headers.getSetCookie(), [], path);
      }
    }
  }
});

Deno.test("Nothing is answered under a name that is not this server's", async () => {
  const world = await worldOf();
  const before = world.calls.length;
  for (const { method, path } of routesOf(world)) {
    for (
      const host of ["evil.example", "127.0.0.1.nip.io", "localhost.evil.example", "localhost."]
    ) {
      const response = await world.app.request(path, { method, headers: { ...BROWSER, host } });
      const body = await response.text();
      strictEqual(response.status, 421, `${method} ${path} ${host}`);
      ok(!body.includes("<"), "no page");
    }
  }
  strictEqual(world.calls.length, before);
});

Deno.test("No other method does what a form does, and none is taken from a header or a field", async () => {
  const world = await worldOf();
  for (const { method, path } of routesOf(world)) {
    for (const other of ["PUT", "DELETE", "PATCH", "FOO"]) {
      const response = await world.app.request(path, { method: other, headers: BROWSER });
      await response.body?.cancel();
      ok([404, 405].includes(response.status), `${other} ${path}: ${response.status}`);
    }
    if (method !== "GET") continue;
    const before = world.calls.length;
    const headers = { ...BROWSER, "x-http-method-override": "POST" };
    await (await world.app.request(`${path}?_method=POST`, { headers })).body?.cancel();
    const called = world.calls.slice(before).map((call) => call.method);
    deepStrictEqual(called.filter((name) => !READS.test(name)), [], path);
  }
});

Deno.test("A script's mark gives no rights: a form from another site stays refused", async () => {
  const world = await worldOf();
  const headers = { "sec-fetch-site": "cross-site", origin: "http://evil.example" };
  const answer = await send(world.app, `/pools/${POOL_ID}/pause`, {}, { target: "page", headers });
  deepStrictEqual([answer.status, answer.html], [403, ""]);
  ok(!world.calls.some(({ method }) => method === "pausePool"));
});
