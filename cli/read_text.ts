import { messageOf } from "../core/model/errors.ts";
import { CommandError } from "./exit_code.ts";
import type { World } from "./world.ts";

/** Reads a file that somebody named; `-` is standard input. @throws {CommandError} that names it. */
export async function readText(world: World, path: string): Promise<string> {
  try {
    return await world.readText(path);
  } catch (error) {
    throw new CommandError(`Cannot read ${path}: ${messageOf(error)}`, { cause: error });
  }
}
