import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { Browser } from "playwright-core";
import { type BusyWorld, startBusyWorld } from "./busy_world.ts";
import { launch } from "./launch.ts";
import { lookAtScreen } from "./page_side.js";
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

for (const language of ["en", "zh"] as const) {
  Deno.test(`Each screen opens without a fault and fits wide and narrow windows, in ${language}`, async () => {
    await using visitor = await openVisitor(browser, world.url, { language });
    const { page, faults } = visitor;
    for (const { name, path } of screensOf(world)) {
      await page.setViewportSize(SIZES.wide);
      const status = await visitor.go(path);
      strictEqual(status, name === "not-found" ? 404 : 200, name);
      for (const size of ["wide", "narrow"] as const) {
        await page.setViewportSize(SIZES[size]);
        const seen = await page.evaluate(lookAtScreen);
        const wanted = { language, heads: 1, surplusPx: 0, emptyIcons: 0 };
        deepStrictEqual(seen, wanted, `${name}, ${size}`);
      }
      deepStrictEqual(faults, [], name);
    }
    deepStrictEqual(world.errors, []);
  });
}
