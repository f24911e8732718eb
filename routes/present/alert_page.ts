/** Alerts and their rules as the pages show them. */
import type { Alert, AlertComparator, AlertRuleSnapshot } from "../../core/mod.ts";
import type { Language } from "../../views/i18n/language.ts";
import type { AlertRowModel, RuleRowModel } from "../../views/pages/alerts.tsx";
import { placeOfAlert } from "./alert_place.ts";
import { sentenceIn } from "./sentence.ts";

const SIGNS: Readonly<Record<AlertComparator, string>> = {
  above: ">",
  at_least: "≥",
  below: "<",
  at_most: "≤",
};

/** What a rule is called: Lido's own in the reader's language. */
export function ruleTitle({ t }: Language, name: string): string {
  const titles: Readonly<Record<string, string>> = t.alertRule;
  return Object.hasOwn(titles, name) ? titles[name] ?? name : name;
}

/** One alert; it leads nowhere where its pool is gone. */
export function presentAlertRow(
  language: Language,
  alert: Alert,
  hasPool: (id: string) => boolean,
): AlertRowModel {
  const { id, severity, poolName, value, comparator, threshold } = alert;
  const { startedAtMs, endedAtMs, acknowledgedAtMs, acknowledgedBy } = alert;
  const poolId = alert.labels["pool_id"];
  return {
    id,
    severity,
    text: sentenceIn(language, alert.text),
    rule: ruleTitle(language, alert.rule),
    href: placeOfAlert(alert, hasPool),
    poolName,
    poolHref: poolId !== undefined && hasPool(poolId) ? `/pools/${poolId}` : null,
    sample: `${language.number(value)} ${SIGNS[comparator]} ${language.number(threshold)}`,
    startedAtMs,
    endedAtMs,
    acknowledgedAtMs,
    acknowledgedBy,
  };
}

/** One rule. */
export function presentRuleRow(language: Language, snapshot: AlertRuleSnapshot): RuleRowModel {
  const { rule, isDefault, isChanged, silencedUntilMs, firing } = snapshot;
  const { name, severity, forMs, isEnabled } = rule;
  return {
    severity,
    title: ruleTitle(language, name),
    condition: conditionOf(language, rule),
    forMs,
    firing,
    isEnabled,
    silencedUntilMs,
    isChanged,
    isDefault,
    query: String(new URLSearchParams({ name })),
  };
}

function conditionOf(language: Language, rule: AlertRuleSnapshot["rule"]): string {
  const { metric, labels, part, reading, comparator, threshold } = rule;
  const names = Object.entries({ ...labels, ...part })
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(", ");
  const series = names === "" ? metric : `${metric}{${names}}`;
  const what = reading === "value" ? series : `${reading}(${series})`;
  return `${what} ${SIGNS[comparator]} ${language.number(threshold)}`;
}
