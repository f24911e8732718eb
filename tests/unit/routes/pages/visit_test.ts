import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import type { TaskSnapshot } from "../../../../core/mod.ts";
import { appWith } from "../../../helpers/app_with.ts";
import { POOL, POOL_ID, TASK, TASK_ID } from "../../../helpers/fake_manager.ts";
import { BROWSER, keptToast, look, send, triggersOf } from "../../../helpers/pages.ts";

const LIVE = ["/", "/pools", "/tasks", `/pools/${POOL_ID}`, `/tasks/${TASK_ID}`];

for (const path of LIVE) {
  Deno.test(`Visit.live() answers ${path} with a page, and a script with its live part alone`, async () => {
    const { app } = appWith();
    const page = await look(app, path);
    deepStrictEqual([page.status, page.elements[0]?.name], [200, "html"]);
    ok(page.html.startsWith("<!DOCTYPE html><html"));
    const live = page.elements.find(({ attributes }) => attributes.get("id") === "page");
    deepStrictEqual([live?.attributes.get("hx-get"), live?.attributes.get("hx-trigger")], [
      path,
      "every 2s, lido:refresh from:document",
    ]);
    const part = await look(app, path, { target: "page" });
    strictEqual(part.status, 200);
    ok(part.html !== "" && page.html.includes(part.html), "the part is what the page has");
    ok(!part.elements.some(({ name }) => ["html", "head", "main"].includes(name)));
  });

  Deno.test(`Visit.live() answers 304 on ${path} while nothing has changed`, async () => {
    let revision: string | undefined = "1";
    const { app } = appWith({ getRevision: () => revision });
    const page = await look(app, path);
    const tag = page.elements.find(({ attributes }) => attributes.get("id") === "page")
      ?.attributes.get("hx-ptag") ?? "";
    const again = (headers: Record<string, string> = {}) =>
      look(app, path, { target: "page", headers: { "hx-ptag": tag, ...headers } });
    const same = await again();
    deepStrictEqual([same.status, same.html, same.headers.get("hx-ptag")], [304, "", tag]);
    match(tag, /^[\x20-\x7e]+$/);
    for (
      const headers of [{ "accept-language": "zh" }, { cookie: "lido_theme=dark" }, {
        cookie: "lido_refresh=30",
      }]
    ) strictEqual((await again(headers)).status, 200, JSON.stringify(headers));
    revision = "2";
    const other = await again();
    deepStrictEqual([other.status, other.headers.get("hx-ptag") === tag], [200, false]);
    revision = undefined; // something runs
    const moving = await again();
    deepStrictEqual([moving.status, moving.headers.get("hx-ptag")], [200, null]);
  });
}

Deno.test("Visit.live() gives another address another tag", async () => {
  const { app } = appWith();
  const tags = await Promise.all(
    ["/tasks", "/tasks?q=a", "/tasks?page=2", "/pools", "/pools?text=a", "/", "/?range=7d"].map(
      async (path) => (await look(app, path, { target: "page" })).headers.get("hx-ptag"),
    ),
  );
  strictEqual(new Set(tags).size, tags.length);
});

Deno.test("Visit.live() gives the whole page to the browser's own history, and to any other target", async () => {
  const { app } = appWith();
  const headers = { "hx-history-restore-request": "true" };
  strictEqual((await look(app, "/", { target: "page", headers })).elements[0]?.name, "html");
  strictEqual((await look(app, "/", { target: "dialog" })).elements[0]?.name, "html");
});

Deno.test("Visit.strip() answers with the numbers alone, and 304 while they are the same", async () => {
  const { app } = appWith();
  const strip = await look(app, "/strip", { target: "strip" });
  deepStrictEqual([strip.status, strip.elements[0]?.name], [200, "dl"]);
  const headers = { "hx-ptag": strip.headers.get("hx-ptag") ?? "" };
  strictEqual((await look(app, "/strip", { target: "strip", headers })).status, 304);
});

for (const asking of [{}, { target: "page" }]) {
  Deno.test(`Visit answers pages that nobody keeps: ${JSON.stringify(asking)}`, async () => {
    const { headers } = await look(appWith().app, "/pools", asking);
    strictEqual(headers.get("cache-control"), "no-store");
    strictEqual(headers.get("vary"), "HX-Request, HX-Target, Cookie, Accept-Language");
  });
}

