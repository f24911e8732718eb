import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { appWith } from "../../../helpers/app_with.ts";
import { look, send } from "../../../helpers/pages.ts";

const YEAR = "Max-Age=31536000; Path=/; HttpOnly; SameSite=Lax";

Deno.test("POST /preferences keeps what was chosen for a year, and comes back", async () => {
  const sent = await send(appWith().app, "/preferences", {
    language: "zh",
    theme: "dark",
    refresh: "15",
    back: "/tasks?q=a",
  });
  deepStrictEqual([sent.status, sent.headers.get("location")], [303, "/tasks?q=a"]);
  deepStrictEqual(sent.headers.getSetCookie(), [
    `lido_language=zh; ${YEAR}`,
    `lido_theme=dark; ${YEAR}`,
    `lido_refresh=15; ${YEAR}`,
  ]);
});

for (
  const fields of [
    { language: "de", theme: "pink", refresh: "3" },
    { language: "constructor", theme: "", refresh: "1e9" },
    { language: "zh; Domain=evil.example", theme: "dark\r\nX: y", refresh: "NaN" },
    {},
  ]
) {
  Deno.test(`POST /preferences keeps nothing of ${JSON.stringify(fields)}`, async () => {
    const sent = await send(appWith().app, "/preferences", fields);
    deepStrictEqual([sent.status, sent.headers.get("location"), sent.headers.getSetCookie()], [
      303,
      "/",
      [],
    ]);
  });
}

Deno.test("Every page has the form of preferences, with what is chosen and where to come back", async () => {
  const { app } = appWith();
  const headers = { cookie: "lido_language=zh; lido_theme=light; lido_refresh=5" };
  const page = await look(app, "/pools?text=a%20%22b", { headers });
  const chosen = page.elements.filter(({ name, attributes }) =>
    name === "option" && attributes.has("selected")
  ).map(({ attributes }) => attributes.get("value"));
  deepStrictEqual(["zh", "light", "5"].filter((one) => !chosen.includes(one)), []);
  strictEqual(page.fields.get("back"), "/pools?text=a%20%22b");
});
