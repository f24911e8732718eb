/** One rule at work: tells of which series it begins or ceases to hold. */
import type { AlertComparator, AlertRule } from "../../model/alert.ts";
import type { Labels, MetricFamily } from "../metrics/family.ts";
import { RuleReader } from "./rule_reader.ts";
import { WatchedSeries } from "./watched_series.ts";

/** What all rules look at; times are of the monotonic clock. */
export interface Look {
  readonly families: ReadonlyMap<string, MetricFamily>;
  /** Ids of pools that are in use. */
  readonly used: ReadonlySet<string>;
  readonly nowMs: number;
}

/** A series for which a rule fires or recovers. */
export type RuleStep =
  | {
    readonly kind: "fires";
    readonly key: string;
    readonly labels: Labels;
    readonly value: number;
  }
  | { readonly kind: "recovers"; readonly key: string };

const HOLDS: Readonly<Record<AlertComparator, (value: number, threshold: number) => boolean>> = {
  above: (value, threshold) => value > threshold,
  at_least: (value, threshold) => value >= threshold,
  below: (value, threshold) => value < threshold,
  at_most: (value, threshold) => value <= threshold,
};

/** See the head of this file. */
export class RuleWatch {
  #rule: AlertRule;
  readonly #reader: RuleReader;
  #firstLookMs: number | undefined;
  readonly #series = new Map<string, WatchedSeries>();
  /** Keys of series that fired in an earlier life of the server. */
  readonly #restored: Set<string>;

  constructor(rule: AlertRule, firing: readonly string[] = []) {
    this.#rule = rule;
    this.#reader = new RuleReader(rule);
    this.#restored = new Set(firing);
    for (const key of firing) this.#series.set(key, new WatchedSeries(true));
  }

  get rule(): AlertRule {
    return this.#rule;
  }

  /** From now on the rule is this one, which reads the same: what was seen counts on. */
  change(rule: AlertRule): void {
    this.#rule = rule;
  }

  /** Knows nothing of a series any more. */
  forget(key: string): void {
    this.#series.delete(key);
  }

  /** Looks at each series. */
  look({ families, used, nowMs }: Look): readonly RuleStep[] {
    const { metric, comparator, threshold } = this.#rule;
    this.#firstLookMs ??= nowMs;
    const canHold = !this.#isTooSoon(nowMs);
    const steps: RuleStep[] = [];
    const missing = new Set(this.#series.keys());
    for (const { key, labels, value } of this.#reader.read(families.get(metric), nowMs)) {
      missing.delete(key);
      const poolId = labels["pool_id"];
      const isUsed = poolId === undefined || used.has(poolId);
      const holds = canHold && isUsed && value !== null && HOLDS[comparator](value, threshold);
      const step = this.#step(key, holds, nowMs);
      if (step === "fires" && value !== null) steps.push({ kind: "fires", key, labels, value });
      if (step === "recovers") steps.push({ kind: "recovers", key });
    }
    for (const key of missing) {
      if (this.#step(key, false, nowMs) === "recovers") steps.push({ kind: "recovers", key });
    }
    return steps;
  }

  #step(key: string, holds: boolean, nowMs: number): "fires" | "recovers" | undefined {
    const known = this.#series.get(key);
    if (known === undefined && !holds) return undefined;
    if (!holds && this.#isBlind(key, nowMs)) return undefined;
    const series = known ?? new WatchedSeries();
    const step = series.step(holds, this.#rule, nowMs);
    if (series.isOk) this.#series.delete(key);
    else this.#series.set(key, series);
    return step;
  }

  /** A new life of the server cannot tell yet what came in a window that began before it. */
  #isBlind(key: string, nowMs: number): boolean {
    return this.#restored.has(key) && this.#rule.reading !== "value" && this.#hasPart(nowMs);
  }

  /** In a part of its window less comes than in the whole. */
  #isTooSoon(nowMs: number): boolean {
    const { reading, comparator } = this.#rule;
    const isBelow = comparator === "below" || comparator === "at_most";
    return isBelow && reading === "increase" && this.#hasPart(nowMs);
  }

  /** Whether only a part of the window was looked at yet. */
  #hasPart(nowMs: number): boolean {
    return nowMs - (this.#firstLookMs ?? nowMs) < this.#rule.windowMs;
  }
}
