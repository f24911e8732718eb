/** Starts the processes that run and describe task code: this side of them. */
import { type ChildProcess, spawn } from "node:child_process";
import type { Duplex, Readable } from "node:stream";

/** A child process, and what it is heard by. */
export interface Child {
  /** Its `error` must be listened to at once: when it could not be spawned, that is all that comes. */
  readonly process: ChildProcess;
  /** Undefined when it could not be spawned, as when descriptors ran out. */
  readonly channel: Duplex | undefined;
  /** The same. */
  readonly stderr: Readable | undefined;
}

/** Starts Deno with a channel as descriptor 3; what it prints is dropped. Never throws. */
export function spawnChild(args: readonly string[], env: Readonly<Record<string, string>>): Child {
  const process = spawn(Deno.execPath(), [...args], {
    stdio: ["ignore", "ignore", "pipe", "pipe"],
    env: { ...env },
  });
  // "pipe" makes them what they are said to be. The types do not know of a failed start.
  const pipes = process.stdio as readonly unknown[] | undefined;
  const channel = pipes?.[3] as Duplex | undefined;
  channel?.on("error", () => {}); // a child that dies while it is written to: `exit` follows
  return { process, channel, stderr: pipes?.[2] as Readable | undefined };
}
