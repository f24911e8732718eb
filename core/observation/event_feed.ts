/**
 * What just happened, for those who follow it. The last events are kept in one ring that all share,
 * and each follower has only its place in it: one that reads slowly costs nothing, and is told when
 * what it has not read is gone. An event's id is its number, behind the server's life: whoever comes
 * back goes on after the last one that it had.
 */
import { setImmediate } from "node:timers/promises";
import type { EventBatch, EventFilter, LiveEvent } from "../model/live_event.ts";

/** Events that are kept, unless told otherwise. */
const EVENTS_KEPT = 16_384;
/** Events of one batch. */
const BATCH = 50;
/** Followers are woken so long after an event, once for all that came by then. */
const WAKE_MS = 20;
/** So many followers have their turn at a time: then come others, and what else the server does. */
const TURNS_AT_ONCE = 20;
/** Without events a follower gets an empty batch after so long: whoever is behind it shows that it lives. */
const QUIET_MS = 15_000;

/** See the head of this file. */
export class EventFeed {
  readonly #life: string;
  readonly #kept: number;
  readonly #ring: LiveEvent[] = [];
  /** The number of the next event. */
  #next = 0;
  #followers = 0;
  /** Those who wait for news. */
  readonly #waiting = new Set<() => void>();
  #waking: ReturnType<typeof setTimeout> | undefined;
  /** Those who want to read on, in the order in which they may. */
  readonly #inLine: (() => void)[] = [];
  readonly #closing = new AbortController();

  /** `life` tells this life of the server from all others. */
  constructor(life: string, kept = EVENTS_KEPT) {
    this.#life = life;
    this.#kept = kept;
  }

  /** How many follow now. */
  get followers(): number {
    return this.#followers;
  }

  /** Takes in what happened. */
  push(event: LiveEvent): void {
    this.#ring[this.#next++ % this.#kept] = event;
    if (this.#waiting.size > 0) this.#waking ??= setTimeout(() => this.#wake(), WAKE_MS);
  }

  /**
   * Follows what happens from now on, or after the event of an id, until the signal aborts or the
   * feed ends. What is not of this life, or no longer kept, is a gap.
   */
  async *follow(
    filter: EventFilter,
    signal: AbortSignal,
    afterId?: string,
  ): AsyncGenerator<EventBatch> {
    const until = AbortSignal.any([signal, this.#closing.signal]);
    let at = afterId === undefined ? this.#next : this.#placeAfter(afterId);
    let quietSinceMs = performance.now();
    this.#followers++;
    try {
      while (!until.aborted) {
        const oldest = Math.max(0, this.#next - this.#kept);
        const isGap = at < oldest;
        if (isGap) at = this.#next;
        const events: EventBatch["events"][number][] = [];
        for (; at < this.#next && events.length < BATCH; at++) {
          const event = this.#ring[at % this.#kept];
          if (event !== undefined && matches(event, filter)) {
            events.push({ id: `${this.#life}-${at}`, event });
          }
        }
        const isDue = performance.now() - quietSinceMs >= QUIET_MS;
        if (isGap || events.length > 0 || isDue) {
          yield { isGap, events };
          quietSinceMs = performance.now();
          if (at < this.#next) await this.#turn();
        } else await this.#whenNews(quietSinceMs + QUIET_MS - performance.now(), until);
      }
    } finally {
      this.#followers--;
    }
  }

  /** Nobody follows any longer. */
  close(): void {
    this.#closing.abort();
    clearTimeout(this.#waking);
  }

  /** Before all that is kept, if the id is of another life, or of no event that there was. */
  #placeAfter(id: string): number {
    const [, life, number] = /^(.+)-(\d{1,15})$/.exec(id) ?? [];
    const place = Number(number) + 1;
    return life === this.#life && place <= this.#next ? place : -1;
  }

  /** Resolves when something happened, or after so long, or when nobody waits any longer. */
  async #whenNews(limitMs: number, until: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = () => resolve();
    const timer = setTimeout(wake, limitMs);
    until.addEventListener("abort", wake);
    this.#waiting.add(wake);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      until.removeEventListener("abort", wake);
      this.#waiting.delete(wake);
    }
  }

  #wake(): void {
    this.#waking = undefined;
    for (const wake of this.#waiting) this.#comeInLine(wake);
    this.#waiting.clear();
  }

  /** Resolves when all who came before had their turn. */
  #turn(): Promise<void> {
    return new Promise((resolve) => this.#comeInLine(resolve));
  }

  #comeInLine(go: () => void): void {
    if (this.#inLine.push(go) === 1) this.#giveTurns();
  }

  async #giveTurns(): Promise<void> {
    while (this.#inLine.length > 0) {
      await setImmediate();
      for (const go of this.#inLine.splice(0, TURNS_AT_ONCE)) go();
    }
  }
}

function matches(event: LiveEvent, { poolId, taskId }: EventFilter): boolean {
  if (poolId !== undefined && event.poolId !== poolId) return false;
  return taskId === undefined || event.kind === "task" && event.taskId === taskId;
}
