import type { PoolId } from "../../model/pool.ts";
import { TransientMap } from "../../model/transient_map.ts";
import type { AttemptRunner, QueuePolicy } from "../engine.ts";
import { Lanes } from "./lanes.ts";
import type { TaskRecord } from "./task_record.ts";

/** A caller that brings tasks. */
export interface Caller {
  /** By this callers stand in line: it grows with each that comes. */
  readonly arrival: number;
  /** How many tasks it brings to this pool. */
  readonly count: number;
}

/** A caller that waits for room. */
interface Waiting extends Caller {
  admit(): void;
  refuse(error: unknown): void;
}

/** What the local engine knows of one pool: its threads, its policy, what is in memory, who waits. */
export class Queue {
  isSealed = false;
  /** What is in memory: waits in the window, runs, or has ended and is not written yet. */
  readonly records = new TransientMap<number, TaskRecord>();
  readonly lanes = new Lanes();
  /** How many of the records wait, and the characters of their inputs. */
  held = 0;
  heldChars = 0;
  /** Tasks that are being written: they have their place in the queue already. */
  reserved = 0;
  /** Being written, and not placed yet. */
  readonly unplaced = new Set<number>();
  /** What left memory while others were being loaded: the load may have seen it still waiting. */
  left: Set<number> | undefined;
  /** Loads are made one after the other. */
  loading: Promise<void> | undefined;
  /** How many see to it that nothing is loaded, each until it is done. */
  emptiers = 0;
  /** First come, first served: who is let in stays in front of the others until it leaves the line. */
  readonly #waiting: Waiting[] = [];
  readonly #whenIdle: (() => void)[] = [];

  /** `number` is the pool's in the journal. */
  constructor(
    readonly poolId: PoolId,
    readonly number: number,
    public runner: AttemptRunner,
    public policy: QueuePolicy,
  ) {}

  /**
   * Resolves when there is room for a caller's tasks, and it is its turn. It keeps its place until it
   * has taken the room, or goes: see {@link leaveLine}.
   */
  async waitForTurn(caller: Caller, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.leaveLine(caller.arrival); // it comes back to the same place
    const { promise, resolve: admit, reject: refuse } = Promise.withResolvers<void>();
    const at = this.#waiting.findLastIndex(({ arrival }) => arrival < caller.arrival) + 1;
    this.#waiting.splice(at, 0, { ...caller, admit, refuse });
    const abort = () => {
      this.leaveLine(caller.arrival);
      refuse(signal?.reason);
    };
    signal?.addEventListener("abort", abort);
    try {
      await promise;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  /** A caller waits no longer, if it did. */
  leaveLine(arrival: number): void {
    if (!this.isAwaited) return;
    const at = this.#waiting.findIndex((one) => one.arrival === arrival);
    if (at >= 0) this.#waiting.splice(at, 1);
  }

  /** Whether all that waits is being cancelled, or is kept for the server's next life. */
  get isBeingEmptied(): boolean {
    return this.emptiers > 0;
  }

  /** Whether anyone waits. */
  get isAwaited(): boolean {
    return this.#waiting.length > 0;
  }

  /** Whether anyone waits that came before a caller. */
  isAwaitedBefore(arrival: number): boolean {
    const [first] = this.#waiting;
    return first !== undefined && first.arrival < arrival;
  }

  /** Lets the first that waits in if it brings no more tasks than there is room for. */
  admitNext(room: number): void {
    const [next] = this.#waiting;
    if (next !== undefined && next.count <= room) next.admit();
  }

  /** All look again, in their order: other rules hold now. */
  admitAll(): void {
    for (const { admit } of this.#waiting) admit();
  }

  /** Nobody waits any longer. */
  refuseAll(error: unknown): void {
    for (const { refuse } of this.#waiting.splice(0)) refuse(error);
  }

  /** Resolves at the next {@link tellIdle}. */
  nextIdle(): Promise<void> {
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  /** Nothing waits and nothing runs. */
  tellIdle(): void {
    for (const tell of this.#whenIdle.splice(0)) tell();
  }
}
