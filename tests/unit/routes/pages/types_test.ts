import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { appWith, NOW_MS } from "../../../helpers/app_with.ts";
import { look } from "../../../helpers/pages.ts";

Deno.test("GET /types shows types and files that could not be loaded, in both languages", async () => {
  const { app } = appWith();
  const page = await look(app, "/types");
  strictEqual(page.status, 200);
  for (const text of ["sleep", "Sleeps", "fileName", "file:///types/bad.task.ts", "No default"]) {
    ok(page.text.includes(text), text);
  }
  const chinese = await look(app, "/types", { headers: { "accept-language": "zh" } });
  ok(chinese.text.includes("任务类型"));
});

Deno.test("GET /types leads to the form with an example filled in", async () => {
  const { app } = appWith();
  const page = await look(app, "/types");
  const href = page.elements.map(({ attributes }) => attributes.get("href") ?? "")
    .find((one) => one.includes("input=")) ?? "";
  const query = new URL(href, "http://x").searchParams;
  deepStrictEqual([query.get("type"), query.get("input")], ["sleep", '{"seconds":1}']);
  strictEqual((await look(app, href)).status, 200);
});

Deno.test("GET /types/:name shows its charts over the range, and is not found of another", async () => {
  const { app, calls } = appWith();
  const page = await look(app, "/types/sleep?range=6h");
  for (const text of ["Average run", "Sleeps"]) ok(page.text.includes(text), text);
  deepStrictEqual(calls.filter(({ method }) => method === "getHistory").map(({ args }) => args), [
    [{ type: "sleep", fromMs: NOW_MS - 6 * 3_600_000, stepS: 300 }],
  ]);
  const none = await app.request("/types/none", { headers: { accept: "text/html" } });
  strictEqual(none.status, 404);
});

Deno.test("GET /types says that no type is known", async () => {
  const { app } = appWith({ listTaskTypes: () => [], listBrokenTaskFiles: () => [] });
  ok((await look(app, "/types")).text.includes("No task type is known"));
});

Deno.test("GET /types tells what a type did lately, and what did nothing", async () => {
  const share = { type: "sleep", done: 9, failed: 1, cancelled: 0, runMs: 2_500, share: 0.4 };
  const { app } = appWith({ getTypeShares: () => ({ coveredMs: 300_000, types: [share] }) });
  const page = await look(app, "/types");
  ok(page.text.includes("10 ended, after 250ms on average; 10% failed; 40% of the thread time"));
  const idle = await look(appWith().app, "/types");
  ok(idle.text.includes("Nothing of it ended in the last 5 minutes"));
});
