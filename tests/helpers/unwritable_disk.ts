/** A disk that takes no writes of one process any more: needs no root, unlike a small disk. */
import { existsSync } from "node:fs";
import { isGone } from "./processes.ts";
import { runTool } from "./run_tool.ts";
import type { ServerOptions } from "./server_process.ts";

const PATH = "/usr/bin/prlimit";

/** Whether the tool is there. In CI it must be. */
export const HAS_PRLIMIT: boolean = Deno.env.get("CI") === "true" || existsSync(PATH);

/** What to do where it is missing. */
export const PRLIMIT_MISSING = "prlimit is not installed: `apt-get install util-linux` brings it";

/** From {@link below} until it is disposed of, every write of the process fails. */
export class UnwritableDisk implements AsyncDisposable {
  /** How a server is to be started: beyond the limit a write fails, and by default it would kill. */
  static readonly VIA: Pick<ServerOptions, "via"> = {
    via: ["sh", "-c", `trap '' XFSZ; exec "$@"`, "sh"],
  };
  readonly #pid: number;

  private constructor(pid: number) {
    this.#pid = pid;
  }

  /** Takes the disk from a process. */
  static async below(pid: number): Promise<UnwritableDisk> {
    await limit(pid, "0");
    return new UnwritableDisk(pid);
  }

  /** Gives it back, unless the process was killed. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!isGone(this.#pid)) await limit(this.#pid, "unlimited");
  }
}

/** The soft limit alone: without root the hard one could not be raised again. */
async function limit(pid: number, bytes: string): Promise<void> {
  await runTool(PATH, "--pid", String(pid), `--fsize=${bytes}:unlimited`);
}
