import type { Command } from "commander";
import { addServerFlags, clientFor, print, type ServerFlags } from "../command_line.ts";
import { printable, printableJson } from "../printable.ts";
import { drawFacts, drawTable } from "../table.ts";
import { TypeFlags } from "../type_flags.ts";
import type { WireTaskType } from "../client/mod.ts";
import type { World } from "../world.ts";

/** Adds `types`: all task types, or one with its input. */
export function addTypesCommand(program: Command, world: World): void {
  const types = program.command("types").description("list the task types, or show one")
    .argument("[type]", "a task type's name");
  addServerFlags(types, "types", "types checksum")
    .action(async (name: string | undefined, flags: ServerFlags) => {
      const client = clientFor(world, flags);
      if (name !== undefined) {
        const type = await client.getType(name);
        return print(world, flags, type, () => drawType(type, program));
      }
      const { types, broken } = await client.listTypes();
      print(world, flags, types, () => drawTypes(types, world));
      for (const { url, reason } of broken) {
        world.err.write(`Cannot load ${printable(url)}: ${printable(reason)}\n`);
      }
    });
}

function drawTypes(types: readonly WireTaskType[], world: World): string {
  if (types.length === 0) return "No task types.\n";
  return drawTable(types, [
    { title: "NAME", text: (type) => type.name, isWhole: true },
    { title: "DESCRIPTION", text: (type) => type.description },
  ], world.out);
}

function drawType(type: WireTaskType, program: Command): string {
  const submit = program.commands.find((command) => command.name() === "submit") ?? program;
  const facts = drawFacts([
    ["type", type.name],
    ["does", type.description],
    ...type.examples.map((example) => ["example", printableJson(example, 0)] as const),
  ]);
  return `${facts}\n${new TypeFlags(type, submit).help()}`;
}
