/** Alerts on record, their rules, channels and deliveries. */
import { Alert, type AlertPage, type AlertPageRequest } from "../../model/alert.ts";
import { Delivery } from "../../model/alert_delivery.ts";
import type { AlertArchive, AlertSettingKind } from "../archives.ts";
import type { DamageWatch } from "./journal/damage_watch.ts";
import type { Journal } from "./journal/journal.ts";
import type { JournalReader } from "./journal/reader.ts";
import { parseStored, readStoredJson } from "./journal/stored_json.ts";

/** Where alerts are written to and read from. */
export interface AlertParts {
  readonly journal: Journal;
  readonly reader: JournalReader;
  readonly damage: DamageWatch;
}

/** See the head of this file. */
export class LocalAlerts implements AlertArchive {
  readonly #parts: AlertParts;
  /** As they were written last. */
  readonly #settings: Readonly<Record<AlertSettingKind, Map<string, unknown>>> = {
    rules: new Map(),
    channels: new Map(),
  };

  private constructor(
    parts: AlertParts,
    readonly firing: readonly Alert[],
    readonly deliveries: readonly Delivery[],
  ) {
    this.#parts = parts;
  }

  /** Reads what is on record. @throws {LidoError} `journal_corrupt`, `journal_unavailable`. */
  static async open(parts: AlertParts): Promise<LocalAlerts> {
    const { reader } = parts;
    const firing = (await reader.firingAlerts()).map(readAlert);
    const deliveries = (await reader.deliveries()).map((text) => parseStored(Delivery, text));
    const alerts = new LocalAlerts(parts, firing, deliveries);
    for (const { kind, name, value } of await reader.alertSettings()) {
      alerts.#settings[kind].set(name, readStoredJson(value));
    }
    return alerts;
  }

  settings(kind: AlertSettingKind): ReadonlyMap<string, unknown> {
    return this.#settings[kind];
  }

  async saveSetting(of: AlertSettingKind, name: string, value: object | null): Promise<void> {
    const text = value && JSON.stringify(value);
    await this.#parts.journal.change({ kind: "alert_setting", of, name, value: text });
    if (value === null) this.#settings[of].delete(name);
    else this.#settings[of].set(name, value);
  }

  save(alert: Alert): void {
    const { id, endedAtMs } = alert;
    this.#parts.journal.note({ kind: "alert", id, endedAtMs, alert: JSON.stringify(alert) });
  }

  async list(request: AlertPageRequest): Promise<AlertPage> {
    const { journal, reader, damage } = this.#parts;
    if (journal.failure === undefined) await journal.flush();
    const { alerts, nextCursor } = await reader.alerts(request);
    return { alerts: damage.reading(() => alerts.map(readAlert)), nextCursor };
  }

  saveDelivery(delivery: Delivery): void {
    this.#parts.journal.note({ kind: "delivery", delivery: JSON.stringify(delivery) });
  }
}

function readAlert(text: string): Alert {
  return parseStored(Alert, text);
}
