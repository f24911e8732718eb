import { deepStrictEqual, notStrictEqual, strictEqual } from "node:assert/strict";
import { TrieRouter } from "hono/router/trie-router";
import { StaticPathRouter } from "../../../../routes/serving/static_path_router.ts";

const ROUTES: readonly [method: string, path: string][] = [
  ["ALL", "/*"],
  ["GET", "/tasks"],
  ["POST", "/tasks"],
  ["ALL", "/tasks/*"],
  ["GET", "/tasks/export"],
  ["GET", "/tasks/:id"],
  ["POST", "/tasks/bulk/:id"],
];

const ASKED: readonly [method: string, path: string][] = [
  ["GET", "/tasks"],
  ["POST", "/tasks"],
  ["HEAD", "/tasks"],
  ["GET", "/tasks/export"],
  ["GET", "/tasks/1"],
  ["GET", "/tasks/2"],
  ["POST", "/tasks/bulk/3"],
  ["GET", "/nowhere"],
  ["GET", "/tasks/"],
];

function routers(): { router: StaticPathRouter<string>; plain: TrieRouter<string> } {
  const [router, plain] = [new StaticPathRouter<string>(), new TrieRouter<string>()];
  for (const [method, path] of ROUTES) {
    router.add(method, path, `${method} ${path}`);
    plain.add(method, path, `${method} ${path}`);
  }
  return { router, plain };
}

Deno.test("StaticPathRouter finds what Hono's router finds, the first time and the next", () => {
  const { router, plain } = routers();
  for (const [method, path] of [...ASKED, ...ASKED]) {
    deepStrictEqual(router.match(method, path), plain.match(method, path), `${method} ${path}`);
  }
});

Deno.test("StaticPathRouter looks once for an address without parts that vary, and for no other", () => {
  const { router } = routers();
  strictEqual(router.match("GET", "/tasks/export"), router.match("GET", "/tasks/export"));
  for (const path of ["/tasks/1", "/nowhere"]) {
    notStrictEqual(router.match("GET", path), router.match("GET", path));
  }
});

Deno.test("StaticPathRouter looks again when there are more routes", () => {
  const { router, plain } = routers();
  router.match("GET", "/tasks");
  for (const one of [router, plain]) {
    one.add("ALL", "/:any", "late");
    one.add("GET", "/tasks", "again");
  }
  deepStrictEqual(router.match("GET", "/tasks"), plain.match("GET", "/tasks"));
  for (const one of [router, plain]) one.add("ALL", "/tasks", "of any method");
  deepStrictEqual(router.match("GET", "/tasks"), plain.match("GET", "/tasks"));
});
