/** Alerts and their rules as tables. */
import type { WireAlert, WireAlertRule } from "./client/mod.ts";
import type { Column } from "./table.ts";

/** How a comparator is written. */
const SIGNS: ReadonlyMap<string, string> = new Map([
  ["above", ">"],
  ["at_least", "≥"],
  ["below", "<"],
  ["at_most", "≤"],
]);

/** Columns of a list of alerts. */
export const ALERT_COLUMNS: readonly Column<WireAlert>[] = [
  { title: "ID", text: ({ alert_id }) => alert_id, isWhole: true },
  { title: "STATE", text: ({ state }) => state },
  { title: "SEVERITY", text: ({ severity }) => severity },
  { title: "RULE", text: ({ rule }) => rule },
  { title: "SINCE", text: ({ started_at }) => started_at, isWhole: true },
  {
    title: "SEEN TO",
    text: ({ acknowledged_at, acknowledged_by }) =>
      acknowledged_at === null ? "" : acknowledged_by ?? "yes",
  },
  { title: "MESSAGE", text: ({ message }) => message },
];

/** Columns of a list of rules. */
export const RULE_COLUMNS: readonly Column<WireAlertRule>[] = [
  { title: "RULE", text: ({ name }) => name, isWhole: true },
  { title: "SEVERITY", text: ({ severity }) => severity },
  { title: "FIRING", text: ({ firing }) => String(firing), isNumber: true },
  { title: "HOLDS WHEN", text: conditionOf },
  { title: "FOR", text: ({ for_ms }) => `${for_ms / 1_000} s` },
  { title: "STATE", text: stateOf },
];

function conditionOf({ metric, labels, reading, comparator, threshold }: WireAlertRule): string {
  const names = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const series = names.length === 0 ? metric : `${metric}{${names.join(", ")}}`;
  const what = reading === "value" ? series : `${reading} of ${series}`;
  return `${what} ${SIGNS.get(comparator) ?? comparator} ${threshold}`;
}

function stateOf({ is_enabled, silenced_until, is_default, is_changed }: WireAlertRule): string {
  return [
    ...is_enabled ? [] : ["disabled"],
    ...silenced_until === null ? [] : [`silenced until ${silenced_until}`],
    ...is_default && is_changed ? ["changed"] : [],
  ].join(", ");
}
