import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { Page } from "playwright-core";
import type { PoolId, TaskId } from "../../core/mod.ts";
import { until } from "../helpers/until.ts";
import { hasLine, isAtEnd } from "./page_side.js";
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

stage.test("A task that waits is cancelled in the list, and another on its page", async ({ visitor, page, t, named }) => {
  const pool = named("withdrawn");
  const id = await openPausedPool(pool, 2);
  await visitor.go(`/tasks?q=pool:${pool}`);
  await page.getByRole("link", { name: t.action.ofObject(t.action.cancel, `${pool} 0`) }).click();
  const question = page.getByRole("dialog", { name: t.task.cancelTitle(`${pool} 0`) });
  await question.getByRole("button", { name: t.action.cancel }).click();
  await page.locator("tr", { hasText: `${pool} 0` }).getByText(t.state.cancelled).waitFor();
  await page.getByRole("link", { name: `${pool} 1`, exact: true }).click();
  await page.getByRole("link", { name: t.action.ofObject(t.action.cancel, `${pool} 1`) }).click();
  await page.locator("#question").getByRole("button", { name: t.action.cancel }).click();
  await page.getByText(t.task.cancelled(`${pool} 1`)).waitFor();
  await page.getByRole("button", { name: t.action.ofObject(t.action.runAgain, `${pool} 1`) })
    .waitFor();
  strictEqual(stage.world.manager.getPool(id).counts.cancelled, 2);
});

