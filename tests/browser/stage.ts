/** What the browser tests of one file share: a busy world, and a browser that looks at it. */
import { deepStrictEqual } from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { type LanguageCode, LANGUAGES } from "../../views/i18n/language.ts";
import type { Words } from "../../views/i18n/en.ts";
import { type BusyWorld, startBusyWorld } from "./busy_world.ts";
import { launch } from "./launch.ts";
import { type Looks, openVisitor, type Visitor } from "./visitor.ts";

/** See the head of this file. It is there from the first test of the file to the last. */
export interface Stage {
  readonly world: BusyWorld;
  /** Somebody comes, with nothing of others. */
  visit(looks?: Looks): Promise<Visitor>;
  /**
   * Registers a test once for each language: it finds what it looks for by the words of the pages.
   * Whatever goes wrong in the browser fails it, too.
   */
  test(name: string, run: (scene: Scene) => Promise<void>, looks?: Looks): void;
}

/** What a test of one language has. */
export interface Scene {
  readonly visitor: Visitor;
  readonly page: Page;
  readonly language: LanguageCode;
  /** The words of that language. */
  readonly t: Words;
  /** A name for what the test makes, so that its other language's run finds its own. */
  named(name: string): string;
}

/** To be called once, before a file's tests. */
export function setStage(): Stage {
  // The browser and the server live on from test to test.
  Deno.test.sanitizer({ ops: false, resources: false });
  let world: BusyWorld | undefined;
  let browser: Browser | undefined;
  let failure: unknown;
  const need = () => {
    if (world !== undefined && browser !== undefined) return { world, browser };
    throw new TypeError("Cannot look: the stage of the file's tests is not set", {
      cause: failure,
    });
  };
  Deno.test.beforeAll(async () => {
    try {
      await Promise.all([
        startBusyWorld().then((started) => world = started),
        launch().then((launched) => browser = launched),
      ]);
    } catch (error) {
      failure = error; // each test that misses it tells why
      throw error;
    }
  });
  Deno.test.afterAll(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });
  const visit = (looks: Looks = {}) => openVisitor(need().browser, need().world.url, looks);
  return {
    get world() {
      return need().world;
    },
    visit,
    test(name, run, looks = {}) {
      for (const language of Object.keys(LANGUAGES) as LanguageCode[]) { // its own keys
        Deno.test(`${name} (${language})`, async () => {
          await using visitor = await visit({ ...looks, language });
          const named = (one: string) => `${one}-${language}`;
          await run({ visitor, page: visitor.page, language, t: LANGUAGES[language], named });
          deepStrictEqual(visitor.faults, []);
        });
      }
    },
  };
}
