/** Columns and saved views of the list of tasks. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { LidoError } from "../../../../core/mod.ts";
import { appWith } from "../../../helpers/app_with.ts";
import { VIEW } from "../../../helpers/fake_manager.ts";
import { keptToast, look, type PageAnswer, send } from "../../../helpers/pages.ts";

function headsOf(page: PageAnswer): readonly string[] {
  return page.elements.filter(({ name, attributes }) =>
    name === "th" && attributes.get("scope") === "col"
  ).map(({ text }) => text.trim()).filter((text) => text !== "");
}

function hrefsOf(page: PageAnswer): readonly string[] {
  return page.elements.flatMap(({ attributes }) => attributes.get("href") ?? []);
}

/** The cookie that the browser keeps its own views in. */
function ownViews(answer: PageAnswer): Record<string, string> {
  const kept = answer.headers.getSetCookie().find((one) => one.startsWith("lido_views="));
  return { cookie: kept?.split(";")[0] ?? "" };
}

Deno.test("GET /tasks shows the columns that the address names, in their own order", async () => {
  const { app } = appWith();
  const page = await look(app, "/tasks?col=slot&col=started&col=nonsense&col=wait");
  deepStrictEqual(headsOf(page), ["State", "Task", "Wait", "Started", "Slot", "Actions"]);
  const swapped = await look(app, "/tasks?col=slot&col=started", { target: "page" });
  deepStrictEqual(headsOf(swapped), ["State", "Task", "Started", "Slot", "Actions"]);
  ok(!(await look(app, "/tasks?col=wait")).html.includes('tag:a"'));
  const none = await look(app, "/tasks?q=x&col=none");
  deepStrictEqual(headsOf(none), ["State", "Task", "Actions"]);
});

Deno.test("GET /tasks keeps the columns on each of its ways", async () => {
  const { app } = appWith();
  const page = await look(app, "/tasks?q=state:failed+x&col=wait&col=slot&per_page=50");
  const others = ["/tasks", `/tasks?${VIEW.query}`]; // the frame's, and another view
  const inside = hrefsOf(page).filter((href) =>
    /^\/tasks(\?|$)/.test(href) && !/q=(state:|tag%3A)/.test(href) && !others.includes(href)
  );
  ok(inside.length > 5, inside.join());
  for (const href of inside) {
    deepStrictEqual(new URL(href, "http://x").searchParams.getAll("col"), ["wait", "slot"], href);
  }
  const chooser = page.elements.filter(({ attributes }) => attributes.get("name") === "col");
  const checked = chooser.filter(({ attributes }) => attributes.has("checked"));
  deepStrictEqual(checked.map(({ attributes }) => attributes.get("value")), ["wait", "slot"]);
  for (const href of inside) {
    if (!href.includes("views/new")) {
      strictEqual(new URL(href, "http://x").searchParams.get("per_page"), "50", href);
    }
  }
  strictEqual(page.fields.get("per_page"), "50");
  // The filter's form has the columns, the chooser's the filter.
  const hidden = page.elements.filter(({ attributes }) => attributes.get("type") === "hidden")
    .map(({ attributes }) => `${attributes.get("name")}=${attributes.get("value")}`);
  for (const field of ["col=wait", "col=slot", "q=state:failed x"]) {
    ok(hidden.includes(field), field);
  }
});

Deno.test("GET /tasks shows everybody's views and the browser's own, and marks the one that is open", async () => {
  const { app } = appWith();
  const saved = await send(app, "/tasks/views", { name: "Mine", query: "q=state%3Afailed" });
  const headers = ownViews(saved);
  const page = await look(app, "/tasks?q=run%3A%3E5s&col=run", {
    headers: { ...headers, accept: "text/html" },
  });
  const current = page.elements.filter(({ name, attributes }) =>
    name === "a" && attributes.get("aria-current") === "page"
  ).map(({ attributes }) => attributes.get("href"));
  ok(current.includes(`/tasks?${VIEW.query}`), current.join());
  const odd = await look(
    appWith({ listViews: () => [{ ...VIEW, query: "col=run&q=run:%3E5s" }] }).app,
    "/tasks?q=run%3A%3E5s&col=run",
  );
  ok(odd.elements.some(({ attributes }) => attributes.get("class") === "view is-open"));
  ok(hrefsOf(page).includes("/tasks?q=state%3Afailed"));
  ok(hrefsOf(page).includes("/tasks/views/remove?name=Mine&shared=0"));
  ok(hrefsOf(page).includes("/tasks/views/new?q=run%3A%3E5s&col=run"));
});

