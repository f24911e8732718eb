import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { TaskStatus } from "../../../../core/mod.ts";
import { appWith } from "../../../helpers/app_with.ts";
import { TASK, TASK_ID, UNKNOWN_ID } from "../../../helpers/fake_manager.ts";
import { keptToast, look, send, triggersOf } from "../../../helpers/pages.ts";

const PATH = `/tasks/${TASK_ID}`;
const RUNNING = {
  state: "running",
  slot: 2,
  startedAtMs: TASK.submittedAtMs,
  stopRequestedAtMs: null,
  isZombie: false,
  progress: { done: 1, total: 3, note: "a note" },
} as const;
const withStatus = (status: TaskStatus) => ({
  getTask: () => Promise.resolve({ ...TASK, status }),
});

const SHOWN = {
  result: "98765432109876543210",
  input: "12345678901234567890",
  logs: "hello",
  attempts: "No attempt",
  events: "Submitted",
  raw: "curl -X POST 'http://localhost/api/tasks'",
};
for (const [tab, text] of Object.entries(SHOWN)) {
  Deno.test(`GET /tasks/:id?tab=${tab} shows that part of the task`, async () => {
    const page = await look(appWith().app, `${PATH}?tab=${tab}`);
    strictEqual(page.status, 200);
    if (tab !== "attempts") ok(page.text.includes(text), text);
    const current = page.elements.filter(({ attributes }) =>
      attributes.get("aria-current") === "page"
    ).map(({ attributes }) => attributes.get("href"));
    deepStrictEqual(current, ["/tasks", tab === "result" ? PATH : `${PATH}?tab=${tab}`]);
    deepStrictEqual(
      page.elements.filter(({ name }) => name === "h1").map((one) => one.text),
      ["nap"],
    );
  });
}

Deno.test("GET /tasks/:id?tab=logs is looked at again while the task runs, and tells attempts", async () => {
  const lines = [
    { atMs: 0, level: "info" as const, text: "first try", attempt: 1 },
    { atMs: 1, level: "warning" as const, text: "once more", attempt: 2 },
  ];
  const { app } = appWith({
    ...withStatus(RUNNING),
    readLogs: () => Promise.resolve(lines),
    getRevision: () => undefined, // something runs
  });
  const path = `${PATH}?tab=logs`;
  const page = await look(app, path);
  const live = page.elements.find(({ attributes }) => attributes.get("id") === "page");
  deepStrictEqual(live?.attributes.get("hx-get"), path);
  ok(live?.attributes.get("hx-trigger")?.startsWith("every 2s"));

  const itemsOf = async () =>
    (await look(app, path, { target: "page" })).elements
      .filter(({ name, attributes }) =>
        name === "li" && ["attempt", "info", "warning"].includes(attributes.get("class") ?? "")
      )
      .map(({ text }) => text);
  const told = ["00:00:00.000infofirst try", "Attempt 2", "00:00:00.001warningonce more"];
  deepStrictEqual(await itemsOf(), told);
  lines.push({ atMs: 2, level: "info", text: "at last", attempt: 2 });
  deepStrictEqual(await itemsOf(), [...told, "00:00:00.002infoat last"]);
});

Deno.test("GET /tasks/:id shows all that is known, and speaks the other language", async () => {
  const page = await look(appWith().app, PATH);
  for (const text of [TASK_ID, "sleep", "rows", "late", "0123456789abcdef", "Completed"]) {
    ok(page.text.includes(text), text);
  }
  const chinese = await look(appWith().app, PATH, { headers: { "accept-language": "zh" } });
  ok(chinese.text.includes("已完成") && !chinese.text.includes("Completed"));
});

Deno.test("GET /tasks/:id is not found where no task is", async () => {
  strictEqual((await look(appWith().app, `/tasks/${UNKNOWN_ID}`)).status, 404);
  strictEqual((await look(appWith().app, "/tasks/x")).status, 404);
});