const LANGUAGES: readonly (readonly [string, Record<string, string>, string])[] = [
  ["of a browser that says nothing", {}, "en"],
  ["that comes first", { "accept-language": "zh-CN,zh;q=0.9,en;q=0.8" }, "zh"],
  ["with the greatest weight", { "accept-language": "en;q=0.5, zh-Hant-TW;q=0.9" }, "zh"],
  ["that there is", { "accept-language": "de-DE, fr;q=0.9, zh;q=0.1" }, "zh"],
  ["when there is no wanted one", { "accept-language": "de, fr" }, "en"],
  ["when it is no language", { "accept-language": "*;;;,<script>" }, "en"],
  ["that was chosen", { "accept-language": "en", cookie: "lido_language=zh" }, "zh"],
  [
    "when none was chosen well",
    { "accept-language": "zh", cookie: "lido_language=constructor" },
    "zh",
  ],
];
for (const [which, headers, code] of LANGUAGES) {
  Deno.test(`Visit speaks the language ${which}: ${code}`, async () => {
    const { elements, text } = await look(appWith().app, "/pools", { headers });
    strictEqual(elements[0]?.attributes.get("lang"), code);
    ok(text.includes(code === "en" ? "Pools" : "线程池"));
  });
}

Deno.test("Visit takes theme and pace from cookies, if they are some that can be chosen", async () => {
  const looks = async (cookie: string) => {
    const { elements } = await look(appWith().app, "/", { headers: { cookie } });
    const body = elements.find(({ name }) => name === "body");
    return [elements[0]?.attributes.get("data-theme"), body?.attributes.get("data-refresh")];
  };
  deepStrictEqual(await looks("lido_theme=dark; lido_refresh=30"), ["dark", "30"]);
  deepStrictEqual(await looks("lido_theme=light; lido_refresh=0"), ["light", "0"]);
  deepStrictEqual(await looks('lido_theme="><img>; lido_refresh=1e9'), ["system", "2"]);
});

Deno.test("Visit.live() does not look by itself when the pace is off", async () => {
  const { elements } = await look(appWith().app, "/", { headers: { cookie: "lido_refresh=0" } });
  const live = elements.find(({ attributes }) => attributes.get("id") === "page");
  strictEqual(live?.attributes.get("hx-trigger"), "lido:refresh from:document");
});

Deno.test("Visit.done() sends a browser on, with a message for the page that comes", async () => {
  const { app } = appWith();
  const sent = await send(app, `/pools/${POOL_ID}/pause`);
  deepStrictEqual([sent.status, sent.headers.get("location"), sent.html], [
    303,
    `/pools/${POOL_ID}`,
    "",
  ]);
  deepStrictEqual(keptToast(sent), {
    level: "success",
    text: "Pool p is paused: what runs goes on, nothing new starts",
  });
  const [cookie = ""] = sent.headers.getSetCookie();
  match(cookie, /; Path=\/; HttpOnly; SameSite=Strict$/);
  const next = await look(app, "/pools", { headers: { cookie: cookie.split(";", 1)[0] ?? "" } });
  const toast = next.elements.find(({ attributes }) =>
    attributes.get("class") === "app-toast success"
  );
  strictEqual(toast?.text, "Pool p is paused: what runs goes on, nothing new starts");
  deepStrictEqual(next.headers.getSetCookie(), ["lido_toast=; Max-Age=0; Path=/"]); // told once
});

Deno.test("Visit.done() tells a script, which looks again", async () => {
  const sent = await send(appWith().app, `/pools/${POOL_ID}/pause`, {}, { target: "page" });
  deepStrictEqual([sent.status, sent.html, sent.headers.getSetCookie()], [204, "", []]);
  deepStrictEqual(triggersOf(sent), {
    "lido:toast": {
      level: "success",
      text: "Pool p is paused: what runs goes on, nothing new starts",
    },
    "lido:close": {},
    "lido:refresh": {},
  });
});

Deno.test("Visit.done() leads a script to another page, with a message for it", async () => {
  const sent = await send(appWith().app, `/tasks/${TASK_ID}/again`, {}, { target: "page" });
  deepStrictEqual([sent.status, sent.html, sent.headers.get("hx-redirect")], [
    200,
    "",
    `/tasks/${TASK_ID}`,
  ]);
  ok(keptToast(sent) !== null);
});

Deno.test("Visit tells any letters in headers that are ASCII", async () => {
  const name = '游泳池 🏊 "\r\nX-Evil: 1\u202e\u0000</script>';
  const pool = { ...POOL, settings: { ...POOL.settings, name } };
  const { app } = appWith({ pausePool: () => Promise.resolve(pool) });
  const headers = { "accept-language": "zh" };
  const told = await send(app, `/pools/${POOL_ID}/pause`, {}, { target: "page", headers });
  match(told.headers.get("hx-trigger") ?? "", /^[\x20-\x7e]+$/);
  ok(JSON.stringify(triggersOf(told)).includes(JSON.stringify(name).slice(1, -1)));
  const kept = await send(app, `/pools/${POOL_ID}/pause`, {}, { headers });
  match(kept.headers.getSetCookie().join(), /^[\x20-\x7e]+$/);
  ok(JSON.stringify(keptToast(kept)).includes(JSON.stringify(name).slice(1, -1)));
  strictEqual(kept.headers.get("x-evil"), null);
});