Deno.test("POST /tasks/views saves a view for all, with nothing but what a list knows", async () => {
  const { app, calls } = appWith();
  const query = "q=a&col=wait&col=odd&page=7&back=//evil";
  const saved = await send(app, "/tasks/views", { name: " Slow ", query, shared: "1" });
  deepStrictEqual([saved.status, saved.headers.get("location")], [303, "/tasks?q=a&col=wait"]);
  deepStrictEqual(keptToast(saved), { level: "success", text: "View Slow was saved" });
  deepStrictEqual(calls.filter(({ method }) => method === "saveView").map(({ args }) => args[0]), [
    { name: "Slow", query: "q=a&col=wait" },
  ]);
});

const BAD: readonly (readonly [name: string, fields: Record<string, string>])[] = [
  ["no name", { name: "  " }],
  ["a name that is too long", { name: "x".repeat(61) }],
  ["a name of two lines", { name: "a\nb" }],
  ["dots alone", { name: ".." }],
  ["a list that is too long", { name: "a", query: `q=${"x".repeat(2_100)}` }],
];
for (const [what, fields] of BAD) {
  Deno.test(`POST /tasks/views refuses ${what}, beside its field`, async () => {
    const { app, calls } = appWith();
    for (const asking of [{}, { target: "dialog" }]) {
      const page = await send(app, "/tasks/views", { query: "", shared: "1", ...fields }, asking);
      strictEqual(page.status, 422);
      strictEqual(page.faults.length, 1, page.text);
      ok(!calls.some(({ method }) => method === "saveView"));
    }
  });
}

Deno.test("POST /tasks/views says that there are as many views as there may be", async () => {
  const { app } = appWith({
    saveView: () => Promise.reject(new LidoError("view_limit_reached", "Cannot save view: 100")),
  });
  const page = await send(app, "/tasks/views", { name: "a", query: "", shared: "1" });
  deepStrictEqual([page.status, page.faults], [422, ["There are as many views as there may be"]]);
});

Deno.test("A browser's own views replace those of their name, go one by one, and are not without end", async () => {
  const { app, calls } = appWith();
  let headers: Record<string, string> = {};
  const save = async (name: string, query: string) => {
    const saved = await send(app, "/tasks/views", { name, query }, { headers });
    if (saved.status === 303) headers = ownViews(saved);
    return saved;
  };
  const shown = async () => {
    const page = await look(app, "/tasks", { headers: { ...headers, accept: "text/html" } });
    return hrefsOf(page).filter((href) => href.includes("shared=0"))
      .map((href) => new URL(href, "http://x").searchParams.get("name"));
  };
  await save("a", "q=1");
  await save("b", "q=2");
  await save("a", "q=3");
  deepStrictEqual(await shown(), ["b", "a"]);
  const removed = await send(app, "/tasks/views/remove", { name: "b", shared: "0" }, { headers });
  headers = ownViews(removed);
  deepStrictEqual(await shown(), ["a"]);
  for (let at = 0; at < 9; at++) strictEqual((await save(`v${at}`, "")).status, 303);
  const full = await save("one more", "");
  deepStrictEqual([full.status, full.faults.length], [422, 1]);
  headers = { cookie: "lido_views=bm90IGpzb24" };
  deepStrictEqual(await shown(), []);
  ok(!calls.some(({ method }) => method === "saveView" || method === "removeView"));
});

Deno.test("Everybody's view is removed after a question that says so", async () => {
  const { app, calls } = appWith();
  const question = await look(app, "/tasks/views/remove?name=Slow+ones&shared=1");
  ok(question.text.includes("for everybody"));
  const own = await look(app, "/tasks/views/remove?name=Mine&shared=0");
  ok(!own.text.includes("for everybody"));
  const gone = await send(app, "/tasks/views/remove", { name: "Slow ones", shared: "1" });
  deepStrictEqual([gone.status, gone.headers.get("location")], [303, "/tasks"]);
  deepStrictEqual(
    calls.filter(({ method }) => method === "removeView").map(({ args }) => args[0]),
    ["Slow ones"],
  );
  strictEqual((await send(app, "/tasks/views/remove", { name: "no", shared: "1" })).status, 404);
});
