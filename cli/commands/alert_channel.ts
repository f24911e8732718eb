import type { Command } from "commander";
import { CHANNEL_COLUMNS, DELIVERY_COLUMNS, outcomeOf } from "../alert_text.ts";
import { addServerFlags, clientFor, print, type ServerFlags } from "../command_line.ts";
import { CommandError } from "../exit_code.ts";
import { printable } from "../printable.ts";
import { readText } from "../read_text.ts";
import { drawTable } from "../table.ts";
import type { World } from "../world.ts";

const CHANNEL_ARGUMENT = "a channel's name";

/** Adds to `alert` what is done to the channels that alerts are told to. */
export function addAlertChannelCommands(alert: Command, world: World): void {
  const list = alert.command("channels").description("list where alerts are told, without secrets");
  addServerFlags(list, "alert channels").action(async (flags: ServerFlags) => {
    const channels = await clientFor(world, flags).listAlertChannels();
    print(
      world,
      flags,
      channels,
      () =>
        channels.length === 0 ? "No channels.\n" : drawTable(channels, CHANNEL_COLUMNS, world.out),
    );
  });
  addSave(alert, world);
  const remove = alert.command("channel-remove").description("remove a channel")
    .argument("<channel>", CHANNEL_ARGUMENT);
  addServerFlags(remove, "alert channel-remove ops").action(
    async (name: string, flags: ServerFlags) => {
      const removed = await clientFor(world, flags).removeAlertChannel(name);
      print(world, flags, removed, () => `Removed channel ${printable(removed.name)}\n`);
    },
  );
  addTest(alert, world);
  const deliveries = alert.command("deliveries")
    .description("list the last tries to tell a channel of something, newest first");
  addServerFlags(deliveries, "alert deliveries").action(async (flags: ServerFlags) => {
    const sent = await clientFor(world, flags).listAlertDeliveries();
    print(
      world,
      flags,
      sent,
      () => sent.length === 0 ? "No deliveries.\n" : drawTable(sent, DELIVERY_COLUMNS, world.out),
    );
  });
}

/** From a file: what stands in a command line, others on the machine can read. */
function addSave(alert: Command, world: World): void {
  const save = alert.command("channel-set")
    .description("keep a channel, in the place of one of its name")
    .argument("<channel>", CHANNEL_ARGUMENT)
    .requiredOption(
      "--file <path>",
      "JSON with its kind and what that takes; - for standard input",
    );
  addServerFlags(save, "alert channel-set ops --file slack.json").action(
    async (name: string, flags: ServerFlags & { file: string }) => {
      const saved = await clientFor(world, flags).saveAlertChannel(
        name,
        readChannel(await readText(world, flags.file), flags.file),
      );
      print(world, flags, saved, () => `Saved channel ${printable(saved.name)}\n`);
    },
  );
}

/** The message must have come through: a script can go by the exit code. */
function addTest(alert: Command, world: World): void {
  const test = alert.command("channel-test").description("send a test message to a channel")
    .argument("<channel>", CHANNEL_ARGUMENT);
  addServerFlags(test, "alert channel-test ops").action(
    async (name: string, flags: ServerFlags) => {
      const delivery = await clientFor(world, flags).testAlertChannel(name);
      print(world, flags, delivery, () => `Test ${printable(outcomeOf(delivery))}\n`);
      if (!delivery.is_delivered) {
        throw new CommandError(`The test did not reach ${printable(name)}`);
      }
    },
  );
}

function readChannel(text: string, path: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new CommandError(`Cannot read ${path}: it is no JSON`, { cause: error });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new CommandError(`Cannot read ${path}: it holds no JSON object`);
}
