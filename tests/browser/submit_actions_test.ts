import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import type { TaskId } from "../../core/mod.ts";
import { isFirstFaultAtHand } from "./page_side.js";
import { setStage } from "./stage.ts";
import { SIZES } from "./visitor.ts";

const stage = setStage();

/** The task whose page is shown, once it is. */
async function shownTask(page: Page) {
  await page.waitForURL(/\/tasks\/[0-9a-f-]{36}$/);
  return await stage.world.manager.getTask(page.url().split("/").at(-1) as TaskId);
}

async function countTasks(): Promise<number> {
  return (await stage.world.manager.listTasks({}, { page: 1, perPage: 1 })).totalItems;
}

async function inputOf(id: TaskId): Promise<unknown> {
  return JSON.parse((await stage.world.manager.getTask(id)).inputJson ?? "null");
}

stage.test("A task is submitted by its form, which keeps what was typed when a value is wrong", async ({ visitor, page, t }) => {
  await visitor.go("/submit");
  await page.getByRole("navigation", { name: t.submit.type }).getByRole("link", { name: "crawl" })
    .click();
  const form = page.locator("#submit-form");
  const before = await countTasks();
  await form.getByLabel("Pages").fill("a few");
  await form.getByLabel("Host").fill("lido.example");
  await form.getByLabel("Kinds").fill("html\npdf");
  await form.getByLabel(t.submit.pool).selectOption({ label: "nightly reports" });
  await form.getByLabel(t.submit.name).fill("Crawl by hand");
  await form.getByRole("button", { name: t.submit.go }).click();
  await form.locator("#field-input-pages-faults").waitFor();
  const pages = form.getByLabel("Pages");
  deepStrictEqual(
    [
      await pages.inputValue(),
      await pages.getAttribute("aria-invalid"),
      await form.getByLabel("Host").inputValue(),
      await form.getByLabel("Kinds").inputValue(),
      await form.getByLabel(t.submit.name).inputValue(),
      await countTasks(),
    ],
    ["a few", "true", "lido.example", "html\npdf", "Crawl by hand", before],
  );

  await pages.fill("3");
  await form.getByRole("button", { name: t.submit.go }).click();
  const task = await shownTask(page);
  deepStrictEqual([task.name, task.poolId, task.type], [
    "Crawl by hand",
    stage.world.pools.paused,
    "crawl",
  ]);
  deepStrictEqual(await inputOf(task.id), {
    pages: 3,
    pauseMs: 50,
    start: { host: "lido.example", depth: 3 },
    kinds: ["html", "pdf"],
    order: "newest",
    isPolite: true,
  });
});

stage.test("A task is submitted as JSON, which is kept when it is wrong", async ({ visitor, page, t }) => {
  await visitor.go(`/submit?type=add&pool=${stage.world.pools.paused}`);
  await page.getByRole("link", { name: t.submit.asJson }).click();
  const json = page.getByLabel(t.submit.inputJson);
  await json.fill('{"left": 4,');
  await page.getByRole("button", { name: t.submit.go }).click();
  await page.locator("#input-json-fault").waitFor();
  strictEqual(await json.inputValue(), '{"left": 4,');
  await json.fill('{"left": "four"}');
  await page.getByRole("button", { name: t.submit.go }).click();
  await page.locator("#input-json-fault", { hasText: "left" }).waitFor();
  await json.fill('{"left": 9007199254740991, "right": 0}');
  await page.getByRole("button", { name: t.submit.go }).click();
  const task = await shownTask(page);
  deepStrictEqual(await inputOf(task.id), { left: 9007199254740991, right: 0 });
});

for (
  const { format, wrong, right } of [
    {
      format: "NDJSON",
      wrong: '{"left":1}\n{"left":"two"}\n{"left":3}',
      right: '{"left":1}\n{"left":2}\n{"left":3}',
    },
    { format: "CSV", wrong: "left,right\n1,1\ntwo,2\n3,3", right: "left,right\n1,1\n2,2\n3,3" },
  ]
) {
  stage.test(`A batch of ${format} is taken only when no line has a fault`, async ({ visitor, page, t }) => {
    await visitor.go("/submit/batch?type=add");
    const before = await countTasks();
    const lines = page.getByLabel(t.submit.batchText);
    const wrongLine = String(wrong.split("\n").findIndex((line) => line.includes("two")) + 1);
    await page.getByLabel(t.submit.pool, { exact: true }).selectOption({
      label: "nightly reports",
    });
    await lines.fill(wrong);
    await page.getByRole("button", { name: t.submit.batchPreview }).click();
    const faults = page.getByRole("alert").getByRole("row");
    await faults.nth(1).waitFor();
    strictEqual(await faults.count(), 2);
    strictEqual(await faults.nth(1).getByRole("cell").first().innerText(), wrongLine);
    match(await faults.nth(1).getByRole("cell").nth(1).innerText(), /left/);
    strictEqual(await lines.inputValue(), wrong);

    await lines.fill(right);
    await page.getByRole("button", { name: t.submit.batchPreview }).click();
    await page.getByText(t.submit.batchGood("3")).waitFor();
    strictEqual(await countTasks(), before);
    await page.getByRole("button", { name: t.submit.batchGo("3") }).click();
    await page.getByRole("heading", { level: 1, name: t.tasks.title }).waitFor();
    await page.getByText(t.submit.batchDone("3")).waitFor();
    strictEqual(await countTasks(), before + 3);
  });
}

