import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import type { Page } from "playwright-core";
import { until } from "../helpers/until.ts";
import { setStage } from "./stage.ts";

const stage = setStage();

/** A pool of its own, so that the tests of this file meet nowhere. */
async function openPool(name: string) {
  return await stage.world.manager.createPool({ name, isolation: "thread", maxThreads: 2 });
}

/** What a button that asks first is called where it does it. */
function withoutDots(label: string): string {
  return label.replace("…", "");
}

async function waitForToast(page: Page, text: string): Promise<void> {
  await page.locator("#toasts .app-toast", { hasText: text }).waitFor();
}

stage.test("A pool is created by the dialog, which keeps what was typed when a value is wrong", async ({ visitor, page, t, named }) => {
  await visitor.go("/pools");
  const name = named("by hand");
  await page.getByRole("link", { name: t.action.newPool }).click();
  const dialog = page.getByRole("dialog", { name: t.pools.newTitle });
  await dialog.getByLabel(t.setting.name.label).fill(name);
  const threads = dialog.getByLabel(t.setting.maxThreads.label);
  await threads.fill("many");
  await dialog.getByRole("button", { name: t.action.newPool }).click();

  await dialog.getByRole("alert").waitFor();
  strictEqual(await threads.inputValue(), "many");
  strictEqual(await threads.getAttribute("aria-invalid"), "true");
  const described = await threads.getAttribute("aria-describedby") ?? "";
  match(described, /field-maxThreads-faults/);
  match(await dialog.locator("#field-maxThreads-faults").innerText(), /\p{L}/u);
  strictEqual(await dialog.getByLabel(t.setting.name.label).inputValue(), name);
  strictEqual(
    stage.world.manager.listPools().some(({ settings }) => settings.name === name),
    false,
  );

  await threads.fill("3");
  await dialog.getByRole("button", { name: t.action.newPool }).click();
  await page.getByRole("heading", { level: 1, name }).waitFor();
  await waitForToast(page, t.pools.created(name));
  const created = stage.world.manager.listPools().find(({ settings }) => settings.name === name);
  strictEqual(created?.settings.maxThreads, 3);
});

stage.test("A pool is paused and resumed in the list and on its page", async ({ visitor, page, t, named }) => {
  const name = named("stop and go");
  const pause = page.getByRole("button", { name: t.action.ofObject(t.action.pause, name) });
  const resume = page.getByRole("button", { name: t.action.ofObject(t.action.resume, name) });
  const { id } = await openPool(name);
  await visitor.go("/pools");
  await pause.click();
  await resume.waitFor();
  strictEqual(stage.world.manager.getPool(id).state, "paused");
  await visitor.go(`/pools/${id}`);
  await resume.click();
  await pause.waitFor();
  await waitForToast(page, t.pool.resumed(name));
  strictEqual(stage.world.manager.getPool(id).state, "running");
});

stage.test("A pool is resized by the dialog", async ({ visitor, page, t, named }) => {
  const name = named("to resize");
  const { id } = await openPool(name);
  await visitor.go(`/pools/${id}`);
  await page.getByRole("link", { name: t.action.ofObject(t.action.resize, name) }).click();
  const dialog = page.getByRole("dialog", { name: t.pool.resizeTitle(name) });
  await dialog.getByLabel(t.setting.maxThreads.label).fill("0");
  await dialog.getByRole("button", { name: t.action.save }).click();
  await dialog.locator("#field-maxThreads-faults").waitFor();
  strictEqual(await dialog.getByLabel(t.setting.maxThreads.label).inputValue(), "0");
  await dialog.getByLabel(t.setting.maxThreads.label).fill("5");
  await dialog.getByRole("button", { name: t.action.save }).click();
  await dialog.waitFor({ state: "hidden" });
  await waitForToast(page, t.pool.resized(name, "5"));
  await page.locator(".pool-numbers", { hasText: t.pools.of("0", "5") }).waitFor();
  strictEqual(stage.world.manager.getPool(id).settings.maxThreads, 5);
});

stage.test("Settings are changed, seen as a version, and reverted", async ({ visitor, page, t, named }) => {
  const { id } = await openPool(named("to change"));
  const capacity = page.getByLabel(t.setting.queueCapacity.label);
  await visitor.go(`/pools/${id}?tab=settings`);
  const form = page.locator("#settings-form");
  await capacity.fill("none");
  await form.getByLabel(t.pool.reason).fill("A calm Sunday");
  await form.getByRole("button", { name: t.action.save }).click();
  await form.locator("#field-queueCapacity-faults").waitFor();
  strictEqual(await capacity.inputValue(), "none");
  strictEqual(await form.getByLabel(t.pool.reason).inputValue(), "A calm Sunday");
  await capacity.fill("77");
  await form.getByRole("button", { name: t.action.save }).click();
  await waitForToast(page, t.pool.saved("2"));

  await page.getByRole("link", { name: t.pool.history }).click();
  const second = page.locator("#version-2");
  await second.getByText("A calm Sunday").waitFor();
  match(await second.innerText(), /77/);
  await page.locator("#version-1").getByRole("button", { name: t.pool.revert }).click();
  await page.locator("#version-3").waitFor();
  const { settings, settingsVersion } = stage.world.manager.getPool(id);
  deepStrictEqual([settings.queueCapacity === 77, settingsVersion], [false, 3]);
});

