import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { LidoError } from "../../../../core/mod.ts";
import { appWith } from "../../../helpers/app_with.ts";
import { POOL, POOL_ID, TASK_ID, UNKNOWN_ID } from "../../../helpers/fake_manager.ts";
import { keptToast, look, send, triggersOf } from "../../../helpers/pages.ts";

const PATH = `/pools/${POOL_ID}`;
const TABS = ["live", "tasks", "charts", "sizing", "settings", "permissions", "history"] as const;
const SHOWN = {
  live: ["Slot 0", "4711"],
  tasks: ["nap"],
  charts: ["Queue", "Wait p50"],
  sizing: ["Suggested: 9", "Tasks wait", "640", "ever longer", "Off: only people resize"],
  settings: ["Threads at most"],
  permissions: ["May read", "/data"],
  history: ["Opened"],
};

for (const tab of TABS) {
  Deno.test(`GET /pools/:id?tab=${tab} shows that part of the pool`, async () => {
    const page = await look(appWith().app, `${PATH}?tab=${tab}`);
    strictEqual(page.status, 200);
    const current = page.elements.filter(({ attributes }) =>
      attributes.get("aria-current") === "page"
    ).map(({ text }) => text.toLowerCase());
    ok(current.includes(tab), current.join());
    for (const text of SHOWN[tab]) ok(page.text.includes(text), text);
    const headings = page.elements.filter(({ name }) => name === "h1").map(({ text }) => text);
    deepStrictEqual(headings, ["p"]);
  });
}

Deno.test("GET /pools/:id does not swap settings beneath whoever fills them in", async () => {
  const page = await look(appWith().app, `${PATH}?tab=settings`);
  ok(!page.elements.some(({ attributes }) => attributes.get("id") === "page"));
  strictEqual(page.fields.get("maxThreads"), "4");
  ok(!page.fields.has("isolation")); // it cannot be changed
});

Deno.test("GET /pools/:id says which task each thread runs, and leads there", async () => {
  const { elements } = await look(appWith().app, PATH);
  const cell = elements.find(({ attributes }) => attributes.get("class") === "slot busy");
  ok(cell?.text.includes("Nap") && cell.text.includes("sleep · for 12"), cell?.text);
  const link = elements.find(({ attributes }) => attributes.get("href") === `/tasks/${TASK_ID}`);
  deepStrictEqual([link?.text.trim(), link?.attributes.get("title")], ["Nap", "Nap"]);
  const named = elements.map(({ attributes }) => attributes.get("aria-label"));
  ok(named.includes("Stop Nap") && named.includes("Progress Nap"));
});

Deno.test("GET /pools/:id speaks the other language", async () => {
  const page = await look(appWith().app, PATH, { headers: { "accept-language": "zh" } });
  ok(page.text.includes("权限") && !page.text.includes("Permissions"));
});

for (
  const [verb, method, text] of [
    ["pause", "pausePool", "Pool p is paused: what runs goes on, nothing new starts"],
    ["resume", "resumePool", "Pool p goes on"],
  ] as const
) {
  Deno.test(`POST /pools/:id/${verb} does it, and says so`, async () => {
    const { app, calls } = appWith();
    const sent = await send(app, `${PATH}/${verb}`, { back: "/pools?text=a" });
    deepStrictEqual([sent.status, sent.headers.get("location")], [303, "/pools?text=a"]);
    deepStrictEqual(keptToast(sent), { level: "success", text });
    const told = await send(app, `${PATH}/${verb}`, {}, { target: "page" });
    deepStrictEqual([told.status, JSON.stringify(triggersOf(told)).includes(text)], [204, true]);
    deepStrictEqual(calls.filter((call) => call.method === method).map(({ args }) => args), [
      [POOL_ID],
      [POOL_ID],
    ]);
    strictEqual((await send(app, `/pools/${UNKNOWN_ID}/${verb}`)).status, 404);
  });
}

