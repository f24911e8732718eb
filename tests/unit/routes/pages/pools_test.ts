import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { LidoError } from "../../../../core/mod.ts";
import { appWith } from "../../../helpers/app_with.ts";
import { POOL, POOL_ID, UNKNOWN_ID } from "../../../helpers/fake_manager.ts";
import { keptToast, look, type PageAnswer, send } from "../../../helpers/pages.ts";

const named = (name: string, changes: Partial<typeof POOL> = {}) => ({
  ...POOL,
  ...changes,
  settings: { ...POOL.settings, name },
});

/** Names of the pools in the table. */
function rowsOf({ elements }: PageAnswer): readonly string[] {
  return elements.filter(({ name, attributes, text }) =>
    name === "a" && attributes.get("href") === `/pools/${POOL_ID}` && text !== ""
  ).map(({ text }) => text);
}

Deno.test("GET /pools lists pools, in both languages", async () => {
  const { app } = appWith();
  const page = await look(app, "/pools");
  deepStrictEqual([page.status, rowsOf(page)], [200, ["p"]]);
  const chinese = await look(app, "/pools", { headers: { "accept-language": "zh" } });
  ok(chinese.text.includes("线程池") && !chinese.text.includes("New pool"));
});

Deno.test("GET /pools narrows the list by name, isolation and zombies", async () => {
  const pools = [
    named("Alpha"),
    named("beta", { zombies: 1 }),
    { ...named("alphabet"), settings: { ...named("alphabet").settings, isolation: "thread" } },
  ] as const;
  const { app } = appWith({ listPools: () => pools });
  const found = async (query: string) => rowsOf(await look(app, `/pools?${query}`));
  deepStrictEqual(await found("text=ALPHA"), ["Alpha", "alphabet"]);
  deepStrictEqual(await found("isolation=thread"), ["alphabet"]);
  deepStrictEqual(await found("zombies=1"), ["beta"]);
  ok((await look(app, "/pools")).text.includes("1 zombie"));
  deepStrictEqual(await found("text=none"), []);
});

Deno.test("GET /pools asks for the wanted states, and refuses others", async () => {
  const { app, calls } = appWith();
  await look(app, "/pools?status=closed");
  ok(
    calls.some(({ method, args }) =>
      method === "listPools" && JSON.stringify(args[0]) === '["closed"]'
    ),
  );
  strictEqual((await look(app, "/pools?status=x")).status, 422);
});

Deno.test("GET /pools/new shows a form of all settings with their defaults", async () => {
  const { app } = appWith();
  const page = await look(app, "/pools/new");
  deepStrictEqual(
    ["name", "maxThreads", "minThreads", "permissions.read", "runTimeoutMs"].map((name) =>
      page.fields.get(name)
    ),
    ["", "5", "0", "", ""],
  );
  strictEqual(page.elements[0]?.name, "html");
  const part = await look(app, "/pools/new", { target: "dialog" });
  strictEqual(part.elements[0]?.name, "form");
});

for (const asking of [{}, { target: "dialog" }]) {
  const who = "target" in asking ? "a script" : "a browser";
  Deno.test(`POST /pools opens a pool, and leads ${who} to it`, async () => {
    const { app, calls } = appWith();
    const sent = await send(app, "/pools", {
      name: " mine ",
      maxThreads: "3",
      isolation: "thread",
      "permissions.read": "/a\n/b c",
      warmSpare: "false",
      runTimeoutMs: "",
    }, asking);
    const header = "target" in asking ? "hx-redirect" : "location";
    deepStrictEqual([sent.status, sent.headers.get(header)], [
      "target" in asking ? 200 : 303,
      `/pools/${POOL_ID}`,
    ]);
    deepStrictEqual(keptToast(sent), { level: "success", text: "Pool p was created" });
    const settings = calls.find(({ method }) => method === "createPool")?.args[0] as Record<
      string,
      unknown
    >;
    deepStrictEqual(
      ["name", "maxThreads", "isolation", "warmSpare", "runTimeoutMs"].map((key) => settings[key]),
      ["mine", 3, "thread", false, null],
    );
    deepStrictEqual((settings["permissions"] as { read: unknown }).read, ["/a", "/b c"]);
  });

  Deno.test(`POST /pools shows ${who} faults beside their fields, and keeps what was typed`, async () => {
    const { app, calls } = appWith();
    const typed = {
      name: " ",
      maxThreads: "many <b>",
      "permissions.net": "a,b",
      queueCapacity: "7",
    };
    const page = await send(app, "/pools", typed, asking);
    strictEqual(page.status, 422);
    strictEqual(page.faults.length, 3);
    for (const [name, value] of Object.entries(typed)) strictEqual(page.fields.get(name), value);
    const wrong = page.elements.filter(({ attributes }) => attributes.has("aria-invalid"))
      .map(({ attributes }) => attributes.get("name"));
    deepStrictEqual(wrong, ["name", "maxThreads", "permissions.net"]);
    strictEqual(page.elements[0]?.name, "target" in asking ? "form" : "html");
    ok(!calls.some(({ method }) => method === "createPool"));
  });
}

Deno.test("POST /pools tells faults in the language of who sent the form", async () => {
  const headers = { "accept-language": "zh" };
  const page = await send(appWith().app, "/pools", { name: "" }, { headers });
  ok(/[\u4e00-\u9fff]/.test(page.faults.join()), page.faults.join());
});

Deno.test("POST /pools says that there is room for no more pool", async () => {
  const refuse = () =>
    Promise.reject(new LidoError("pool_limit_reached", "Cannot open pool: there are 100"));
  const page = await send(appWith({ createPool: refuse }).app, "/pools", { name: "x" });
  strictEqual(page.status, 503);
  ok(page.text.includes("Cannot open pool: there are 100"));
});

for (const path of [`/pools/${UNKNOWN_ID}`, "/pools/x", `/pools/${UNKNOWN_ID}/drain`]) {
  Deno.test(`GET ${path} is not found`, async () => {
    strictEqual((await look(appWith().app, path)).status, 404);
  });
}
