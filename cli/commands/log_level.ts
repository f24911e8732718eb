import { Argument, type Command } from "commander";
import { LogLevel } from "../../core/model/log_level.ts";
import type { WireLogLevel } from "../client/mod.ts";
import {
  addServerFlags,
  clientFor,
  parseInteger,
  print,
  type ServerFlags,
} from "../command_line.ts";
import { UsageError } from "../exit_code.ts";
import type { World } from "../world.ts";

/** Adds `log-level`: how much a running server logs. */
export function addLogLevelCommand(program: Command, world: World): void {
  const command = program.command("log-level")
    .description("tell how much the server logs, or change it while it runs")
    .addArgument(new Argument("[level]", "what to log from now on").choices(LogLevel.options))
    .option(
      "--for-ms <integer>",
      "after so long it logs again as it was started; until it ends if left out",
      parseInteger,
    );
  addServerFlags(command, "log-level", "log-level debug --for-ms 600000").action(
    async (level: string | undefined, flags: ServerFlags & { forMs?: number }) => {
      if (level === undefined && flags.forMs !== undefined) {
        throw new UsageError("Cannot change log level: --for-ms comes with a level");
      }
      const client = clientFor(world, flags);
      const state = level === undefined ? await client.getLogLevel() : await client.setLogLevel({
        level,
        ...flags.forMs !== undefined && { for_ms: flags.forMs },
      });
      print(world, flags, state, () => drawState(state));
    },
  );
}

function drawState({ level, configured_level, until }: WireLogLevel): string {
  if (until !== null) return `${level} until ${until}, then ${configured_level}\n`;
  return level === configured_level
    ? `${level}\n`
    : `${level} (started with ${configured_level})\n`;
}
