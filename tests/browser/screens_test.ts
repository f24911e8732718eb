import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { lookAtScreen } from "./page_side.js";
import { screensOf } from "./screens.ts";
import { SIZES } from "./visitor.ts";
import { setStage } from "./stage.ts";

const stage = setStage();

for (const language of ["en", "zh"] as const) {
  Deno.test(`Each screen opens without a fault and fits wide and narrow windows, in ${language}`, async () => {
    await using visitor = await stage.visit({ language });
    const { page, faults } = visitor;
    for (const { name, path } of screensOf(stage.world)) {
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
  });
}
