import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { LidoError } from "../../../../core/mod.ts";
import { appWith } from "../../../helpers/app_with.ts";
import { POOL, POOL_ID, TASK, TASK_ID, UNKNOWN_ID } from "../../../helpers/fake_manager.ts";
import { keptToast, look, send } from "../../../helpers/pages.ts";

const TYPE = {
  name: "sleep",
  description: "Sleeps <i>",
  inputSchema: {
    type: "object",
    properties: {
      seconds: { type: "number", minimum: 0 },
      note: { type: "string" },
      any: {},
    },
    required: ["seconds"],
  },
  outputSchema: null,
  examples: [{ seconds: 1 }],
  url: "file:///types/sleep.task.ts",
  codeVersion: "0123456789abcdef",
  isBuiltIn: true,
};
const listTaskTypes = () => [TYPE];
const FORM = { type: "sleep", as: "form", pool: POOL_ID };

Deno.test("GET /submit shows fields of the type's schema, and those of every task", async () => {
  const page = await look(appWith({ listTaskTypes }).app, "/submit");
  strictEqual(page.status, 200);
  deepStrictEqual([...page.fields].filter(([name]) => name !== "back"), [
    ["type", "sleep"],
    ["as", "form"],
    ["input.seconds", ""],
    ["input.note", ""],
    ["input.any", ""],
    ["name", ""],
    ["priority", "0"],
    ["tags", ""],
    ["runTimeoutMs", ""],
    ["idempotencyKey", ""],
  ]);
  ok(page.text.includes("Sleeps <i>"));
});

Deno.test("GET /submit speaks the other language, too", async () => {
  const headers = { "accept-language": "zh" };
  const page = await look(appWith({ listTaskTypes }).app, "/submit", { headers });
  ok(page.text.includes("提交") && page.text.includes("优先级"));
});

Deno.test("GET /submit?from= fills in what a task was given", async () => {
  const task = { ...TASK, inputJson: '{"seconds":1.5,"note":"\\"><b>"}', priority: 3 };
  const { app } = appWith({ listTaskTypes, getTask: () => Promise.resolve(task) });
  const { fields } = await look(app, `/submit?from=${TASK_ID}`);
  deepStrictEqual(
    ["input.seconds", "input.note", "name", "priority", "tags"].map((name) => fields.get(name)),
    ["1.5", '"><b>', "nap", "3", "a"],
  );
});

for (const as of ["form", "json"]) {
  Deno.test(`GET /submit?from= brings no secret back, as ${as}`, async () => {
    const task = { ...TASK, inputJson: '{"note":"ann","key":"s3cret"}' };
    const properties = { note: { type: "string" }, key: { type: "string", writeOnly: true } };
    const type = { ...TYPE, inputSchema: { type: "object", properties } };
    const { app } = appWith({ listTaskTypes: () => [type], getTask: () => Promise.resolve(task) });
    const { html, fields } = await look(app, `/submit?from=${TASK_ID}&as=${as}`);
    ok(html.includes("ann") && !html.includes("s3cret"));
    strictEqual(fields.get("input.key"), as === "form" ? "" : undefined);
  });
}

Deno.test("GET /submit?from= shows as JSON what fields would round", async () => {
  const { app } = appWith({ listTaskTypes }); // its task has a number beyond 2^53
  const { fields } = await look(app, `/submit?from=${TASK_ID}`);
  deepStrictEqual([fields.get("as"), fields.get("input_json")], [
    "json",
    '{\n  "seconds": 1,\n  "big": 12345678901234567890\n}',
  ]);
});

for (const input of ["}}", "]", '{"a', "<b>", '"</textarea><script>', "\n\n{"]) {
  Deno.test(`GET /submit?input= shows ${JSON.stringify(input)}, which is no JSON, as it is`, async () => {
    const { app } = appWith({ listTaskTypes });
    const page = await look(app, `/submit?type=sleep&input=${encodeURIComponent(input)}`);
    deepStrictEqual([page.status, page.fields.get("as"), page.fields.get("input_json")], [
      200,
      "json",
      input,
    ]);
  });
}

