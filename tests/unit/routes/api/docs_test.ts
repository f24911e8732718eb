/** docs/api.md leaves nothing out that the API's description has, and has each error as it is. */
import { deepStrictEqual } from "node:assert/strict";
import { join } from "node:path";
import { openApiDocument } from "../../../../routes/api/openapi/document.ts";
import { STATUS } from "../../../../routes/errors.ts";
import { PROJECT_FOLDER } from "../../../helpers/import_graph.ts";

const TEXT = await Deno.readTextFile(join(PROJECT_FOLDER, "docs/api.md"));

/** Names of fields, parameters and parts of paths, wherever they are in the document. */
function namesIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => {
    const own = key === "properties" || key === "paths" ? Object.keys(one) : [];
    const parameters = key === "parameters" ? one.map(({ name }: { name: string }) => name) : [];
    return [...own, ...parameters, ...namesIn(one)];
  });
}

Deno.test("docs/api.md has each field, parameter and path that the description has", () => {
  const variable = /\{\w+\}/g;
  const ofPaths = new Set(
    JSON.stringify(Object.keys(openApiDocument()["paths"] as object))
      .match(variable)?.map((one) => one.slice(1, -1)),
  );
  const words = new Set(TEXT.match(/[\w.-]+\w/g));
  const named = namesIn(openApiDocument())
    .flatMap((name) => name.replaceAll(variable, "").split("/"))
    .filter((name) => name !== "" && !ofPaths.has(name));
  deepStrictEqual([...new Set(named)].filter((name) => !words.has(name)), []);
});

Deno.test("docs/api.md has each error with its status", () => {
  const rows = TEXT.slice(TEXT.indexOf("## Errors")).matchAll(/^\| (`.*?) +\| (\d{3})\b/gm);
  const told = [...rows].flatMap(([, codes = "", status]) =>
    [...codes.replaceAll(/\(.*?\)/g, "").matchAll(/`(\w+)`/g)].map(([, code]) => [
      code,
      Number(status),
    ])
  );
  deepStrictEqual(Object.fromEntries(told), STATUS);
});