/** Where what asks and what acts at once lead, without what every page has. */
const ACTS: readonly (readonly [TaskStatus, readonly string[], readonly string[]])[] = [
  [{ state: "pending", why: "All threads are busy" }, [`${PATH}/change`, `${PATH}/cancel`], []],
  [RUNNING, [`${PATH}/stop`], []],
  [{ ...RUNNING, stopRequestedAtMs: 5 }, [`${PATH}/stop?grace_ms=0`], []],
  [{ ...RUNNING, stopRequestedAtMs: 5, isZombie: true }, [], []],
  [TASK.status, [], [`${PATH}/again`]],
];
for (const [status, asks, acts] of ACTS) {
  const offered = [...asks, ...acts].join() || "nothing";
  Deno.test(`GET /tasks/:id offers ${offered} for ${JSON.stringify(status).slice(0, 80)}`, async () => {
    const page = await look(appWith(withStatus(status)).app, PATH);
    const questions = page.elements.filter(({ attributes }) =>
      attributes.get("hx-target") === "#dialog"
    ).map(({ attributes }) => attributes.get("href"));
    const forms = page.elements.filter(({ name, attributes }) =>
      name === "form" && attributes.get("action") !== "/preferences"
    ).map(({ attributes }) => attributes.get("action"));
    deepStrictEqual([questions, forms], [asks, acts]);
    if (status.state === "pending") ok(page.text.includes("All threads are busy"));
    if (status.state === "running") ok(page.text.includes("1 / 3 · a note"), page.text);
  });
}

Deno.test("GET /tasks/:id offers nothing again when the type is gone, and says so", async () => {
  const page = await look(appWith({ listTaskTypes: () => [] }).app, PATH);
  ok(page.text.includes("The task type is gone"));
  ok(!page.html.includes("/again"));
});

for (const verb of ["cancel", "stop", "stop?grace_ms=0"]) {
  Deno.test(`GET /tasks/:id/${verb} asks before it is done, in a dialog and as a page`, async () => {
    const { app, calls } = appWith(withStatus(RUNNING));
    for (const asking of [{ target: "dialog" }, {}]) {
      const page = await look(app, `${PATH}/${verb}`, asking);
      strictEqual(page.status, 200);
      const form = page.elements.find(({ attributes }) => attributes.get("id") === "question");
      strictEqual(form?.attributes.get("action"), `${PATH}/${verb}`);
      ok(form.text.includes("nap?"), form.text);
    }
    deepStrictEqual(calls.filter(({ method }) => method !== "getTask" && /Task$/.test(method)), []);
  });
}

Deno.test("POST /tasks/:id/stop says that a zombie cannot be stopped", async () => {
  const status = { ...RUNNING, stopRequestedAtMs: 5, isZombie: true };
  const { app } = appWith({ stopTask: () => Promise.resolve({ ...TASK, status }) });
  const told = await send(app, `${PATH}/stop?grace_ms=0`, {}, { target: "question" });
  deepStrictEqual((triggersOf(told) as Record<string, unknown>)["lido:toast"], {
    level: "error",
    text: "Task nap cannot be stopped: its thread was ended, and its code goes on",
  });
});

const VERBS = [
  ["cancel", "cancelTask", [TASK_ID]],
  ["stop", "stopTask", [TASK_ID, {}]],
  ["stop?grace_ms=0", "stopTask", [TASK_ID, { graceMs: 0 }]],
  ["stop?grace_ms=x", "stopTask", [TASK_ID, {}]],
] as const;
for (const [verb, method, args] of VERBS) {
  Deno.test(`POST /tasks/:id/${verb} does it, and comes back`, async () => {
    const { app, calls } = appWith();
    const sent = await send(app, `${PATH}/${verb}`, { back: "/tasks?q=a" });
    deepStrictEqual([sent.status, sent.headers.get("location")], [303, "/tasks?q=a"]);
    ok(JSON.stringify(keptToast(sent)).includes("nap"));
    const told = await send(app, `${PATH}/${verb}`, {}, { target: "page" });
    deepStrictEqual([told.status, told.html], [204, ""]);
    ok(JSON.stringify(triggersOf(told)).includes('"lido:refresh"'));
    deepStrictEqual(calls.filter((call) => call.method === method).map((call) => call.args), [
      args,
      args,
    ]);
  });
}

