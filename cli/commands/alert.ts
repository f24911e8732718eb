import type { Command } from "commander";
import { z } from "zod";
import { AlertRule } from "../../core/model/alert.ts";
import { ALERT_COLUMNS, RULE_COLUMNS } from "../alert_text.ts";
import {
  addExamples,
  addServerFlags,
  clientFor,
  integerOf,
  print,
  type ServerFlags,
} from "../command_line.ts";
import { UsageError } from "../exit_code.ts";
import { addLeafOptions, nameFlags, readLeafOptions } from "../leaf_options.ts";
import { printable, printableJson } from "../printable.ts";
import { addAlertChannelCommands } from "./alert_channel.ts";
import { listLeaves } from "../schema_leaves.ts";
import { toSnake } from "../settings.ts";
import { drawFacts, drawTable } from "../table.ts";
import type { World } from "../world.ts";

const RULE_ARGUMENT = "a rule's name";

/** A flag for each part of a rule but its name. */
const RULE_FLAGS = nameFlags(
  listLeaves(z.toJSONSchema(AlertRule.omit({ name: true }), { io: "input" }))
    .map((leaf) => ({ ...leaf, path: leaf.path.map(toSnake), isRequired: false })),
);

/** Adds `alert` and what can be done to alerts and their rules. */
export function addAlertCommands(program: Command, world: World): void {
  const alert = program.command("alert")
    .description("list and acknowledge alerts; list, change and silence their rules");
  addExamples(alert, "alert list", "alert set many_pending --threshold 5000");
  addList(alert, world);
  addAcknowledge(alert, world);
  addRules(alert, world);
  addShow(alert, world);
  addSet(alert, world);
  addRemove(alert, world);
  addSilence(alert, world);
  addAlertChannelCommands(alert, world);
}

function addList(alert: Command, world: World): void {
  const list = alert.command("list").description("list the alerts that fire, newest first")
    .option("--all", "those that recovered, too, in pages")
    .option(
      "--per-page <integer>",
      "with --all: alerts a page, at most 100",
      integerOf(z.int().min(1).max(100)),
    )
    .option("--cursor <text>", "with --all: where the page before ended");
  addServerFlags(list, "alert list", "alert list --all --json").action(
    async (flags: ServerFlags & { all?: boolean; perPage?: number; cursor?: string }) => {
      if (!flags.all && (flags.perPage !== undefined || flags.cursor !== undefined)) {
        throw new UsageError("Cannot list alerts: --per-page and --cursor go with --all");
      }
      const { data, nextCursor } = await clientFor(world, flags).listAlerts({
        ...flags.all && { state: "all" },
        per_page: flags.perPage,
        cursor: flags.cursor,
      });
      print(world, flags, data, () => {
        if (data.length === 0) return "No alerts.\n";
        const more = nextCursor === null ? "" : `More: --cursor ${nextCursor}\n`;
        return drawTable(data, ALERT_COLUMNS, world.out) + more;
      });
    },
  );
}

function addAcknowledge(alert: Command, world: World): void {
  const acknowledge = alert.command("ack").description("say that somebody sees to an alert")
    .argument("<id>", "an alert's id")
    .option("--by <text>", "who");
  addServerFlags(acknowledge, "alert ack 01979a3e-0000-7000-8000-000000000000 --by ada").action(
    async (id: string, flags: ServerFlags & { by?: string }) => {
      const seen = await clientFor(world, flags).acknowledgeAlert(id, flags.by);
      print(world, flags, seen, () => `Acknowledged: ${printable(seen.message)}\n`);
    },
  );
}

function addRules(alert: Command, world: World): void {
  const rules = alert.command("rules").description("list the rules");
  addServerFlags(rules, "alert rules").action(async (flags: ServerFlags) => {
    const listed = await clientFor(world, flags).listAlertRules();
    print(world, flags, listed, () => drawTable(listed, RULE_COLUMNS, world.out));
  });
}

function addShow(alert: Command, world: World): void {
  const show = alert.command("show").description("show one rule").argument("<rule>", RULE_ARGUMENT);
  addServerFlags(show, "alert show failures").action(async (name: string, flags: ServerFlags) => {
    const rule = await clientFor(world, flags).getAlertRule(name);
    print(world, flags, rule, () =>
      drawFacts(
        Object.entries(rule).map(([field, value]) => [
          field,
          typeof value === "string" ? value : printableJson(value, 0),
        ]),
      ));
  });
}

function addSet(alert: Command, world: World): void {
  const set = alert.command("set")
    .description("change a rule, or make one: what is left out stays as it is")
    .argument("<rule>", RULE_ARGUMENT);
  addLeafOptions(set, RULE_FLAGS);
  addServerFlags(
    set,
    "alert set failures --threshold 0.5",
    "alert set slow --metric lido_task_wait_seconds --reading p95 --threshold 10",
  ).action(async (name: string, flags: ServerFlags) => {
    const changes = readLeafOptions(set, RULE_FLAGS);
    if (Object.keys(changes).length === 0) {
      throw new UsageError("Cannot save rule: no flag says what is changed");
    }
    const saved = await clientFor(world, flags).saveAlertRule(name, changes);
    print(world, flags, saved, () => `Saved rule ${printable(saved.name)}\n`);
  });
}

function addRemove(alert: Command, world: World): void {
  const remove = alert.command("remove")
    .description("remove a rule; one of Lido's own is again as Lido has it")
    .argument("<rule>", RULE_ARGUMENT);
  addServerFlags(remove, "alert remove slow").action(async (name: string, flags: ServerFlags) => {
    const removed = await clientFor(world, flags).removeAlertRule(name);
    print(world, flags, removed, () => `Removed rule ${printable(removed.name)}\n`);
  });
}

function addSilence(alert: Command, world: World): void {
  const silence = alert.command("silence")
    .description("tell no channel of a rule's alerts for a while")
    .argument("<rule>", RULE_ARGUMENT)
    .option("--minutes <integer>", "how long; 60 if left out", integerOf(z.int().min(1)))
    .option("--end", "tell them again");
  addServerFlags(silence, "alert silence failures --minutes 30", "alert silence failures --end")
    .action(async (name: string, flags: ServerFlags & { minutes?: number; end?: boolean }) => {
      const forMs = flags.end ? null : (flags.minutes ?? 60) * 60_000;
      const rule = await clientFor(world, flags).silenceAlertRule(name, forMs);
      print(
        world,
        flags,
        rule,
        () =>
          rule.silenced_until === null
            ? `Rule ${printable(rule.name)} is not silenced\n`
            : `Rule ${printable(rule.name)} is silenced until ${rule.silenced_until}\n`,
      );
    });
}