stage.test("What waits in a pool is cancelled after a question", async ({ visitor, page, t, named }) => {
  const name = named("to clear");
  const { id } = await openPool(name);
  await stage.world.manager.pausePool(id);
  const input = { left: 1, right: 2 };
  for (let at = 0; at < 3; at++) {
    await stage.world.manager.submit({ poolId: id, type: "add", input, priority: 0, tags: [] });
  }
  await visitor.go(`/pools/${id}`);
  await page.getByRole("link", { name: t.action.ofObject(t.action.cancelPending, name) }).click();
  const dialog = page.getByRole("dialog", { name: t.pool.cancelTitle(name) });
  await dialog.getByText(t.pool.cancelText("3")).waitFor();
  await dialog.getByRole("link", { name: t.action.keep }).click();
  await dialog.waitFor({ state: "hidden" });
  strictEqual(stage.world.manager.getPool(id).counts.pending, 3);
  await page.getByRole("link", { name: t.action.ofObject(t.action.cancelPending, name) }).click();
  await dialog.getByRole("button", { name: withoutDots(t.action.cancelPending) }).click();
  await waitForToast(page, t.pool.pendingCancelled("3"));
  strictEqual(stage.world.manager.getPool(id).counts.pending, 0);
});

stage.test("A pool is drained and closed after a question", async ({ visitor, page, t, named }) => {
  const name = named("to drain");
  const { id } = await openPool(name);
  await visitor.go(`/pools/${id}`);
  await page.getByRole("link", { name: t.action.ofObject(t.action.drain, name) }).click();
  const dialog = page.getByRole("dialog", { name: t.pool.drainTitle(name) });
  await dialog.getByRole("button", { name: withoutDots(t.action.drain) }).click();
  await waitForToast(page, t.pool.draining(name));
  await page.locator(".page-actions .badge", { hasText: t.poolState.closed }).waitFor();
  strictEqual(stage.world.manager.getPool(id).state, "closed");
}, { refreshS: 1 });

stage.test("A pool is closed by force only when its name is typed", async ({ visitor, page, t, named }) => {
  const pool = named("to break off");
  const { id } = await openPool(pool);
  await visitor.go(`/pools/${id}`);
  await page.getByRole("link", { name: t.action.ofObject(t.action.forceClose, pool) }).click();
  const dialog = page.getByRole("dialog", { name: t.pool.forceTitle(pool) });
  const name = dialog.getByLabel(t.pool.typeName(pool));
  await name.fill("to break");
  await dialog.getByRole("button", { name: withoutDots(t.action.forceClose) }).click();
  await dialog.getByText(t.pool.typeNameWrong).waitFor();
  strictEqual(stage.world.manager.getPool(id).state, "running");
  await name.fill(pool);
  await dialog.getByRole("button", { name: withoutDots(t.action.forceClose) }).click();
  await waitForToast(page, t.pool.forceClosed(pool, "0", "0"));
  await until("it is closed", () => stage.world.manager.getPool(id).state === "closed");
});

stage.test("A task is stopped at the thread that runs it", async ({ visitor, page, t, named }) => {
  const { id } = await openPool(named("to stop in"));
  const input = { pages: 100_000 };
  const { task } = await stage.world.manager.submit({
    poolId: id,
    type: "crawl",
    input,
    priority: 0,
    tags: [],
  });
  await visitor.go(`/pools/${id}`);
  await page.getByRole("link", { name: t.action.ofObject(t.action.stop, task.name) }).click();
  await page.locator("#question").getByRole("button", { name: t.action.stop }).click();
  const ended = await stage.world.manager.waitForTask(task.id, { waitMs: 30_000 });
  strictEqual(ended.status.state, "cancelled");
}, { refreshS: 1 });

stage.test("Pools are narrowed by status, isolation and text", async ({ visitor, page, t, named }) => {
  const name = named("needle");
  const { id } = await openPool(name);
  await stage.world.manager.pausePool(id);
  const rows = page.locator("table.rows tbody tr");
  await visitor.go("/pools");
  const filters = page.locator("form.filters");
  await filters.getByLabel(t.pools.status).selectOption({ label: t.poolState.paused });
  await page.waitForURL(/status=paused/);
  await filters.getByLabel(t.pools.isolation).selectOption("thread");
  await page.waitForURL(/isolation=thread/);
  await filters.getByLabel(t.pools.text).fill(name);
  await filters.getByRole("button", { name: t.action.filter }).click();
  await page.waitForURL((url) => url.searchParams.get("text") === name);
  deepStrictEqual(await rows.locator("td.name a").allInnerTexts(), [name]);
  await filters.getByLabel(t.pools.text).fill("no such pool");
  await filters.getByRole("button", { name: t.action.filter }).click();
  await page.getByText(t.pools.emptyTitle).waitFor();
});

stage.test("A range of the charts is chosen, on a pool's page and on the overview", async (scene) => {
  const { visitor, page, t } = scene;
  for (const path of ["/", `/pools/${stage.world.pools.idle}?tab=charts`]) {
    await visitor.go(path);
    const ranges = page.getByRole("navigation", { name: t.overview.range });
    await ranges.getByRole("link", { name: t.overview.ranges["6h"] }).click();
    await page.waitForURL(/range=6h/);
    await ranges.locator("[aria-current]", { hasText: t.overview.ranges["6h"] }).waitFor();
  }
});
