/** Writes and reads what the journal has of alerts. */
import type { AlertPageRequest } from "../../../model/alert.ts";
import { ALERTS_KEPT_MAX, DELIVERIES_KEPT_MAX } from "../../../model/limits.ts";
import type { AlertSettingKind } from "../../archives.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import type { Change } from "./group.ts";
import type { Statements } from "./statements.ts";
import type { TaskRows } from "./task_rows.ts";

const TABLES: Readonly<Record<AlertSettingKind, string>> = {
  rules: "alert_rules",
  channels: "alert_channels",
};

/** One page of alerts, each as JSON. */
export interface StoredAlertPage {
  readonly alerts: readonly string[];
  readonly nextCursor: string | null;
}

/** Keeps a rule or a channel, or lets it go. */
export function saveAlertSetting(
  statements: Statements,
  { of, name, value }: Extract<Change, { kind: "alert_setting" }>,
): void {
  const table = TABLES[of];
  if (value === null) return statements.run(`DELETE FROM ${table} WHERE name = ?`, name);
  statements.run(`INSERT OR REPLACE INTO ${table} VALUES (?, ?)`, name, value);
}

/** Keeps an alert as it is now; the oldest that ended go. */
export function saveAlert(
  statements: Statements,
  { id, endedAtMs, alert }: Extract<Change, { kind: "alert" }>,
): void {
  statements.run(
    `INSERT INTO alerts (id, ended_at, alert) VALUES (?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET ended_at = excluded.ended_at, alert = excluded.alert`,
    id,
    endedAtMs,
    alert,
  );
  statements.run(
    "DELETE FROM alerts WHERE n <= (SELECT max(n) FROM alerts) - ? AND ended_at IS NOT NULL",
    ALERTS_KEPT_MAX,
  );
}

/** Keeps a try to tell a channel of an alert; the oldest go. */
export function saveDelivery(
  statements: Statements,
  { delivery }: Extract<Change, { kind: "delivery" }>,
): void {
  statements.run("INSERT INTO alert_deliveries (delivery) VALUES (?)", delivery);
  statements.run(
    "DELETE FROM alert_deliveries WHERE n <= (SELECT max(n) FROM alert_deliveries) - ?",
    DELIVERIES_KEPT_MAX,
  );
}

/** Those that are kept, oldest first, each as JSON. */
export function readDeliveries(rows: TaskRows): readonly string[] {
  return rows.all("SELECT delivery FROM alert_deliveries ORDER BY n")
    .map(({ delivery }) => String(delivery));
}

/** All rules and channels on record, each as JSON. */
export function readAlertSettings(rows: TaskRows) {
  return (["rules", "channels"] as const).flatMap((kind) =>
    rows.all(`SELECT * FROM ${TABLES[kind]}`).map((row) => ({
      kind,
      name: String(row["name"]),
      value: String(row["value"]),
    }))
  );
}

/** Alerts that fire, as far as is written, each as JSON. */
export function readFiringAlerts(rows: TaskRows): readonly string[] {
  return rows.all("SELECT alert FROM alerts WHERE ended_at IS NULL ORDER BY n")
    .map(({ alert }) => String(alert));
}

/** One page of all alerts, newest first. @throws {LidoError} `cursor_invalid`. */
export function readAlertPage(
  rows: TaskRows,
  { cursor, perPage }: AlertPageRequest,
): StoredAlertPage {
  const found = rows.all(
    "SELECT n, alert FROM alerts WHERE n < ? ORDER BY n DESC LIMIT ?",
    cursor === undefined ? Number.MAX_SAFE_INTEGER : readCursor(cursor, ["older"]).row,
    perPage + 1,
  );
  const page = found.slice(0, perPage);
  return {
    alerts: page.map(({ alert }) => String(alert)),
    nextCursor: found.length > perPage ? writeCursor("older", Number(page.at(-1)?.["n"])) : null,
  };
}