stage.test("A task that waits is given another priority and another pool on its page", async ({ visitor, page, t, language, named }) => {
  const pool = named("crowded");
  await openPausedPool(pool, 1);
  const target = named("roomy");
  const { id } = await stage.world.manager.createPool({ name: target, isolation: "thread" });
  await stage.world.manager.pausePool(id);
  await visitor.go(`/tasks?q=pool:${pool}`);
  await page.getByRole("link", { name: `${pool} 0`, exact: true }).click();
  await page.getByRole("link", { name: t.action.ofObject(t.task.change, `${pool} 0`) }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(t.tasks.priority).fill("1000");
  await dialog.getByRole("button", { name: t.action.save }).click();
  await dialog.locator(".fault").waitFor();
  await dialog.getByLabel(t.tasks.priority).fill("9");
  await dialog.getByLabel(t.submit.pool).selectOption(target);
  await dialog.getByRole("button", { name: t.action.save }).click();
  await page.getByText(t.task.changed(`${pool} 0`)).waitFor();
  const [task] =
    (await stage.world.manager.listTasks({ poolId: id }, { page: 1, perPage: 1 })).tasks;
  deepStrictEqual([task?.priority, task?.name], [9, `${pool} 0`]);
  await page.getByRole("link", { name: t.task.events }).click();
  const moved = language === "en" ? `from the pool ${pool} to ${target}` : `${pool} 移至 ${target}`;
  await page.getByText(moved).waitFor();
});

stage.test("Tasks are moved to another pool all at once", async ({ visitor, page, t, named }) => {
  const pool = named("leaving");
  await openPausedPool(pool, 3);
  const target = named("taking");
  const { id } = await stage.world.manager.createPool({ name: target, isolation: "thread" });
  await stage.world.manager.pausePool(id);
  await visitor.go(`/tasks?q=pool:${pool}`);
  await page.getByLabel(t.tasks.selectPage).check();
  await page.locator('select[name="action"]').selectOption("change");
  await page.getByRole("button", { name: t.tasks.bulkPreview }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(t.submit.pool).selectOption(target);
  await dialog.getByRole("button", { name: t.bulk.go(t.bulk.change, "3") }).click();
  await page.waitForURL(/\/tasks\/bulk\//);
  await page.getByText(t.bulk.finished, { exact: true }).waitFor();
  strictEqual(stage.world.manager.getPool(id).counts.pending, 3);
}, { refreshS: 1 });

stage.test("A task that runs is stopped on its page", async ({ visitor, page, t }) => {
  const { task } = await stage.world.manager.submit({
    poolId: stage.world.pools.busy,
    type: "crawl",
    input: { pages: 100_000 },
    name: "Crawl to stop",
    priority: 0,
    tags: [],
  });
  await until("it runs", async () => await stateOf(task.id) === "running");
  await visitor.go(`/tasks/${task.id}`);
  await page.keyboard.press("Shift+S");
  const question = page.getByRole("dialog", { name: t.task.stopTitle("Crawl to stop") });
  await question.getByRole("link", { name: t.action.keep }).click();
  await question.waitFor({ state: "hidden" });
  strictEqual(await stateOf(task.id), "running");
  await page.getByRole("link", { name: t.action.ofObject(t.action.stop, "Crawl to stop") }).click();
  await question.getByRole("button", { name: t.action.stop }).click();
  await page.getByText(t.task.stopping("Crawl to stop")).waitFor();
  await page.locator(".page-actions .badge", { hasText: t.state.cancelled }).waitFor();
  strictEqual(await stateOf(task.id), "cancelled");
}, { refreshS: 1 });

stage.test("The log of a task shows its newest lines, how many are kept, and leads to the whole", async ({ visitor, page, t, language }) => {
  const { task } = await stage.world.manager.submit({
    poolId: stage.world.pools.idle,
    type: "chatter",
    input: { lines: 1_200 },
    name: "Says much",
    priority: 0,
    tags: [],
  });
  await stage.world.manager.waitForTask(task.id, { waitMs: 30_000 });
  await visitor.go(`/tasks/${task.id}?tab=logs`);
  const log = page.getByRole("list", { name: t.task.logs });
  await log.getByText("lines were dropped from here on").waitFor();
  strictEqual(await log.evaluate(isAtEnd), true);
  const write = (count: number) =>
    new Intl.NumberFormat(language === "zh" ? "zh-CN" : "en-GB").format(count);
  await page.getByText(t.task.newestLines("500", write(1_001))).waitFor();
  await page.getByText(t.task.linesKept(write(1_000))).waitFor();
  await page.getByRole("link", { name: t.task.wholeJson }).click();
  const whole = JSON.parse(await page.locator("body").innerText());
  deepStrictEqual([whole.data.length, whole.data[0].text], [1_001, "line 0"]);
});

stage.test(
  "The log of a task that runs is followed, but not by who scrolled up",
  async ({ visitor, page, t }) => {
    const { task } = await stage.world.manager.submit({
      poolId: stage.world.pools.idle,
      type: "chatter",
      input: { lines: 900, pauseMs: 10 },
      name: "Goes on saying",
      priority: 0,
      tags: [],
    });
    await visitor.go(`/tasks/${task.id}?tab=logs`);
    const log = page.getByRole("list", { name: t.task.logs });
    await page.waitForFunction(hasLine, 100);
    await page.waitForFunction(isAtEnd, await log.elementHandle());
    await log.evaluate((list) => list.scrollTop = 120);
    await page.waitForFunction(hasLine, 300);
    strictEqual(await log.evaluate((list) => list.scrollTop), 120);
    await log.evaluate((list) => list.scrollTop = list.scrollHeight);
    await page.locator(".page-actions .badge", { hasText: t.state.completed }).waitFor();
    await page.waitForFunction(hasLine, 900);
    strictEqual(await log.evaluate(isAtEnd), true);
  },
  { refreshS: 1 },
);

stage.test("The list is filtered by words and by states, and a word is taken away by its chip", async ({ visitor, page, t }) => {
  const filter = page.getByLabel(t.tasks.filterLabel, { exact: true });
  await visitor.go("/tasks");
  await filter.fill("pool:thumbnails state:failed 4711");
  await page.getByRole("button", { name: t.action.filter, exact: true }).click();
  await page.waitForURL(/q=pool/);
  deepStrictEqual(await names(page), ["Send invoice 4711"]);
  await page.getByRole("link", { name: t.tasks.removeFilter("4711") }).click();
  await page.waitForURL((url) => !url.search.includes("4711"));
  strictEqual((await names(page)).length, 5);
  strictEqual(await filter.inputValue(), "pool:thumbnails state:failed");
  await page.getByRole("navigation", { name: t.tasks.state })
    .getByRole("link", { name: t.state.completed })
    .click();
  await page.waitForURL(/state%3Acompleted/);
  const states = await page.locator("table.rows tbody .badge").allInnerTexts();
  deepStrictEqual([...new Set(states.map((state) => state.trim()))], [t.state.completed]);

  await filter.fill("run:soon");
  await filter.press("Enter");
  await page.getByRole("alert").filter({ hasText: "run:soon" }).waitFor();
  strictEqual(await filter.inputValue(), "run:soon");
});

stage.test("The list is paged by steps, by a jump, by its size, and by older and newer", async ({ visitor, page, t, named }) => {
  const pool = named("paged");
  await openPausedPool(pool, 25);
  const all = Array.from({ length: 25 }, (_, at) => `${pool} ${24 - at}`);
  const pager = page.getByRole("navigation", { name: t.tasks.pagination });
  await visitor.go(`/tasks?q=pool:${pool}`);
  await pager.getByLabel(t.tasks.perPage).selectOption("10");
  await pager.getByText(t.tasks.page("1", "3")).waitFor();
  deepStrictEqual(await names(page), all.slice(0, 10));
  await pager.getByRole("link", { name: t.tasks.next }).click();
  await pager.getByText(t.tasks.page("2", "3")).waitFor();
  deepStrictEqual(await names(page), all.slice(10, 20));
  await pager.getByRole("link", { name: t.tasks.last }).click();
  await pager.getByText(t.tasks.page("3", "3")).waitFor();
  deepStrictEqual(await names(page), all.slice(20));
  await pager.getByRole("link", { name: t.tasks.previous }).click();
  await pager.getByText(t.tasks.page("2", "3")).waitFor();
  await pager.getByLabel(t.tasks.jump).fill("3");
  await pager.getByLabel(t.tasks.jump).press("Enter");
  await pager.getByText(t.tasks.page("3", "3")).waitFor();
  await pager.getByRole("link", { name: t.tasks.first }).click();
  await pager.getByText(t.tasks.page("1", "3")).waitFor();

  await pager.getByRole("link", { name: t.tasks.older }).click();
  await page.getByText(`${pool} 5`, { exact: true }).waitFor();
  deepStrictEqual(await names(page), all.slice(10, 20));
  await pager.getByRole("link", { name: t.tasks.older }).click();
  await page.getByText(`${pool} 0`, { exact: true }).waitFor();
  deepStrictEqual(await names(page), all.slice(20));
  await pager.getByRole("link", { name: t.tasks.newer }).click();
  await page.getByText(`${pool} 5`, { exact: true }).waitFor();
  deepStrictEqual(await names(page), all.slice(10, 20));
  await page.goBack();
  await page.getByText(`${pool} 0`, { exact: true }).waitFor();
});

stage.test(
  "Selected rows are cancelled by a bulk operation, after a look at what is meant",
  async ({ visitor, page, t, named }) => {
    const pool = named("chosen");
    const id = await openPausedPool(pool, 4);
    await visitor.go(`/tasks?q=pool:${pool}`);
    await page.getByLabel(t.tasks.selectRow(`${pool} 1`)).check();
    await page.getByLabel(t.tasks.selectRow(`${pool} 2`)).check();
    await page.getByText(t.tasks.selected("2")).waitFor();
    await page.getByRole("button", { name: t.tasks.bulkPreview }).click();
    const dialog = page.getByRole("dialog", { name: t.bulk.previewTitle(t.bulk.cancel, "2") });
    strictEqual(stage.world.manager.getPool(id).counts.pending, 4);
    await dialog.getByRole("button", { name: t.bulk.go(t.bulk.cancel, "2") }).click();
    await page.waitForURL(/\/tasks\/bulk\//);
    await page.getByRole("heading", { level: 1, name: `${t.bulk.title}: ${t.bulk.cancel}` })
      .waitFor();
    await page.getByText(t.bulk.finished, { exact: true }).waitFor();
    const cancelled = await stage.world.manager.listTasks({ poolId: id, states: ["cancelled"] }, {
      page: 1,
      perPage: 10,
    });
    deepStrictEqual(cancelled.tasks.map(({ name }) => name), [`${pool} 2`, `${pool} 1`]);
  },
  { refreshS: 1 },
);

stage.test(
  "All that match are cancelled only when their number is typed",
  async ({ visitor, page, t, named }) => {
    const pool = named("many");
    const id = await openPausedPool(pool, 101);
    await visitor.go(`/tasks?q=pool:${pool}`);
    await page.getByLabel(t.tasks.selectPage).check();
    await page.getByText(t.tasks.selected("20")).waitFor();
    await page.getByLabel(t.tasks.selectAll("101")).check();
    await page.getByRole("button", { name: t.tasks.bulkPreview }).click();
    const dialog = page.getByRole("dialog", { name: t.bulk.previewTitle(t.bulk.cancel, "101") });
    await dialog.getByLabel(t.bulk.typeCount("101")).fill("100");
    await dialog.getByRole("button", { name: t.bulk.go(t.bulk.cancel, "101") }).click();
    await dialog.getByText(t.bulk.typeCountWrong).waitFor();
    strictEqual(stage.world.manager.getPool(id).counts.pending, 101);
    await dialog.getByLabel(t.bulk.typeCount("101")).fill("101");
    await dialog.getByRole("button", { name: t.bulk.go(t.bulk.cancel, "101") }).click();
    await page.waitForURL(/\/tasks\/bulk\//);
    await page.getByText(t.bulk.progress("101", "101")).waitFor();
    await page.getByText(t.bulk.finished, { exact: true }).waitFor();
    strictEqual(stage.world.manager.getPool(id).counts.cancelled, 101);
  },
  { refreshS: 1 },
);

stage.test(
  "All that failed are run again by a bulk operation",
  async ({ visitor, page, t, named }) => {
    const pool = named("unlucky");
    const { id } = await stage.world.manager.createPool({ name: pool, isolation: "thread" });
    for (const reason of ["no paper", "no ink"]) {
      const task = { type: "refuse", input: { reason }, priority: 0, tags: [] };
      const { task: { id: taskId } } = await stage.world.manager.submit({ poolId: id, ...task });
      await stage.world.manager.waitForTask(taskId, { waitMs: 30_000 });
    }
    await visitor.go(`/tasks?q=pool:${pool} state:failed`);
    await page.getByLabel(t.tasks.selectPage).check();
    await page.getByLabel(t.tasks.selectAll("2")).check();
    await page.getByRole("combobox", { name: t.tasks.bulkAction })
      .selectOption({ label: t.bulk.run_again });
    await page.getByRole("button", { name: t.tasks.bulkPreview }).click();
    const dialog = page.getByRole("dialog", { name: t.bulk.previewTitle(t.bulk.run_again, "2") });
    await dialog.getByRole("button", { name: t.bulk.go(t.bulk.run_again, "2") }).click();
    await page.waitForURL(/\/tasks\/bulk\//);
    await page.getByText(t.bulk.finished, { exact: true }).waitFor();
    const again = await stage.world.manager.listTasks({ poolId: id }, { page: 1, perPage: 10 });
    strictEqual(again.totalItems, 4);
  },
  { refreshS: 1 },
);

stage.test("A filtered list is exported as CSV and as NDJSON", async ({ visitor, page, t, named }) => {
  const pool = named("exported");
  await openPausedPool(pool, 3);
  await visitor.go(`/tasks?q=pool:${pool}`);
  const csv = (await download(page, t.tasks.exportCsv)).trim().split("\r\n");
  strictEqual(csv.length, 4);
  ok(csv[0]?.startsWith("task_id,name,task_type"));
  const lines = (await download(page, t.tasks.exportNdjson)).trim().split("\n");
  deepStrictEqual(lines.map((line) => JSON.parse(line).task_name ?? JSON.parse(line).name), [
    `${pool} 2`,
    `${pool} 1`,
    `${pool} 0`,
  ]);
});

stage.test("Columns are chosen, and stay while the list is filtered", async ({ visitor, page, t }) => {
  const heads = () => page.locator("table.rows thead th").allInnerTexts();
  await visitor.go("/tasks?q=pool:thumbnails");
  await page.locator(".column-chooser summary").click();
  const chooser = page.locator(".column-chooser form");
  await chooser.getByLabel(t.tasks.pool).uncheck();
  await chooser.getByLabel(t.tasks.slot).check();
  await chooser.getByRole("button", { name: t.action.show }).click();
  await page.getByRole("columnheader", { name: t.tasks.slot }).waitFor();
  const chosen = await heads();
  ok(!chosen.includes(t.tasks.pool));
  await page.getByRole("navigation", { name: t.tasks.state })
    .getByRole("link", { name: t.state.failed }).click();
  await page.waitForURL(/state%3Afailed/);
  deepStrictEqual(await heads(), chosen);
  await page.getByLabel(t.tasks.filterLabel, { exact: true }).fill("4711");
  await page.getByRole("button", { name: t.action.filter, exact: true }).click();
  await page.waitForURL(/q=4711/);
  deepStrictEqual(await heads(), chosen);
});

stage.test("A view is saved for oneself and for all, opened, and removed", async (scene) => {
  const { visitor, page, t, named } = scene;
  const views = page.getByRole("navigation", { name: t.views.title });
  for (const [name, whose] of [[named("mine"), t.views.own], [named("ours"), t.views.shared]]) {
    await visitor.go("/tasks?q=state:failed&col=wait");
    await page.getByRole("link", { name: t.views.save }).click();
    const dialog = page.getByRole("dialog", { name: t.views.saveTitle });
    await dialog.getByRole("button", { name: t.action.save }).click();
    await dialog.locator("#view-name-fault").waitFor();
    await dialog.getByLabel(t.views.name).fill(name ?? "");
    await dialog.getByLabel(whose ?? "").check();
    await dialog.getByRole("button", { name: t.action.save }).click();
    await page.getByText(t.views.saved(name ?? "")).waitFor();
    await views.locator("[aria-current]", { hasText: name ?? "" }).waitFor();
  }
  await using other = await stage.visit({ language: scene.language });
  await other.go("/tasks");
  const theirs = other.page.getByRole("navigation", { name: t.views.title });
  strictEqual(await theirs.getByText(named("mine")).count(), 0);
  await theirs.getByText(named("ours")).click();
  await other.page.waitForURL(/q=state%3Afailed&col=wait$/);

  for (const [name, text] of [["mine", t.views.removeOwn], ["ours", t.views.removeShared]]) {
    const called = named(name ?? "");
    await page.getByRole("link", { name: t.action.ofObject(t.action.remove, called) }).click();
    const dialog = page.getByRole("dialog", { name: t.views.removeTitle(called) });
    await dialog.getByText(text ?? "").waitFor();
    await dialog.getByRole("button", { name: t.action.remove }).click();
    await page.getByText(t.views.removed(called)).waitFor();
    strictEqual(await views.getByText(called).count(), 0);
  }
});

stage.test("A task that hears nothing is stopped by force", async ({ visitor, page, t, named }) => {
  const { manager } = stage.world;
  const { id: poolId } = await manager.createPool({
    name: named("deaf"),
    isolation: "thread",
    stopGraceMs: 3_600_000,
  });
  const name = named("Deaf");
  const { task } = await manager.submit({
    poolId,
    type: "deaf",
    input: {},
    name,
    priority: 0,
    tags: [],
  });
  await visitor.go(`/tasks/${task.id}`);
  const question = page.getByRole("dialog", { name: t.task.stopTitle(name) });
  await page.getByRole("link", { name: t.action.ofObject(t.action.stop, name) }).click();
  await question.getByRole("button", { name: t.action.stop }).click();
  await page.getByRole("link", { name: t.action.ofObject(t.task.stopHard, name) }).click();
  await question.getByRole("button", { name: t.task.stopHard }).click();
  await page.locator(".page-actions .badge", { hasText: t.state.cancelled }).waitFor();
  strictEqual(await stateOf(task.id), "cancelled");
}, { refreshS: 1 });

stage.test("Each part of a task's page is opened, and its text is copied", async (scene) => {
  const { visitor, page, t } = scene;
  await visitor.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await visitor.go(`/tasks/${stage.world.tasks.failed}`);
  const parts = page.getByRole("navigation", { name: t.task.parts });
  for (const part of ["logs", "attempts", "events", "raw", "result", "input"] as const) {
    await parts.getByRole("link", { name: t.task[part], exact: true }).click();
    await parts.locator("[aria-current]", { hasText: t.task[part] }).waitFor();
  }
  await page.getByRole("button", { name: t.action.ofObject(t.action.copy, t.task.input) }).click();
  await page.getByRole("button", { name: t.action.copied }).or(page.getByText(t.action.copied))
    .first().waitFor();
  const copied = await page.evaluate("navigator.clipboard.readText()");
  deepStrictEqual(JSON.parse(String(copied)), { reason: "The invoice 4711 has no address" });
});
