import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import type { Page } from "playwright-core";
import { setStage } from "./stage.ts";

const stage = setStage();

/** A pool of its own, so that the tests of this file meet nowhere. */
async function openPool(name: string) {
  return await stage.world.manager.createPool({ name, isolation: "thread", maxThreads: 2 });
}

async function waitForToast(page: Page, text: string): Promise<void> {
  await page.locator("#toasts .app-toast", { hasText: text }).waitFor();
}

Deno.test("A pool is created by the dialog, which keeps what was typed when a value is wrong", async () => {
  await using visitor = await stage.visit();
  const { page } = visitor;
  await visitor.go("/pools");
  await page.getByRole("link", { name: "New pool" }).click();
  const dialog = page.getByRole("dialog", { name: "New pool" });
  await dialog.getByLabel("Name").fill("by hand");
  const threads = dialog.getByLabel("Threads at most");
  await threads.fill("many");
  await dialog.getByRole("button", { name: "New pool" }).click();

  await dialog.getByRole("alert").waitFor();
  strictEqual(await threads.inputValue(), "many");
  strictEqual(await threads.getAttribute("aria-invalid"), "true");
  const described = await threads.getAttribute("aria-describedby") ?? "";
  match(described, /field-maxThreads-faults/);
  match(await dialog.locator("#field-maxThreads-faults").innerText(), /\w/);
  strictEqual(await dialog.getByLabel("Name").inputValue(), "by hand");
  strictEqual(
    stage.world.manager.listPools().some(({ settings }) => settings.name === "by hand"),
    false,
  );

  await threads.fill("3");
  await dialog.getByRole("button", { name: "New pool" }).click();
  await page.getByRole("heading", { level: 1, name: "by hand" }).waitFor();
  await waitForToast(page, "Pool by hand was created");
  const created = stage.world.manager.listPools().find(({ settings }) =>
    settings.name === "by hand"
  );
  strictEqual(created?.settings.maxThreads, 3);
  deepStrictEqual(visitor.faults, []);
});

Deno.test("A pool is paused and resumed in the list and on its page", async () => {
  await using visitor = await stage.visit();
  const { page } = visitor;
  const { id } = await openPool("stop and go");
  await visitor.go("/pools");
  await page.getByRole("button", { name: "Pause stop and go" }).click();
  await page.getByRole("button", { name: "Resume stop and go" }).waitFor();
  strictEqual(stage.world.manager.getPool(id).state, "paused");
  await visitor.go(`/pools/${id}`);
  await page.getByRole("button", { name: "Resume stop and go" }).click();
  await page.getByRole("button", { name: "Pause stop and go" }).waitFor();
  await waitForToast(page, "Pool stop and go goes on");
  strictEqual(stage.world.manager.getPool(id).state, "running");
  deepStrictEqual(visitor.faults, []);
});

Deno.test("A pool is resized by the dialog", async () => {
  await using visitor = await stage.visit();
  const { page } = visitor;
  const { id } = await openPool("to resize");
  await visitor.go(`/pools/${id}`);
  await page.getByRole("link", { name: "Resize… to resize" }).click();
  const dialog = page.getByRole("dialog", { name: "Resize to resize" });
  await dialog.getByLabel("Threads at most").fill("0");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.locator("#field-maxThreads-faults").waitFor();
  strictEqual(await dialog.getByLabel("Threads at most").inputValue(), "0");
  await dialog.getByLabel("Threads at most").fill("5");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "hidden" });
  await waitForToast(page, "Pool to resize has 5 threads at most");
  await page.locator(".pool-numbers", { hasText: "0 of 5" }).waitFor();
  strictEqual(stage.world.manager.getPool(id).settings.maxThreads, 5);
  deepStrictEqual(visitor.faults, []);
});

