/** A task that runs in this thread. Timers that its code starts, and what they throw, are its own. */
import type { Owner } from "./realm_guard.ts";
import type { RunContext } from "./run_context.ts";
import type { Sent } from "./sent_batches.ts";

/** See the head of this file. */
export class RunningTask implements Owner {
  timers = 0;
  isOver = false;
  #shared: TasksInOneContext | undefined;

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
    return this.isOver && !this.hasTimers;
  }

  /** Some are left, its own or of its context, where nobody is who may still wait for them. */
  get hasTimers(): boolean {
    return this.timers > 0 || (this.#shared?.hasLeftTimers ?? false);
  }

  /** It runs in this context, for want of one of its own. */
  share(context: TasksInOneContext): void {
    this.#shared = context;
    context.add(this);
  }

  /** It has ended. */
  leaveShared(): void {
    this.#shared?.ended();
  }
}

/** Tasks whose asynchronous context is the same: which of them it was is known only of a single one. */
export class TasksInOneContext implements Owner {
  timers = 0;
  /** The only one that there ever was. */
  only: RunningTask | undefined;
  #begun = 0;
  #running = 0;

  /** Timers are left, and none of the tasks runs. */
  get hasLeftTimers(): boolean {
    return this.timers > 0 && this.#running === 0;
  }

  /** Takes one that begins. */
  add(running: RunningTask): void {
    this.only = this.#begun === 0 ? running : undefined;
    this.#begun++;
    this.#running++;
  }

  /** One of them has ended. */
  ended(): void {
    this.#running--;
  }
}
