/** Whether a rule can ever hold, and tell somebody: its metric, labels and channels are there. */
import { closest } from "fastest-levenshtein";
import type { AlertReading, AlertRule } from "../../model/alert.ts";
import type { Fault } from "../../model/errors.ts";
import { inputError } from "../../model/faults.ts";
import type { MetricFamily } from "../metrics/family.ts";

/** The kinds of metrics that each reading is of. */
const KINDS: Readonly<Record<AlertReading, readonly MetricFamily["kind"][]>> = {
  value: ["gauge", "counter"],
  increase: ["counter"],
  share: ["counter"],
  p95: ["histogram"],
  p99: ["histogram"],
};

/** @throws {LidoError} `invalid_input` with every fault. */
export function checkRule(
  rule: AlertRule,
  families: readonly MetricFamily[],
  hasChannel: (name: string) => boolean,
): void {
  const strangers = rule.channels?.filter((name) => !hasChannel(name)) ?? [];
  const faults = [
    ...metricFaults(rule, families),
    ...partFaults(rule),
    ...strangers.map((name) => ({
      path: ["channels"],
      message: `No channel is called ${JSON.stringify(name)}`,
    })),
  ];
  if (faults.length > 0) throw inputError("save alert rule", faults);
}

function metricFaults(
  { metric, reading, labels, part }: AlertRule,
  families: readonly MetricFamily[],
): readonly Fault[] {
  const family = families.find(({ name }) => name === metric);
  if (family === undefined) {
    const near = closest(metric, families.map(({ name }) => name));
    return [{ path: ["metric"], message: `No metric is called so: did you mean ${near}?` }];
  }
  if (!KINDS[reading].includes(family.kind)) {
    const fit = Object.entries(KINDS).filter(([, kinds]) => kinds.includes(family.kind));
    const message = `Invalid: ${metric} is a ${family.kind}, of which can be read ` +
      fit.map(([name]) => name).join(", ");
    return [{ path: ["reading"], message }];
  }
  return [
    ...labelFaults("labels", Object.keys(labels), family),
    ...labelFaults("part", Object.keys(part), family),
  ];
}

/** A metric that has no series now may have any labels. */
function labelFaults(
  field: "labels" | "part",
  names: readonly string[],
  { name: metric, samples: [first] }: MetricFamily,
): readonly Fault[] {
  if (first === undefined) return [];
  const known = Object.keys(first.labels);
  return names.filter((name) => !known.includes(name)).map((name) => ({
    path: [field, name],
    message: `${metric} has no such label: ${
      known.length === 0 ? "it has none" : `it has ${known.join(", ")}`
    }`,
  }));
}

function partFaults({ reading, part }: AlertRule): readonly Fault[] {
  const hasPart = Object.keys(part).length > 0;
  if (hasPart === (reading === "share")) return [];
  const message = hasPart ? "Only of the reading share" : "Needed: the labels of what is the part";
  return [{ path: ["part"], message }];
}