Deno.test("Settings are changed, seen as a version, and reverted", async () => {
  await using visitor = await stage.visit();
  const { page } = visitor;
  const { id } = await openPool("to change");
  await visitor.go(`/pools/${id}?tab=settings`);
  const form = page.locator("#settings-form");
  await form.getByLabel("Queue capacity").fill("none");
  await form.getByLabel("Reason").fill("A calm Sunday");
  await form.getByRole("button", { name: "Save" }).click();
  await form.locator("#field-queueCapacity-faults").waitFor();
  strictEqual(await form.getByLabel("Queue capacity").inputValue(), "none");
  strictEqual(await form.getByLabel("Reason").inputValue(), "A calm Sunday");
  await form.getByLabel("Queue capacity").fill("77");
  await form.getByRole("button", { name: "Save" }).click();
  await waitForToast(page, "Saved as version 2");

  await page.getByRole("link", { name: "History" }).click();
  const second = page.locator("#version-2");
  await second.getByText("A calm Sunday").waitFor();
  match(await second.innerText(), /77/);
  await page.locator("#version-1").getByRole("button", { name: "Revert to this" }).click();
  await page.locator("#version-3").waitFor();
  const { settings, settingsVersion } = stage.world.manager.getPool(id);
  deepStrictEqual([settings.queueCapacity === 77, settingsVersion], [false, 3]);
  deepStrictEqual(visitor.faults, []);
});

Deno.test("What waits in a pool is cancelled after a question", async () => {
  await using visitor = await stage.visit();
  const { page } = visitor;
  const { id } = await openPool("to clear");
  await stage.world.manager.pausePool(id);
  const input = { left: 1, right: 2 };
  for (let at = 0; at < 3; at++) {
    await stage.world.manager.submit({ poolId: id, type: "add", input, priority: 0, tags: [] });
  }
  await visitor.go(`/pools/${id}`);
  await page.getByRole("link", { name: "Cancel pending… to clear" }).click();
  const dialog = page.getByRole("dialog", { name: "Cancel all that waits in to clear?" });
  await dialog.getByText("3 tasks that wait are cancelled").waitFor();
  await dialog.getByRole("link", { name: "Keep it" }).click();
  await dialog.waitFor({ state: "hidden" });
  strictEqual(stage.world.manager.getPool(id).counts.pending, 3);
  await page.getByRole("link", { name: "Cancel pending… to clear" }).click();
  await dialog.getByRole("button", { name: "Cancel pending" }).click();
  await waitForToast(page, "3 tasks that waited were cancelled");
  strictEqual(stage.world.manager.getPool(id).counts.pending, 0);
  deepStrictEqual(visitor.faults, []);
});

Deno.test("A pool is drained and closed after a question", async () => {
  await using visitor = await stage.visit({ refreshS: 1 });
  const { page } = visitor;
  const { id } = await openPool("to drain");
  await visitor.go(`/pools/${id}`);
  await page.getByRole("link", { name: "Drain and close… to drain" }).click();
  const dialog = page.getByRole("dialog", { name: "Drain and close to drain?" });
  await dialog.getByRole("button", { name: "Drain and close" }).click();
  await waitForToast(page, "Pool to drain takes nothing new");
  await page.locator(".page-actions .badge", { hasText: "Closed" }).waitFor();
  strictEqual(stage.world.manager.getPool(id).state, "closed");
  deepStrictEqual(visitor.faults, []);
});

Deno.test("A pool is closed by force only when its name is typed", async () => {
  await using visitor = await stage.visit();
  const { page } = visitor;
  const { id } = await openPool("to break off");
  await visitor.go(`/pools/${id}`);
  await page.getByRole("link", { name: "Force close… to break off" }).click();
  const dialog = page.getByRole("dialog", { name: "Force close to break off?" });
  const name = dialog.getByLabel("Type to break off to confirm");
  await name.fill("to break");
  await dialog.getByRole("button", { name: "Force close" }).click();
  await dialog.getByText("This is not the pool's name").waitFor();
  strictEqual(stage.world.manager.getPool(id).state, "running");
  await name.fill("to break off");
  await dialog.getByRole("button", { name: "Force close" }).click();
  await waitForToast(page, "Pool to break off is closed");
  strictEqual(stage.world.manager.getPool(id).state, "closed");
  deepStrictEqual(visitor.faults, []);
});
