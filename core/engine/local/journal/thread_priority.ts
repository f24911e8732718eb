/** A thread's share of the processor. */
import { readlinkSync } from "node:fs";
import { setPriority } from "node:os";
import { basename } from "node:path";
import process from "node:process";

/** The nice value of a thread that gives way: beside others it gets a tenth of what one of them gets. */
const NICE = 10;

/**
 * From now on this thread gives way to all others: it does what nobody waits for. Only Linux gives
 * threads priorities of their own; elsewhere, and where it is not allowed, nothing happens.
 */
export function giveWay(): void {
  if (process.platform !== "linux") return;
  try {
    setPriority(Number(basename(readlinkSync("/proc/thread-self"))), NICE);
  } catch {
    // All works without it, and others wait a little longer.
  }
}
