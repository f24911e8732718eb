import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { LidoError } from "../../../../core/mod.ts";
import { appWith } from "../../../helpers/app_with.ts";
import { POOL_ID } from "../../../helpers/fake_manager.ts";
import { keptToast, look, readPage, send } from "../../../helpers/pages.ts";

const FORM = { pool: POOL_ID, type: "sleep" };
const GOOD = '{"seconds":1}\n{"seconds":2,"task_name":"<b>"}';

/** Whether the form offers to submit what was checked. */
const offers = ({ elements }: Awaited<ReturnType<typeof look>>) =>
  elements.some(({ name, attributes }) =>
    name === "button" && attributes.get("value") === "submit"
  );

Deno.test("GET /submit/batch shows an empty form, in both languages", async () => {
  const page = await look(appWith().app, "/submit/batch");
  deepStrictEqual([page.status, page.fields.get("lines"), offers(page)], [200, "", false]);
  const headers = { "accept-language": "zh" };
  const chinese = await look(appWith().app, "/submit/batch", { headers });
  ok(/任务/.test(chinese.text) && !chinese.text.includes("Tasks, one a line"));
});

Deno.test("POST /submit/batch checks lines, keeps them and submits none", async () => {
  const { app, calls } = appWith();
  const page = await send(app, "/submit/batch", { ...FORM, lines: GOOD, do: "check" });
  deepStrictEqual([page.status, page.fields.get("lines"), offers(page)], [200, GOOD, true]);
  ok(page.text.includes("All 2 lines are good."));
  deepStrictEqual(
    calls.map(({ method }) => method).filter((method) => /^(submit|check)/.test(method)),
    ["checkSubmission", "checkSubmission"],
  );
});

Deno.test("POST /submit/batch submits all lines at once, and leads to the list", async () => {
  const { app, calls } = appWith();
  const sent = await send(app, "/submit/batch", { ...FORM, lines: GOOD, do: "submit" });
  deepStrictEqual([sent.status, sent.headers.get("location")], [303, "/tasks"]);
  deepStrictEqual(keptToast(sent), { level: "success", text: "2 tasks were submitted" });
  const base = { poolId: POOL_ID, type: "sleep", priority: 0, tags: [] };
  const batches = calls.filter(({ method }) => method === "submitBatch").map(({ args }) => args[0]);
  deepStrictEqual(JSON.parse(JSON.stringify(batches)), [[
    { ...base, input: { seconds: 1 } },
    { ...base, name: "<b>", input: { seconds: 2 } },
  ]]);
});

Deno.test("POST /submit/batch submits nothing when a line is wrong, and names it", async () => {
  const { app, calls } = appWith({
    checkSubmission: ({ name }) => {
      if (name === "<b>") throw new LidoError("invalid_input", "Cannot take <this>");
    },
  });
  const lines = `${GOOD}\n{broken`;
  const page = await send(app, "/submit/batch", { ...FORM, lines, do: "submit" });
  deepStrictEqual([page.status, page.fields.get("lines"), offers(page)], [422, lines, false]);
  const cells = page.elements.filter(({ name }) => name === "td").map(({ text }) => text);
  deepStrictEqual(cells.length, 4);
  deepStrictEqual(cells.slice(2), ["2", "Cannot take <this>"]);
  strictEqual(cells[0], "3");
  ok(!calls.some(({ method }) => method === "submitBatch"));
});

Deno.test("POST /submit/batch tells faults in the language of who sent the lines", async () => {
  const faults = [{ path: ["input", "seconds"], message: "Too small: expected number to be >=0" }];
  const { app } = appWith({
    checkSubmission: ({ name }) => {
      if (name === "bad") throw new LidoError("invalid_input", "Cannot submit", { faults });
      if (name === "closed") throw new LidoError("pool_closed", "Cannot submit: it is closed");
    },
  });
  const lines = '{"task_name":"bad"}\n{"task_name":"closed"}\n{"priority":"x"}';
  const headers = { "accept-language": "zh" };
  const page = await send(app, "/submit/batch", { ...FORM, lines, do: "check" }, { headers });
  const cells = page.elements.filter(({ name }) => name === "td").map(({ text }) => text);
  deepStrictEqual(cells, [
    "3",
    "priority: 必须是数字，而不是文本",
    "1",
    "input.seconds: 不得小于 0",
    "2",
    "线程池不再接收任务（Cannot submit: it is closed）",
  ]);
});

Deno.test("POST /submit/batch says that there is no line", async () => {
  const page = await send(appWith().app, "/submit/batch", { ...FORM, lines: " ", do: "submit" });
  deepStrictEqual([page.status, page.faults], [200, ["There is no line."]]);
});

Deno.test("POST /submit/batch takes a file before what was typed", async () => {
  const { app, calls } = appWith();
  const body = new FormData();
  for (const [name, value] of Object.entries({ ...FORM, lines: "{broken", do: "submit" })) {
    body.set(name, value);
  }
  body.set("file", new File(["seconds\n3\n"], "a.csv"));
  const answer = await readPage(await app.request("/submit/batch", { method: "POST", body }));
  strictEqual(answer.status, 303);
  ok(JSON.stringify(calls).includes('"input":{"seconds":3}'));
  body.set("file", new File([], ""));
  const typed = await readPage(await app.request("/submit/batch", { method: "POST", body }));
  strictEqual(typed.status, 422);
});

Deno.test("POST /submit/batch refuses a form whose parts cannot be told apart", async () => {
  const response = await appWith().app.request("/submit/batch", {
    method: "POST",
    headers: { "content-type": "multipart/form-data", accept: "text/html" },
    body: "--b\r\nContent-Dispo",
  });
  strictEqual((await readPage(response)).status, 422);
});

Deno.test("POST /submit/batch passes on why the pool does not take it", async () => {
  const full = () => Promise.reject(new LidoError("queue_full", "Cannot submit: <full>"));
  const { app } = appWith({ submitBatch: full });
  const page = await send(app, "/submit/batch", { ...FORM, lines: GOOD, do: "submit" });
  strictEqual(page.status, 429);
  ok(page.text.includes("Cannot submit: <full>"));
});