Deno.test("GET /submit?from= is not found where no task is", async () => {
  strictEqual((await look(appWith().app, `/submit?from=${UNKNOWN_ID}`)).status, 404);
  strictEqual((await look(appWith().app, "/submit?from=x")).status, 404);
});

Deno.test("GET /submit tells that there is no pool, or no type", async () => {
  const noPool = await look(appWith({ listTaskTypes, listPools: () => [] }).app, "/submit");
  ok(noPool.text.includes("There is no open pool"));
  const noType = await look(appWith({ listTaskTypes: () => [] }).app, "/submit");
  ok(noType.text.includes("No task type is known"));
});

for (const asking of [{}, { target: "submit-form" }]) {
  const who = "target" in asking ? "a script" : "a browser";
  Deno.test(`POST /submit submits what the fields say, and leads ${who} to the task`, async () => {
    const { app, calls } = appWith({ listTaskTypes });
    const sent = await send(app, "/submit", {
      ...FORM,
      "input.seconds": "1.5",
      "input.note": "a <b>",
      "input.any": '{"x":[1]}',
      name: " nap ",
      priority: "-3",
      tags: "one\ntwo",
      runTimeoutMs: "",
    }, asking);
    const leads = "target" in asking
      ? [200, sent.headers.get("hx-redirect")]
      : [303, sent.headers.get("location")];
    deepStrictEqual([sent.status, leads[1], sent.html], [leads[0], `/tasks/${TASK_ID}`, ""]);
    deepStrictEqual(keptToast(sent), { level: "success", text: "Task nap was submitted" });
    deepStrictEqual(calls.find(({ method }) => method === "submit")?.args[0], {
      poolId: POOL_ID,
      type: "sleep",
      name: "nap",
      priority: -3,
      tags: ["one", "two"],
      runTimeoutMs: null,
      input: { seconds: 1.5, note: "a <b>", any: { x: [1] } },
    });
  });

  Deno.test(`POST /submit shows ${who} faults beside their fields, with what was typed`, async () => {
    const faults = [{ path: ["input", "seconds"], message: "Too <small>" }];
    const { app } = appWith({
      listTaskTypes,
      submit: () => Promise.reject(new LidoError("invalid_input", "Cannot submit", { faults })),
    });
    const typed = { "input.seconds": "-1", "input.note": '"><img src=x>', name: "</form>" };
    const page = await send(app, "/submit", { ...FORM, ...typed }, asking);
    strictEqual(page.status, 422);
    deepStrictEqual(page.faults, ["Too <small>"]);
    for (const [name, value] of Object.entries(typed)) strictEqual(page.fields.get(name), value);
    const wrong = page.elements.filter(({ attributes }) => attributes.has("aria-invalid"));
    deepStrictEqual(wrong.map(({ attributes }) => attributes.get("name")), ["input.seconds"]);
    strictEqual(page.elements[0]?.name, "target" in asking ? "form" : "html");
  });
}

Deno.test("POST /submit checks the task's own fields before it asks the manager", async () => {
  const { app, calls } = appWith({ listTaskTypes });
  const typed = { name: "x".repeat(129), priority: "high" };
  const page = await send(app, "/submit", { ...FORM, "input.seconds": "1", ...typed });
  strictEqual(page.status, 422);
  strictEqual(page.faults.length, 2);
  deepStrictEqual([page.fields.get("name"), page.fields.get("priority")], [
    typed.name,
    "high",
  ]);
  ok(!calls.some(({ method }) => method === "submit"));
});

Deno.test("POST /submit tells faults in the language of who sent the form", async () => {
  const headers = { "accept-language": "zh" };
  const { app } = appWith({ listTaskTypes });
  const page = await send(app, "/submit", { ...FORM, priority: "1000" }, { headers });
  strictEqual(page.status, 422);
  deepStrictEqual(page.faults, ["不得大于 100"]);
});

