import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { Page } from "playwright-core";
import type { PoolId, TaskId } from "../../core/mod.ts";
import { setStage } from "./stage.ts";

const stage = setStage();

/** A paused pool in which so many tasks wait, by their names `<pool> 0`, `<pool> 1`, … */
async function openPausedPool(name: string, count: number): Promise<PoolId> {
  const { id } = await stage.world.manager.createPool({ name, isolation: "thread", maxThreads: 1 });
  await stage.world.manager.pausePool(id);
  for (let at = 0; at < count; at++) {
    const input = { left: at, right: 0 };
    const task = { type: "add", input, name: `${name} ${at}`, priority: 0, tags: [] };
    await stage.world.manager.submit({ poolId: id, ...task });
  }
  return id;
}

async function stateOf(id: TaskId): Promise<string> {
  return (await stage.world.manager.getTask(id)).status.state;
}

async function names(page: Page): Promise<string[]> {
  return await page.locator("table.rows td.name > a").allInnerTexts();
}

/** The files' text that a link gives. */
async function download(page: Page, link: string): Promise<string> {
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: link, exact: true }).click(),
  ]);
  return await Deno.readTextFile(await file.path());
}

Deno.test("A task that waits is cancelled in the list, and another on its page", async () => {
  await using visitor = await stage.visit();
  const { page } = visitor;
  const id = await openPausedPool("withdrawn", 2);
  await visitor.go("/tasks?q=pool:withdrawn");
  await page.getByRole("button", { name: "Cancel withdrawn 0" }).click();
  await page.locator("tr", { hasText: "withdrawn 0" }).getByText("Cancelled").waitFor();
  await page.getByRole("link", { name: "withdrawn 1" }).click();
  await page.getByRole("button", { name: "Cancel withdrawn 1" }).click();
  await page.getByText("Task withdrawn 1 was cancelled").waitFor();
  await page.getByRole("button", { name: "Run again withdrawn 1" }).waitFor();
  strictEqual(stage.world.manager.getPool(id).counts.cancelled, 2);
  deepStrictEqual(visitor.faults, []);
});

Deno.test("A task that runs is stopped on its page", async () => {
  await using visitor = await stage.visit({ refreshS: 1 });
  const { page } = visitor;
  const { task } = await stage.world.manager.submit({
    poolId: stage.world.pools.busy,
    type: "crawl",
    input: { pages: 100_000 },
    name: "Crawl to stop",
    priority: 0,
    tags: [],
  });
  await visitor.go(`/tasks/${task.id}`);
  await page.getByRole("button", { name: "Stop Crawl to stop" }).click();
  await page.getByText("Task Crawl to stop was asked to stop").waitFor();
  await page.locator(".page-actions .badge", { hasText: "Cancelled" }).waitFor();
  strictEqual(await stateOf(task.id), "cancelled");
  deepStrictEqual(visitor.faults, []);
});

Deno.test("The list is filtered by words and by states, and a word is taken away by its chip", async () => {
  await using visitor = await stage.visit();
  const { page } = visitor;
  const filter = page.getByLabel("Filter", { exact: true });
  await visitor.go("/tasks");
  await filter.fill("pool:thumbnails state:failed 4711");
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  await page.waitForURL(/q=pool/);
  deepStrictEqual(await names(page), ["Send invoice 4711"]);
  await page.getByRole("link", { name: "Remove the filter 4711" }).click();
  await page.waitForURL((url) => !url.search.includes("4711"));
  strictEqual((await names(page)).length, 5);
  strictEqual(await filter.inputValue(), "pool:thumbnails state:failed");
  await page.getByRole("navigation", { name: "State" }).getByRole("link", { name: /^Completed/ })
    .click();
  await page.waitForURL(/state%3Acompleted/);
  const states = await page.locator("table.rows tbody .badge").allInnerTexts();
  deepStrictEqual([...new Set(states.map((state) => state.trim()))], ["Completed"]);

  await filter.fill("run:soon");
  await filter.press("Enter");
  await page.getByRole("alert").filter({ hasText: "run:soon" }).waitFor();
  strictEqual(await filter.inputValue(), "run:soon");
  deepStrictEqual(visitor.faults, []);
});

Deno.test("The list is paged by steps, by a jump, by its size, and by older and newer", async () => {
  await using visitor = await stage.visit();
  const { page } = visitor;
  await openPausedPool("paged", 25);
  const all = Array.from({ length: 25 }, (_, at) => `paged ${24 - at}`);
  const pager = page.getByRole("navigation", { name: "Pages" });
  await visitor.go("/tasks?q=pool:paged");
  await pager.getByLabel("Per page").selectOption("10");
  await pager.getByText("Page 1 of 3").waitFor();
  deepStrictEqual(await names(page), all.slice(0, 10));
  await pager.getByRole("link", { name: "Next page" }).click();
  await pager.getByText("Page 2 of 3").waitFor();
  deepStrictEqual(await names(page), all.slice(10, 20));
  await pager.getByRole("link", { name: "Last page" }).click();
  await pager.getByText("Page 3 of 3").waitFor();
  deepStrictEqual(await names(page), all.slice(20));
  await pager.getByRole("link", { name: "Previous page" }).click();
  await pager.getByText("Page 2 of 3").waitFor();
  await pager.getByLabel("Go to page").fill("3");
  await pager.getByLabel("Go to page").press("Enter");
  await pager.getByText("Page 3 of 3").waitFor();
  await pager.getByRole("link", { name: "First page" }).click();
  await pager.getByText("Page 1 of 3").waitFor();

  await pager.getByRole("link", { name: "Older" }).click();
  await page.getByText("paged 5", { exact: true }).waitFor();
  deepStrictEqual(await names(page), all.slice(10, 20));
  await pager.getByRole("link", { name: "Older" }).click();
  await page.getByText("paged 0", { exact: true }).waitFor();
  deepStrictEqual(await names(page), all.slice(20));
  await pager.getByRole("link", { name: "Newer" }).click();
  await page.getByText("paged 5", { exact: true }).waitFor();
  deepStrictEqual(await names(page), all.slice(10, 20));
  await page.goBack();
  await page.getByText("paged 0", { exact: true }).waitFor();
  deepStrictEqual(visitor.faults, []);
});

