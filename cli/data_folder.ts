/** Where the data is, for commands that look at it themselves: where `start` would have it. */
import type { Command } from "commander";
import { type ConfigSources, loadConfig } from "./load_config.ts";
import type { World } from "./world.ts";

/** Flags that say where the data is. */
export interface DataFlags {
  readonly data?: string;
  readonly config?: string;
}

/** Adds `--data` and `--config`. */
export function addDataFlags(command: Command): Command {
  return command
    .option("--data <folder>", "the data folder (default: what start would use)")
    .option("--config <path>", "YAML file that may name it (default: ./lido.yaml if it exists)");
}

/** The data folder that the flags, the environment or the configuration's file name. */
export async function dataFolderOf(world: World, flags: DataFlags): Promise<string> {
  if (flags.data !== undefined) return flags.data;
  const given = flags.config === undefined ? {} : { config: flags.config };
  return (await loadConfig(sourcesOf(world, given))).data;
}

/** Where the configuration comes from in a world. */
export function sourcesOf(world: World, flags: Readonly<Record<string, string>>): ConfigSources {
  return {
    flags,
    env: world.env,
    readFile: (path) => readIfThere(world, path),
    isFolder: world.isFolder,
  };
}

async function readIfThere(world: World, path: string): Promise<string | undefined> {
  try {
    return await world.readText(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
