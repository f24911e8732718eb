import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { appWith } from "../../../helpers/app_with.ts";
import { POOL, POOL_ID } from "../../../helpers/fake_manager.ts";
import { keptToast, look, send, triggersOf } from "../../../helpers/pages.ts";

const PATH = `/pools/${POOL_ID}`;
const CROWDED = { ...POOL, counts: { ...POOL.counts, pending: 101 } };

/** The verb, the method, what it says, and whether the pool's name must be typed. */
const VERBS = [
  ["drain", "closePool", "Pool p takes nothing new and closes when it is done", false],
  ["cancel-pending", "cancelPending", "3 tasks that waited were cancelled", false],
  [
    "force-close",
    "forceClosePool",
    "Pool p is closed: 3 waiting tasks cancelled, 4 running ones stopped",
    true,
  ],
] as const;

for (const [verb, method, text, mustType] of VERBS) {
  Deno.test(`GET /pools/:id/${verb} asks, and does nothing`, async () => {
    const { app, calls } = appWith();
    const page = await look(app, `${PATH}/${verb}`);
    deepStrictEqual([page.status, page.fields.has("confirm")], [200, mustType]);
    strictEqual(
      (await look(app, `${PATH}/${verb}`, { target: "dialog" })).elements[0]?.name,
      "form",
    );
    const chinese = await look(app, `${PATH}/${verb}`, { headers: { "accept-language": "zh" } });
    strictEqual(chinese.elements[0]?.attributes.get("lang"), "zh");
    ok(!calls.some((call) => call.method === method));
  });

  Deno.test(`POST /pools/:id/${verb} does it, and says so`, async () => {
    const { app, calls } = appWith();
    const fields = { confirm: " p ", back: "/pools" };
    const sent = await send(app, `${PATH}/${verb}`, fields);
    deepStrictEqual([sent.status, sent.headers.get("location")], [303, "/pools"]);
    deepStrictEqual(keptToast(sent), { level: "success", text });
    const told = await send(app, `${PATH}/${verb}`, fields, { target: "question" });
    deepStrictEqual([told.status, JSON.stringify(triggersOf(told)).includes(text)], [204, true]);
    strictEqual(calls.filter((call) => call.method === method).length, 2);
  });
}

for (const verb of ["force-close", "cancel-pending"] as const) {
  for (const confirm of ["", "P", "q", "p p"]) {
    Deno.test(`POST /pools/:id/${verb} wants the name typed, not ${JSON.stringify(confirm)}`, async () => {
      const { app, calls } = appWith({ getPool: () => CROWDED });
      for (const asking of [{}, { target: "question" }]) {
        const page = await send(app, `${PATH}/${verb}`, { confirm }, asking);
        deepStrictEqual([page.status, page.faults], [422, ["This is not the pool's name"]]);
      }
      ok(!calls.some(({ method }) => ["forceClosePool", "cancelPending"].includes(method)));
    });
  }
}

Deno.test("GET /pools/:id/resize shows the size and an advice", async () => {
  const page = await look(appWith().app, `${PATH}/resize`);
  deepStrictEqual([page.fields.get("maxThreads"), page.fields.get("minThreads")], ["4", "1"]);
  ok(page.text.includes("Suggested: 9") && page.text.includes("Tasks wait"));
});

Deno.test("POST /pools/:id/resize resizes, and says so", async () => {
  const { app, calls } = appWith();
  const sent = await send(app, `${PATH}/resize`, { maxThreads: "7", minThreads: "2" });
  deepStrictEqual([sent.status, sent.headers.get("location")], [303, PATH]);
  const told = await send(app, `${PATH}/resize`, { maxThreads: "7" }, { target: "resize" });
  strictEqual(told.status, 204);
  const sizes = calls.filter(({ method }) => method === "resizePool").map(({ args }) => args[1]);
  deepStrictEqual(sizes, [{ maxThreads: 7, minThreads: 2 }, { maxThreads: 7 }]);
});

for (const asking of [{}, { target: "resize" }]) {
  Deno.test(`POST /pools/:id/resize keeps what was typed, with its fault: ${JSON.stringify(asking)}`, async () => {
    const { app, calls } = appWith();
    const page = await send(app, `${PATH}/resize`, { maxThreads: "<many>" }, asking);
    deepStrictEqual([page.status, page.fields.get("maxThreads"), page.faults.length], [
      422,
      "<many>",
      1,
    ]);
    ok(!calls.some(({ method }) => method === "resizePool"));
  });
}
