import type { Command } from "commander";
import { z } from "zod";
import {
  addExamples,
  addServerFlags,
  clientFor,
  integerOf,
  parseInteger,
  print,
  type ServerFlags,
  wordsOption,
} from "../command_line.ts";
import type { PoolAction, WirePool } from "../client/mod.ts";
import { findPool, findPoolId, POOL_ARGUMENT } from "../find_pool.ts";
import { addLeafOptions, readLeafOptions } from "../leaf_options.ts";
import { CREATE_FLAGS } from "../pool_flags.ts";
import { drawPool, drawPools, drawSizing } from "../pool_text.ts";
import { printable } from "../printable.ts";
import type { World } from "../world.ts";
import { addPoolSettings, addSettingsVersions } from "./pool_settings.ts";

const POOL_STATES = ["running", "paused", "draining", "closed", "all"];

/** Adds `pool` and what can be done to pools. */
export function addPoolCommands(program: Command, world: World): void {
  const pool = program.command("pool").description("list, create and steer pools");
  addExamples(pool, "pool list", "pool create --name crunch --max-workers 4");
  addList(pool, world);
  addCreate(pool, world);
  addShow(pool, world);
  addSizing(pool, world);
  addResize(pool, world);
  addPoolSettings(pool, world);
  addSettingsVersions(pool, world);
  addRecycle(pool, world);
  addAction(pool, world, { name: "pause", tells: "start no task for now", done: "Paused" });
  addAction(pool, world, { name: "resume", tells: "start tasks again", done: "Resumed" });
  addDrain(pool, world);
  addClose(pool, world);
  addForceClose(pool, world);
  addCancelPending(pool, world);
}

function addList(pool: Command, world: World): void {
  const list = pool.command("list").description("list the open pools")
    .addOption(wordsOption(
      "--status <states>",
      "those in these states, with commas between; the open ones if left out",
      POOL_STATES,
    ));
  addServerFlags(list, "pool list", "pool list --status all --json")
    .action(async (flags: ServerFlags & { status?: string }) => {
      const pools = await clientFor(world, flags).listPools(flags.status);
      print(world, flags, pools, () => drawPools(pools, world.out));
    });
}

function addCreate(pool: Command, world: World): void {
  const create = pool.command("create").description("open a pool");
  addLeafOptions(create, CREATE_FLAGS);
  addServerFlags(create, "pool create --name crunch --max-workers 4 --permissions-read /data")
    .action(async (flags: ServerFlags) => {
      const opened = await clientFor(world, flags).createPool(
        readLeafOptions(create, CREATE_FLAGS),
      );
      tellPool(world, flags, "Opened", opened);
    });
}

function addShow(pool: Command, world: World): void {
  const show = pool.command("show").description("show one pool with its threads")
    .argument("<pool>", POOL_ARGUMENT);
  addServerFlags(show, "pool show default").action(async (name: string, flags: ServerFlags) => {
    const client = clientFor(world, flags);
    const shown = await client.getPool(await findPoolId(client, name));
    print(world, flags, shown, () => drawPool(shown, world.out));
  });
}

function addResize(pool: Command, world: World): void {
  const resize = pool.command("resize").description("change how many threads a pool has")
    .argument("<pool>", POOL_ARGUMENT)
    .argument("<max-workers>", "threads at the most", parseInteger)
    .option("--min-workers <integer>", "threads that are kept when idle", parseInteger);
  addServerFlags(resize, "pool resize default 8").action(
    async (name: string, maxWorkers: number, flags: ServerFlags & { minWorkers?: number }) => {
      const client = clientFor(world, flags);
      const { data, message } = await client.resizePool(await findPoolId(client, name), {
        max_workers: maxWorkers,
        ...(flags.minWorkers === undefined ? {} : { min_workers: flags.minWorkers }),
      });
      print(
        world,
        flags,
        data,
        () => `${printable(message ?? `Resized pool ${name} to ${maxWorkers}`)}\n`,
      );
    },
  );
}

function addSizing(pool: Command, world: World): void {
  const sizing = pool.command("sizing")
    .description("tell how many threads a pool wants, and why")
    .argument("<pool>", POOL_ARGUMENT)
    .option("--max-workers <integer>", "what if it had so many threads", parseInteger);
  addServerFlags(sizing, "pool sizing default", "pool sizing default --max-workers 12").action(
    async (name: string, flags: ServerFlags & { maxWorkers?: number }) => {
      const client = clientFor(world, flags);
      const info = await client.getResizeInfo(await findPoolId(client, name), flags.maxWorkers);
      print(world, flags, info, () => drawSizing(info, world.out));
    },
  );
}

