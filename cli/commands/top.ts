import { setTimeout as wait } from "node:timers/promises";
import { type Command, InvalidArgumentError } from "commander";
import { systemClock } from "../../core/model/clock.ts";
import { messageOf } from "../../core/model/errors.ts";
import { ClientError, type LidoClient } from "../client/mod.ts";
import { addServerFlags, clientFor, type ServerFlags, urlFor } from "../command_line.ts";
import { UsageError } from "../exit_code.ts";
import { printableJson } from "../printable.ts";
import { drawWhole } from "../top/frame.ts";
import { type View, viewOf } from "../top/look.ts";
import { type TopClock, TopLoop } from "../top/loop.ts";
import { takeLook } from "../top/server.ts";
import { firstState, withLook } from "../top/state.ts";
import { tickOf } from "../top/tick.ts";
import type { World } from "../world.ts";

/** An answer that takes longer is none. */
const ANSWER_MS = 5_000;
const INTERVAL_SECONDS = { min: 0.1, default: 1, max: 3_600 };

interface TopFlags extends ServerFlags {
  readonly interval: number;
  readonly once?: boolean;
}

/** The machine's own clock; tests bring theirs. */
const CLOCK: TopClock = {
  ...systemClock,
  sleep: async (ms, signal) => {
    await wait(ms, undefined, { signal }).catch(() => {}); // it rejects only when it is ended
  },
};

/** Adds `top`: what a running server does, as it does it. */
export function addTopCommand(program: Command, world: World, clock = CLOCK): void {
  const top = program.command("top")
    .description("watch pools, threads and task types live, and steer them by keys")
    .option(
      "--interval <seconds>",
      "time between two looks",
      parseSeconds,
      INTERVAL_SECONDS.default,
    )
    .option("--once", "print what two looks show, without colours, and end");
  addServerFlags(
    top,
    "top",
    "top --interval 5 --url http://127.0.0.1:9000",
    "top --once",
    "top --json | jq .stats.pending_tasks",
  ).action((flags: TopFlags) => runTop(world, flags, clock));
}

async function runTop(world: World, flags: TopFlags, clock: TopClock): Promise<void> {
  const client = clientFor(world, flags, ANSWER_MS);
  const watch = { world, flags, clock, client };
  if (flags.once) return await printOnce(watch);
  if (flags.json) return await printTicks(watch);
  if (!world.out.isTerminal) {
    throw new UsageError("Cannot show top: this is no terminal; add --once or --json");
  }
  const first = firstState(urlFor(world, flags), await takeLook(client, clock));
  const stop = world.takeStopSignal();
  using terminal = world.takeTerminal();
  if (terminal === undefined) {
    throw new UsageError("Cannot show top: nobody can type here; add --once or --json");
  }
  await new TopLoop(first, {
    client,
    terminal,
    clock,
    stop,
    intervalMs: flags.interval * 1_000,
    hasColours: world.out.hasColours,
  }).run();
}

interface Watch {
  readonly world: World;
  readonly flags: TopFlags;
  readonly clock: TopClock;
  readonly client: LidoClient;
}

/** Two looks: one alone knows no rates. */
async function printOnce({ world, flags, clock, client }: Watch): Promise<void> {
  const url = urlFor(world, flags);
  const stop = world.takeStopSignal();
  const first = firstState(url, await takeLook(client, clock));
  await clock.sleep(flags.interval * 1_000, stop);
  if (stop.aborted) return;
  const state = withLook(first, await takeLook(client, clock));
  world.out.write(
    flags.json
      ? `${printableJson(tickOf(url, state.view), 0)}\n`
      : drawWhole(state, world.out.columns),
  );
}

/** A line of JSON for each look, also for one that failed once the first has succeeded. */
async function printTicks({ world, flags, clock, client }: Watch): Promise<void> {
  const url = urlFor(world, flags);
  const stop = world.takeStopSignal();
  let view: View | undefined;
  while (!stop.aborted) {
    let tick: object;
    try {
      view = viewOf(await takeLook(client, clock), view);
      tick = tickOf(url, view);
    } catch (error) {
      const isForeseen = error instanceof ClientError;
      if (!isForeseen || view === undefined) throw error;
      tick = { at: new Date(clock.nowMs()).toISOString(), url, error: messageOf(error) };
    }
    if (!world.out.write(`${printableJson(tick, 0)}\n`)) return;
    await clock.sleep(flags.interval * 1_000, stop);
  }
}

function parseSeconds(text: string): number {
  const { min, max } = INTERVAL_SECONDS;
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (seconds >= min && seconds <= max) return seconds;
  throw new InvalidArgumentError(`expected seconds from ${min} to ${max}.`);
}
