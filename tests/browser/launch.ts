/**
 * Chromium for the tests: Debian's `chromium-headless-shell` where it is installed (`CHROMIUM_PATH` names
 * another), else the one that comes in an npm package and needs nothing installed. Both are without
 * windows: the whole browser loads pages for its own toolbars, too, and takes twice as long.
 */
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts it. */
export async function launch(): Promise<Browser> {
  const system = Deno.env.get("CHROMIUM_PATH") ?? "/usr/bin/chromium-headless-shell";
  if (existsSync(system)) return await chromium.launch({ executablePath: system, args: FLAGS });
  // Before the import: it then unpacks its own libraries and fonts.
  Deno.env.set("AWS_EXECUTION_ENV", "AWS_Lambda_nodejs24.x");
  const { default: packed } = await import("@sparticuz/chromium");
  // Test files that start at the same time must not take what one of them unpacks for whole.
  using turn = await Deno.open(join(tmpdir(), "lido-chromium.lock"), { create: true, write: true });
  await turn.lock(true);
  const executablePath = await packed.executablePath();
  return await chromium.launch({ executablePath, args: [...FLAGS, "--no-zygote"] });
}