/** What the settings' form sends when nothing was changed. */
async function untouched(app: Parameters<typeof look>[0]): Promise<Record<string, string>> {
  const page = await look(app, `${PATH}?tab=settings`);
  const selects = page.elements.flatMap((element, at) => {
    if (element.name !== "select" || !page.html.includes("field-")) return [];
    const options = page.elements.slice(at + 1).filter(({ name }) => name !== "svg");
    const end = options.findIndex(({ name }) => name !== "option");
    const chosen = options.slice(0, end === -1 ? undefined : end)
      .find(({ attributes }) => attributes.has("selected"));
    return [[element.attributes.get("name") ?? "", chosen?.attributes.get("value") ?? ""] as const];
  });
  return Object.fromEntries([...page.fields, ...selects]);
}

Deno.test("POST /pools/:id/settings changes only what is another value", async () => {
  const { app, calls } = appWith();
  const form = { ...await untouched(app), maxThreads: "6", reason: " more work " };
  const sent = await send(app, `${PATH}/settings`, form);
  deepStrictEqual([sent.status, sent.headers.get("location")], [303, `${PATH}?tab=settings`]);
  deepStrictEqual(calls.filter(({ method }) => method === "changePool").map(({ args }) => args), [
    [POOL_ID, { maxThreads: 6 }, { reason: "more work", ifVersions: [1] }],
  ]);
});

Deno.test("POST /pools/:id/settings changes nothing where nothing was changed", async () => {
  const { app, calls } = appWith();
  const sent = await send(app, `${PATH}/settings`, await untouched(app));
  strictEqual(sent.status, 303);
  deepStrictEqual(keptToast(sent), { level: "success", text: "Nothing was changed" });
  ok(!calls.some(({ method }) => method === "changePool"));
});

Deno.test("POST /pools/:id/settings tells that somebody was quicker, and keeps what was typed", async () => {
  let pool = POOL;
  const { app } = appWith({
    getPool: () => pool,
    changePool: (_id, _changes, change) => {
      if (change?.ifVersions?.[0] !== 1) return Promise.resolve(POOL);
      pool = { ...POOL, settingsVersion: 2 };
      throw new LidoError("version_conflict", "Cannot change pool: …");
    },
  });
  const form = { ...await untouched(app), maxThreads: "6" };
  const page = await send(app, `${PATH}/settings`, form);
  strictEqual(page.status, 422);
  ok(page.html.includes("Somebody changed these settings meanwhile"));
  deepStrictEqual([page.fields.get("maxThreads"), page.fields.get("version")], ["6", "2"]);
  const again = await send(app, `${PATH}/settings`, { ...form, version: "2" });
  strictEqual(again.status, 303);
});

for (const asking of [{}, { target: "settings" }]) {
  Deno.test(`POST /pools/:id/settings shows faults and what was typed: ${JSON.stringify(asking)}`, async () => {
    const { app, calls } = appWith();
    const typed = { name: "p", maxThreads: "0", memoryMb: "a lot", reason: "<why>" };
    const page = await send(app, `${PATH}/settings`, typed, asking);
    strictEqual(page.status, 422);
    strictEqual(page.faults.length, 2, page.faults.join());
    for (const [name, value] of Object.entries(typed)) strictEqual(page.fields.get(name), value);
    strictEqual(page.elements[0]?.name === "html", !("target" in asking));
    ok(!calls.some(({ method }) => method === "changePool"));
  });
}

Deno.test("POST /pools/:id/revert goes back to a version", async () => {
  const { app, calls } = appWith();
  const sent = await send(app, `${PATH}/revert`, { version: "1" });
  deepStrictEqual([sent.status, sent.headers.get("location")], [303, `${PATH}?tab=history`]);
  deepStrictEqual(calls.find(({ method }) => method === "revertPool")?.args, [
    POOL_ID,
    1,
    { reason: "Settings version 1" },
  ]);
});