stage.test("A batch is taken from a file", async ({ visitor, page, t }) => {
  await visitor.go("/submit/batch?type=add");
  const before = await countTasks();
  await page.getByLabel(t.submit.batchFile).setInputFiles({
    name: "tasks.csv",
    mimeType: "text/csv",
    buffer: Buffer.from("left,task_name\n7,From a file\n8,From a file"),
  });
  await page.getByRole("button", { name: t.submit.batchPreview }).click();
  await page.getByRole("button", { name: t.submit.batchGo("2") }).click();
  await page.getByText(t.submit.batchDone("2")).waitFor();
  strictEqual(await countTasks(), before + 2);
});

stage.test("A task that ended is run again, and again with another input", async ({ visitor, page, t }) => {
  await visitor.go(`/tasks/${stage.world.tasks.completed}`);
  await page.getByRole("button", { name: t.action.ofObject(t.action.runAgain, "Add two numbers") })
    .click();
  await page.waitForURL((url) => !url.href.includes(stage.world.tasks.completed));
  const again = await shownTask(page);
  deepStrictEqual(await inputOf(again.id), await inputOf(stage.world.tasks.completed));
  await stage.world.manager.waitForTask(again.id, { waitMs: 30_000 });

  await visitor.go(`/tasks/${stage.world.tasks.completed}`);
  await page.getByRole("link", { name: t.action.edit }).click();
  const form = page.locator("#submit-form");
  strictEqual(await form.getByLabel("Left").inputValue(), "20");
  strictEqual(await form.getByLabel(t.submit.tags).inputValue(), "nightly");
  await form.getByLabel("Left").fill("21");
  await form.getByRole("button", { name: t.submit.go }).click();
  const edited = await shownTask(page);
  deepStrictEqual(await inputOf(edited.id), { left: 21, right: 22 });
  deepStrictEqual([edited.name, edited.tags], ["Add two numbers", ["nightly"]]);
});

stage.test("A task type leads to its last runs, and an example to its form", async (scene) => {
  const { visitor, page, t } = scene;
  await visitor.go("/types");
  const card = page.locator("#type-crawl");
  await card.getByText(t.types.schema, { exact: true }).click();
  await card.getByText('"pauseMs"').waitFor();
  await card.getByRole("link", { name: t.types.lastRuns }).click();
  await page.getByText("Crawl the catalogue").first().waitFor();
  await visitor.go("/types");
  await card.locator(".examples a").first().click();
  await page.locator("#submit-form").waitFor();
  strictEqual(await page.getByLabel("Pages").inputValue(), "10");
  await visitor.go("/types");
  await card.getByRole("link", { name: t.types.submit }).first().click();
  await page.locator("#submit-form").waitFor();
});

stage.test("An operation of the API is read, and tried", async ({ visitor, page, t, named }) => {
  await visitor.go("/api/docs");
  const read = page.locator("#getTask");
  await read.locator("summary").click();
  await read.getByLabel("task_id").fill(stage.world.tasks.completed);
  await read.getByRole("button", { name: t.api.send }).click();
  await read.getByRole("region", { name: t.api.answer }).getByText("Add two numbers").waitFor();
  await read.getByRole("link", { name: "Task", exact: true }).click();
  await page.waitForURL(/#schema-Task$/);
  await page.locator("#schema-Task-json").getByText("running_time").waitFor();

  const create = page.locator("#createPool");
  await create.locator("summary").click();
  const name = named("tried");
  await create.getByRole("textbox", { name: t.api.body }).fill(
    JSON.stringify({ name, max_worker: 1 }),
  );
  await create.getByRole("button", { name: t.api.send }).click();
  const answer = create.getByRole("region", { name: t.api.answer });
  await answer.getByText("max_workers").first().waitFor();
  await create.getByRole("textbox", { name: t.api.body }).fill(JSON.stringify({ name }));
  await create.getByRole("button", { name: t.api.send }).click();
  await answer.getByText("201").first().waitFor();
  strictEqual(
    stage.world.manager.listPools().filter((one) => one.settings.name === name).length,
    1,
  );
});

stage.test(
  "A form that is refused leads to the first field that is wrong",
  async ({ visitor, page, t, named }) => {
    await visitor.go("/submit?type=crawl");
    await page.getByLabel("Pages").fill("a few");
    await page.getByRole("button", { name: t.submit.go }).click();
    await page.waitForFunction(isFirstFaultAtHand);
    await page.locator("#submit-form").getByText(t.form.faults).waitFor();

    await visitor.go("/pools/new");
    await page.getByLabel(t.setting.name.label).fill(named("refused"));
    const fold = page.getByText(t.form.more, { exact: true });
    await fold.click();
    await page.getByLabel(t.setting.queueCapacity.label).fill("much");
    await fold.click();
    await page.getByRole("button", { name: t.action.newPool }).click();
    await page.waitForFunction(isFirstFaultAtHand);

    await visitor.go(`/pools/${stage.world.pools.paused}?tab=settings`);
    await page.getByLabel(t.setting.maxThreads.label, { exact: true }).fill("many");
    await page.getByRole("button", { name: t.action.save }).click();
    await page.waitForFunction(isFirstFaultAtHand);
  },
  { size: "narrow" },
);

Deno.test("A submit that the server does not get is told, wherever somebody has scrolled to", async () => {
  await using visitor = await stage.visit({ size: "narrow" });
  const { page } = visitor;
  await visitor.go("/submit?type=crawl");
  const go = page.getByRole("button", { name: "Submit", exact: true });
  await visitor.context.setOffline(true);
  await go.click();
  await page.locator(".app-toast.error", { hasText: "cannot be reached" }).waitFor();
  const lost = page.locator("#lost");
  await lost.waitFor();
  await go.scrollIntoViewIfNeeded();
  const { y, height } = await lost.boundingBox() ?? { y: -1, height: 0 };
  ok(y >= 0 && y + height <= SIZES.narrow.height, `It is at ${y}`);
});
