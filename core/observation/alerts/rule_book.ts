/** All rules of a server: Lido's own, as they were changed, and those that were made. */
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { ALERT_RULES_MAX, AlertRule } from "../../model/alert.ts";
import { LidoError } from "../../model/errors.ts";
import { DEFAULT_RULES } from "./default_rules.ts";

/** A rule as it is kept; null: as Lido has it. */
const StoredRule = z.strictObject({
  rule: AlertRule.nullable(),
  silencedUntilMs: z.int().nullable(),
});
/** A rule as it is kept. */
export type StoredRule = z.infer<typeof StoredRule>;

/** See the head of this file. */
export class RuleBook {
  readonly #stored = new Map<string, StoredRule>();

  /** `onError` is told of what is on record and no rule any longer. */
  constructor(stored: ReadonlyMap<string, unknown>, onError: (error: unknown) => void) {
    for (const [name, value] of stored) {
      const { data, error } = StoredRule.safeParse(value);
      if (data === undefined) onError(error);
      else this.#stored.set(name, data);
    }
  }

  /** All of them: Lido's own first, then the others by their names. */
  get rules(): readonly AlertRule[] {
    const own = [...this.#stored.keys()].filter((name) => !DEFAULT_RULES.has(name)).sort();
    return [...DEFAULT_RULES.keys(), ...own].map((name) => this.get(name));
  }

  /** @throws {LidoError} `alert_rule_not_found`. */
  get(name: string): AlertRule {
    const rule = this.find(name);
    if (rule !== undefined) return rule;
    throw new LidoError("alert_rule_not_found", `Cannot find alert rule: none is called ${name}`);
  }

  /** The rule of a name; undefined where there is none. */
  find(name: string): AlertRule | undefined {
    return this.#stored.get(name)?.rule ?? DEFAULT_RULES.get(name);
  }

  /** Whether a rule is not as Lido has it. */
  isChanged(name: string): boolean {
    return (this.#stored.get(name)?.rule ?? null) !== null;
  }

  /** Until when nobody is told of a rule's alerts; null: they are told of. */
  silencedUntilMs(name: string): number | null {
    return this.#stored.get(name)?.silencedUntilMs ?? null;
  }

  /** What is to be kept of a rule. @throws {LidoError} `alert_rule_limit_reached`. */
  withRule(rule: AlertRule): StoredRule {
    const { name } = rule;
    if (this.find(name) === undefined && this.rules.length >= ALERT_RULES_MAX) {
      throw new LidoError(
        "alert_rule_limit_reached",
        `Cannot save alert rule: there are ${ALERT_RULES_MAX} already`,
      );
    }
    const isOriginal = isDeepStrictEqual(rule, DEFAULT_RULES.get(name));
    return { rule: isOriginal ? null : rule, silencedUntilMs: this.silencedUntilMs(name) };
  }

  /** What is to be kept of a rule that is silenced, or no longer. */
  withSilence(name: string, silencedUntilMs: number | null): StoredRule {
    return { rule: this.#stored.get(name)?.rule ?? null, silencedUntilMs };
  }

  /** Takes what was kept; null: one of Lido's own is again as Lido has it, another is no more. */
  keep(name: string, stored: StoredRule | null): void {
    if (stored === null) this.#stored.delete(name);
    else this.#stored.set(name, stored);
  }
}