Deno.test("POST /tasks/:id/again leads to the new task", async () => {
  const task = { ...TASK, id: UNKNOWN_ID as typeof TASK.id };
  const { app } = appWith({ submitAgain: () => Promise.resolve(task) });
  const sent = await send(app, `${PATH}/again`, { back: "/elsewhere" });
  deepStrictEqual([sent.status, sent.headers.get("location")], [303, `/tasks/${UNKNOWN_ID}`]);
});

for (const verb of ["cancel", "stop", "again"]) {
  Deno.test(`POST /tasks/:id/${verb} is not found where no task is`, async () => {
    strictEqual((await send(appWith().app, `/tasks/${UNKNOWN_ID}/${verb}`)).status, 404);
    strictEqual((await send(appWith().app, `/tasks/x/${verb}`)).status, 404);
  });
}

const WAITS = withStatus({ state: "pending", why: "All threads are busy" });

Deno.test("GET /tasks/:id/change asks with what the task has, in a dialog and as a page", async () => {
  for (const asking of [{}, { target: "dialog" }]) {
    const { app } = appWith(WAITS);
    const headers = "target" in asking ? { "hx-request": "true", "hx-target": "dialog" } : {};
    const page = await look(app, `${PATH}/change`, { headers });
    strictEqual(page.status, 200);
    const chosen = page.elements.filter(({ name, attributes }) =>
      name === "option" && attributes.has("selected")
    ).map(({ attributes }) => attributes.get("value"));
    strictEqual(page.fields.get("priority"), String(TASK.priority));
    ok(chosen.includes(TASK.poolId), chosen.join());
  }
});

Deno.test("POST /tasks/:id/change changes what is not left empty", async () => {
  const { app, calls } = appWith(WAITS);
  const sent = await send(app, `${PATH}/change`, { priority: "7", poolId: "", back: "/tasks" });
  deepStrictEqual([sent.status, sent.headers.get("location")], [303, "/tasks"]);
  deepStrictEqual(calls.find(({ method }) => method === "changeTask")?.args, [TASK_ID, {
    priority: 7,
  }]);
});

Deno.test("POST /tasks/:id/change keeps what was typed wrong, and says what is wrong", async () => {
  for (const language of ["en", "zh"]) {
    const { app, calls } = appWith(WAITS);
    const typed = { priority: "1e9", poolId: TASK.poolId };
    const page = await send(app, `${PATH}/change`, typed, {
      headers: { "accept-language": language },
    });
    strictEqual(page.status, 422);
    deepStrictEqual([page.fields.get("priority"), page.faults.length], ["1e9", 1]);
    ok(!calls.some(({ method }) => method === "changeTask"));
  }
});

for (const tab of ["input", "raw"]) {
  Deno.test(`GET /tasks/:id?tab=${tab} shows no secret of the input`, async () => {
    const task = { ...TASK, inputJson: '{"user":"ann","key":"s3cret"}' };
    const properties = { key: { type: "string", writeOnly: true } };
    const type = {
      name: task.type,
      description: "",
      inputSchema: { type: "object", properties },
      outputSchema: null,
      examples: [],
      url: "file:///x.task.ts",
      codeVersion: "1",
      isBuiltIn: false,
    };
    const { app } = appWith({
      getTask: () => Promise.resolve(task),
      listTaskTypes: () => [type],
    });
    const { html } = await look(app, `${PATH}?tab=${tab}`);
    ok(html.includes("ann") && html.includes("••••••") && !html.includes("s3cret"));
  });
}
