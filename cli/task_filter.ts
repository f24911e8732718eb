/** Flags that say which tasks are meant, and the filter of the API that they stand for. */
import type { Command } from "commander";
import { z } from "zod";
import { Tag, TaskSubmission } from "../core/model/task.ts";
import { TASK_STATES } from "../core/model/task_state.ts";
import { integerOf, textOf, textsOf, wordsOption } from "./command_line.ts";
import type { LidoClient } from "./client/mod.ts";
import { findPoolId } from "./find_pool.ts";

/** What the flags hold. */
export interface FilterFlags {
  readonly pool?: string;
  readonly status?: string;
  readonly type?: string;
  readonly tag?: string;
  readonly text?: string;
  readonly minPriority?: number;
  readonly maxPriority?: number;
}

/** A filter in the words of the API. */
export type WireFilter = Readonly<Record<string, string | number>>;

const { type: TypeName, priority: Priority } = TaskSubmission.shape;

/** Adds the flags. One without a value would narrow nothing, and mean more than was wanted. */
export function addFilterFlags(command: Command): Command {
  return command
    .option("--pool <pool>", "of this pool only: its id, or its name while one open pool bears it")
    .addOption(
      wordsOption("--status <states>", "in these states, with commas between", TASK_STATES),
    )
    .option("--type <type>", "of this type", textOf(TypeName))
    .option("--tag <tags>", "with all of these tags, with commas between", textsOf(Tag))
    .option(
      "--text <text>",
      "with this in the name, a tag, the input, the result or the error",
      textOf(z.string().min(1)),
    )
    .option("--min-priority <integer>", "of this priority or a higher one", integerOf(Priority))
    .option("--max-priority <integer>", "of this priority or a lower one", integerOf(Priority));
}

/** The filter that the flags stand for; a pool's name is looked up. */
export async function filterFrom(client: LidoClient, flags: FilterFlags): Promise<WireFilter> {
  return {
    ...flags.pool !== undefined && { pool_id: await findPoolId(client, flags.pool) },
    ...flags.status !== undefined && { status: flags.status },
    ...flags.type !== undefined && { task_type: flags.type },
    ...flags.tag !== undefined && { tag: flags.tag },
    ...flags.text !== undefined && { text: flags.text },
    ...flags.minPriority !== undefined && { min_priority: flags.minPriority },
    ...flags.maxPriority !== undefined && { max_priority: flags.maxPriority },
  };
}
