import type { Command } from "commander";
import { addServerFlags, clientFor, print, type ServerFlags } from "../command_line.ts";
import { findPoolId } from "../find_pool.ts";
import { addLeafOptions, readLeafOptions } from "../leaf_options.ts";
import { CHANGE_FLAGS, SETTING_NAMES } from "../pool_flags.ts";
import { drawFacts } from "../table.ts";
import type { WirePool } from "../wire.ts";
import type { World } from "../world.ts";

/** Adds `pool settings`: shows a pool's settings, or changes those that flags name. */
export function addPoolSettings(pool: Command, world: World): void {
  const command = pool.command("settings").description("show a pool's settings, or change some")
    .argument("<pool>", "a pool's id, or its name while one open pool bears it");
  addLeafOptions(command, CHANGE_FLAGS);
  addServerFlags(command, "pool settings default", "pool settings default --queue-capacity 5000")
    .action(async (name: string, flags: ServerFlags) => {
      const client = clientFor(world, flags);
      const before = await client.getPool(await findPoolId(client, name));
      const changes = mergeSections(readLeafOptions(command, CHANGE_FLAGS), before);
      const isChange = Object.keys(changes).length > 0;
      const after = isChange ? await client.changePool(before.pool_id, changes) : before;
      const settings = SETTING_NAMES.map((setting) => [setting, after[setting]] as const);
      print(
        world,
        flags,
        Object.fromEntries(settings),
        () => drawFacts(settings.map(([setting, value]) => [setting, textOf(value)])),
      );
    });
}

/**
 * The API replaces `permissions` as a whole. A flag names one of them, and whoever grants a folder
 * does not mean to take the network away.
 */
function mergeSections(
  changes: Readonly<Record<string, unknown>>,
  before: WirePool,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(changes).map(([name, value]) =>
      isSection(value) ? [name, { ...Object(before[name]), ...value }] : [name, value]
    ),
  );
}

function isSection(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value) ?? "–";
}
