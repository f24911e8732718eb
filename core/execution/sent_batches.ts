/**
 * Batches that were sent to this thread, in their order. A task is claimed before it is given out:
 * from then on the host cannot take it back. A claim that fails means that the host took back all
 * that was not begun.
 */
import type { RunMessage, TraceLink, TypeSource } from "./protocol.ts";
import type { StatsBlock } from "./stats_block.ts";

/** One task that was claimed. */
export interface Sent {
  readonly seq: number;
  readonly token: number;
  readonly type: TypeSource;
  readonly input: unknown;
  readonly taskId: string;
  readonly attempt: number;
  readonly trace: TraceLink | null;
}

const UNKNOWN_TYPE: TypeSource = { name: "unknown", url: "" };

/** See the head of this file. */
export class SentBatches {
  readonly #stats: StatsBlock;
  readonly #slot: number;
  readonly #types: TypeSource[] = [];
  #batches: { message: RunMessage; at: number }[] = [];
  #epoch = 0;

  constructor(stats: StatsBlock, slot: number) {
    this.#stats = stats;
    this.#slot = slot;
  }

  /** Nothing is left to claim. */
  get isEmpty(): boolean {
    return this.#batches.length === 0;
  }

  /** Takes a batch; false when its epoch was taken back before it came. */
  take(message: RunMessage): boolean {
    this.#types.push(...message.newTypes);
    if (message.epoch > this.#epoch) {
      this.#batches = [];
      if (!this.#stats.openEpoch(this.#slot, message.epoch, message.first)) return false;
      this.#epoch = message.epoch;
    }
    if (message.epoch === this.#epoch) this.#batches.push({ message, at: 0 });
    return true;
  }

  /** Claims the next task; undefined when there is none, or the host has taken it back. */
  next(): Sent | undefined {
    const batch = this.#batches[0];
    if (batch === undefined) return undefined;
    if (this.#stats.claim(this.#slot) < 0) {
      this.#batches = [];
      return undefined;
    }
    const { message, at } = batch;
    batch.at++;
    if (batch.at === message.inputs.length) this.#batches.shift();
    return {
      seq: message.first + at,
      token: message.token,
      type: this.#types[message.types[at] ?? message.types[0] ?? 0] ?? UNKNOWN_TYPE,
      input: message.inputs[at],
      taskId: message.taskIds[at] ?? "",
      attempt: message.attempts[at] ?? 1,
      trace: message.traces[at] ?? null,
    };
  }
}
