import { ok, strictEqual } from "node:assert/strict";
import type { Locator, Page } from "playwright-core";
import { countDots, drawSeries, listTimes, swapNewest } from "./page_side.js";
import { setStage } from "./stage.ts";

const stage = setStage();

/** Waits for a fact of the next page, and for the page's scripts: they are there when it is loaded. */
async function arrive(fact: Locator): Promise<void> {
  await fact.waitFor();
  await fact.page().waitForLoadState();
}

function heading(page: Page, name: string): Locator {
  return page.getByRole("heading", { level: 1, name, exact: true });
}

stage.test("The language is changed, and kept", async ({ visitor, page, t, language }) => {
  const other = language === "en" ? "zh" : "en";
  await visitor.go("/tasks?q=state:failed");
  await page.locator("details.display summary").click();
  await page.getByLabel(t.preferences.language).selectOption(other);
  await arrive(page.locator(`html[lang=${other}]`));
  strictEqual(new URL(page.url()).search, "?q=state:failed");
  await visitor.go("/pools");
  await arrive(page.locator(`html[lang=${other}]`));
});

stage.test("The theme is changed, and the charts with it", async ({ visitor, page, t }) => {
  await visitor.go("/");
  await arrive(page.locator("html[data-bs-theme=light]"));
  await page.locator("details.display summary").click();
  await page.getByLabel(t.preferences.theme).selectOption("dark");
  await arrive(page.locator("html[data-bs-theme=dark]"));
  await page.locator(".chart-canvas canvas").first().waitFor();
  await page.locator("details.display summary").click();
  await page.getByLabel(t.preferences.theme).selectOption("system");
  await arrive(page.locator("html[data-theme=system][data-bs-theme=light]"));
  await page.emulateMedia({ colorScheme: "dark" });
  await arrive(page.locator("html[data-theme=system][data-bs-theme=dark]"));
});

stage.test("The numbers below a chart follow what is swapped", async ({ visitor, page, language }) => {
  await visitor.go("/");
  const legend = page.locator("#chart-outcomes .u-legend");
  await legend.waitFor();
  for (const value of [4321, 8765]) {
    await page.evaluate(swapNewest, { chart: "chart-outcomes", value });
    await legend.filter({
      hasText: new Intl.NumberFormat(language === "zh" ? "zh-CN" : "en-GB").format(value),
    }).waitFor();
  }
});

stage.test("A chart's times are in UTC, whatever the browser's zone is", async ({ visitor, page, t }) => {
  await visitor.go("/");
  const legend = page.locator("#chart-outcomes .u-legend");
  await legend.getByText(t.time.atUtc).waitFor();
  await page.locator("#chart-outcomes .u-over").hover();
  const shown = await legend.locator("tr").first().innerText();
  const [time = shown] = /\d\d:\d\d/.exec(shown) ?? [];
  const times = await page.evaluate(listTimes, "chart-outcomes");
  ok(times.includes(time), `${time} of ${times.join()}`);
});

stage.test("The pace of refreshing is changed, and what is shown follows it", async ({ visitor, page, t }) => {
  await visitor.go(`/tasks/${stage.world.tasks.running}`);
  await page.locator("details.display summary").click();
  await page.getByLabel(t.preferences.refresh).selectOption("1");
  await arrive(page.locator("body[data-refresh='1']"));
  const progress = page.locator(".task-progress span");
  const before = await progress.innerText();
  await page.locator(".task-progress span").filter({ hasNotText: before }).waitFor();
});

stage.test("The palette finds pools, and a task by its id", async ({ visitor, page, t }) => {
  await visitor.go("/");
  await page.keyboard.press("Control+k");
  const palette = page.getByRole("dialog", { name: t.keys.palette });
  const search = palette.getByRole("combobox");
  await search.fill("nothing like this");
  await palette.getByText(t.keys.noHit).waitFor();
  await search.fill("nightly");
  await palette.getByRole("option").filter({ hasText: "nightly reports" }).first().waitFor();
  await search.press("Enter");
  await arrive(heading(page, "nightly reports"));
  await page.keyboard.press("Control+k");
  await search.fill(stage.world.tasks.failed);
  await search.press("Enter");
  await arrive(heading(page, "Send invoice 4711"));
  await page.keyboard.press("Control+k");
  await palette.waitFor();
  await page.keyboard.press("Escape");
  await palette.waitFor({ state: "hidden" });
});

