/** What the browser tests of one file share: a busy world, and a browser that looks at it. */
import type { Browser } from "playwright-core";
import { type BusyWorld, startBusyWorld } from "./busy_world.ts";
import { launch } from "./launch.ts";
import { type Looks, openVisitor, type Visitor } from "./visitor.ts";

/** See the head of this file. It is there from the first test of the file to the last. */
export interface Stage {
  readonly world: BusyWorld;
  /** Somebody comes, with nothing of others. */
  visit(looks?: Looks): Promise<Visitor>;
}

/** To be called once, before a file's tests. */
export function setStage(): Stage {
  // The browser and the server live on from test to test.
  Deno.test.sanitizer({ ops: false, resources: false });
  let set: { readonly world: BusyWorld; readonly browser: Browser } | undefined;
  const need = () => {
    if (set !== undefined) return set;
    throw new TypeError("Cannot look: the file's tests have not begun");
  };
  Deno.test.beforeAll(async () => {
    const [world, browser] = await Promise.all([startBusyWorld(), launch()]);
    set = { world, browser };
  });
  Deno.test.afterAll(async () => {
    const { world, browser } = need();
    await browser.close();
    await world[Symbol.asyncDispose]();
  });
  return {
    get world() {
      return need().world;
    },
    visit: (looks = {}) => openVisitor(need().browser, need().world.url, looks),
  };
}