for (const [query, thread] of [["", undefined], ["?thread=2", 2]] as const) {
  Deno.test(`POST /pools/:id/recycle${query} replaces threads`, async () => {
    const { app, calls } = appWith();
    const sent = await send(app, `${PATH}/recycle${query}`, { back: PATH });
    deepStrictEqual([sent.status, sent.headers.get("location")], [303, PATH]);
    deepStrictEqual(calls.find(({ method }) => method === "recyclePool")?.args, [POOL_ID, thread]);
  });
}

Deno.test("GET /pools/:id?tab=sizing tells what if, and what autoscale would do and did", async () => {
  const settings = { ...POOL.settings, autoscale: "apply", autoscaleMaxThreads: 12 } as const;
  const reason = "2.5 tasks a second that run 1000 ms want 2.5 threads: with 2, ever more wait";
  const { app, calls } = appWith({
    getPool: () => ({ ...POOL, settings }),
    listSettingsVersions: () =>
      Promise.resolve([
        { version: 3, atMs: 0, author: null, reason: "by hand", settings },
        {
          version: 2,
          atMs: 0,
          author: "autoscale",
          reason,
          settings: { ...settings, maxThreads: 6 },
        },
        {
          version: 1,
          atMs: 0,
          author: null,
          reason: null,
          settings: { ...settings, maxThreads: 2 },
        },
      ]),
  });
  const page = await look(app, `${PATH}?tab=sizing&size=9`);
  deepStrictEqual(calls.find(({ method }) => method === "readResizeInfo")?.args, [POOL_ID, 9]);
  for (
    const text of [
      "With 9: expected wait p95 640ms, busy 83.3%",
      "Sets a size from 1 to 12",
      "2 → 6",
      reason,
    ]
  ) ok(page.text.includes(text), `${text}: ${page.text}`);
  ok(!page.text.includes("by hand"));
  strictEqual(page.fields.get("size"), "9");
  ok(!page.elements.some(({ attributes }) => attributes.get("id") === "page")); // not swapped
  const chinese = await look(app, `${PATH}?tab=sizing`, { headers: { "accept-language": "zh" } });
  ok(chinese.text.includes("每秒 2.5 个任务") && !chinese.text.includes("tasks a second"));
});

Deno.test("GET /pools/:id?tab=sizing answers a slider with what it asks for, and names a fault", async () => {
  const { app, calls } = appWith();
  const asking = { target: "what-if" };
  const part = await look(app, `${PATH}?tab=sizing&size=4`, asking);
  deepStrictEqual([part.elements.length, part.text.trim()], [
    1,
    "With 4: expected wait p95 ever longer, busy 187.5%",
  ]);
  for (const size of ["0", "257", "1.5", "many", ""]) {
    const refused = await look(app, `${PATH}?tab=sizing&size=${size}`, asking);
    strictEqual(refused.text.trim(), "From 1 to 256");
  }
  deepStrictEqual(calls.at(-1)?.args, [POOL_ID, 4]); // the pool's own size
});

Deno.test("GET /pools/:id?tab=sizing says so when too little is known", async () => {
  const { app } = appWith({
    readResizeInfo: (id) =>
      Promise.resolve({
        id,
        name: "p",
        state: "closed",
        maxThreads: 4,
        minThreads: 1,
        activeTasks: 0,
        canResize: false,
        suggestedMaxThreads: 2,
        reason:
          "Too few tasks have ended to tell more. Running: 0, waiting: 0; this machine has 2 cores",
        advice: null,
        sizes: [],
        autoscale: "off",
        autoscaleSuggestion: null,
      }),
  });
  const page = await look(app, `${PATH}?tab=sizing`);
  ok(page.text.includes("Suggested: 2") && page.text.includes("Too few tasks have ended"));
  ok(!page.fields.has("size") && !page.text.includes("Look"));
});