stage.test(
  "All places of the navigation are in sight on a phone, in one line",
  async ({ visitor, page }) => {
    await visitor.go("/api/docs");
    for (const width of [390, 360]) {
      await page.setViewportSize({ width, height: 780 });
      const boxes = await page.locator("nav.places a").evaluateAll((links) =>
        links.map((link) => link.getBoundingClientRect().toJSON())
      );
      strictEqual(boxes.length, 7);
      strictEqual(new Set(boxes.map(({ top }) => top)).size, 1, `${width}`);
      for (const { left, right, height } of boxes) {
        ok(
          left >= 0 && right <= width && right - left >= 24 && height >= 40,
          `${width}: ${left} to ${right}`,
        );
      }
    }
  },
  { size: "narrow" },
);

stage.test("Keys lead to all places", async ({ visitor, page, t }) => {
  await visitor.go("/pools");
  for (
    const [key, name] of [
      ["o", t.nav.overview],
      ["p", t.nav.pools],
      ["t", t.nav.tasks],
      ["s", t.submit.title],
      ["y", t.nav.types],
      ["i", t.nav.api],
    ] as const
  ) {
    await page.keyboard.press("g");
    await page.keyboard.press(key);
    await arrive(heading(page, name));
  }
});

stage.test("Keys choose, mark and open a row, and leaf through the pages", async ({ visitor, page, t }) => {
  const { totalItems } = await stage.world.manager.listTasks({ poolId: stage.world.pools.idle }, {
    page: 1,
    perPage: 1,
  });
  const pages = String(Math.ceil(totalItems / 10));
  await visitor.go("/tasks?per_page=10&q=pool:thumbnails");
  const rows = page.locator("table.rows tbody tr");
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  await page.keyboard.press("j");
  await rows.nth(1).and(page.locator(".at")).waitFor();
  await page.keyboard.press("x");
  await page.getByText(t.tasks.selected("1")).waitFor();
  strictEqual(await rows.nth(1).getByRole("checkbox").isChecked(), true);
  await page.keyboard.press("ArrowRight");
  await arrive(page.getByText(t.tasks.page("2", pages)));
  await page.keyboard.press("ArrowLeft");
  await arrive(page.getByText(t.tasks.page("1", pages)));
  const name = await rows.first().locator("td.name > a").innerText();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await arrive(heading(page, name));
});

stage.test("Keys show the help, go to the filter, refresh, create, and change theme and pace", async ({ visitor, page, t, named }) => {
  await visitor.go("/pools");
  const help = page.getByRole("dialog", { name: t.keys.title });
  await page.keyboard.press("?");
  await help.waitFor();
  const told = await help.locator("kbd").allInnerTexts();
  for (const key of ["p", "e", "c", "Shift+S", "Shift+D", "Shift+R", "Shift+X"]) {
    ok(told.includes(key), key);
  }
  await page.keyboard.press("t"); // a dialog is open: no key does anything
  strictEqual(await page.locator("html").getAttribute("data-bs-theme"), "light");
  await page.keyboard.press("Escape");
  await help.waitFor({ state: "hidden" });

  await page.keyboard.press("/");
  await page.locator("[data-filter]:focus").waitFor();
  await page.keyboard.type("t?.c");
  strictEqual(await page.locator("[data-filter]").inputValue(), "t?.c");
  await page.locator("h1").click();

  const seen = named("seen by r");
  await stage.world.manager.createPool({ name: seen, isolation: "thread", maxThreads: 1 });
  await page.keyboard.press("r");
  await page.getByRole("link", { name: seen }).waitFor();
  await page.keyboard.press("c");
  const dialog = page.getByRole("dialog", { name: t.pools.newTitle });
  await dialog.waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });

  await page.keyboard.press("t");
  await arrive(page.locator("html[data-bs-theme=dark]"));
  await page.keyboard.press(".");
  await arrive(page.locator("body[data-refresh='2']"));
  await page.keyboard.press(".");
  await arrive(page.locator("body[data-refresh='0']"));
});

