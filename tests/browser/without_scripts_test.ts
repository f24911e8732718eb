import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { Page } from "playwright-core";
import type { PoolId, TaskId } from "../../core/mod.ts";
import { until } from "../helpers/until.ts";
import { screensOf } from "./screens.ts";
import { setStage } from "./stage.ts";

const stage = setStage();

async function openWithoutScripts() {
  const visitor = await stage.visit({ hasScripts: false });
  return { visitor, page: visitor.page, [Symbol.asyncDispose]: visitor[Symbol.asyncDispose] };
}

async function waitForHeading(page: Page, name: string): Promise<void> {
  await page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
}

Deno.test("Each screen can be read without scripts", async () => {
  await using opened = await openWithoutScripts();
  const { visitor, page } = opened;
  for (const { name, path } of screensOf(stage.world)) {
    strictEqual(await visitor.go(path), name === "not-found" ? 404 : 200, name);
    strictEqual(await page.locator("main h1").count(), 1, name);
  }
  deepStrictEqual(visitor.faults, []);
});

Deno.test("The list is paged and filtered without scripts", async () => {
  await using opened = await openWithoutScripts();
  const { visitor, page } = opened;
  await visitor.go("/tasks?q=pool:thumbnails");
  await page.getByLabel("Per page").selectOption("10");
  await page.getByRole("navigation", { name: "Pages" }).getByRole("button", { name: "Apply" })
    .click();
  await page.getByText("Page 1 of 5").waitFor();
  await page.getByRole("link", { name: "Next page" }).click();
  await page.getByText("Page 2 of 5").waitFor();
  await page.getByLabel("Filter", { exact: true }).fill("4711");
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  await page.getByRole("link", { name: "Remove the filter 4711" }).waitFor();
  await page.getByRole("link", { name: "Send invoice 4711" }).click();
  await waitForHeading(page, "Send invoice 4711");
});

Deno.test("A pool is created, paused and closed without scripts", async () => {
  await using opened = await openWithoutScripts();
  const { visitor, page } = opened;
  await visitor.go("/pools");
  await page.getByRole("link", { name: "New pool" }).click();
  await waitForHeading(page, "New pool");
  await page.getByLabel("Name").fill("plain");
  await page.getByLabel("Threads at most").fill("none");
  await page.getByRole("button", { name: "New pool" }).click();
  await page.locator("#field-maxThreads-faults").waitFor();
  strictEqual(await page.getByLabel("Name").inputValue(), "plain");
  await page.getByLabel("Threads at most").fill("2");
  await page.getByRole("button", { name: "New pool" }).click();
  await waitForHeading(page, "plain");
  await page.getByText("Pool plain was created").waitFor();
  await page.getByRole("button", { name: "Pause plain" }).click();
  await page.getByRole("button", { name: "Resume plain" }).waitFor();
  await page.getByRole("link", { name: "Force close… plain" }).click();
  await page.getByLabel("Type plain to confirm").fill("plain");
  await page.getByRole("button", { name: "Force close" }).click();
  await waitForHeading(page, "plain");
  const { manager } = stage.world;
  const id = new URL(page.url()).pathname.split("/").at(-1) as PoolId;
  await until("it is closed", () => manager.getPool(id).state === "closed");
  await page.reload(); // without scripts nothing else looks again
  await page.locator(".page-actions .badge", { hasText: "Closed" }).waitFor();
});

Deno.test("Tasks are submitted and cancelled without scripts, one and many", async () => {
  await using opened = await openWithoutScripts();
  const { visitor, page } = opened;
  await visitor.go(`/submit?type=add&pool=${stage.world.pools.paused}`);
  await page.getByLabel("Left").fill("two");
  await page.getByRole("button", { name: "Submit" }).click();
  await page.locator("#field-input-left-faults").waitFor();
  strictEqual(await page.getByLabel("Left").inputValue(), "two");
  await page.getByLabel("Left").fill("2");
  await page.locator("#submit-form").getByLabel("Name").fill("Without scripts");
  await page.getByRole("button", { name: "Submit" }).click();
  await waitForHeading(page, "Without scripts");
  await page.getByText("Task Without scripts was submitted").waitFor();
  const id = new URL(page.url()).pathname.split("/").at(-1) as TaskId;
  await page.getByRole("link", { name: "Cancel Without scripts" }).click();
  await page.getByText("It waits, and will not be run.").waitFor();
  await page.getByRole("button", { name: "Cancel", exact: true }).click();
  await page.locator(".page-actions .badge", { hasText: "Cancelled" }).waitFor();
  strictEqual((await stage.world.manager.getTask(id)).status.state, "cancelled");

  await visitor.go('/tasks?q=pool:"nightly reports" state:pending');
  await page.getByRole("checkbox", { name: "Select Monthly report" }).check();
  await page.getByRole("button", { name: "Preview…" }).click();
  await page.getByRole("button", { name: "Cancel 1 task", exact: true }).click();
  await waitForHeading(page, "Bulk operation: Cancel");
  await stage.world.manager.waitForTask(stage.world.tasks.pending, { waitMs: 30_000 });
  strictEqual(
    (await stage.world.manager.getTask(stage.world.tasks.pending)).status.state,
    "cancelled",
  );
});

Deno.test("The language is changed without scripts", async () => {
  await using opened = await openWithoutScripts();
  const { visitor, page } = opened;
  await visitor.go("/types");
  await page.locator("details.display summary").click();
  await page.getByLabel("Language").selectOption("zh");
  await page.getByRole("button", { name: "Apply" }).click();
  await page.locator("html[lang=zh]").waitFor();
  strictEqual(new URL(page.url()).pathname, "/types");
});

Deno.test("Columns are chosen, and a view is saved and removed, without scripts", async () => {
  await using opened = await openWithoutScripts();
  const { visitor, page } = opened;
  await visitor.go("/tasks?q=state:failed");
  await page.locator(".column-chooser summary").click();
  await page.getByLabel("Slot").check();
  await page.getByRole("button", { name: "Show" }).click();
  await page.getByRole("columnheader", { name: "Slot" }).waitFor();
  await page.getByRole("link", { name: "Save view…" }).click();
  await page.getByLabel("Name").fill("plain view");
  await page.getByLabel("Everybody").check();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("View plain view was saved").waitFor();
  await page.getByRole("link", { name: "Remove plain view" }).click();
  await page.getByRole("button", { name: "Remove" }).click();
  await page.getByText("View plain view was removed").waitFor();
  strictEqual(await page.getByRole("link", { name: "plain view" }).count(), 0);
});
