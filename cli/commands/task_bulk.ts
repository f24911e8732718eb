import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import {
  addServerFlags,
  clientFor,
  parseInteger,
  print,
  type ServerFlags,
} from "../command_line.ts";
import { UsageError } from "../exit_code.ts";
import { findPoolId } from "../find_pool.ts";
import { printable } from "../printable.ts";
import type { WireBulk } from "../wire.ts";
import type { World } from "../world.ts";

/** How often the server is asked how far it is. */
const LOOK_MS = 200;
const ACTIONS = ["cancel", "stop", "run-again"] as const;

interface BulkFlags extends ServerFlags {
  readonly pool?: string;
  readonly status?: string;
  readonly type?: string;
  readonly tag?: string;
  readonly text?: string;
  readonly minPriority?: number;
  readonly maxPriority?: number;
  readonly all?: boolean;
  readonly dryRun?: boolean;
}

/** Adds `task bulk`: one thing done to all tasks that flags describe. */
export function addBulkCommand(task: Command, world: World): void {
  const bulk = task.command("bulk").description("do one thing to many tasks")
    .argument("<action>", `one of ${ACTIONS.join(", ")}`)
    .option("--pool <pool>", "of this pool only: its id, or its name while one open pool bears it")
    .option("--status <states>", "in these states, with commas between")
    .option("--type <type>", "of this type")
    .option("--tag <tags>", "with all of these tags, with commas between")
    .option("--text <text>", "with this in the name, a tag, the input, the result or the error")
    .option("--min-priority <integer>", "of this priority or a higher one", parseInteger)
    .option("--max-priority <integer>", "of this priority or a lower one", parseInteger)
    .option("--all", "all tasks, where nothing narrows them")
    .option("--dry-run", "only count them");
  addServerFlags(
    bulk,
    "task bulk run-again --pool default --status failed --dry-run",
    "task bulk cancel --status pending --tag nightly",
  ).action((action: string, flags: BulkFlags) => actOnMany(world, action, flags));
}

async function actOnMany(world: World, action: string, flags: BulkFlags): Promise<void> {
  if (!ACTIONS.some((one) => one === action)) {
    throw new UsageError(`Cannot act on tasks: the actions are ${ACTIONS.join(", ")}`);
  }
  const client = clientFor(world, flags);
  const filter = {
    ...flags.pool !== undefined && { pool_id: await findPoolId(client, flags.pool) },
    ...flags.status !== undefined && { status: flags.status },
    ...flags.type !== undefined && { task_type: flags.type },
    ...flags.tag !== undefined && { tag: flags.tag },
    ...flags.text !== undefined && { text: flags.text },
    ...flags.minPriority !== undefined && { min_priority: flags.minPriority },
    ...flags.maxPriority !== undefined && { max_priority: flags.maxPriority },
  };
  if (Object.keys(filter).length === 0 && !flags.all) {
    throw new UsageError("Cannot act on tasks: say which, or --all for all of them");
  }
  const request = {
    action: action.replace("-", "_"),
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