function addRecycle(pool: Command, world: World): void {
  const recycle = pool.command("recycle")
    .description("replace a pool's threads once they have finished what they run")
    .argument("<pool>", POOL_ARGUMENT)
    .option("--worker <integer>", "this thread only: its index", integerOf(z.int().min(0)));
  addServerFlags(recycle, "pool recycle default", "pool recycle default --worker 0").action(
    async (name: string, flags: ServerFlags & { worker?: number }) => {
      const client = clientFor(world, flags);
      const report = await client.recyclePool(await findPoolId(client, name), flags.worker);
      const text = `${report.recycled_workers} threads of pool ${printable(name)} are replaced\n`;
      print(world, flags, report, () => text);
    },
  );
}

interface SimpleAction {
  readonly name: PoolAction;
  readonly tells: string;
  readonly done: string;
}

function addAction(pool: Command, world: World, { name, tells, done }: SimpleAction): void {
  const command = pool.command(name).description(tells).argument("<pool>", POOL_ARGUMENT);
  addServerFlags(command, `pool ${name} default`)
    .action(async (pool: string, flags: ServerFlags) => {
      const client = clientFor(world, flags);
      const changed = await client.actOnPool<WirePool>(await findPoolId(client, pool), name);
      tellPool(world, flags, done, changed);
    });
}

function addDrain(pool: Command, world: World): void {
  const drain = pool.command("drain")
    .description("take nothing new, finish all that it has, then close")
    .argument("<pool>", POOL_ARGUMENT)
    .option(
      "--deadline-ms <integer>",
      "stop what still runs after so long",
      integerOf(z.int().min(0)),
    );
  addServerFlags(drain, "pool drain crunch --deadline-ms 60000").action(
    async (name: string, flags: ServerFlags & { deadlineMs?: number }) => {
      const client = clientFor(world, flags);
      const body = flags.deadlineMs === undefined ? {} : { deadline_ms: flags.deadlineMs };
      const id = await findPoolId(client, name);
      tellPool(world, flags, "Draining", await client.actOnPool<WirePool>(id, "drain", body));
    },
  );
}

function addClose(pool: Command, world: World): void {
  const close = pool.command("close").description("drain a pool up to a deadline, then close it")
    .argument("<pool>", POOL_ARGUMENT)
    .option(
      "--deadline-ms <integer>",
      "stop what still runs after so long",
      integerOf(z.int().min(0)),
    );
  addServerFlags(close, "pool close crunch").action(
    async (name: string, flags: ServerFlags & { deadlineMs?: number }) => {
      const client = clientFor(world, flags);
      const id = await findPoolId(client, name);
      tellPool(world, flags, "Closing", await client.closePool(id, flags.deadlineMs));
    },
  );
}

function addForceClose(pool: Command, world: World): void {
  const close = pool.command("force-close")
    .description("cancel all that waits, stop all that runs, and close")
    .argument("<pool>", POOL_ARGUMENT);
  addServerFlags(close, "pool force-close crunch")
    .action(async (name: string, flags: ServerFlags) => {
      const client = clientFor(world, flags);
      const report = await client.forceClosePool(await findPoolId(client, name));
      print(
        world,
        flags,
        report,
        () =>
          `Closed pool ${printable(name)}: ${report.cancelled_tasks} tasks cancelled, ` +
          `${report.stopped_tasks} stopped\n`,
      );
    });
}

function addCancelPending(pool: Command, world: World): void {
  const cancel = pool.command("cancel-pending").description("cancel all tasks that wait")
    .argument("<pool>", POOL_ARGUMENT);
  addServerFlags(cancel, "pool cancel-pending default")
    .action(async (name: string, flags: ServerFlags) => {
      const client = clientFor(world, flags);
      const id = (await findPool(client, name)).pool_id;
      const report = await client.actOnPool<{ cancelled_tasks: number }>(id, "cancel_pool_tasks");
      print(
        world,
        flags,
        report,
        () => `Cancelled ${report.cancelled_tasks} tasks of pool ${printable(name)}\n`,
      );
    });
}

function tellPool(world: World, flags: ServerFlags, done: string, pool: WirePool): void {
  print(world, flags, pool, () => `${done} pool ${printable(pool.name)} (${pool.pool_id})\n`);
}
