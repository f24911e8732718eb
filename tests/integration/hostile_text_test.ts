/**
 * Texts that would be something else if they were not escaped: they go through every field that
 * somebody can fill and every page that shows them, and come out as the texts that they are.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { appWith } from "../helpers/app_with.ts";
import { POOL_ID, TASK_ID } from "../helpers/fake_manager.ts";
import type { HtmlElement } from "../helpers/html.ts";
import { TEXTS, worldOf } from "../helpers/hostile_texts.ts";
import { look, type PageAnswer, send, triggersOf } from "../helpers/pages.ts";

/** Characters of a long text that a page shows. */
const SHOWN_CHARS = 20_000;

/** Names of elements and of their attributes: what no text may change. */
function shapeOf(elements: readonly HtmlElement[]): readonly string[] {
  return elements.map(({ name, attributes }) => `${name} ${[...attributes.keys()].join(" ")}`);
}

/** A harmless text as long as this one: what is cut off is said beside it. */
function plainOf(text: string): string {
  return text.length > SHOWN_CHARS ? "p".repeat(text.length) : "plain";
}

/** Whether somebody who reads the page, or a program that reads its JSON, finds the text. */
function shows({ elements, text: read }: PageAnswer, text: string): boolean {
  const shown = text.slice(0, SHOWN_CHARS);
  const isWithin = (whole: string) => whole.includes(shown);
  if (isWithin(read) || isWithin(JSON.stringify(shown))) return true;
  return elements.some(({ attributes, text: own }) =>
    isWithin(own) || [...attributes.values()].some(isWithin)
  );
}

