import type { Command } from "commander";
import { UnreachedError } from "../client/mod.ts";
import { addServerFlags, clientFor, print, type ServerFlags } from "../command_line.ts";
import { addDataFlags, type DataFlags, dataFolderOf } from "../data_folder.ts";
import { CommandError } from "../exit_code.ts";
import { writeNewFile } from "../new_file.ts";
import { printable } from "../printable.ts";
import type { World } from "../world.ts";
import { messageOf } from "../../core/model/errors.ts";

interface BackupFlags extends ServerFlags, DataFlags {
  readonly force?: boolean;
}

/** Adds `backup`: a copy of the journal, from a running server or from a folder that none has. */
export function addBackupCommand(program: Command, world: World): void {
  const backup = program.command("backup")
    .description("write all pools and tasks to one file, while the server runs or without it")
    .argument("<file>", "where to write it")
    .option("--force", "replace a file that is there");
  addDataFlags(addServerFlags(backup, "backup lido.sqlite", "backup lido.sqlite --data ./data"));
  backup.action(async (path: string, flags: BackupFlags) => {
    const signal = world.takeStopSignal();
    const { bytes, told: tasks } = await writeNewFile({
      path,
      isForced: flags.force === true,
      signal,
      write: async (partial) => {
        await writeCopy(world, flags, partial, signal);
        const { checkBackup } = await import("../../core/mod.ts");
        return checkBackup(partial);
      },
    });
    print(
      world,
      flags,
      { path, bytes, tasks },
      () => `Wrote ${printable(path)}: ${tasks} tasks, ${bytes} bytes\n`,
    );
  });
}

/**
 * A server that was named must answer: a copy of some folder in its stead would be taken for its
 * backup. A folder that was named is copied itself, whichever server runs.
 */
async function writeCopy(
  world: World,
  flags: BackupFlags,
  partial: string,
  signal: AbortSignal,
): Promise<void> {
  if (flags.data !== undefined) return await copyFolder(flags.data, partial);
  try {
    await save(await clientFor(world, flags).downloadBackup(), partial, signal);
  } catch (error) {
    const isNamed = flags.url !== undefined || (world.env["LIDO_URL"] ?? "") !== "";
    if (!(error instanceof UnreachedError) || isNamed) throw error;
    const data = await dataFolderOf(world, flags);
    world.err.write(`No server is running: this process copies ${printable(data)}\n`);
    await copyFolder(data, partial);
  }
}

/** Imported when it is needed: the other commands shall start without the engine. */
async function copyFolder(data: string, partial: string): Promise<void> {
  const { backUpFolder } = await import("../../core/mod.ts");
  await backUpFolder(data, partial);
}

async function save(
  content: ReadableStream<Uint8Array>,
  partial: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    const file = await Deno.open(partial, { write: true, createNew: true, mode: 0o600 });
    await content.pipeTo(file.writable, { signal });
  } catch (error) {
    if (signal.aborted) throw new CommandError("Cannot back up: the command was stopped");
    const reason = messageOf(error);
    throw new CommandError(`Cannot back up: ${reason}`, { cause: error });
  }
}
