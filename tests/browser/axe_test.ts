import { deepStrictEqual } from "node:assert/strict";
import axe from "axe-core";
import type { Browser } from "playwright-core";
import { type BusyWorld, startBusyWorld } from "./busy_world.ts";
import { launch } from "./launch.ts";
import { findBarriers } from "./page_side.js";
import { screensOf } from "./screens.ts";
import { openVisitor, SIZES } from "./visitor.ts";

Deno.test.sanitizer({ ops: false, resources: false });

let world: BusyWorld;
let browser: Browser;
Deno.test.beforeAll(async () => {
  [world, browser] = await Promise.all([startBusyWorld(), launch()]);
});
Deno.test.afterAll(async () => {
  await browser.close();
  await world[Symbol.asyncDispose]();
});

Deno.test("No screen has a barrier that axe finds, light and dark, wide and narrow", async () => {
  await using visitor = await openVisitor(browser, world.url);
  const { page } = visitor;
  const found: string[] = [];
  for (const { name, path } of screensOf(world)) {
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
