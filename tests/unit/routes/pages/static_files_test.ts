import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { staticFiles } from "../../../../routes/pages/static_files.ts";
import { appWith } from "../../../helpers/app_with.ts";
import { look } from "../../../helpers/pages.ts";

const TYPES = new Map([
  ["css", "text/css; charset=utf-8"],
  ["js", "text/javascript; charset=utf-8"],
  ["svg", "image/svg+xml"],
]);

for (const [name, address] of staticFiles().addresses) {
  Deno.test(`staticFiles() serves ${name} under an address of its own, for ever`, async () => {
    match(address, new RegExp(`^/static/[0-9a-f]{12}/${name.replace(".", "\\.")}$`));
    const response = await appWith().app.request(address);
    ok((await response.text()).length > 0);
    deepStrictEqual(
      [
        response.status,
        response.headers.get("content-type"),
        response.headers.get("cache-control"),
      ],
      [200, TYPES.get(name.split(".").at(-1) ?? ""), "public, max-age=31536000, immutable"],
    );
    strictEqual(response.headers.get("x-content-type-options"), "nosniff");
    strictEqual(response.headers.get("set-cookie"), null);
  });
}

const [NAME = "", ADDRESS = ""] = [...staticFiles().addresses][0] ?? [];
const OTHERS = [
  `/static/000000000000/${NAME}`,
  `/static/${NAME}`,
  ADDRESS.toUpperCase(),
  `${ADDRESS}/`,
  ADDRESS.replace(NAME, "other.js"),
  ADDRESS.replace(NAME, "constructor"),
  ADDRESS.replace(NAME, "..%2f..%2fdeno.json"),
  ADDRESS.replace(NAME, "../../deno.json"),
  "/static/%2e%2e/deno.json",
  "/static/x/%00",
];
for (const path of OTHERS) {
  Deno.test(`staticFiles() gives nothing under ${path}, and nobody keeps that`, async () => {
    const response = await appWith().app.request(path);
    const { code } = await response.json();
    deepStrictEqual([response.status, code], [404, "not_found"]);
    ok(!(response.headers.get("cache-control") ?? "").includes("immutable"));
  });
}

Deno.test("staticFiles() serves no map, and names none", async () => {
  const { app } = appWith();
  for (const address of staticFiles().addresses.values()) {
    const text = await (await app.request(address)).text();
    ok(!/[#@] ?sourceMappingURL=/.test(text), address);
  }
});

Deno.test("staticFiles() has every file and icon that a page asks for", async () => {
  const { app } = appWith();
  const { elements } = await look(app, "/");
  const asked = elements.flatMap(({ attributes }) =>
    ["src", "href"].map((name) => attributes.get(name) ?? "").filter((href) =>
      href.startsWith("/static/")
    )
  );
  ok(asked.length > 9);
  for (const href of new Set(asked)) {
    const [path = "", id] = href.split("#");
    const response = await app.request(path);
    const text = await response.text();
    strictEqual(response.status, 200, href);
    if (id !== undefined) ok(text.includes(`<symbol id="${id}"`), href);
  }
});
