/**
 * Alerts: a rule compares what a metric says with a threshold, one series at a time, and an alert is
 * the time in which a rule held for one series. It keeps the sample that fired it.
 */
import { z } from "zod";
import { GivenName } from "./given_name.ts";

/** Rules of one server, those of its own included. */
export const ALERT_RULES_MAX = 200;
/** Alerts that fire at once; of what would fire beyond that nobody is told. */
export const ALERTS_FIRING_MAX = 1_000;

const MetricName = z.string().max(100).regex(/^[a-z][a-z0-9_]*$/, {
  error: "Invalid: must be a metric's name, such as lido_tasks",
});

const LabelsOf = z.record(z.string().regex(/^[a-z_]{1,40}$/), z.string().max(256)).refine(
  (labels) => Object.keys(labels).length <= 8,
  { error: "Too big: at most 8 labels" },
);

/** What of a metric is compared. */
export const AlertReading = z.enum(["value", "increase", "share", "p95", "p99"]).meta({
  description:
    "value: as it is; increase: of a counter in the window; share: of a counter's increase, what `part` names; p95, p99: of a histogram in the window",
});
/** What of a metric is compared. */
export type AlertReading = z.infer<typeof AlertReading>;

/** How a reading stands to the threshold while a rule holds. */
export const AlertComparator = z.enum(["above", "at_least", "below", "at_most"])
  .meta({ description: "How the reading stands to the threshold while the rule holds" });
/** How a reading stands to the threshold while a rule holds. */
export type AlertComparator = z.infer<typeof AlertComparator>;

/** How bad it is. */
export const AlertSeverity = z.enum(["info", "warning", "critical"])
  .meta({ description: "How bad it is" });
/** How bad it is. */
export type AlertSeverity = z.infer<typeof AlertSeverity>;

const Duration = z.int().min(0).max(86_400_000);

/** See the head of this file. */
export const AlertRule = z.strictObject({
  name: GivenName.meta({ description: "What the rule is called" }),
  metric: MetricName.meta({ description: "What is looked at, by its name in /metrics" }),
  labels: LabelsOf.default({})
    .meta({ description: "Only series with these labels, such as pool_id" }),
  reading: AlertReading.default("value"),
  part: LabelsOf.default({})
    .meta({ description: "Of the reading share: the labels of what is the part" }),
  countMin: z.int().min(1).max(1_000_000_000).default(1)
    .meta({ description: "Of share, p95, p99: fewer in the window are not judged" }),
  comparator: AlertComparator.default("above"),
  threshold: z.number().meta({ description: "In the metric's own unit; of shares from 0 to 1" }),
  forMs: Duration.default(0).meta({ description: "It fires once it held for so long" }),
  windowMs: z.int().min(10_000).max(3_600_000).default(300_000)
    .meta({ description: "What increase, share, p95 and p99 look back" }),
  keepFiringMs: Duration.default(60_000)
    .meta({ description: "It recovers once it did not hold for so long" }),
  severity: AlertSeverity.default("warning"),
  channels: z.array(z.string().min(1).max(60)).max(20).readonly().nullable().default(null)
    .meta({ description: "Names of channels that are told; null: all" }),
  isEnabled: z.boolean().default(true).meta({ description: "Whether it is looked at" }),
}).meta({ id: "AlertRule" });
/** See the head of this file. */
export type AlertRule = z.infer<typeof AlertRule>;
/** What is said of a rule when it is changed or made. */
export type AlertRuleChanges = Partial<z.input<typeof AlertRule>>;

/** A rule and what is known of it. */
export interface AlertRuleSnapshot {
  readonly rule: AlertRule;
  /** Whether it is one of Lido's own. */
  readonly isDefault: boolean;
  /** Whether it is no longer as Lido has it; true of those that are not Lido's. */
  readonly isChanged: boolean;
  /** Nobody is told of its alerts until then; null: they are. */
  readonly silencedUntilMs: number | null;
  /** How many of its alerts fire. */
  readonly firing: number;
}

/** An id of an alert: uuid v7; the same in upper case. */
export const AlertId = z.uuidv7().toLowerCase().brand<"AlertId">();
/** An id of an alert: uuid v7. */
export type AlertId = z.infer<typeof AlertId>;

/** See the head of this file. */
export const Alert = z.strictObject({
  id: AlertId,
  rule: z.string(),
  severity: AlertSeverity,
  metric: z.string(),
  /** Of the series. */
  labels: z.record(z.string(), z.string()),
  /** Of the pool that it is about; null: the whole server. */
  poolName: z.string().nullable(),
  /** What it says, in one sentence. */
  text: z.string(),
  /** The sample that fired it. */
  value: z.number(),
  /** What the rule said then. */
  comparator: AlertComparator,
  threshold: z.number(),
  /** When it fired, and when it recovered. */
  startedAtMs: z.int(),
  endedAtMs: z.int().nullable(),
  acknowledgedAtMs: z.int().nullable(),
  acknowledgedBy: z.string().nullable(),
  /** Whether channels were told that it fires: else they are not told that it recovered. */
  isTold: z.boolean(),
}).readonly();
/** See the head of this file. */
export type Alert = z.infer<typeof Alert>;

/** One page of alerts, newest first. */
export interface AlertPage {
  readonly alerts: readonly Alert[];
  /** Where older ones begin; null: there are none. */
  readonly nextCursor: string | null;
}

/** Which page of alerts. */
export interface AlertPageRequest {
  readonly cursor?: string;
  readonly perPage: number;
}
