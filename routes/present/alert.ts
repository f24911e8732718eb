import type { Alert, AlertRuleSnapshot } from "../../core/mod.ts";
import { ALERT_RULE_FIELDS } from "../api/bodies.ts";
import { toWire } from "../api/wire.ts";
import { presentTime } from "./time.ts";

/** An alert, as the wire has it. */
export function presentAlert(alert: Alert): Record<string, unknown> {
  return {
    alert_id: alert.id,
    rule: alert.rule,
    state: alert.endedAtMs === null ? "firing" : "recovered",
    severity: alert.severity,
    message: alert.text,
    pool_name: alert.poolName,
    metric: alert.metric,
    labels: alert.labels,
    value: alert.value,
    comparator: alert.comparator,
    threshold: alert.threshold,
    started_at: presentTime(alert.startedAtMs),
    ended_at: presentTime(alert.endedAtMs),
    acknowledged_at: presentTime(alert.acknowledgedAtMs),
    acknowledged_by: alert.acknowledgedBy,
  };
}

/** A rule, as the wire has it. */
export function presentAlertRule(snapshot: AlertRuleSnapshot): Record<string, unknown> {
  return {
    ...toWire(snapshot.rule, ALERT_RULE_FIELDS),
    is_default: snapshot.isDefault,
    is_changed: snapshot.isChanged,
    silenced_until: presentTime(snapshot.silencedUntilMs),
    firing: snapshot.firing,
  };
}
