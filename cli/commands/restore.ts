import type { Command } from "commander";
import { addExamples, print } from "../command_line.ts";
import { addDataFlags, type DataFlags, dataFolderOf } from "../data_folder.ts";
import { printable } from "../printable.ts";
import type { World } from "../world.ts";

interface RestoreFlags extends DataFlags {
  readonly json?: boolean;
}

/** Adds `restore`: a backup takes the place of the journal of a folder that no server has. */
export function addRestoreCommand(program: Command, world: World): void {
  const restore = program.command("restore")
    .description("put a backup in the data folder, and keep what was there beside it")
    .argument("<file>", "what backup wrote")
    .option("--json", "print JSON");
  addExamples(addDataFlags(restore), "restore lido.sqlite", "restore lido.sqlite --data ./data");
  restore.action(async (file: string, flags: RestoreFlags) => {
    const data = await dataFolderOf(world, flags);
    const { restoreFolder } = await import("../../core/mod.ts");
    const { tasks, keptPath } = await restoreFolder(data, file);
    print(
      world,
      flags,
      { path: data, tasks, kept_path: keptPath },
      () =>
        `Restored ${tasks} tasks to ${printable(data)}\n` +
        (keptPath === null ? "" : `What was there is kept as ${printable(keptPath)}\n`),
    );
  });
}
