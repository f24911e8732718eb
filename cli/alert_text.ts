/** Alerts and their rules as tables. */
import type { WireAlert, WireAlertChannel, WireAlertRule, WireDelivery } from "./client/mod.ts";
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

/** Columns of a list of channels. */
export const CHANNEL_COLUMNS: readonly Column<WireAlertChannel>[] = [
  { title: "CHANNEL", text: ({ name }) => name, isWhole: true },
  { title: "KIND", text: ({ kind }) => kind },
  { title: "LEADS TO", text: ({ target }) => target },
];

/** Columns of a list of what was sent. */
export const DELIVERY_COLUMNS: readonly Column<WireDelivery>[] = [
  { title: "AT", text: ({ at }) => at, isWhole: true },
  { title: "CHANNEL", text: ({ channel }) => channel },
  { title: "MESSAGE", text: ({ state }) => state },
  { title: "TRY", text: (delivery) => String(delivery.try), isNumber: true },
  { title: "OUTCOME", text: outcomeOf },
];

/** What became of a message, in words. */
export function outcomeOf({ is_delivered, outcome }: WireDelivery): string {
  return `${is_delivered ? "delivered" : "not delivered"}: ${outcome}`;
}

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