for (const kept of ["%%%", "bm8ganNvbg", "bnVsbA", "e30", "eyJ0ZXh0IjoiPGI-In0"]) {
  Deno.test(`Visit shows a page whatever the message's cookie holds: ${kept}`, async () => {
    const page = await look(appWith().app, "/", { headers: { cookie: `lido_toast=${kept}` } });
    strictEqual(page.status, 200);
    ok(!page.elements.some(({ name }) => name === "b"));
  });
}

const BACK: readonly (readonly [string, string])[] = [
  ["/tasks?q=a%20b", "/tasks?q=a%20b"],
  ["/", "/"],
  ["/pools?text=a&status=all#x", "/pools?text=a&status=all#x"],
  ["//evil.example", ""],
  ["///evil.example", ""],
  ["/\\evil.example", ""],
  ["\\\\evil.example", ""],
  ["/\t/evil.example", ""],
  ["/\n/evil.example", ""],
  ["/\r\nX-Evil: 1", ""],
  [" //evil.example", ""],
  ["/ /evil.example", ""],
  ["https://evil.example/", ""],
  ["javascript:alert(1)", ""],
  ["data:text/html,x", ""],
  ["tasks", ""],
  ["", ""],
  ["/ümlaut", ""],
  ["/\u0000/evil.example", ""],
];
for (const [back, location] of BACK) {
  Deno.test(`Visit.backOr() leads to ${location || "its own place"} for ${JSON.stringify(back)}`, async () => {
    const { app } = appWith();
    const routes: readonly (readonly [string, string, Record<string, string>])[] = [
      ["/preferences", "/", {}],
      [`/pools/${POOL_ID}/pause`, `/pools/${POOL_ID}`, {}],
      [`/pools/${POOL_ID}/resize`, `/pools/${POOL_ID}`, { maxThreads: "3" }],
      [`/pools/${POOL_ID}/drain`, `/pools/${POOL_ID}`, {}],
      [`/tasks/${TASK_ID}/cancel`, `/tasks/${TASK_ID}`, {}],
      [`/tasks/${TASK_ID}/stop`, `/tasks/${TASK_ID}`, {}],
    ];
    for (const [path, own, fields] of routes) {
      const sent = await send(app, path, { ...fields, back });
      deepStrictEqual([sent.status, sent.headers.get("location")], [303, location || own], path);
      strictEqual(sent.headers.get("x-evil"), null);
    }
  });
}

Deno.test("Visit shows what a task is called in the title, as text", async () => {
  const name = "</title><script>alert(1)</script>";
  const { app } = appWith({ getTask: () => Promise.resolve({ ...TASK, name }) });
  const page = await look(app, `/tasks/${TASK_ID}`);
  const title = page.elements.find((element) => element.name === "title");
  strictEqual(title?.text, `${name} · Lido`);
});

Deno.test("Visit knows a script by what it says, not by the browser's words", async () => {
  const response = await appWith().app.request(`/pools/${POOL_ID}/pause`, {
    method: "POST",
    headers: { ...BROWSER, "hx-request": "false" },
  });
  strictEqual(response.status, 303);
});

Deno.test("GET /tasks/:id/stop keeps where it was asked from, if that is a place of this server", async () => {
  const own = `/tasks/${TASK_ID}`;
  for (const [back, kept] of [["/tasks?q=a%26b", "/tasks?q=a%26b"], ["//evil.example", own]]) {
    const path = `${own}/stop?back=${encodeURIComponent(back ?? "")}`;
    const page = await look(appWith().app, path);
    strictEqual(page.fields.get("back"), kept);
  }
});

Deno.test("The list of tasks and the page of a pool ask to stop a task and come back to themselves", async () => {
  const running = {
    ...TASK,
    status: { state: "running", slot: 0, startedAtMs: 1 },
  } as TaskSnapshot;
  const listTasks = () =>
    Promise.resolve({
      tasks: [running],
      totalItems: 1,
      isTotalExact: true,
      page: 1,
      nextCursor: null,
      prevCursor: null,
    });
  for (const path of ["/tasks?q=nap", `/pools/${POOL_ID}`]) {
    const { html } = await look(appWith({ listTasks }).app, path);
    ok(html.includes(`/stop?back=${encodeURIComponent(path)}"`), path);
  }
});
