/** A task that runs in this thread. Timers that its code starts, and what they throw, are its own. */
import type { Owner } from "./realm_guard.ts";
import type { RunContext } from "./run_context.ts";
import type { Sent } from "./sent_batches.ts";

/** See the head of this file. */
export class RunningTask implements Owner {
  timers = 0;
  isOver = false;
  /** Its asynchronous context is followed. */
  isTracked = true;

  /** It started at `startedAtMs`, which is `began` on the monotonic clock. */
  constructor(
    readonly sent: Sent,
    readonly lane: number,
    readonly startedAtMs: number,
    readonly began: number,
    readonly context: RunContext,
  ) {}

  /** It ended within its own call and started nothing that could speak up later. */
  get isPlain(): boolean {
    return this.isOver && this.timers === 0;
  }
}
