import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { LidoError } from "../../../../core/mod.ts";
import { appWith } from "../../../helpers/app_with.ts";
import { POOL_ID, TASK_ID, UNKNOWN_ID } from "../../../helpers/fake_manager.ts";
import { BROWSER, look, send, triggersOf } from "../../../helpers/pages.ts";

const boom = () => {
  throw new TypeError("secret of the machine");
};
const refuse = () =>
  Promise.reject(new LidoError("task_not_cancellable", "Cannot cancel task: it is <b>running</b>"));

Deno.test("withPages() shows people a page, with what went wrong as text", async () => {
  const page = await look(appWith().app, `/tasks/${UNKNOWN_ID}`);
  strictEqual(page.status, 404);
  deepStrictEqual(
    page.elements.filter(({ name }) => name === "h1" || name === "bdi").map(({ text }) => text),
    ["There is nothing here", `Cannot find task: no task has the id ${UNKNOWN_ID}`],
  );
  ok(page.elements.some(({ name }) => name === "nav"), "there is a way on");
});

Deno.test("withPages() speaks the language of who asks", async () => {
  const page = await look(appWith().app, "/nowhere", { headers: { "accept-language": "zh" } });
  strictEqual(page.status, 404);
  ok(page.text.includes("这里什么也没有"));
  const task = await look(appWith().app, `/tasks/${UNKNOWN_ID}`, {
    headers: { ...BROWSER, "accept-language": "zh" },
  });
  const detail = `Cannot find task: no task has the id ${UNKNOWN_ID}`;
  ok(task.text.includes(`没有此编号的任务，或已不再保留（${detail}）`), task.text);
});

Deno.test("withPages() shows a path that is not there as text", async () => {
  const page = await look(appWith().app, "/%3Cscript%3Ealert(1)%3C/script%3E");
  strictEqual(page.status, 404);
  ok(!page.elements.some(({ name, text }) => name === "script" && text.includes("alert")));
});

Deno.test("withPages() keeps the page of a script, and has it show a message", async () => {
  const { app } = appWith({ cancelTask: refuse });
  const answer = await send(app, `/tasks/${TASK_ID}/cancel`, {}, { target: "page" });
  deepStrictEqual([answer.status, answer.html, answer.headers.get("hx-reswap")], [409, "", "none"]);
  deepStrictEqual(triggersOf(answer), {
    "lido:toast": { level: "error", text: "Cannot cancel task: it is <b>running</b>" },
  });
});

Deno.test("withPages() answers programs with JSON, wherever they ask", async () => {
  const { app } = appWith({ cancelTask: refuse });
  const asks: readonly (readonly [string, RequestInit, number])[] = [
    ["/nowhere", {}, 404],
    [`/tasks/${UNKNOWN_ID}`, { headers: { accept: "*/*" } }, 404],
    [`/tasks/${TASK_ID}/cancel`, { method: "POST" }, 409],
    [`/api/tasks/${UNKNOWN_ID}`, { headers: BROWSER }, 404],
    [`/api/tasks/${UNKNOWN_ID}`, { headers: { "hx-request": "true" } }, 404],
    ["/static/x/y", { headers: BROWSER }, 404],
  ];
  for (const [path, request, status] of asks) {
    const response = await app.request(path, request);
    const body = await response.json();
    deepStrictEqual([response.status, body.status, body.success], [status, status, false], path);
    strictEqual(response.headers.get("content-type"), "application/problem+json");
  }
});

Deno.test("withPages() says nothing of an error that nobody foresaw but the request's id", async () => {
  const { app, logged } = appWith({ getTask: boom });
  const page = await look(app, `/tasks/${TASK_ID}`, { headers: { "x-request-id": "r-1" } });
  strictEqual(page.status, 500);
  ok(page.text.includes("r-1") && page.text.includes("Internal server error"));
  ok(!page.html.includes("secret"));
  const told = await look(app, `/tasks/${TASK_ID}`, { target: "page" });
  deepStrictEqual(triggersOf(told), {
    "lido:toast": { level: "error", text: "Internal server error" },
  });
  strictEqual(logged.length, 2);
});

Deno.test("withPages() answers without a page when the frame itself cannot be made", async () => {
  const { app, logged } = appWith({ getStats: boom });
  const response = await app.request("/types", { headers: BROWSER });
  const body = await response.json();
  deepStrictEqual([response.status, body.code], [500, "internal_error"]);
  ok(!JSON.stringify(body).includes("secret"));
  deepStrictEqual(logged.map(({ error }) => error instanceof Error && error.message), [
    "secret of the machine",
    "Cannot show an error as a page",
  ]);
});

Deno.test("withPages() tells a host that is not this server's nothing of what is in it", async () => {
  const { app, calls } = appWith();
  const headers = { ...BROWSER, host: "evil.example" };
  const response = await app.request(`/pools/${POOL_ID}`, { headers });
  deepStrictEqual([response.status, (await response.json()).code], [421, "misdirected_request"]);
  deepStrictEqual(calls, []);
});

Deno.test("withPages() answers an address with which nothing can be done", async () => {
  const { app } = appWith();
  const request = new Request("http://localhost/", { headers: BROWSER });
  const odd = new Proxy(request, {
    get: (target, name) => {
      const value = name === "url" ? "http://a b/pools" : Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const response = await app.fetch(odd);
  deepStrictEqual([response.status, (await response.json()).code], [421, "misdirected_request"]);
});

Deno.test("withPages() keeps the time after which to ask again", async () => {
  const full = () =>
    Promise.reject(
      new LidoError("queue_full", "Cannot submit task: full", { retryAfterMs: 3_000 }),
    );
  const { app } = appWith({ submitAgain: full });
  for (const asking of [{}, { target: "page" }]) {
    const answer = await send(app, `/tasks/${TASK_ID}/again`, {}, asking);
    deepStrictEqual([answer.status, answer.headers.get("retry-after")], [429, "3"]);
  }
});
