/**
 * Decides which task goes to which slot, and how many at a time: tasks of a type that is known to be
 * short go in batches and are sent ahead to busy slots, all others run alone.
 */
import type { PoolSettings } from "../model/pool.ts";
import type { Attempt } from "./attempt.ts";
import type { AttemptQueue } from "./attempt_queue.ts";
import type { Slot } from "./slot.ts";
import type { SlotCrew } from "./slot_crew.ts";
import { TypePace } from "./type_pace.ts";

/** Batches that a slot may have in flight: one that it runs, and one so that it need not wait. */
const BATCHES_AHEAD = 2;
/** About what it takes to wake a sleeping thread, and the processor that it needs. */
const WAKE_MS = 0.5;
/** A batch is closed once its inputs are this long. */
const BATCH_CHARS = 1_048_576;

/** See the head of this file. */
export class Dispatcher {
  readonly #queue: AttemptQueue;
  readonly #crew: SlotCrew;
  readonly #beforeSend: (batch: readonly Attempt[]) => void;

  /** `beforeSend` is called with each batch before it leaves. */
  constructor(
    queue: AttemptQueue,
    crew: SlotCrew,
    beforeSend: (batch: readonly Attempt[]) => void,
    /** How long tasks of each type take. */
    readonly pace: TypePace = new TypePace(),
  ) {
    this.#queue = queue;
    this.#crew = crew;
    this.#beforeSend = beforeSend;
  }

  /** Sends all that there is room for. */
  dispatch({ priorityAgeingMs, recycleAfterTasks }: PoolSettings): void {
    const nowMs = performance.now();
    for (;;) {
      const head = this.#queue.peek(nowMs, priorityAgeingMs);
      const slot = head && this.#slotFor(head, recycleAfterTasks);
      if (head === undefined || slot === undefined) return;
      this.#send(slot, head, slot.tasksLeft(recycleAfterTasks), nowMs, priorityAgeingMs);
    }
  }

  /** How many slots should be open: one for what cannot be placed, and a warm spare. */
  wantedSlots({ minThreads, maxThreads, warmSpare }: PoolSettings, isStill: boolean): number {
    const { open } = this.#crew;
    const busy = open.filter((slot) => slot.inFlight > 0).length;
    const isSpareWanted = warmSpare && busy > 0 && busy === open.length;
    const isMoreWanted = this.#queue.length > 0 && !isStill || isSpareWanted;
    return Math.min(maxThreads, Math.max(minThreads, open.length + (isMoreWanted ? 1 : 0)));
  }

  /**
   * A busy slot that will be free sooner than an idle one wakes up; else the slot with the least in
   * flight, of equals the one that was busy last, which is warm.
   */
  #slotFor(head: Attempt, recycleAfterTasks: number | null): Slot | undefined {
    const soon = this.#worthWaking(head);
    let best: Slot | undefined;
    for (const slot of this.#crew.open) {
      if (!slot.isReady || slot.isTakingBack || slot.inFlight >= this.#roomOn(slot, head)) continue;
      if (slot.tasksLeft(recycleAfterTasks) <= 0 || this.#holdsSuspect(slot)) continue;
      if (slot.inFlight > 0 && slot.inFlight < soon) return slot;
      if (
        best === undefined || slot.inFlight < best.inFlight ||
        slot.inFlight === best.inFlight && slot.idleSinceMs > best.idleSinceMs
      ) best = slot;
    }
    return best;
  }

  /** A suspect that dies must die alone, or nobody can be blamed again. */
  #holdsSuspect(slot: Slot): boolean {
    const [first] = slot.inFlight === 1 ? slot.attempts() : [];
    return first?.isSuspect ?? false;
  }

  /** How many tasks like this one take as long as waking a thread does. */
  #worthWaking(head: Attempt): number {
    const { url } = head.type;
    return this.pace.isShort(url) ? WAKE_MS / this.pace.averageMs(url) : 0;
  }

  #roomOn(slot: Slot, head: Attempt): number {
    if (head.isSuspect) return 1;
    const { url } = head.type;
    if (slot.isStalled || !this.pace.isShort(url)) return slot.lanes;
    return Math.max(slot.lanes, BATCHES_AHEAD * this.pace.batchOf(url));
  }

  #send(slot: Slot, head: Attempt, left: number, nowMs: number, ageingMs: number): void {
    // A fair share: the last tasks of a queue are spread over the slots.
    const share = Math.ceil(this.#queue.length / Math.max(1, this.#crew.open.length));
    const most = Math.min(Math.max(share, this.#worthWaking(head)), left, this.#batchOf(head));
    const room = slot.isStalled ? slot.lanes - slot.inFlight : Infinity;
    const batch: Attempt[] = [];
    let chars = 0;
    let next: Attempt | undefined = head;
    while (next !== undefined) {
      this.#queue.remove(next);
      batch.push(next);
      chars += typeof next.input === "string" ? next.input.length : 0;
      next = this.#queue.peek(nowMs, ageingMs);
      const isFull = chars > BATCH_CHARS || batch.length >= Math.min(most, room);
      if (isFull || next === undefined || batch.length >= this.#batchOf(next)) break;
    }
    this.#beforeSend(batch);
    slot.send(batch);
    slot.markRunning(nowMs);
  }

  #batchOf(attempt: Attempt): number {
    return attempt.isSuspect ? 1 : this.pace.batchOf(attempt.type.url);
  }
}
