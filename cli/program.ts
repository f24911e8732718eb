/** The whole command line: all commands, and what their errors mean to the caller. */
import { Command, CommanderError } from "commander";
import { VERSION } from "../core/model/version.ts";
import { LidoError, messageOf } from "../core/model/errors.ts";
import { ApiError, ClientError, UnreachedError } from "./client/mod.ts";
import { addExamples } from "./command_line.ts";
import { addAlertCommands } from "./commands/alert.ts";
import { addBackupCommand } from "./commands/backup.ts";
import { addCompletionCommands } from "./commands/completion.ts";
import { addDoctorCommand } from "./commands/doctor.ts";
import { addLogLevelCommand } from "./commands/log_level.ts";
import { addPoolCommands } from "./commands/pool.ts";
import { addRestoreCommand } from "./commands/restore.ts";
import { addStartCommand } from "./commands/start.ts";
import { addSubmitCommand } from "./commands/submit.ts";
import { addTaskCommands } from "./commands/task.ts";
import { addTopCommand } from "./commands/top.ts";
import { addTypesCommand } from "./commands/types.ts";
import { CommandError, EXIT, type ExitCode, UsageError } from "./exit_code.ts";
import { printableLines } from "./printable.ts";
import type { World } from "./world.ts";

/** Cells beside the names of commands and flags that help is still wrapped into. */
const DESCRIPTION_CELLS_MIN = 10;

/** Runs one command line, without the program's own name, and tells how it ended. */
export async function runProgram(args: readonly string[], world: World): Promise<ExitCode> {
  try {
    await makeProgram(world).parseAsync([...args], { from: "user" });
    return EXIT.done;
  } catch (error) {
    return report(error, world);
  }
}

function makeProgram(world: World): Command {
  const program = new Command("deno task") // each command is a task of deno.json
    .description("Lido runs task code in pools of threads.")
    .version(VERSION)
    .exitOverride()
    .configureHelp({ minWidthToWrap: DESCRIPTION_CELLS_MIN })
    .showHelpAfterError("(add --help for what can be said)")
    .configureOutput({
      writeOut: (text) => world.out.write(text),
      writeErr: (text) => world.err.write(printableLines(text)),
      getOutHelpWidth: () => world.out.columns,
      getErrHelpWidth: () => world.err.columns,
      getOutHasColors: () => world.out.hasColours,
      getErrHasColors: () => world.err.hasColours,
    });
  addStartCommand(program, world);
  addPoolCommands(program, world);
  addSubmitCommand(program, world);
  addTaskCommands(program, world);
  addAlertCommands(program, world);
  addTypesCommand(program, world);
  addTopCommand(program, world);
  addDoctorCommand(program, world);
  addLogLevelCommand(program, world);
  addBackupCommand(program, world);
  addRestoreCommand(program, world);
  addCompletionCommands(program, world);
  return addExamples(program, "start", "submit checksum --path docs --wait", "pool list");
}

function report(error: unknown, world: World): ExitCode {
  if (error instanceof CommanderError) {
    // Commander has written its message by now.
    return error.exitCode === 0 ? EXIT.done : EXIT.wrongUsage;
  }
  world.err.write(`${printableLines(describe(error))}\n`);
  if (error instanceof UsageError) return EXIT.wrongUsage;
  return error instanceof UnreachedError ? EXIT.unreached : EXIT.failed;
}

/** One sentence for what the caller can act on; for a fault of Lido's own all that helps to find it. */
function describe(error: unknown): string {
  if (error instanceof ApiError && error.faults.length > 1) {
    const faults = error.faults.map(({ field, message }) => `\n  ${field}: ${message}`);
    return error.message + faults.join("");
  }
  const isForeseen = error instanceof UsageError || error instanceof CommandError ||
    error instanceof ClientError || error instanceof LidoError;
  return isForeseen || !(error instanceof Error) ? messageOf(error) : error.stack ?? error.message;
}
