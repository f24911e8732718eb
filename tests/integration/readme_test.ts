/** The README names what there is, as it is called. */
import { deepStrictEqual, ok } from "node:assert/strict";
import { join } from "node:path";
import { SETTINGS } from "../../cli/settings.ts";
import project from "../../deno.json" with { type: "json" };
import { PROJECT_FOLDER } from "../helpers/import_graph.ts";

const readme = await Deno.readTextFile(join(PROJECT_FOLDER, "README.md"));

Deno.test("README.md has each setting with its flag, variable, YAML name and default", () => {
  const missing = SETTINGS.filter(({ flagName, envName, yamlName, leaf }) => {
    const row = readme.split("\n").find((line) => line.startsWith(`| \`--${flagName}\` `));
    const names = [`\`${envName}\``, `\`${yamlName}\``];
    const { defaultValue } = leaf;
    if (typeof defaultValue === "string" || typeof defaultValue === "number") {
      names.push(`\`${defaultValue}\``);
    }
    return row === undefined || !names.every((name) => row.includes(name));
  });
  deepStrictEqual(missing.map(({ flagName }) => flagName), []);
});

Deno.test("README.md has each task of deno.json", () => {
  const missing = Object.keys(project.tasks).filter((name) =>
    !new RegExp(`\`deno task ${name}[ \`]`).test(readme)
  );
  deepStrictEqual(missing, []);
});

Deno.test("README.md leads to files that are there", async () => {
  const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path = ""]) => path);
  ok(links.length > 3);
  for (const path of links) await Deno.stat(join(PROJECT_FOLDER, path));
});
