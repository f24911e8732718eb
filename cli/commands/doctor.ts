import type { Command } from "commander";
import { UnreachedError } from "../api_errors.ts";
import { addServerFlags, clientFor, print, type ServerFlags } from "../command_line.ts";
import { CommandError } from "../exit_code.ts";
import { drawTable } from "../table.ts";
import type { WireFinding } from "../wire.ts";
import type { World } from "../world.ts";

/** Runs the self-test in this process. */
export type SelfTest = () => Promise<readonly WireFinding[]>;

/** Adds `doctor`: what a running server found, or without one what is found here and now. */
export function addDoctorCommand(
  program: Command,
  world: World,
  selfTest: SelfTest = runSelfTestHere,
): void {
  const doctor = program.command("doctor")
    .description("tell what this machine and runtime can do: the server's self-test, or one here");
  addServerFlags(doctor, "doctor", "doctor --json").action(async (flags: ServerFlags) => {
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
  flags: ServerFlags,
  selfTest: SelfTest,
): Promise<readonly WireFinding[]> {
  try {
    return await clientFor(world, flags).getDoctor();
  } catch (error) {
    if (!(error instanceof UnreachedError)) throw error;
    world.err.write("No server is running: this process tests itself\n");
    return await selfTest();
  }
}

/** Imported when it is needed: the other commands shall start without the engine. */
async function runSelfTestHere(): Promise<readonly WireFinding[]> {
  const { runSelfTest } = await import("../../core/mod.ts");
  const findings = await runSelfTest();
  return findings.map(({ name, isOk, detail }) => ({ name, is_ok: isOk, detail }));
}
