import type { Command } from "commander";
import { UnreachedError, type WireFinding } from "../client/mod.ts";
import { addServerFlags, clientFor, print, type ServerFlags } from "../command_line.ts";
import { addDataFlags, type DataFlags, dataFolderOf } from "../data_folder.ts";
import { CommandError } from "../exit_code.ts";
import { drawTable } from "../table.ts";
import type { World } from "../world.ts";

/** Runs the self-test in this process, and looks at the data folder of that path. */
export type SelfTest = (data: string) => Promise<readonly WireFinding[]>;

/**
 * Adds `doctor`: what a running server found, or without one what is found here and now. A server
 * that `--url` names must answer: what is found here is nothing of its own.
 */
export function addDoctorCommand(
  program: Command,
  world: World,
  selfTest: SelfTest = runSelfTestHere,
): void {
  const doctor = program.command("doctor")
    .description("tell what this machine and runtime can do, and whether the data is whole");
  addDataFlags(addServerFlags(doctor, "doctor", "doctor --json"));
  doctor.action(async (flags: ServerFlags & DataFlags) => {
    const findings = await findingsOf(world, flags, selfTest);
    print(world, flags, findings, () =>
      drawTable(findings, [
        { title: "RESULT", text: ({ is_ok }) => is_ok ? "ok" : "failed", isWhole: true },
        { title: "TEST", text: ({ name }) => name, isWhole: true },
        { title: "FOUND", text: ({ detail }) => detail },
      ], { ...world.out, isTerminal: false }));
    const failed = findings.filter((finding) => !finding.is_ok).length;
    if (failed > 0) throw new CommandError(`${failed} of ${findings.length} self-tests failed`);
  });
}

async function findingsOf(
  world: World,
  flags: ServerFlags & DataFlags,
  selfTest: SelfTest,
): Promise<readonly WireFinding[]> {
  try {
    return await clientFor(world, flags).getDoctor();
  } catch (error) {
    if (!(error instanceof UnreachedError) || flags.url !== undefined) throw error;
    world.err.write("No server is running: this process tests itself\n");
    return await selfTest(await dataFolderOf(world, flags));
  }
}

/** Imported when it is needed: the other commands shall start without the engine. */
async function runSelfTestHere(data: string): Promise<readonly WireFinding[]> {
  const { checkFolder, runSelfTest } = await import("../../core/mod.ts");
  const findings = [...await runSelfTest(), ...checkFolder(data)];
  return findings.map(({ name, isOk, detail }) => ({ name, is_ok: isOk, detail }));
}
