import { fileURLToPath } from "node:url";
import { Argument, type Command } from "commander";
import { addExamples } from "../command_line.ts";
import { candidateLines, candidatesFor } from "../completion/candidates.ts";
import { liveNames } from "../completion/live_names.ts";
import { scriptFor, type Shell, SHELLS } from "../completion/scripts.ts";
import type { World } from "../world.ts";

/** Where `main.ts` is: the scripts run it themselves. */
const FOLDER = fileURLToPath(new URL("../../", import.meta.url)).replace(/[\\/]$/, "");

/** Adds `completion`, and the command without a name in the help that its scripts ask. */
export function addCompletionCommands(program: Command, world: World): void {
  const completion = program.command("completion")
    .description("print a script that lets a shell complete these commands")
    .addArgument(new Argument("<shell>", "whose script").choices(SHELLS));
  addExamples(
    completion,
    "completion bash > ~/.lido-completion.bash",
    "completion zsh > ~/.lido-completion.zsh",
    "completion fish > ~/.config/fish/conf.d/lido.fish",
  ).action((shell: Shell) => void world.out.write(scriptFor(shell, FOLDER)));
  program.command("complete", { hidden: true })
    .description("print what the last of some words may become, a line each")
    .argument("[words...]")
    .action(async (words: readonly string[]) => {
      const candidates = await candidatesFor(program, words, liveNames(world));
      world.out.write(candidateLines(candidates));
    });
}
