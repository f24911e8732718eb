import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { LidoError } from "../../../../core/mod.ts";
import { appWith } from "../../../helpers/app_with.ts";
import { POOL, TASK, TASK_ID, UNKNOWN_ID } from "../../../helpers/fake_manager.ts";
import { look } from "../../../helpers/pages.ts";

/** What the list asked the manager for. */
function askedOf(calls: ReturnType<typeof appWith>["calls"]) {
  return calls.filter(({ method }) => method === "listTasks").map(({ args }) => args);
}

Deno.test("GET /tasks lists tasks, in both languages", async () => {
  const { app, calls } = appWith();
  const page = await look(app, "/tasks");
  strictEqual(page.status, 200);
  ok(page.elements.some(({ attributes }) => attributes.get("id") === `task-${TASK_ID}`));
  deepStrictEqual(askedOf(calls), [[{}, { page: 1, perPage: 20 }]]);
  const chinese = await look(app, "/tasks", { headers: { "accept-language": "zh" } });
  ok(chinese.text.includes("已完成"));
});

Deno.test("GET /tasks asks for what the filter says, and keeps it on its ways", async () => {
  const { app, calls } = appWith();
  const q = 'state:failed tag:"a b" boom';
  const page = await look(app, `/tasks?q=${encodeURIComponent(q)}&page=2&per_page=50`);
  deepStrictEqual(askedOf(calls), [[
    { states: ["failed"], tags: ["a b"], text: "boom" },
    { page: 2, perPage: 50 },
  ]]);
  strictEqual(page.fields.get("q"), q);
  const ways = page.elements.flatMap(({ attributes }) => {
    const href = attributes.get("href") ?? "";
    return /^\/tasks\?/.test(href) ? [new URL(href, "http://x").searchParams] : [];
  });
  ok(ways.some((query) => query.get("q") === 'tag:"a b" boom')); // without its first word
  ok(ways.some((query) => query.get("q") === 'state:pending tag:"a b" boom'));
  const exports = page.elements.map(({ attributes }) => attributes.get("href") ?? "")
    .filter((href) => href.startsWith("/tasks/export"));
  deepStrictEqual(
    exports.map((href) => new URL(href, "http://x").searchParams.get("q")),
    exports.map(() => q),
  );
  ok(exports.length === 2);
});

Deno.test("GET /tasks says what of the filter it does not understand, and lists nothing", async () => {
  const { app, calls } = appWith();
  for (const asking of [{}, { target: "page" }]) {
    const page = await look(app, "/tasks?q=state:<b>+tag:a", asking);
    strictEqual(page.status, 200);
    ok(page.text.includes("Nothing is listed"));
    ok(!page.text.includes(TASK_ID));
    strictEqual(page.text.includes("state:<b>: "), !("target" in asking)); // beside its field
  }
  deepStrictEqual(askedOf(calls), []);
});

Deno.test("GET /tasks offers neither files nor bulk operations of a filter that it does not understand", async () => {
  const offers = async (q: string) =>
    (await look(appWith().app, `/tasks?q=${q}`)).elements.flatMap(({ attributes }) =>
      attributes.get("id") === "bulk" ? ["bulk"] : attributes.has("download") ? ["file"] : []
    );
  deepStrictEqual(await offers("tag:a"), ["file", "file", "bulk"]);
  deepStrictEqual(await offers("tags:a"), []);
});

Deno.test("GET /tasks changes the state of a filter, however it is called there", async () => {
  const page = await look(appWith().app, "/tasks?q=status:failed+tag:a");
  const ways = page.elements.flatMap(({ attributes }) => {
    const href = attributes.get("href") ?? "";
    return href.startsWith("/tasks?q=state")
      ? [new URL(href, "http://x").searchParams.get("q")]
      : [];
  });
  ok(ways.includes("state:pending tag:a"), ways.join(", "));
});

