import { deepStrictEqual } from "node:assert/strict";
import axe from "axe-core";
import { findBarriers } from "./page_side.js";
import { screensOf } from "./screens.ts";
import { SIZES } from "./visitor.ts";
import { setStage } from "./stage.ts";

const stage = setStage();

Deno.test("No screen has a barrier that axe finds, light and dark, wide and narrow", async () => {
  await using visitor = await stage.visit();
  const { page } = visitor;
  const found: string[] = [];
  for (const { name, path } of screensOf(stage.world)) {
    await visitor.go(path);
    await page.evaluate(axe.source);
    for (const theme of ["light", "dark"]) {
      for (const size of ["wide", "narrow"] as const) {
        await page.setViewportSize(SIZES[size]);
        for (const barrier of await page.evaluate(findBarriers, theme)) {
          found.push(`${name}, ${theme}, ${size}: ${barrier}`);
        }
      }
    }
  }
  deepStrictEqual(found, []);
});

Deno.test("No open dialog and no message has a barrier that axe finds", async () => {
  await using visitor = await stage.visit();
  const { page } = visitor;
  const found: string[] = [];
  const look = async (name: string) => {
    await page.evaluate(axe.source);
    for (const theme of ["light", "dark"]) {
      const barriers = await page.evaluate(findBarriers, theme);
      found.push(...barriers.map((barrier) => `${name}, ${theme}: ${barrier}`));
    }
  };
  await visitor.go("/tasks");
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keys" }).waitFor();
  await look("keys");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await page.locator("#palette [role=option]").first().waitFor();
  await look("palette");
  await page.keyboard.press("Escape");
  await page.locator("[data-select-all]").check();
  await look("selection");
  await page.getByRole("button", { name: "Preview…" }).click();
  await page.locator("#bulk-form").waitFor();
  await look("bulk preview");

  await visitor.go("/pools");
  await page.getByRole("link", { name: "New pool" }).click();
  const dialog = page.getByRole("dialog", { name: "New pool" });
  await dialog.getByText("More settings").click();
  await dialog.getByLabel("Queue capacity").fill("none");
  await dialog.getByRole("button", { name: "New pool" }).click();
  await dialog.getByRole("alert").waitFor();
  await look("new pool with faults");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Pause thumbnails" }).click();
  await page.locator(".app-toast").waitFor();
  await look("message");
  await page.locator("details.display summary").click();
  await look("display");
  deepStrictEqual(found, []);
});
