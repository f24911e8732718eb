import { deepStrictEqual, ok } from "node:assert/strict";
import type { BrowserContext, Page } from "playwright-core";
import { countNodes, hasSwapped, lookAtHands, refreshEvery } from "./page_side.js";
import { setStage } from "./stage.ts";

/** Twice a second the page is swapped beneath the user's hands, for as long as this. */
const REFRESH_MS = 500;
const SWAPS = Math.max(3, Number(Deno.env.get("TEST_SURVIVAL_MS") ?? 6_000) / REFRESH_MS);
/** What memory may grow by. */
const GROWTH_MAX = 1.1;
const LOOKS = 4;

const stage = setStage();
let isOver = false;
let feeding: Promise<void>;
Deno.test.beforeAll(() => {
  feeding = feed();
});
// Before the stage is cleared: what comes last is called first.
Deno.test.afterAll(async () => {
  isOver = true;
  await feeding;
});

/** Tasks come and end, one after the other, so that no look is answered with what was there before. */
async function feed(): Promise<void> {
  for (let at = 0; !isOver; at++) {
    const { task } = await stage.world.manager.submit({
      poolId: stage.world.pools.busy,
      type: "crawl",
      input: { pages: 4, pauseMs: 25 },
      name: `Fed ${at}`,
      priority: 0,
      tags: [],
    });
    await stage.world.manager.waitForTask(task.id, { waitMs: 30_000 });
  }
}

async function survive(page: Page, swaps = SWAPS): Promise<void> {
  await page.evaluate(refreshEvery, REFRESH_MS);
  await page.waitForFunction(hasSwapped, swaps, { timeout: swaps * REFRESH_MS * 20 });
}

Deno.test("Typed text, focus, cursor, scroll and marked rows survive the swaps of a list", async () => {
  await using visitor = await stage.visit({ size: "narrow" });
  const { page } = visitor;
  await visitor.go("/tasks?q=pool:thumbnails&per_page=100");
  const boxes = page.locator('input[name="id"]');
  for (const at of [0, 3, 20]) await boxes.nth(at).check();
  const jump = page.getByLabel("Go to page");
  await jump.fill("123");
  await jump.press("ArrowLeft");
  await jump.press("Shift+ArrowLeft");
  await page.locator(".table-responsive").evaluate((table) => table.scrollLeft = 90);
  const before = await page.evaluate(lookAtHands);
  deepStrictEqual([before.text, before.cursor, before.tableX, before.checked.length], [
    "123",
    [1, 2],
    90,
    3,
  ]);
  ok(before.scrollY > 0);
  await survive(page);
  const after = await page.evaluate(lookAtHands);
  deepStrictEqual({ ...after, scrollY: before.scrollY }, before);
  // A row's height may change by a part of a pixel, when its texts do.
  ok(Math.abs(after.scrollY - before.scrollY) <= 2, `${before.scrollY} → ${after.scrollY}`);
  deepStrictEqual(visitor.faults, []);
});

Deno.test("Marked rows, and the row that keys are at, stay the same when others come before them", async () => {
  await using visitor = await stage.visit();
  const { page } = visitor;
  const { id } = await stage.world.manager.createPool({ name: "growing", isolation: "thread" });
  const add = (name: string) =>
    stage.world.manager.submit({
      poolId: id,
      type: "add",
      input: { left: 1 },
      name,
      priority: 0,
      tags: [],
    });
  for (const name of ["first", "second", "third"]) await add(name);
  await visitor.go("/tasks?q=pool:growing");
  await page.getByLabel("Select second").check();
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  for (const name of ["fourth", "fifth"]) await add(name);
  await survive(page, 4);
  await page.getByLabel("Select fifth").waitFor();
  await page.locator("tr.at", { hasText: "first" }).waitFor();
  await page.keyboard.press("x");
  await page.getByText("2 selected").waitFor();
  const marked = page.locator("tr:has(input:checked) td.name > a");
  deepStrictEqual(await marked.allInnerTexts(), ["second", "first"]);
  deepStrictEqual(visitor.faults, []);
});

Deno.test("A dialog with what was typed in it, and a table that was opened, survive the swaps of a pool", async () => {
  await using visitor = await stage.visit();
  const { page } = visitor;
  await visitor.go(`/pools/${stage.world.pools.busy}`);
  await page.locator("details.chart-table summary").first().click();
  await page.getByRole("link", { name: "Resize… invoices" }).click();
  const size = page.getByRole("dialog").getByLabel("Threads at most");
  await size.fill("17");
  await size.press("Shift+Home");
  const before = await page.evaluate(lookAtHands);
  deepStrictEqual([before.dialog, before.text, before.cursor], ["dialog", "17", [0, 2]]);
  ok(before.open.includes(true));
  await survive(page);
  deepStrictEqual(await page.evaluate(lookAtHands), before);
  deepStrictEqual(visitor.faults, []);
});

Deno.test("Selected text and an opened stack survive the swaps of a task", async () => {
  await using visitor = await stage.visit();
  const { page } = visitor;
  await visitor.go(`/tasks/${stage.world.tasks.failed}`);
  await page.locator("details.fold summary").click();
  await page.locator("pre#stack").selectText();
  const before = await page.evaluate(lookAtHands);
  ok(before.selected.includes("The invoice 4711 has no address"));
  await survive(page);
  deepStrictEqual(await page.evaluate(lookAtHands), before);
  deepStrictEqual(visitor.faults, []);
});

Deno.test("The page's memory is flat while it is swapped", async () => {
  await using visitor = await stage.visit();
  const { page } = visitor;
  await visitor.go(`/pools/${stage.world.pools.busy}`);
  await survive(page, 6); // what is made once, is made
  const before = await measure(visitor.context, page);
  let after = before;
  let swaps = 6;
  // A look may come in the midst of a swap. What leaks has grown at the next look, too.
  for (let look = 0; look < LOOKS; look++) {
    swaps += SWAPS;
    await page.waitForFunction(hasSwapped, swaps, { timeout: SWAPS * REFRESH_MS * 20 });
    after = await measure(visitor.context, page);
    if (grownIn(before, after).length === 0) break;
  }
  deepStrictEqual(grownIn(before, after), [], JSON.stringify({ before, after }));
  deepStrictEqual(visitor.faults, []);
});

function grownIn<Held extends Record<string, number>>(before: Held, after: Held): string[] {
  return Object.keys(after).filter((key) =>
    (after[key] ?? NaN) > (before[key] ?? NaN) * GROWTH_MAX
  );
}

/** What the page holds once all that can go is gone. */
async function measure(context: BrowserContext, page: Page) {
  const session = await context.newCDPSession(page);
  await session.send("Performance.enable");
  await session.send("HeapProfiler.collectGarbage");
  const { metrics } = await session.send("Performance.getMetrics");
  const valueOf = (name: string) => metrics.find((one) => one.name === name)?.value ?? NaN;
  const shown = await page.evaluate(countNodes);
  await session.detach();
  return {
    heapBytes: valueOf("JSHeapUsedSize"),
    listeners: valueOf("JSEventListeners"),
    // The document itself has more rows when more happened: that is no leak.
    nodesAShown: valueOf("Nodes") / shown,
  };
}
