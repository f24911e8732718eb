/**
 * The files of the pages: our own and those of packages, each under an address that changes with it,
 * so that browsers keep them for ever. They are read once, when the first app is made.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Context, Hono } from "hono";
import { ICONS } from "../../views/parts/icon.tsx";
import type { AppEnv } from "../app_env.ts";
import { HttpError } from "../errors.ts";

interface StaticFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly type: string;
  readonly address: string;
}

/** Files by their names. */
export interface StaticFiles {
  /** Addresses by the files' names. */
  readonly addresses: ReadonlyMap<string, string>;
  readonly routes: Hono<AppEnv>;
}

const TYPES: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};
const OWN = ["api.js", "app.js", "charts.js", "keys.js", "theme.js", "favicon.svg"];
/** What `app.css` is put together of, in this order: what stands later wins. */
const STYLES = ["base", "frame", "tables", "overview", "lists", "details", "forms", "api"];
const FOREIGN = {
  "htmx.js": "htmx.org/dist/htmx.min.js",
  "hx-ptag.js": "htmx.org/dist/ext/hx-ptag.min.js",
  "tabler.css": "@tabler/core/dist/css/tabler.min.css",
  "uplot.css": "uplot/dist/uPlot.min.css",
  "uplot.js": "uplot/dist/uPlot.iife.min.js",
};

let known: StaticFiles | undefined;

/** See the head of this file. */
export function staticFiles(): StaticFiles {
  return known ??= load();
}

function load(): StaticFiles {
  const files = new Map<string, StaticFile>();
  for (const [name, text] of readAll()) {
    const bytes = new TextEncoder().encode(text);
    const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
    const type = TYPES[name.split(".").at(-1) ?? ""] ?? "application/octet-stream";
    files.set(name, { bytes, type, address: `/static/${hash}/${name}` });
  }
  const routes = new Hono<AppEnv>();
  routes.get("/:hash/:name", (c) => answerFile(c, files.get(c.req.param("name"))));
  const addresses = new Map([...files].map(([name, { address }]) => [name, address]));
  return { addresses, routes };
}

function readAll(): readonly (readonly [string, string])[] {
  const own = OWN.map((name) => [name, readOwnFile(name)] as const);
  const styles = STYLES.map((name) => readOwnFile(`css/${name}.css`)).join("\n");
  const foreign = Object.entries(FOREIGN).map(([name, specifier]) =>
    [name, withoutMap(readPackageFile(specifier))] as const
  );
  return [...own, ["app.css", styles], ...foreign, ["icons.svg", makeSprite()]];
}

/** A file that is named by another address than it has is an older or newer one: not ours to give. */
function answerFile(c: Context<AppEnv>, file: StaticFile | undefined): Response {
  if (file?.address !== c.req.path) {
    throw new HttpError("not_found", `Cannot find ${c.req.path}`);
  }
  c.header("Cache-Control", "public, max-age=31536000, immutable");
  return c.body(file.bytes, 200, { "content-type": file.type });
}

/** Our scripts import each other by their plain names; maps of packages' files are not served. */
function withoutMap(text: string): string {
  return text.replaceAll(/^(\/\/|\/\*)# sourceMappingURL=.*$/gm, "");
}

function readOwnFile(path: string): string {
  return readFileSync(new URL(`../../static/${path}`, import.meta.url), "utf8");
}

function readPackageFile(specifier: string): string {
  return readFileSync(fileURLToPath(import.meta.resolve(specifier)), "utf8");
}

/** One file of all icons: `<use href="icons.svg#name">` shows one. */
function makeSprite(): string {
  const symbols = ICONS.map((name) => {
    const svg = readPackageFile(`@tabler/icons/outline/${name}.svg`);
    const inner = /<svg[^>]*>([\s\S]*)<\/svg>/.exec(svg)?.[1] ?? "";
    return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" ` +
      `stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${inner.trim()}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`;
}
