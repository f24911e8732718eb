/** Somebody who looks at the pages in a browser, and notes all that goes wrong there. */
import type { Browser, BrowserContext, Page } from "playwright-core";

/** The sizes in which every screen is looked at. */
export const SIZES = {
  wide: { width: 1440, height: 900 },
  narrow: { width: 390, height: 844 },
} as const;

/** How somebody looks. */
export interface Looks {
  readonly language?: "en" | "zh";
  readonly theme?: "light" | "dark";
  readonly size?: keyof typeof SIZES;
  /** Seconds between two looks of a fragment; 0, if left out: only when it is asked to. */
  readonly refreshS?: number;
  readonly hasScripts?: boolean;
}

/** See the head of this file. */
export interface Visitor extends AsyncDisposable {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Errors of the console, of scripts and of the content security policy, as they came. */
  readonly faults: readonly string[];
  /** Goes to a page of the server, and waits until its scripts are there. */
  go(path: string): Promise<number>;
}

/** Opens a page of its own, with nothing of other visitors in it. */
export async function openVisitor(
  browser: Browser,
  url: string,
  { language = "en", theme = "light", size = "wide", refreshS = 0, hasScripts = true }: Looks = {},
): Promise<Visitor> {
  const context = await browser.newContext({
    timezoneId: "Asia/Kathmandu", // what is shown does not depend on it
    locale: "en-GB", // without it the packed browser calls its language one that there is not
    viewport: SIZES[size],
    colorScheme: theme,
    javaScriptEnabled: hasScripts,
    acceptDownloads: true,
    reducedMotion: "reduce",
  });
  await context.addCookies([
    { name: "lido_language", value: language, url },
    { name: "lido_theme", value: theme, url },
    { name: "lido_refresh", value: String(refreshS), url },
  ]);
  const page = await context.newPage();
  const faults: string[] = [];
  // Chromium tells of a violated policy as of an error, too.
  page.on("console", (message) => {
    const text = message.text();
    if (message.type() === "error" && !isAnswer(text)) faults.push(`${page.url()}: ${text}`);
  });
  page.on("pageerror", (error) => faults.push(`${page.url()}: ${error.message}`));
  return {
    context,
    page,
    faults,
    async go(path) {
      const response = await page.goto(`${url}${path}`);
      // Before htmx has seen to it, a link that opens a dialog leads to a page of its own.
      if (hasScripts) {
        await page.locator("[data-htmx-powered]").first().waitFor({ state: "attached" });
      }
      return response?.status() ?? 0;
    },
    [Symbol.asyncDispose]: () => context.close(),
  };
}

/** A refusal that the page shows in its own words: a form's 422, a page's 404. */
function isAnswer(text: string): boolean {
  return /^Failed to load resource: the server responded with a status of (404|422)/.test(text);
}
