/**
 * Texts that would be something else if they were not escaped: they go through every field that
 * somebody can fill and every page that shows them, and come out as the texts that they are.
 */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import {
  LidoError,
  type PoolSnapshot,
  TaskId,
  type TaskSnapshot,
  type TaskStatus,
} from "../../core/mod.ts";
import { appWith } from "../helpers/app_with.ts";
import { HISTORY, POOL, POOL_ID, STATS, TASK, TASK_ID } from "../helpers/fake_manager.ts";
import type { HtmlElement } from "../helpers/html.ts";
import { managedApp } from "../helpers/managed_app.ts";
import { keptToast, look, type PageAnswer, send, triggersOf } from "../helpers/pages.ts";
import { until } from "../helpers/until.ts";

const TEXTS: Readonly<Record<string, string>> = {
  "a script": "<script>alert(1)</script>",
  "an end of an attribute": '"><img src=x onerror=alert(1)>',
  "an end of an attribute in single quotes": "' onmouseover='alert(1)",
  "an end of a script": "</script><script>alert(1)</script>",
  "the beginning of a comment in a script": "<!--<script>",
  "ends of all that holds text": "</textarea></title></code></pre></bdi></option></svg><b>",
  "entities": "&lt;b&gt; &amp;amp; &#60; &quot;",
  "attributes of htmx": '" hx-get="/pools" hx-trigger="load" hx-on:click="alert(1)',
  "an address that runs": "javascript:alert(1)//",
  "quotes and backslashes": "'\"`\\\\\"'${x}{{x}}",
  "emoji and joined letters": "🏊‍♀️👩‍👩‍👧 é ﷽",
  "letters that turn the direction": "\u202egnp.exe\u2066\u200f",
  "ends of lines of JavaScript": "a\u2028b\u2029c",
  "a null byte and other controls": "a\u0000b\u0001\u001b[31m\u0007",
  "a number beyond 2^53": "12345678901234567890",
  "a line of 100 kB": `<${"x".repeat(100_000)}>`,
};
/** Characters of a long text that a page shows. */
const SHOWN_CHARS = 20_000;

const FAILED = { slot: null, startedAtMs: null, finishedAtMs: TASK.submittedAtMs, runMs: null };

/** A pool of which everything that can be said is this text. */
function poolOf(text: string): PoolSnapshot {
  const grants = { read: [text], write: [text], net: [text], env: [text] };
  return {
    ...POOL,
    settings: { ...POOL.settings, name: text, permissions: grants },
    startProblem: text,
    oldestWaitMs: 5,
  };
}

/** A task of which everything that can be said is this text. */
function taskOf(text: string, status: TaskStatus = TASK.status): TaskSnapshot {
  return {
    ...TASK,
    name: text,
    tags: [text],
    inputJson: `{${JSON.stringify(text)}:12345678901234567890}`,
    status,
    metrics: { [text]: 1 },
    lateErrors: [{ atMs: 0, message: text }],
  };
}

function statusesOf(text: string): Readonly<Record<string, TaskStatus>> {
  return {
    completed: {
      ...FAILED,
      state: "completed",
      slot: 0,
      startedAtMs: 0,
      runMs: 1,
      resultJson: JSON.stringify([text]),
    },
    failed: {
      ...FAILED,
      state: "failed",
      failure: { code: "task_error", name: text, message: text, stack: text },
    },
    cancelled: { ...FAILED, state: "cancelled", cause: text },
    pending: { state: "pending", why: text },
    running: {
      state: "running",
      slot: 0,
      startedAtMs: 0,
      stopRequestedAtMs: null,
      isZombie: false,
      progress: { done: 1, total: 2, note: text },
    },
  };
}

