import type { Command } from "commander";
import { z } from "zod";
import { TaskSubmission } from "../../core/model/task.ts";
import {
  addExamples,
  addServerFlags,
  clientFor,
  integerOf,
  print,
  type ServerFlags,
} from "../command_line.ts";
import { UsageError } from "../exit_code.ts";
import { findPoolId } from "../find_pool.ts";
import type { LidoClient, WireTask } from "../client/mod.ts";
import { printable, printableJson } from "../printable.ts";
import { addFilterFlags, type FilterFlags, filterFrom } from "../task_filter.ts";
import { drawLogs, drawTask, drawTasks } from "../task_text.ts";
import type { World } from "../world.ts";
import { addBulkCommand } from "./task_bulk.ts";

/** How long the server is asked to wait for a task's end, before its log is looked at again. */
const FOLLOW_SECONDS = 1;

interface ListFlags extends ServerFlags, FilterFlags {
  readonly page?: number;
  readonly perPage?: number;
}

/** Adds `task` and what can be done to tasks. */
export function addTaskCommands(program: Command, world: World): void {
  const task = program.command("task")
    .description("list, show, change, cancel, stop and repeat tasks");
  addExamples(task, "task list --status running");
  addList(task, world);
  addShow(task, world);
  addChange(task, world);
  addCancel(task, world);
  addStop(task, world);
  addAgain(task, world);
  addBulkCommand(task, world);
  addLogs(task, world);
  addExport(task, world);
}

function addList(task: Command, world: World): void {
  const list = task.command("list").description("list tasks, newest first");
  addFilterFlags(list)
    .option("--page <integer>", "which page, from 1", integerOf(z.int().min(1)))
    .option(
      "--per-page <integer>",
      "tasks a page, at most 100",
      integerOf(z.int().min(1).max(100)),
    );
  addServerFlags(list, "task list --pool default --status failed").action(
    async (flags: ListFlags) => {
      const client = clientFor(world, flags);
      const { data, pagination } = await client.listTasks({
        ...await filterFrom(client, flags),
        page: flags.page,
        per_page: flags.perPage,
      });
      print(world, flags, data, () => drawTasks(data, pagination, world.out));
    },
  );
}

function addShow(task: Command, world: World): void {
  const show = task.command("show").description("show one task").argument("<id>", "a task's id");
  addServerFlags(show, "task show 01979a3e-0000-7000-8000-000000000000 --json")
    .action(async (id: string, flags: ServerFlags) => {
      const shown = await clientFor(world, flags).getTask(id);
      print(world, flags, shown, () => drawTask(shown));
    });
}

function addChange(task: Command, world: World): void {
  const change = task.command("change")
    .description("give a task that waits another priority, or another pool")
    .argument("<id>", "a task's id")
    .option(
      "--priority <integer>",
      "-100 to 100; higher runs first",
      integerOf(TaskSubmission.shape.priority),
    )
    .option("--pool <pool>", "the pool that shall run it");
  addServerFlags(change, "task change 01979a3e-0000-7000-8000-000000000000 --priority 10").action(
    async (id: string, flags: ServerFlags & { priority?: number; pool?: string }) => {
      if (flags.priority === undefined && flags.pool === undefined) {
        throw new UsageError("Cannot change task: say --priority, --pool or both");
      }
      const client = clientFor(world, flags);
      const changed = await client.changeTask(id, {
        ...flags.priority !== undefined && { priority: flags.priority },
        ...flags.pool !== undefined && { pool_id: await findPoolId(client, flags.pool) },
      });
      print(world, flags, changed, () => `Changed task ${printable(id)}\n`);
    },
  );
}

function addCancel(task: Command, world: World): void {
  const cancel = task.command("cancel").description("withdraw a task that has not started")
    .argument("<id>", "a task's id");
  addServerFlags(cancel, "task cancel 01979a3e-0000-7000-8000-000000000000")
    .action(async (id: string, flags: ServerFlags) => {
      const cancelled = await clientFor(world, flags).cancelTask(id);
      print(world, flags, cancelled, () => `Cancelled task ${printable(id)}\n`);
    });
}

function addStop(task: Command, world: World): void {
  const stop = task.command("stop").description("ask a running task to end")
    .argument("<id>", "a task's id")
    .option(
      "--grace-ms <integer>",
      "how long it may take, the pool's own if left out",
      integerOf(z.int().min(0)),
    );
  addServerFlags(stop, "task stop 01979a3e-0000-7000-8000-000000000000 --grace-ms 0").action(
    async (id: string, flags: ServerFlags & { graceMs?: number }) => {
      const stopped = await clientFor(world, flags).stopTask(id, flags.graceMs);
      const done = stopped.status === "running" ? "Asked to stop" : "Stopped";
      print(world, flags, stopped, () => `${done}: task ${printable(id)}\n`);
    },
  );
}

function addAgain(task: Command, world: World): void {
  const again = task.command("again").description("submit a task once more as it was")
    .argument("<id>", "a task's id");
  addServerFlags(again, "task again 01979a3e-0000-7000-8000-000000000000")
    .action(async (id: string, flags: ServerFlags) => {
      const made = await clientFor(world, flags).submitAgain(id);
      print(world, flags, made, () => `Submitted task ${made.task_id} (${printable(made.name)})\n`);
    });
}

function addLogs(task: Command, world: World): void {
  const logs = task.command("logs").description("print what a task's code logged")
    .argument("<id>", "a task's id")
    .option("-f, --follow", "go on until the task has ended");
  addServerFlags(logs, "task logs 01979a3e-0000-7000-8000-000000000000 -f")
    .action(async (id: string, flags: ServerFlags & { follow?: boolean }) => {
      const client = clientFor(world, flags);
      if (flags.follow) return await followLogs(world, client, id, flags);
      const lines = await client.readLogs(id);
      print(world, flags, lines, () => drawLogs(lines));
    });
}

function addExport(task: Command, world: World): void {
  const command = task.command("export").description("print all tasks that flags describe")
    .option("--csv", "rows for a spreadsheet; a JSON object a line, if left out");
  addFilterFlags(command);
  addServerFlags(command, "task export --pool default --status failed --csv > failed.csv")
    .action(async (flags: ServerFlags & FilterFlags & { csv?: boolean }) => {
      const client = clientFor(world, flags);
      if (flags.csv && flags.json) {
        throw new UsageError("Cannot export tasks: --csv and --json are two forms");
      }
      const format = flags.csv ? "csv" : "ndjson";
      const file = await client.exportTasks(format, await filterFrom(client, flags));
      for await (const text of file.pipeThrough(new TextDecoderStream())) world.out.write(text);
    });
}

/** A line of JSON a line of the log, where JSON is wanted: there is no end to wait for. */
async function followLogs(
  world: World,
  client: LidoClient,
  id: string,
  { json }: ServerFlags,
): Promise<void> {
  for (let printed = 0, isOver = false; !isOver;) {
    // Whatever was logged before its end is there when it is over.
    isOver = isEnded(await client.getTask(id, FOLLOW_SECONDS));
    const lines = await client.readLogs(id, printed);
    printed += lines.length;
    world.out.write(
      json ? lines.map((line) => `${printableJson(line, 0)}\n`).join("") : drawLogs(lines),
    );
  }
}

function isEnded({ status }: WireTask): boolean {
  return ["completed", "failed", "cancelled"].includes(status);
}
