/**
 * What task code counts and measures itself, by `ctx.metric`, over all attempts of a type. An attempt
 * tells its numbers so far, again and again: of what only grows the difference is added, of the rest
 * the last counts.
 */
import type { Attempt } from "./attempt.ts";
import type { TaskNotes } from "./protocol.ts";

/** Names of one type; what has others is dropped and counted. */
export const NAMES_MAX = 100;

/** The part of an attempt's notes that is looked at. */
export type MetricNotes = Pick<TaskNotes, "metrics" | "counters">;

/** One number of a task type. */
export interface UserMetric {
  readonly type: string;
  readonly name: string;
  readonly isCounter: boolean;
  readonly value: number;
}

/** See the head of this file. */
export class UserMetrics {
  /** By type, then by name. */
  readonly #types = new Map<string, Map<string, { isCounter: boolean; value: number }>>();
  readonly #told = new WeakMap<Attempt, Readonly<Record<string, number>>>();
  /** Numbers that were left out because their type has too many names. */
  dropped = 0;

  /** An attempt comes back, and counts anew when it runs again. */
  forget(attempt: Attempt): void {
    this.#told.delete(attempt);
  }

  /** An attempt told its numbers so far. */
  add(attempt: Attempt, { metrics, counters }: MetricNotes): void {
    if (metrics === null) return;
    const before = this.#told.get(attempt) ?? {};
    this.#told.set(attempt, metrics);
    const { name: type } = attempt.type;
    let names = this.#types.get(type);
    if (names === undefined) this.#types.set(type, names = new Map());
    const isCounter = new Set(counters);
    for (const [name, value] of Object.entries(metrics)) {
      let metric = names.get(name);
      if (metric === undefined) {
        if (names.size >= NAMES_MAX) {
          if (before[name] === undefined) this.dropped++;
          continue;
        }
        names.set(name, metric = { isCounter: isCounter.has(name), value: 0 });
      }
      if (!metric.isCounter) metric.value = value;
      // Another attempt of the same task begins anew.
      else metric.value += value >= (before[name] ?? 0) ? value - (before[name] ?? 0) : value;
    }
  }

  /** All there is. */
  read(): readonly UserMetric[] {
    return [...this.#types].flatMap(([type, names]) =>
      [...names].map(([name, { isCounter, value }]) => ({ type, name, isCounter, value }))
    );
  }
}
