/** The description of the API: it is valid, it leaves nothing out, and it tells nothing twice. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { Validator } from "@seriousme/openapi-schema-validator";
import project from "../../../../deno.json" with { type: "json" };
import { errorsOf, OPERATIONS } from "../../../../routes/api/openapi/document.ts";
import { HTTP_ERROR_CODES, STATUS } from "../../../../routes/errors.ts";
import { ERROR_TEXTS } from "../../../../routes/error_texts.ts";
import { zhOperations } from "../../../../views/i18n/zh_operations.ts";
import { appWith } from "../../../helpers/app_with.ts";
import { BROWSER, look } from "../../../helpers/pages.ts";

/** Errors of the start, and of one address that names no operation. */
const OF_NO_OPERATION = [
  "data_folder_locked",
  "data_folder_unusable",
  "method_not_allowed",
  "pool_busy",
  "illegal_transition",
  "thread_start_failed",
  "budget_exhausted",
];

async function served() {
  const response = await appWith().app.request("/api/openapi.json");
  strictEqual(response.status, 200);
  return await response.json();
}

Deno.test("GET /api/openapi.json is valid OpenAPI 3.1, as another program sees it", async () => {
  const { valid, errors } = await new Validator().validate(await served());
  deepStrictEqual(errors, undefined);
  ok(valid);
  strictEqual((await served()).info.version, project.version);
});

Deno.test("The description has each route of the API, and no other", () => {
  const described = OPERATIONS.map(({ method, path }) => `${method} ${path}`);
  strictEqual(new Set(described).size, described.length);
  const routes = appWith().app.routes
    .filter(({ method, path }) => method !== "ALL" && /^\/(api|health|metrics)/.test(path))
    .filter(({ path }) => path !== "/api/docs") // a page
    .map(({ method, path }) => {
      const [whole] = [path.replace(/\/$/, "")];
      return `${method.toLowerCase()} ${whole.replaceAll(/:(\w+)/g, "{}")}`;
    });
  const names = described.map((one) => one.replaceAll(/\{\w+\}/g, "{}"));
  deepStrictEqual([...new Set(routes)].sort(), names.sort());
});

Deno.test("The description's parts are all there, and all used", async () => {
  const document = await served();
  const names = Object.keys(document.components.schemas);
  const used = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)];
  deepStrictEqual([...new Set(used.map(([, name]) => name))].sort(), names.sort());
  const headers = [...JSON.stringify(document).matchAll(/"#\/components\/headers\/([\w-]+)"/g)];
  deepStrictEqual(
    [...new Set(headers.map(([, name]) => name))].sort(),
    Object.keys(document.components.headers).sort(),
  );
  strictEqual(new Set(OPERATIONS.map(({ id }) => id)).size, OPERATIONS.length);
});

/** Each place of a JSON value, as its names with dots between. */
function placesOf(value: unknown, at = ""): string[] {
  if (typeof value !== "object" || value === null) return [at];
  return Object.entries(value).flatMap(([name, one]) => placesOf(one, `${at}.${name}`));
}

Deno.test("Nothing is said to be read-only, in what is sent or what is answered", async () => {
  const { paths, components } = await served();
  const places = placesOf(paths).concat(placesOf(components));
  ok(places.some((place) => place.endsWith("properties.tags.items.type")));
  deepStrictEqual(places.filter((place) => place.endsWith(".readOnly")), []);
});

Deno.test("The body of a change has no defaults: a client that fills them in would reset a pool", async () => {
  const { paths } = await served();
  const bodies = [
    paths["/api/pools/{pool_id}"].patch,
    paths["/api/pools/{pool_id}/resize"].put,
  ].map(({ requestBody }) => requestBody.content["application/json"].schema);
  const created = paths["/api/pools"].post.requestBody.content["application/json"].schema;
  strictEqual(created.properties.memory_mb.default, 512);
  for (const body of bodies) {
    deepStrictEqual(placesOf(body).filter((place) => /\.(default|\$ref)(\.|$)/.test(place)), []);
  }
  const [change] = bodies;
  const { isolation: _, ...others } = created.properties;
  const told = Object.keys(change.properties).filter((name) => name !== "reason");
  deepStrictEqual(told.sort(), Object.keys(others).sort());
  const untold = Object.entries<{ description?: string }>(change.properties)
    .filter(([, { description }]) => description === undefined);
  deepStrictEqual(untold, []);
});

Deno.test("A submit is described with what the first API's demo is said by", async () => {
  const { components: { schemas: { TaskSubmission } } } = await served();
  const { properties: { task_type, duration, priority }, required } = TaskSubmission;
  deepStrictEqual(required, ["pool_id"]);
  deepStrictEqual([task_type.default, priority.default], ["demo", 0]);
  match(duration.description, /`demo`.*`seconds`/);
});

Deno.test("Each error is told of by an operation, with its meaning in each language", () => {
  const told = new Set([...OPERATIONS.flatMap(errorsOf), ...OF_NO_OPERATION, "not_found"]);
  deepStrictEqual([...told].sort(), Object.keys(STATUS).sort());
  ok(HTTP_ERROR_CODES.every((code) => code in ERROR_TEXTS));
  for (const [code, { en, zh }] of Object.entries(ERROR_TEXTS)) {
    ok(/^[A-Z]/.test(en) && /\p{Script=Han}/u.test(zh), code);
  }
});

Deno.test("GET /api/docs describes each operation and its errors, in both languages", async () => {
  for (const language of ["en", "zh"] as const) {
    const headers = { "accept-language": language };
    const page = await look(appWith().app, "/api/docs", { headers: { ...headers, ...BROWSER } });
    strictEqual(page.status, 200);
    for (const operation of OPERATIONS) {
      const { id, summary, path } = operation;
      const shown = page.elements.find(({ attributes }) => attributes.get("id") === id);
      const said = language === "en" ? summary : zhOperations[id] ?? "none";
      ok(shown?.text.includes(path) && shown.text.includes(said), `${language} ${id}`);
      for (const { headers = [] } of operation.answers) {
        ok(headers.every((name) => shown?.text.includes(name)), `${language} ${id} headers`);
      }
      for (const code of errorsOf(operation)) {
        ok(shown?.text.includes(ERROR_TEXTS[code][language]), `${language} ${id} ${code}`);
      }
    }
    ok(page.html.length < 400_000, String(page.html.length));
    const schemas = page.elements.filter(({ attributes }) =>
      attributes.get("href")?.startsWith("#schema-")
    );
    for (const { attributes } of schemas) {
      const id = attributes.get("href")?.slice(1);
      ok(page.elements.some((one) => one.attributes.get("id") === id), id);
    }
  }
  deepStrictEqual(Object.keys(zhOperations).sort(), OPERATIONS.map(({ id }) => id).sort());
});