Deno.test("GET /tasks shows a filter that is too long, whatever letter is cut", async () => {
  const q = `state:failed ${"x".repeat(486)}🏊 more`;
  const page = await look(appWith().app, `/tasks?q=${encodeURIComponent(q)}`);
  deepStrictEqual([page.status, page.fields.get("q")], [200, q]);
});

Deno.test("GET /tasks counts by the pool that the filter names", async () => {
  const pool = { ...POOL, counts: { ...POOL.counts, failed: 4_711 } };
  const page = await look(appWith({ getPool: () => pool }).app, "/tasks?q=pool:p");
  ok(page.text.includes("4,711"));
  ok(!(await look(appWith({ getPool: () => pool }).app, "/tasks")).text.includes("4,711"));
});

for (const query of ["page=0", "page=x", "page=", "per_page=7", "per_page=1e9"]) {
  Deno.test(`GET /tasks?${query} shows the first page, of the common length`, async () => {
    const { app, calls } = appWith();
    strictEqual((await look(app, `/tasks?${query}`)).status, 200);
    deepStrictEqual(askedOf(calls), [[{}, { page: 1, perPage: 20 }]]);
  });
}

Deno.test("GET /tasks tells an empty list from one in which nothing matches", async () => {
  const none = () =>
    Promise.resolve({
      tasks: [],
      totalItems: 0,
      isTotalExact: true,
      nextCursor: null,
      prevCursor: null,
      page: 1,
    });
  const { app } = appWith({ listTasks: none });
  const hrefs = async (path: string) =>
    (await look(app, path)).elements.filter(({ attributes }) =>
      (attributes.get("class") ?? "").includes("btn")
    ).map(({ attributes }) => attributes.get("href"));
  ok((await hrefs("/tasks?q=a")).includes("/tasks"));
  ok(!(await hrefs("/tasks")).includes("/tasks"));
});

for (
  const [format, type] of [
    ["csv", "text/csv; charset=utf-8"],
    ["ndjson", "application/x-ndjson"],
    ["<x>", "text/csv; charset=utf-8"],
  ] as const
) {
  Deno.test(`GET /tasks/export?format=${format} is a file, page after page`, async () => {
    const { app, calls } = appWith({
      listTasks: (_filter, asked) =>
        Promise.resolve({
          tasks: [TASK],
          totalItems: 2,
          isTotalExact: true,
          nextCursor: "cursor" in asked ? null : "next",
          prevCursor: null,
          page: null,
        }),
    });
    const response = await app.request(`/tasks/export?format=${format}&q=tag:a`);
    const text = await response.text();
    strictEqual(response.headers.get("content-type"), type);
    ok(/^attachment; filename="tasks\.(csv|ndjson)"$/.test(
      response.headers.get("content-disposition") ?? "",
    ));
    strictEqual(text.split(TASK_ID).length - 1, 2);
    if (type !== "application/x-ndjson") strictEqual(text.split("task_id").length - 1, 1);
    deepStrictEqual(askedOf(calls), [
      [{ tags: ["a"] }, { page: 1, perPage: 100 }],
      [{ tags: ["a"] }, { cursor: "next", perPage: 100 }],
    ]);
  });
}

Deno.test("GET /tasks/export refuses a filter that it does not understand, and lists nothing", async () => {
  const { app, calls } = appWith();
  const page = await look(app, "/tasks/export?q=tag:a+state:x");
  strictEqual(page.status, 422);
  ok(page.text.includes("state:x: "));
  deepStrictEqual(askedOf(calls), []);
});

Deno.test("GET /tasks/export tells that there is no such pool before a file begins", async () => {
  const refuse = () =>
    Promise.reject(new LidoError("pool_not_found", "Cannot find pool: it is not there"));
  const page = await look(
    appWith({ listTasks: refuse }).app,
    `/tasks/export?q=pool:${UNKNOWN_ID}`,
  );
  deepStrictEqual([page.status, page.headers.get("content-disposition")], [404, null]);
});