stage.test("Keys act on the row that they are at, and on the page as the help says", async ({ visitor, page, t, named }) => {
  const name = named("keyed");
  const { id } = await stage.world.manager.createPool({ name, isolation: "thread", maxThreads: 1 });
  await visitor.go(`/pools?text=${name}`);
  await page.keyboard.press("j");
  await page.keyboard.press("p");
  await page.getByRole("button", { name: t.action.ofObject(t.action.resume, name) }).waitFor();
  strictEqual(stage.world.manager.getPool(id).state, "paused");
  const task = { type: "add", input: { left: 1 }, name: `${name} task`, priority: 0, tags: [] };
  await stage.world.manager.submit({ poolId: id, ...task });
  await visitor.go(`/tasks?q=pool:${name}`);
  await page.keyboard.press("j");
  await page.keyboard.press("Shift+S");
  await page.getByRole("dialog", { name: t.task.cancelTitle(task.name) }).waitFor();
  await visitor.go(`/pools/${id}`);
  await page.keyboard.press("Shift+D");
  await page.getByRole("dialog", { name: t.pool.drainTitle(name) }).waitFor();
  await visitor.go(`/tasks/${stage.world.tasks.completed}`);
  await page.keyboard.press("g");
  await page.keyboard.press("Escape"); // it goes nowhere then
  await page.keyboard.press("/");
  const palette = page.getByRole("dialog", { name: t.keys.palette });
  await palette.waitFor();
  await page.keyboard.press("Escape");
  // A closed dialog keeps the focus for a moment.
  await page.waitForFunction("document.activeElement === document.body");
  await page.keyboard.press("Shift+R");
  await page.getByText(t.task.again("Add two numbers")).waitFor();
});

stage.test(
  "The palette is opened by touch, and finds a pool by its id and its tasks by its name",
  async ({ visitor, page, t }) => {
    const { idle } = stage.world.pools;
    await visitor.go("/");
    await page.locator("[data-palette]").click();
    const palette = page.getByRole("dialog", { name: t.keys.palette });
    const search = palette.getByRole("combobox");
    await palette.getByRole("option").nth(3).waitFor();
    await search.fill(idle);
    strictEqual(await palette.getByRole("option").getAttribute("href"), `/pools/${idle}`);
    await search.fill(stage.world.tasks.failed);
    strictEqual(
      await palette.getByRole("option").innerText(),
      t.keys.taskOf(stage.world.tasks.failed),
    );
    await search.fill("thumbnails");
    await palette.getByRole("option").nth(1).click();
    await arrive(heading(page, t.tasks.title));
    strictEqual(new URL(page.url()).search, `?q=pool:${idle}`);
  },
  { size: "narrow" },
);

/** As `static/charts.js` has them in the light theme. */
const [GREEN, RED, BLUE] = [[0x2f, 0x8f, 0x5b], [0xc6, 0x42, 0x3f], [0x1f, 0x6f, 0xb2]];

Deno.test("Areas on each other have the colours that the legend has", async () => {
  await using visitor = await stage.visit();
  const { page } = visitor;
  await visitor.go("/");
  await page.locator("#chart-outcomes canvas").waitFor();
  const series = [
    { label: "below", colour: "green", values: [5, 5, 5] },
    { label: "above", colour: "red", values: [5, 5, 5] },
  ];
  await page.evaluate(drawSeries, { chart: "chart-outcomes", kind: "stack", series });
  for (const rgb of [GREEN, RED]) {
    const dots = { chart: "chart-outcomes", rgb, alpha: 0x55 / 255 };
    await page.waitForFunction(`(${countDots})(${JSON.stringify(dots)}) > 10_000`);
  }
});

Deno.test("A value without neighbours is a point of its chart", async () => {
  await using visitor = await stage.visit();
  const { page } = visitor;
  await visitor.go("/");
  await page.locator("#chart-outcomes canvas").waitFor();
  const series = [{ label: "lonely", colour: "blue", values: [null, 3, null, null] }];
  await page.evaluate(drawSeries, { chart: "chart-outcomes", kind: "lines", series });
  const dots = { chart: "chart-outcomes", rgb: BLUE, alpha: 1 };
  await page.waitForFunction(`(${countDots})(${JSON.stringify(dots)}) > 3`);
});
