import type { Command } from "commander";
import {
  addServerFlags,
  clientFor,
  parseInteger,
  print,
  type ServerFlags,
} from "../command_line.ts";
import { UsageError } from "../exit_code.ts";
import { findPoolId, POOL_ARGUMENT } from "../find_pool.ts";
import { addLeafOptions, readLeafOptions } from "../leaf_options.ts";
import { CHANGE_FLAGS, SETTING_NAMES } from "../pool_flags.ts";
import { printable } from "../printable.ts";
import { type Column, drawFacts, drawTable } from "../table.ts";
import type { WirePool, WireSettingsVersion } from "../client/mod.ts";
import type { World } from "../world.ts";

/** Adds `pool settings`: shows a pool's settings, or changes those that flags name. */
export function addPoolSettings(pool: Command, world: World): void {
  const command = pool.command("settings").description("show a pool's settings, or change some")
    .argument("<pool>", POOL_ARGUMENT);
  addLeafOptions(command, CHANGE_FLAGS);
  command.option("--reason <text>", "why, for whoever looks at the versions");
  addServerFlags(command, "pool settings default", "pool settings default --queue-capacity 5000")
    .action(async (name: string, flags: ServerFlags & { reason?: string }) => {
      const changes = readLeafOptions(command, CHANGE_FLAGS);
      const isChange = Object.keys(changes).length > 0;
      if (!isChange && flags.reason !== undefined) {
        throw new UsageError("Cannot change pool: --reason comes with a setting");
      }
      const client = clientFor(world, flags);
      const before = await client.getPool(await findPoolId(client, name));
      const after = isChange
        ? await client.changePool(before.pool_id, {
          ...mergeSections(changes, before),
          ...reasonOf(flags),
        })
        : before;
      const settings = SETTING_NAMES.map((setting) => [setting, after[setting]] as const);
      print(
        world,
        flags,
        Object.fromEntries(settings),
        () => drawFacts(settings.map(([setting, value]) => [setting, textOf(value)])),
      );
    });
}

/** Adds `pool versions` and `pool revert`: what the settings were, and the way back. */
export function addSettingsVersions(pool: Command, world: World): void {
  const versions = pool.command("versions").description("list the versions of a pool's settings")
    .argument("<pool>", POOL_ARGUMENT);
  addServerFlags(versions, "pool versions default")
    .action(async (name: string, flags: ServerFlags) => {
      const client = clientFor(world, flags);
      const listed = await client.listSettings(await findPoolId(client, name));
      print(world, flags, listed, () => drawTable(listed, VERSION_COLUMNS, world.out));
    });
  const revert = pool.command("revert").description("bring a version of a pool's settings back")
    .argument("<pool>", POOL_ARGUMENT)
    .argument("<version>", "its number", parseInteger)
    .option("--reason <text>", "why, for whoever looks at the versions");
  addServerFlags(revert, "pool revert default 1").action(
    async (name: string, version: number, flags: ServerFlags & { reason?: string }) => {
      const client = clientFor(world, flags);
      const body = { version, ...reasonOf(flags) };
      const reverted = await client.revertPool(await findPoolId(client, name), body);
      const text = `Reverted pool ${printable(reverted.name)} to version ${version}\n`;
      print(world, flags, reverted, () => text);
    },
  );
}

function reasonOf({ reason }: { readonly reason?: string }): { reason?: string } {
  return reason === undefined ? {} : { reason };
}

const VERSION_COLUMNS: readonly Column<WireSettingsVersion>[] = [
  { title: "VERSION", text: ({ version }) => String(version), isNumber: true },
  { title: "AT", text: ({ at }) => at, isWhole: true },
  {
    title: "CHANGED",
    text: ({ changes }) =>
      changes.map(({ setting, before, after }) =>
        `${setting}: ${textOf(before)} → ${textOf(after)}`
      ).join(", "),
  },
  { title: "WHY", text: ({ reason }) => reason ?? "" },
];

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