Deno.test("POST /submit tells what a type's schema refuses in the language of who sent it", async () => {
  const faults = [
    { path: ["input", "seconds"], message: "Too small: expected number to be >=0" },
    { path: ["input", "hours"], message: "Unknown field" },
  ];
  const { app } = appWith({
    listTaskTypes,
    submit: () => Promise.reject(new LidoError("invalid_input", "Cannot submit sleep", { faults })),
  });
  const sent = { ...FORM, "input.seconds": "-1" };
  const told = async (language: string, fields: Record<string, string> = sent) => {
    const headers = { "accept-language": language };
    return (await send(app, "/submit", fields, { headers })).text;
  };
  const chinese = await told("zh");
  ok(chinese.includes("不得小于 0") && chinese.includes("input.hours: 未知字段"), chinese);
  ok(!/Too small|Unknown/.test(chinese));
  const asJson = await told("zh", { ...FORM, as: "json", input_json: "{}" });
  ok(asJson.includes("input.seconds: 不得小于 0（另有 1 处）"), asJson);
  ok((await told("en")).includes("Too small: expected number to be >=0"));
});

for (const text of ['{"seconds": ', "[".repeat(1_000), '{"a":1,"a":2}', "\n</textarea>"]) {
  Deno.test(`POST /submit keeps a text that is no JSON: ${JSON.stringify(text).slice(0, 30)}`, async () => {
    const { app, calls } = appWith({ listTaskTypes });
    const page = await send(app, "/submit", { ...FORM, as: "json", input_json: text });
    strictEqual(page.status, 422);
    strictEqual(page.fields.get("input_json"), text);
    strictEqual(page.faults.length, 1);
    ok(page.faults[0]?.includes("This is no JSON: "), page.faults[0]);
    ok(!calls.some(({ method }) => method === "submit"));
  });
}

Deno.test("POST /submit takes an input that is JSON, and none where nothing was written", async () => {
  const { app, calls } = appWith({ listTaskTypes });
  await send(app, "/submit", { ...FORM, as: "json", input_json: '[1,{"a":null}]' });
  await send(app, "/submit", { ...FORM, as: "json", input_json: " " });
  const inputs = calls.filter(({ method }) => method === "submit")
    .map(({ args }) => (args[0] as { input?: unknown }).input);
  deepStrictEqual(inputs, [[1, { a: null }], undefined]);
});

const REFUSED = [["queue_full", 422], ["pool_closed", 422]] as const;
for (const [code, status] of REFUSED) {
  Deno.test(`POST /submit says ${code} above the form, and keeps what was typed`, async () => {
    const { app } = appWith({
      listTaskTypes,
      submit: () => Promise.reject(new LidoError(code, "Cannot submit task: <so>")),
    });
    const page = await send(app, "/submit", { ...FORM, "input.seconds": "7" });
    strictEqual(page.status, status);
    ok(page.text.includes("Cannot submit task: <so>"));
    strictEqual(page.fields.get("input.seconds"), "7");
  });
}

Deno.test("POST /submit lets an error that nobody foresaw through", async () => {
  const { app, logged } = appWith({
    listTaskTypes,
    submit: () => Promise.reject(new Error("secret")),
  });
  const page = await send(app, "/submit", { ...FORM, "input.seconds": "1" });
  deepStrictEqual([page.status, logged.length, page.html.includes("secret")], [500, 1, false]);
});

Deno.test("GET /submit chooses the wanted pool and type, and no other than there are", async () => {
  const other = { ...POOL, id: UNKNOWN_ID as typeof POOL.id };
  const { app } = appWith({ listTaskTypes, listPools: () => [POOL, other] });
  const chosen = async (query: string) => {
    const { elements } = await look(app, `/submit?${query}`);
    return elements.filter(({ name, attributes }) =>
      name === "option" && attributes.has("selected") && attributes.get("value")?.includes("-7")
    ).map(({ attributes }) => attributes.get("value"));
  };
  deepStrictEqual(await chosen(`pool=${UNKNOWN_ID}`), [UNKNOWN_ID]);
  deepStrictEqual(await chosen("pool=%22%3E&type=constructor"), [POOL_ID]);
});
