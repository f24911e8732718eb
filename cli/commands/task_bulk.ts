import { setTimeout as sleep } from "node:timers/promises";
import { Argument, type Command } from "commander";
import { addServerFlags, clientFor, integerOf, print, type ServerFlags } from "../command_line.ts";
import { TaskSubmission } from "../../core/model/task.ts";
import { UsageError } from "../exit_code.ts";
import { findPoolId } from "../find_pool.ts";
import { printable } from "../printable.ts";
import { addFilterFlags, type FilterFlags, filterFrom } from "../task_filter.ts";
import type { WireBulk } from "../client/mod.ts";
import type { World } from "../world.ts";

/** How often the server is asked how far it is. */
const LOOK_MS = 200;
const ACTIONS = ["cancel", "stop", "run-again", "change"] as const;

interface BulkFlags extends ServerFlags, FilterFlags {
  readonly setPriority?: number;
  readonly toPool?: string;
  readonly all?: boolean;
  readonly dryRun?: boolean;
}

/** Adds `task bulk`: one thing done to all tasks that flags describe. */
export function addBulkCommand(task: Command, world: World): void {
  const bulk = task.command("bulk").description("do one thing to many tasks")
    .addArgument(new Argument("<action>", "what to do").choices(ACTIONS))
    .option(
      "--set-priority <integer>",
      "of a change: the new priority, -100 to 100",
      integerOf(TaskSubmission.shape.priority),
    )
    .option("--to-pool <pool>", "of a change: the pool that shall run them");
  addFilterFlags(bulk)
    .option("--all", "all tasks, where nothing narrows them")
    .option("--dry-run", "only count them");
  addServerFlags(
    bulk,
    "task bulk run-again --pool default --status failed --dry-run",
    "task bulk cancel --status pending --tag nightly",
    "task bulk change --pool default --to-pool reports --set-priority 5",
  ).action((action: string, flags: BulkFlags) => actOnMany(world, action, flags));
}

async function actOnMany(world: World, action: string, flags: BulkFlags): Promise<void> {
  const says = flags.setPriority !== undefined || flags.toPool !== undefined;
  if (action === "change" && !says) {
    throw new UsageError("Cannot change tasks: say --set-priority, --to-pool or both");
  }
  if (action !== "change" && says) {
    throw new UsageError(`Cannot ${action} tasks: --set-priority and --to-pool go with change`);
  }
  const client = clientFor(world, flags);
  const filter = await filterFrom(client, flags);
  if (Object.keys(filter).length === 0 && !flags.all) {
    throw new UsageError("Cannot act on tasks: say which, or --all for all of them");
  }
  const request = {
    action: action.replace("-", "_"),
    ...flags.setPriority !== undefined && { priority: flags.setPriority },
    ...flags.toPool !== undefined && { pool_id: await findPoolId(client, flags.toPool) },
    filter,
    all: flags.all ?? false,
    dry_run: flags.dryRun ?? false,
  };
  let operation = await client.startBulk(request);
  const { operation_id: id } = operation;
  while (id !== undefined && operation.status === "running") {
    await sleep(LOOK_MS);
    operation = await client.getBulk(id);
  }
  print(world, flags, operation, () => drawBulk(operation));
}

function drawBulk(operation: WireBulk): string {
  const { total, total_is_exact: isExact, succeeded, skipped, failed, results = [] } = operation;
  if (operation.operation_id === undefined) {
    return `${isExact === false ? "More than " : ""}${total} tasks\n`;
  }
  const bad = results.filter(({ is_ok }) => !is_ok)
    .map(({ task_id, text }) => `  ${task_id}: ${printable(text)}\n`);
  return `${succeeded} done, ${skipped} left as they were, ${failed} failed\n${bad.join("")}`;
}