/** An app whose manager says nothing but this text. */
function worldOf(text: string, state: keyof ReturnType<typeof statusesOf> = "completed") {
  const pool = poolOf(text);
  const task = taskOf(text, statusesOf(text)[state]);
  const refuse = (code: "pool_closed" | "invalid_input", faults?: string) => () =>
    Promise.reject(
      new LidoError(code, text, {
        ...faults === undefined ? {} : { faults: [{ path: [faults], message: text }] },
      }),
    );
  const schema = {
    type: "object",
    properties: {
      seconds: { type: "number", description: text, title: text, default: text },
      [text]: { enum: [text] },
    },
  };
  return appWith({
    listPools: () => [pool],
    getPool: () => pool,
    findPoolName: () => text,
    getTask: () => Promise.resolve(task),
    listTasks: (_filter, asked) =>
      Promise.resolve({
        tasks: [task],
        totalItems: 1,
        isTotalExact: true,
        nextCursor: null,
        prevCursor: null,
        page: "page" in asked ? 1 : null,
      }),
    listSettingsVersions: () =>
      Promise.resolve([1, 2].map((version) => {
        const settings = version === 1 ? POOL.settings : pool.settings;
        return { version, atMs: 0, author: text, reason: text, settings };
      })),
    readResizeInfo: (id) =>
      Promise.resolve({
        id: id,
        name: text,
        state: "running",
        maxThreads: 4,
        minThreads: 1,
        activeTasks: 7,
        canResize: true,
        suggestedMaxThreads: 9,
        reason: text,
        advice: {
          size: 9,
          keepsTarget: true,
          targetWaitMs: 1_000,
          arrivalRate: 7.5,
          meanRunMs: 1_000,
          utilisation: 7.5 / 9,
          seenTasks: 7_500,
          seenMs: 1_000_000,
          reason: text,
        },
        sizes: [
          { size: 4, waitP95Ms: null, utilisation: 7.5 / 4 },
          { size: 9, waitP95Ms: 640, utilisation: 7.5 / 9 },
        ],
        autoscale: "suggest",
        autoscaleSuggestion: { size: 9, reason: text },
      }),
    getHistory: () =>
      Promise.resolve({
        ...HISTORY,
        markers: [{
          kind: "settings",
          atMs: 0,
          poolId: POOL_ID,
          version: 2,
          author: text,
          reason: text,
        }],
      }),
    getHealth: () => ({
      isHealthy: false,
      alerts: [{
        kind: "no_threads",
        level: "critical",
        message: text,
        poolName: text,
        count: 1,
        reason: text,
      }],
      stats: STATS,
    }),
    readLogs: () => Promise.resolve([{ atMs: 0, level: "info", text, attempt: 1 }]),
    readEvents: () => Promise.resolve([{ atMs: 0, event: "fail", attempt: 1, cause: text }]),
    readAttempts: () =>
      Promise.resolve([{
        number: 1,
        slot: 0,
        startedAtMs: 0,
        finishedAtMs: 1,
        runMs: 1,
        outcome: "failed" as const,
        message: text,
        codeVersion: text,
      }]),
    listTaskTypes: () => [{
      name: "sleep",
      description: text,
      inputSchema: schema,
      outputSchema: schema,
      examples: [{ seconds: text }],
      url: text,
      codeVersion: text,
      isBuiltIn: false,
    }],
    listBrokenTaskFiles: () => [{ url: text, reason: text }],
    listViews: () => [{ name: text, query: `q=${encodeURIComponent(text)}`, savedAtMs: 0 }],
    saveView: refuse("invalid_input", "name"),
    changePool: refuse("invalid_input", "name"),
    createPool: refuse("invalid_input", "name"),
    resizePool: refuse("invalid_input", "maxThreads"),
    submit: refuse("invalid_input", "name"),
    stopTask: refuse("pool_closed"),
    checkSubmission: () => {
      throw new LidoError("invalid_input", text);
    },
  });
}

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