Deno.test("Selected rows are cancelled by a bulk operation, after a look at what is meant", async () => {
  await using visitor = await stage.visit({ refreshS: 1 });
  const { page } = visitor;
  const id = await openPausedPool("chosen", 4);
  await visitor.go("/tasks?q=pool:chosen");
  await page.getByLabel("Select chosen 1").check();
  await page.getByLabel("Select chosen 2").check();
  await page.getByText("2 selected").waitFor();
  await page.getByRole("button", { name: "Preview…" }).click();
  const dialog = page.getByRole("dialog", { name: "Cancel 2 tasks?" });
  strictEqual(stage.world.manager.getPool(id).counts.pending, 4);
  await dialog.getByRole("button", { name: "Cancel 2 tasks" }).click();
  await page.waitForURL(/\/tasks\/bulk\//);
  await page.getByRole("heading", { level: 1, name: "Bulk operation: Cancel" }).waitFor();
  await page.getByText("Finished").waitFor();
  const cancelled = await stage.world.manager.listTasks({ poolId: id, states: ["cancelled"] }, {
    page: 1,
    perPage: 10,
  });
  deepStrictEqual(cancelled.tasks.map(({ name }) => name), ["chosen 2", "chosen 1"]);
  deepStrictEqual(visitor.faults, []);
});

Deno.test("All that match are cancelled only when their number is typed", async () => {
  await using visitor = await stage.visit({ refreshS: 1 });
  const { page } = visitor;
  const id = await openPausedPool("many", 101);
  await visitor.go("/tasks?q=pool:many");
  await page.getByLabel("Select all on this page").check();
  await page.getByText("20 selected").waitFor();
  await page.getByLabel("Select all 101 that match").check();
  await page.getByRole("button", { name: "Preview…" }).click();
  const dialog = page.getByRole("dialog", { name: "Cancel 101 tasks?" });
  await dialog.getByLabel("Type 101 to confirm").fill("100");
  await dialog.getByRole("button", { name: "Cancel 101 tasks" }).click();
  await dialog.getByText("This is not the number").waitFor();
  strictEqual(stage.world.manager.getPool(id).counts.pending, 101);
  await dialog.getByLabel("Type 101 to confirm").fill("101");
  await dialog.getByRole("button", { name: "Cancel 101 tasks" }).click();
  await page.waitForURL(/\/tasks\/bulk\//);
  await page.getByText("101 of 101").waitFor();
  await page.getByText("Finished").waitFor();
  strictEqual(stage.world.manager.getPool(id).counts.cancelled, 101);
  deepStrictEqual(visitor.faults, []);
});

Deno.test("All that failed are run again by a bulk operation", async () => {
  await using visitor = await stage.visit({ refreshS: 1 });
  const { page } = visitor;
  const { id } = await stage.world.manager.createPool({ name: "unlucky", isolation: "thread" });
  for (const reason of ["no paper", "no ink"]) {
    const task = { type: "refuse", input: { reason }, priority: 0, tags: [] };
    const { task: { id: taskId } } = await stage.world.manager.submit({ poolId: id, ...task });
    await stage.world.manager.waitForTask(taskId, { waitMs: 30_000 });
  }
  await visitor.go("/tasks?q=pool:unlucky state:failed");
  await page.getByLabel("Select all on this page").check();
  await page.getByLabel("Select all 2 that match").check();
  await page.getByRole("combobox", { name: "Action" }).selectOption({ label: "Run again" });
  await page.getByRole("button", { name: "Preview…" }).click();
  const dialog = page.getByRole("dialog", { name: "Run again 2 tasks?" });
  await dialog.getByRole("button", { name: "Run again 2 tasks" }).click();
  await page.waitForURL(/\/tasks\/bulk\//);
  await page.getByText("Finished").waitFor();
  const again = await stage.world.manager.listTasks({ poolId: id }, { page: 1, perPage: 10 });
  strictEqual(again.totalItems, 4);
  deepStrictEqual(visitor.faults, []);
});

Deno.test("A filtered list is exported as CSV and as NDJSON", async () => {
  await using visitor = await stage.visit();
  const { page } = visitor;
  await openPausedPool("exported", 3);
  await visitor.go("/tasks?q=pool:exported");
  const csv = (await download(page, "CSV")).trim().split("\r\n");
  strictEqual(csv.length, 4);
  ok(csv[0]?.startsWith("task_id,name,task_type"));
  const lines = (await download(page, "NDJSON")).trim().split("\n");
  deepStrictEqual(lines.map((line) => JSON.parse(line).task_name ?? JSON.parse(line).name), [
    "exported 2",
    "exported 1",
    "exported 0",
  ]);
  deepStrictEqual(visitor.faults, []);
});
