/** Saved views over HTTP, and over a restart. */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { managedApp } from "../helpers/managed_app.ts";

Deno.test("Views are saved, replaced, listed and removed, and outlive the server", async () => {
  const data = await Deno.makeTempDir({ prefix: "lido-views-" });
  try {
    {
      await using app = await managedApp({ data });
      const body = { query: "q=state%3Afailed" };
      const { status, body: saved } = await app.ask("PUT", "/api/views/Slow%20%E6%85%A2", body);
      strictEqual(status, 200);
      const { data: { name, query, saved_at } } = saved as {
        data: Record<"name" | "query" | "saved_at", string>;
      };
      deepStrictEqual([name, query], ["Slow 慢", "q=state%3Afailed"]);
      match(saved_at, /^\d{4}-/);
      await app.ask("PUT", "/api/views/e%CC%81", { query: "q=1" });
      strictEqual((await app.ask("DELETE", "/api/views/%C3%A9%20")).status, 200);
      await app.ask("PUT", "/api/views/a", { query: "q=1" });
      await app.ask("PUT", "/api/views/a", { query: "q=2" });
    }
    await using app = await managedApp({ data });
    const list = async () =>
      ((await app.ask("GET", "/api/views")).body as { data: { name: string; query: string }[] })
        .data.map(({ name, query }) => [name, query]);
    deepStrictEqual(await list(), [["Slow 慢", "q=state%3Afailed"], ["a", "q=2"]]);
    strictEqual((await app.ask("DELETE", "/api/views/a")).status, 200);
    const { status, body } = await app.ask("DELETE", "/api/views/a");
    deepStrictEqual([status, (body as { code: string }).code], [404, "view_not_found"]);
    deepStrictEqual((await list()).length, 1);
  } finally {
    await Deno.remove(data, { recursive: true });
  }
});

const BAD: readonly (readonly [path: string, body: object, names: RegExp])[] = [
  ["/api/views/%20", { query: "" }, /name/],
  [`/api/views/${"x".repeat(61)}`, { query: "" }, /name/],
  ["/api/views/a%0Ab", { query: "" }, /name/],
  ["/api/views/a", {}, /query/],
  ["/api/views/a", { query: 5 }, /query/],
  ["/api/views/a", { query: "x".repeat(2_001) }, /query/],
  ["/api/views/a", { query: "", owner: "me" }, /owner/],
];
for (const [path, body, names] of BAD) {
  Deno.test(`A view is refused: ${path.slice(0, 20)} ${JSON.stringify(body).slice(0, 40)}`, async () => {
    await using app = await managedApp();
    const { status, body: answer } = await app.ask("PUT", path, body);
    const { code, error } = answer as { code: string; error: string };
    deepStrictEqual([status, code], [422, "invalid_input"]);
    match(error, names);
    deepStrictEqual(((await app.ask("GET", "/api/views")).body as { data: unknown[] }).data, []);
  });
}
