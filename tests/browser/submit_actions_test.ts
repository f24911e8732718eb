import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import type { TaskId } from "../../core/mod.ts";
import { setStage } from "./stage.ts";

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

Deno.test("A task is submitted by its form, which keeps what was typed when a value is wrong", async () => {
  await using visitor = await stage.visit();
  const { page } = visitor;
  await visitor.go("/submit");
  await page.getByRole("navigation", { name: "Task type" }).getByRole("link", { name: "crawl" })
    .click();
  const form = page.locator("#submit-form");
  const before = await countTasks();
  await form.getByLabel("Pages").fill("a few");
  await form.getByLabel("Host").fill("lido.example");
  await form.getByLabel("Kinds").fill("html\npdf");
  await form.getByLabel("Pool").selectOption({ label: "nightly reports" });
  await form.getByLabel("Name").fill("Crawl by hand");
  await form.getByRole("button", { name: "Submit" }).click();
  await form.locator("#field-input-pages-faults").waitFor();
  const pages = form.getByLabel("Pages");
  deepStrictEqual(
    [
      await pages.inputValue(),
      await pages.getAttribute("aria-invalid"),
      await form.getByLabel("Host").inputValue(),
      await form.getByLabel("Kinds").inputValue(),
      await form.getByLabel("Name").inputValue(),
      await countTasks(),
    ],
    ["a few", "true", "lido.example", "html\npdf", "Crawl by hand", before],
  );

  await pages.fill("3");
  await form.getByRole("button", { name: "Submit" }).click();
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
  deepStrictEqual(visitor.faults, []);
});

Deno.test("A task is submitted as JSON, which is kept when it is wrong", async () => {
  await using visitor = await stage.visit();
  const { page } = visitor;
  await visitor.go(`/submit?type=add&pool=${stage.world.pools.paused}`);
  await page.getByRole("link", { name: "As JSON" }).click();
  const json = page.getByLabel("Input as JSON");
  await json.fill('{"left": 4,');
  await page.getByRole("button", { name: "Submit" }).click();
  await page.locator("#input-json-fault").waitFor();
  strictEqual(await json.inputValue(), '{"left": 4,');
  await json.fill('{"left": "four"}');
  await page.getByRole("button", { name: "Submit" }).click();
  await page.locator("#input-json-fault", { hasText: "left" }).waitFor();
  await json.fill('{"left": 9007199254740991, "right": 0}');
  await page.getByRole("button", { name: "Submit" }).click();
  const task = await shownTask(page);
  deepStrictEqual(await inputOf(task.id), { left: 9007199254740991, right: 0 });
  deepStrictEqual(visitor.faults, []);
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
  Deno.test(`A batch of ${format} is taken only when no line has a fault`, async () => {
    await using visitor = await stage.visit();
    const { page } = visitor;
    await visitor.go("/submit/batch?type=add");
    const before = await countTasks();
    const lines = page.getByLabel("Tasks, one a line");
    const wrongLine = String(wrong.split("\n").findIndex((line) => line.includes("two")) + 1);
    await page.getByLabel("Pool", { exact: true }).selectOption({ label: "nightly reports" });
    await lines.fill(wrong);
    await page.getByRole("button", { name: "Check" }).click();
    const faults = page.getByRole("alert").getByRole("row");
    await faults.nth(1).waitFor();
    strictEqual(await faults.count(), 2);
    strictEqual(await faults.nth(1).getByRole("cell").first().innerText(), wrongLine);
    match(await faults.nth(1).getByRole("cell").nth(1).innerText(), /left/);
    strictEqual(await lines.inputValue(), wrong);

    await lines.fill(right);
    await page.getByRole("button", { name: "Check" }).click();
    await page.getByText("All 3 lines are good.").waitFor();
    strictEqual(await countTasks(), before);
    await page.getByRole("button", { name: "Submit 3 tasks" }).click();
    await page.getByRole("heading", { level: 1, name: "Tasks" }).waitFor();
    await page.getByText("3 tasks were submitted").waitFor();
    strictEqual(await countTasks(), before + 3);
    deepStrictEqual(visitor.faults, []);
  });
}

Deno.test("A batch is taken from a file", async () => {
  await using visitor = await stage.visit();
  const { page } = visitor;
  await visitor.go("/submit/batch?type=add");
  const before = await countTasks();
  await page.getByLabel("Or a file").setInputFiles({
    name: "tasks.csv",
    mimeType: "text/csv",
    buffer: Buffer.from("left,task_name\n7,From a file\n8,From a file"),
  });
  await page.getByRole("button", { name: "Check" }).click();
  await page.getByRole("button", { name: "Submit 2 tasks" }).click();
  await page.getByText("2 tasks were submitted").waitFor();
  strictEqual(await countTasks(), before + 2);
  deepStrictEqual(visitor.faults, []);
});

Deno.test("A task that ended is run again, and again with another input", async () => {
  await using visitor = await stage.visit();
  const { page } = visitor;
  await visitor.go(`/tasks/${stage.world.tasks.completed}`);
  await page.getByRole("button", { name: "Run again Add two numbers" }).click();
  await page.waitForURL((url) => !url.href.includes(stage.world.tasks.completed));
  const again = await shownTask(page);
  deepStrictEqual(await inputOf(again.id), await inputOf(stage.world.tasks.completed));
  await stage.world.manager.waitForTask(again.id, { waitMs: 30_000 });

  await visitor.go(`/tasks/${stage.world.tasks.completed}`);
  await page.getByRole("link", { name: "Edit and run again" }).click();
  const form = page.locator("#submit-form");
  strictEqual(await form.getByLabel("Left").inputValue(), "20");
  strictEqual(await form.getByLabel("Tags").inputValue(), "nightly");
  await form.getByLabel("Left").fill("21");
  await form.getByRole("button", { name: "Submit" }).click();
  const edited = await shownTask(page);
  deepStrictEqual(await inputOf(edited.id), { left: 21, right: 22 });
  deepStrictEqual([edited.name, edited.tags], ["Add two numbers", ["nightly"]]);
  deepStrictEqual(visitor.faults, []);
});
