/**
 * Takes pictures of every screen, light and dark, wide and narrow, in both languages:
 *
 *     deno task screenshots
 */
import { fileURLToPath } from "node:url";
import { startBusyWorld } from "./busy_world.ts";
import { launch } from "./launch.ts";
import { screensOf } from "./screens.ts";

const FOLDER = fileURLToPath(new URL("../../docs/screenshots/", import.meta.url));
const SIZES = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } };

await Deno.mkdir(FOLDER, { recursive: true });
await using world = await startBusyWorld();
// The charts want a step or two of the history.
await new Promise((resolve) =>
  setTimeout(resolve, Number(Deno.env.get("SCREENSHOT_WAIT_MS") ?? 11_000))
);
const browser = await launch();
/** `SCREENS` names the only ones that are wanted, with commas between. */
const wanted = Deno.env.get("SCREENS")?.split(",");
const screens = screensOf(world).filter(({ name }) => wanted?.includes(name) ?? true);
try {
  for (const language of ["en", "zh"]) {
    for (const theme of ["light", "dark"]) {
      for (const [size, viewport] of Object.entries(SIZES)) {
        const context = await browser.newContext({
          locale: language === "zh" ? "zh-CN" : "en-GB",
          viewport,
          colorScheme: theme === "dark" ? "dark" : "light",
        });
        await context.addCookies([
          { name: "lido_language", value: language, url: world.url },
          { name: "lido_theme", value: theme, url: world.url },
          { name: "lido_refresh", value: "0", url: world.url },
        ]);
        const page = await context.newPage();
        for (const { name, path } of screens) {
          await page.goto(`${world.url}${path}`);
          await page.screenshot({
            path: `${FOLDER}${name}-${language}-${theme}-${size}.png`,
            fullPage: true,
          });
        }
        await context.close();
      }
    }
  }
} finally {
  await browser.close();
}
Deno.exit(0);
