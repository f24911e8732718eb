import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { BulkOperations } from "../../../../core/mod.ts";
import { appWith } from "../../../helpers/app_with.ts";
import { TASK, TASK_ID, UNKNOWN_ID } from "../../../helpers/fake_manager.ts";
import { look, send } from "../../../helpers/pages.ts";
import { until } from "../../../helpers/until.ts";

/** An app whose list has so many tasks; what was stopped. */
function worldOf(count: number) {
  const stopped: string[] = [];
  const filters: unknown[] = [];
  const act = (id: string) => {
    stopped.push(id);
    return Promise.resolve(TASK);
  };
  const bulk = new BulkOperations({
    listTasks: (filter) => {
      filters.push(filter);
      return Promise.resolve({
        tasks: [TASK],
        totalItems: count,
        isTotalExact: true,
        nextCursor: null,
        prevCursor: null,
      });
    },
    cancelTask: act,
    stopTask: act,
    submitAgain: act,
    changeTask: act,
    checkChange: () => {},
  }, { nowMs: () => 5, monotonicMs: () => 0 });
  return { ...appWith({ bulk }), bulk, stopped, filters };
}

const CHOSEN = [["action", "stop"], ["id", TASK_ID], ["id", UNKNOWN_ID], ["id", "x"]] as const;
const ALL = { action: "stop", all: "1", q: 'tag:"<a b>"' };

for (const asking of [{}, { target: "dialog" }]) {
  Deno.test(`POST /tasks/bulk/preview asks of chosen tasks, and does nothing: ${JSON.stringify(asking)}`, async () => {
    const { app, stopped } = worldOf(1);
    const page = await send(app, "/tasks/bulk/preview", CHOSEN, asking);
    strictEqual(page.status, 200);
    strictEqual(page.elements[0]?.name === "html", !("target" in asking));
    const ids = page.elements.filter(({ attributes }) => attributes.get("name") === "id")
      .map(({ attributes }) => attributes.get("value"));
    deepStrictEqual(ids, [TASK_ID, UNKNOWN_ID]);
    ok(!page.fields.has("confirm"));
    deepStrictEqual(stopped, []);
  });
}

Deno.test("POST /tasks/bulk/preview asks of all that match, and keeps the filter", async () => {
  const { app, filters } = worldOf(101);
  const page = await send(app, "/tasks/bulk/preview", ALL);
  deepStrictEqual([page.fields.get("q"), page.fields.get("all"), page.fields.has("confirm")], [
    ALL.q,
    "1",
    true,
  ]);
  deepStrictEqual(filters, [{ tags: ["<a b>"] }]);
  const headers = { "accept-language": "zh" };
  const chinese = await send(app, "/tasks/bulk/preview", ALL, { headers });
  strictEqual(chinese.elements[0]?.attributes.get("lang"), "zh");
});

Deno.test("POST /tasks/bulk begins, and leads to how far it is", async () => {
  const { app, bulk, stopped } = worldOf(1);
  const sent = await send(app, "/tasks/bulk", CHOSEN);
  strictEqual(sent.status, 303);
  const path = sent.headers.get("location") ?? "";
  const id = path.replace("/tasks/bulk/", "");
  await until("it is over", () => bulk.get(id)?.state === "finished");
  deepStrictEqual(stopped, [TASK_ID, UNKNOWN_ID]);
  const page = await look(app, path);
  ok(page.text.includes("Finished") && page.text.includes("2 of 2"));
  const scripted = await send(app, "/tasks/bulk", CHOSEN, { target: "bulk-form" });
  ok(scripted.headers.get("hx-redirect")?.startsWith("/tasks/bulk/"));
});

for (const confirm of ["", "100", "101 tasks"]) {
  Deno.test(`POST /tasks/bulk wants the number of many tasks typed, not ${JSON.stringify(confirm)}`, async () => {
    const { app, stopped } = worldOf(101);
    for (const asking of [{}, { target: "bulk-form" }]) {
      const page = await send(app, "/tasks/bulk", { ...ALL, confirm }, asking);
      deepStrictEqual([page.status, page.faults, page.fields.get("q")], [
        422,
        ["This is not the number"],
        ALL.q,
      ]);
    }
    deepStrictEqual(stopped, []);
  });
}

Deno.test("POST /tasks/bulk does it to many once their number is typed", async () => {
  const { app } = worldOf(101);
  strictEqual((await send(app, "/tasks/bulk", { ...ALL, confirm: " 101 " })).status, 303);
});

for (
  const fields of [
    { ...ALL, q: "state:x" },
    { ...ALL, action: "delete" },
    { all: "1" },
    { id: TASK_ID },
  ]
) {
  Deno.test(`POST /tasks/bulk refuses ${JSON.stringify(fields)}, and does nothing`, async () => {
    const { app, stopped } = worldOf(1);
    for (const path of ["/tasks/bulk", "/tasks/bulk/preview"]) {
      strictEqual((await send(app, path, fields)).status, 422, path);
    }
    deepStrictEqual(stopped, []);
  });
}

Deno.test("POST /tasks/bulk says that no task is selected", async () => {
  const page = await send(worldOf(0).app, "/tasks/bulk", { action: "stop" });
  strictEqual(page.status, 200);
  ok(page.text.includes("No task is selected."));
});

Deno.test("GET /tasks/bulk/:id says that an operation is no longer kept", async () => {
  const page = await look(worldOf(0).app, "/tasks/bulk/%3Cb%3E");
  strictEqual(page.status, 404);
  ok(page.text.includes("This operation is no longer kept"));
});

Deno.test("POST /tasks/bulk/:id/end ends it, and leads to no other place than its own", async () => {
  const { app, bulk } = worldOf(1);
  const { id } = await bulk.start({ action: "stop" }, { ids: [TASK_ID] });
  const sent = await send(app, `/tasks/bulk/${id}/end`);
  deepStrictEqual([sent.status, sent.headers.get("location")], [303, `/tasks/bulk/${id}`]);
  const odd = await send(app, "/tasks/bulk/%2F%2Fevil.example/end");
  strictEqual(odd.headers.get("location"), "/tasks/bulk/%2F%2Fevil.example");
});

Deno.test("POST /tasks/bulk changes what is not left empty, and keeps what was typed wrong", async () => {
  const { app, stopped } = worldOf(1);
  const chosen = [["action", "change"], ["id", TASK_ID]] as const;
  const asked = await send(app, "/tasks/bulk/preview", chosen);
  deepStrictEqual([asked.status, asked.fields.get("priority")], [200, ""]);
  for (const priority of ["", "high"]) {
    const page = await send(app, "/tasks/bulk", [...chosen, ["priority", priority]]);
    deepStrictEqual([page.status, page.fields.get("priority"), stopped], [422, priority, []]);
  }
  const sent = await send(app, "/tasks/bulk", [...chosen, ["priority", "3"]]);
  strictEqual(sent.status, 303);
  await until("it is done", () => stopped.length === 1);
});
