import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { listTexts, lookAtScreen } from "./page_side.js";
import { screensOf } from "./screens.ts";
import { SIZES } from "./visitor.ts";
import { setStage } from "./stage.ts";
import { findStrange, namesIn, wordsOfTypes } from "./strange_words.ts";

const stage = setStage();

stage.test(
  "Each screen opens without a fault, says nothing in another language and fits all windows",
  async ({ visitor, page, language }) => {
    const names = await namesIn(stage.world);
    const ofTypes = [...names, ...wordsOfTypes(stage.world)];
    for (const { name, path } of screensOf(stage.world)) {
      await page.setViewportSize(SIZES.wide);
      const status = await visitor.go(path);
      strictEqual(status, name === "not-found" ? 404 : 200, name);
      // The API's own words are English; its summaries and errors are another test's matter.
      if (name !== "api") {
        const known = /^(submit|types?)\b/.test(name) ? ofTypes : names;
        deepStrictEqual(findStrange(await page.evaluate(listTexts), language, known), [], name);
      }
      for (const size of ["wide", "narrow"] as const) {
        await page.setViewportSize(SIZES[size]);
        const seen = await page.evaluate(lookAtScreen);
        const wanted = { language, heads: 1, surplusPx: 0, emptyIcons: 0 };
        deepStrictEqual(seen, wanted, `${name}, ${size}`);
      }
      deepStrictEqual(visitor.faults, [], name);
    }
  },
);
