/** What attempts came to, by the type of their tasks: how many, and how long they ran. */
import type { Outcome } from "./attempt.ts";

/** What came of the attempts of one type, since the server started. */
export interface TypeTotals {
  readonly done: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Milliseconds that those which ended ran, together. */
  readonly runMs: number;
}

/** Nothing came of any yet. */
export const NO_TOTALS: TypeTotals = { done: 0, failed: 0, cancelled: 0, runMs: 0 };

/** What is looked at from time to time: totals by type, with what runs now. */
export type ReadTotals = () => ReadonlyMap<string, TypeTotals>;

/**
 * What came since then. An end tells how long the thread says that it ran, which may be less than it
 * was seen to run: no time is less than none.
 */
export function totalsSince(before: TypeTotals, now: TypeTotals): TypeTotals {
  return {
    done: now.done - before.done,
    failed: now.failed - before.failed,
    cancelled: now.cancelled - before.cancelled,
    runMs: Math.max(0, now.runMs - before.runMs),
  };
}

/** Whether there is anything. */
export function isAnything({ done, failed, cancelled, runMs }: TypeTotals): boolean {
  return done + failed + cancelled + runMs > 0;
}

/** See the head of this file. */
export class TypeTally {
  readonly #totals = new Map<string, { -readonly [Key in keyof TypeTotals]: TypeTotals[Key] }>();

  /** An attempt of this type ended. */
  add(typeName: string, { kind, runMs }: Pick<Outcome, "kind" | "runMs">): void {
    let totals = this.#totals.get(typeName);
    if (totals === undefined) this.#totals.set(typeName, totals = { ...NO_TOTALS });
    totals[kind]++;
    totals.runMs += runMs ?? 0;
  }

  /** By the types' names, as a copy. */
  read(): Map<string, TypeTotals> {
    return new Map([...this.#totals].map(([name, totals]) => [name, { ...totals }]));
  }
}