/** Fails if the text is anything but a text on this page. */
function checkPage(page: PageAnswer, plain: PageAnswer, text: string, what: string): void {
  strictEqual(page.status, plain.status, what);
  deepStrictEqual(shapeOf(page.elements), shapeOf(plain.elements), what);
  if (/[<>]/.test(text)) ok(!page.html.includes(text), `${what}: there is an unescaped copy`);
  for (const { name, attributes, text: json } of page.elements) {
    if (name === "script" && attributes.get("type") === "application/json") {
      ok(!/[<]/.test(json), `${what}: JSON that could end its element`);
      JSON.parse(json);
    }
    for (const key of ["href", "src", "action", "hx-get", "hx-post"]) {
      const value = attributes.get(key);
      if (value !== undefined) match(value, /^(\/(?![/\\])|#)[\x20-\x7e]*$/, what);
    }
  }
  for (const [name, value] of page.headers) match(value, /^[\x20-\x7e]*$/, `${what}: ${name}`);
}

/** Pages that show what is in the world; with the state of its task. */
const PAGES: readonly (readonly [string, string?])[] = [
  ["/"],
  ["/pools"],
  ["/tasks"],
  ["/types"],
  ["/submit"],
  [`/submit?from=${TASK_ID}`],
  ["/submit/batch"],
  [`/pools/${POOL_ID}?tab=live`],
  [`/pools/${POOL_ID}?tab=tasks`],
  [`/pools/${POOL_ID}?tab=charts`],
  [`/pools/${POOL_ID}?tab=settings`],
  [`/pools/${POOL_ID}?tab=permissions`],
  [`/pools/${POOL_ID}?tab=history`],
  [`/pools/${POOL_ID}?tab=alerts`],
  [`/pools/${POOL_ID}/resize`],
  [`/pools/${POOL_ID}/drain`],
  [`/pools/${POOL_ID}/force-close`],
  [`/pools/${POOL_ID}/cancel-pending`],
  [`/tasks/${TASK_ID}`, "completed"],
  [`/tasks/${TASK_ID}`, "failed"],
  [`/tasks/${TASK_ID}`, "cancelled"],
  [`/tasks/${TASK_ID}`, "pending"],
  [`/tasks/${TASK_ID}`, "running"],
  ...["input", "logs", "attempts", "events", "raw"].map((tab) =>
    [`/tasks/${TASK_ID}?tab=${tab}`] as const
  ),
];

/** Pages with a harmless text, with which those of all texts are compared. */
const plainPages = new Map<string, PageAnswer>();

for (const [what, text] of Object.entries(TEXTS)) {
  Deno.test(`Every page shows ${what} as a text, and nothing else changes`, async () => {
    for (const [path, state] of PAGES) {
      for (const language of ["en", "zh"]) {
        for (const target of [undefined, "page"]) {
          const headers = { "accept-language": language };
          const asking = target === undefined ? { headers } : { target, headers };
          const page = await look(worldOf(text, state).app, path, asking);
          strictEqual(page.status, 200, path);
          const which = `${path} ${state ?? ""} ${language} ${target ?? ""}`;
          const harmless = plainOf(text);
          const known = `${which} ${harmless.length}`;
          const plain = plainPages.get(known) ??
            await look(worldOf(harmless, state).app, path, asking);
          plainPages.set(known, plain);
          checkPage(page, plain, text, which);
          ok(shows(page, text), `${which} does not show it`);
        }
      }
    }
  });

  Deno.test(`Every address takes ${what} where it asks for something`, async () => {
    const value = encodeURIComponent(text.slice(0, 400));
    const paths = [
      `/tasks?q=${value}`,
      `/tasks?q=${encodeURIComponent(`state:${text.slice(0, 300)}`)}`,
      `/tasks?page=1&per_page=${value}`,
      `/pools?text=${value}`,
      `/pools?isolation=${value}`,
      `/pools/${POOL_ID}?tab=${value}`,
      `/pools/${POOL_ID}?tab=charts&range=${value}`,
      `/tasks/${TASK_ID}?tab=${value}`,
      `/submit?input=${value}&as=json`,
      `/submit?type=${value}&pool=${value}&as=${value}`,
      `/submit/batch?type=${value}`,
      `/?range=${value}`,
      `/tasks?col=${value}`,
      `/tasks/views/new?q=${value}&col=${value}`,
      `/tasks/views/remove?name=${value}&shared=1`,
    ];
    for (const path of paths) {
      const page = await look(appWith().app, path);
      strictEqual(page.status, 200, path);
      const scripts = page.elements.filter(({ name }) => name === "script");
      ok(
        scripts.every(({ attributes, text: json }) => attributes.has("src") || !json.includes("<")),
      );
      ok(!page.elements.some(({ name }) => ["img", "b"].includes(name)), path);
      ok(!page.elements.some(({ attributes }) => attributes.has("onerror")), path);
    }
    for (const path of [`/pools?status=${value}`, `/tasks?page=${value}`, `/x${value}`]) {
      const page = await look(appWith().app, path);
      ok([200, 404, 422].includes(page.status), `${page.status} ${path}`);
      ok(!page.elements.some(({ name }) => ["img", "b"].includes(name)), path);
    }
  });

  Deno.test(`Every form gives ${what} back as it was typed, with the fault as a text`, async () => {
    const { app } = worldOf(text);
    const forms: readonly (readonly [string, string, Record<string, string>])[] = [
      ["/pools", "name", { name: text }],
      [`/pools/${POOL_ID}/settings`, "name", { name: `${text}2`, reason: text }],
      [`/pools/${POOL_ID}/settings`, "reason", { name: `${text}2`, reason: text }],
      [`/pools/${POOL_ID}/resize`, "maxThreads", { maxThreads: text }],
      ["/tasks/views", "name", { name: text, query: `q=${encodeURIComponent(text)}`, shared: "1" }],
      ["/submit", "name", { type: "sleep", as: "form", pool: POOL_ID, name: text }],
      ["/submit", "input_json", { type: "sleep", as: "json", input_json: `{${text}` }],
      ["/submit", "tags", { type: "sleep", as: "form", tags: text, priority: "x" }],
      ["/submit", "idempotencyKey", {
        type: "sleep",
        as: "form",
        idempotencyKey: text,
        name: text,
      }],
      ["/submit/batch", "lines", { type: "sleep", lines: `{"x":1}\n{${text}` }],
    ];
    for (const [path, field, typed] of forms) {
      for (const asking of [{}, { target: "form" }]) {
        const page = await send(app, path, typed, asking);
        strictEqual(page.status, 422, path);
        strictEqual(page.fields.get(field) === typed[field], true, `${path} ${field}`);
        ok(!page.elements.some(({ name }) => ["img", "b"].includes(name)), path);
        if (/[<>]/.test(text)) ok(!page.html.includes(text), path);
      }
    }
  });

  Deno.test(`Headers that tell of ${what} are ASCII and whole`, async () => {
    const { app } = worldOf(text);
    const told = await send(app, `/tasks/${TASK_ID}/stop`, {}, { target: "page" });
    match(told.headers.get("hx-trigger") ?? "", /^[\x20-\x7e]+$/);
    deepStrictEqual(triggersOf(told), { "lido:toast": { level: "error", text } });
    const kept = await send(app, `/pools/${POOL_ID}/pause`, { back: text });
    match(kept.headers.getSetCookie().join(), /^[\x20-\x7e]*$/);
    strictEqual(kept.headers.get("location"), `/pools/${POOL_ID}`);
    const bulk = await send(app, "/tasks/bulk/preview", {
      action: "stop",
      all: "1",
      q: text.slice(0, 99),
    });
    ok([200, 422].includes(bulk.status));
    // In quotes it is a text, whatever it looks like.
    const words = text.replaceAll("\0", "").slice(0, 99);
    const query = `"${words.replaceAll(/["\\]/g, "\\$&")}"`;
    for (const format of ["csv", "ndjson"]) {
      const file = await app.request(
        `/tasks/export?format=${format}&q=${encodeURIComponent(query)}`,
      );
      const whole = await file.text();
      strictEqual(
        file.headers.get("content-disposition"),
        `attachment; filename="tasks.${format}"`,
      );
      const written = format === "csv"
        ? text.replaceAll('"', '""')
        : JSON.stringify(text).slice(1, -1);
      ok(whole.includes(written), format);
    }
  });
}
