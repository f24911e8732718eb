import { type Command, Option } from "commander";
import { addExamples } from "../command_line.ts";
import { sourcesOf } from "../data_folder.ts";
import { placeholder } from "../leaf_options.ts";
import { loadConfig } from "../load_config.ts";
import { SETTINGS } from "../settings.ts";
import { start } from "../start.ts";
import type { World } from "../world.ts";

/** Adds `start`: a flag for each setting, all of them read as text until all faults can be told. */
export function addStartCommand(program: Command, world: World): void {
  const command = program.command("start").description("run the server")
    .option("--config <path>", "YAML file with settings (default: ./lido.yaml if it exists)");
  for (const { flagName, leaf } of SETTINGS) {
    const isTold = leaf.defaultValue !== null && leaf.defaultValue !== undefined;
    const note = isTold ? ` (default: ${JSON.stringify(leaf.defaultValue)})` : "";
    command.addOption(new Option(`--${flagName} <${placeholder(leaf)}>`, leaf.description + note));
  }
  addExamples(command, "start --port 9000 --tasks ./tasks");
  command.action(async () => {
    await start(await loadConfig(sourcesOf(world, givenFlags(command))), world);
  });
}

function givenFlags(command: Command): Record<string, string> {
  const given: Readonly<Record<string, unknown>> = command.opts();
  const flags: Record<string, string> = {};
  for (const option of command.options) {
    const value = given[option.attributeName()];
    if (typeof value === "string") flags[option.name()] = value;
  }
  return flags;
}