for (const [what, text] of Object.entries(TEXTS)) {
  Deno.test(`Every page shows ${what} as a text, and nothing else changes`, async () => {
    for (const [path, state] of PAGES) {
      for (const language of ["en", "zh"]) {
        for (const target of [undefined, "page"]) {
          const headers = { "accept-language": language };
          const asking = target === undefined ? { headers } : { target, headers };
          const page = await look(worldOf(text, state).app, path, asking);
          const plain = await look(worldOf(plainOf(text), state).app, path, asking);
          strictEqual(page.status, 200, path);
          const which = `${path} ${state ?? ""} ${language} ${target ?? ""}`;
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
    for (const format of ["csv", "ndjson"]) {
      const file = await app.request(
        `/tasks/export?format=${format}&q=${
          encodeURIComponent(text.replaceAll("\0", "").slice(0, 99))
        }`,
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

const TALKING_TASKS = fileURLToPath(new URL("../fixtures/talking_tasks/", import.meta.url));
const BIG = 1_000;

Deno.test("What is sent goes through the whole of Lido and comes out as it was", async () => {
  await using world = await managedApp({ tasks: TALKING_TASKS });
  const app = {
    request: (path: string, request?: RequestInit) =>
      world.fetch(new Request(`http://localhost${path}`, request)),
  };
  for (const [what, text] of Object.entries(TEXTS)) {
    // node:sqlite reads a text only up to a null byte.
    const name = text.slice(0, 60).replaceAll("\0", "").trim();
    const opened = await send(app, "/pools", { name, isolation: "thread", maxThreads: "1" });
    strictEqual(opened.status, 303, `${what}: ${opened.faults.join()}`);
    ok(JSON.stringify(keptToast(opened)).includes(JSON.stringify(name).slice(1, -1)), what);
    const poolPath = opened.headers.get("location") ?? "";
    const pool = poolPath.replace("/pools/", "");
    const reason = `because of ${name}`;
    await send(app, `${poolPath}/settings`, { name: `${name}!`, maxThreads: "2", reason });

    const check = async (path: string, ...texts: readonly string[]) => {
      const page = await look(app, path);
      strictEqual(page.status, 200, `${what} ${path}`);
      for (const one of texts) ok(page.text.includes(one), `${what} is cut or changed on ${path}`);
      ok(!page.elements.some((element) => ["img", "b"].includes(element.name)), path);
      return page;
    };
    for (const isFailed of [false, true]) {
      const sent = await send(app, "/submit", {
        type: "say",
        as: "form",
        pool,
        "input.text": text,
        "input.isFailed": String(isFailed),
        name,
        tags: name,
      });
      strictEqual(sent.status, 303, `${what}: ${sent.faults.join()}`);
      const path = sent.headers.get("location") ?? "";
      const id = TaskId.parse(path.replace("/tasks/", ""));
      const { status } = await world.manager.waitForTask(id, { waitMs: 30_000 });
      strictEqual(status.state, isFailed ? "failed" : "completed", what);

      const seen = text.replaceAll("\0", "").slice(0, BIG);
      const json = JSON.stringify(text).slice(0, BIG);
      if (text.includes("\0")) await check(path, name);
      else await check(path, name, isFailed ? seen : json);
      await check(`${path}?tab=input`, name, json);
      if (!text.includes("\0")) await check(`${path}?tab=logs`, name, seen);
      await check(`${path}?tab=raw`, name);
      await check(`${path}?tab=events`, name);
      await check(`${path}?tab=attempts`, name);
      const edit = await look(app, `/submit?from=${id}`);
      strictEqual(edit.fields.get("input.text") === text, true, `${what} in the form`);

      const listed = await check("/tasks", name);
      // Its tag leads to it.
      const link = listed.elements.find(({ attributes, text: tag }) =>
        attributes.get("class") === "tag" && tag === name
      );
      const found = await look(app, link?.attributes.get("href") ?? "");
      ok(found.elements.some(({ attributes }) => attributes.get("id") === `task-${id}`), what);
    }
    await check(poolPath, name);
    await check(`${poolPath}?tab=history`, reason);
    await check(`${poolPath}?tab=tasks`, name);
    await check("/");
    const again = await send(app, `${poolPath}/force-close`, { confirm: `${name}!` });
    strictEqual(again.status, 303, what);
    await until(
      "the pool is closed",
      () => world.manager.listPools().every(({ id }) => id !== pool),
    );
  }
});
