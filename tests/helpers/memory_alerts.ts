/** Alerts that are kept in memory, over metrics that the test makes. */
import {
  type Alert,
  Alerts,
  type AlertsOptions,
  ChannelBook,
  type Delivery,
  type Labels,
  type MetricFamily,
} from "../../core/mod.ts";
import type { ChannelBookOptions } from "../../core/observation/alerts/channels/channel_book.ts";
import { type FakeClock, fakeClock } from "./fake_clock.ts";

/** A gauge of one series. */
export function gaugeOf(name: string, value: number, labels: Labels = {}): MetricFamily {
  return { kind: "gauge", name, help: "", samples: [{ labels, value }] };
}

/** A counter of one series. */
export function counterOf(name: string, value: number, labels: Labels = {}): MetricFamily {
  return { kind: "counter", name, help: "", samples: [{ labels, value }] };
}

/** What an engine keeps of alerts: it outlives the alerts that use it. */
export class AlertRecord {
  readonly settings = { rules: new Map<string, unknown>(), channels: new Map<string, unknown>() };
  readonly alerts = new Map<string, Alert>();
  readonly deliveries: Delivery[] = [];

  /** As an engine has it. */
  get archive(): AlertsOptions["archive"] & ChannelBookOptions["archive"] {
    return {
      settings: (kind) => this.settings[kind],
      saveSetting: (kind, name, value) => {
        if (value === null) this.settings[kind].delete(name);
        else this.settings[kind].set(name, JSON.parse(JSON.stringify(value)));
        return Promise.resolve();
      },
      firing: [...this.alerts.values()].filter(({ endedAtMs }) => endedAtMs === null),
      save: (alert) => void this.alerts.set(alert.id, alert),
      deliveries: [...this.deliveries],
      saveDelivery: (delivery) => void this.deliveries.push(delivery),
      list: ({ perPage }) => {
        const alerts = [...this.alerts.values()].reverse().slice(0, perPage);
        return Promise.resolve({ alerts, nextCursor: null });
      },
    };
  }
}

/** See the head of this file. */
export interface AlertWorld {
  readonly alerts: Alerts;
  readonly clock: FakeClock;
  readonly record: AlertRecord;
  /** What channels were told: `firing many_pools`, in order. */
  readonly told: string[];
  /** Metrics as they are from now on. */
  set(...families: readonly MetricFamily[]): void;
  /** Time passes in steps of 5 s, and after each the rules are looked at. */
  pass(seconds: number): void;
}

/** Makes them; with the record and the clock of another world they are its next life. */
export function alertWorld(
  families: readonly MetricFamily[] = [],
  { record = new AlertRecord(), clock = fakeClock(), channels = new Set(["ops"]), book }: {
    record?: AlertRecord;
    clock?: FakeClock;
    channels?: Set<string>;
    /** Real channels, told as well. */
    book?: ChannelBook;
  } = {},
): AlertWorld {
  let current = families;
  const told: string[] = [];
  const alerts = new Alerts({
    archive: record.archive,
    clock,
    readFamilies: () => current,
    checkOpen: () => {},
    channels: {
      has: (name) => channels.has(name),
      tell: (notice, names) => {
        told.push(`${notice.state} ${notice.rule}`);
        book?.tell(notice, names);
      },
    },
  });
  alerts.look();
  return {
    alerts,
    clock,
    record,
    told,
    set: (...next) => void (current = next),
    pass(seconds) {
      for (let passed = 0; passed < seconds; passed += 5) {
        clock.advance(5_000);
        alerts.look();
      }
    },
  };
}

/** Channels that are kept in memory; they may lead to this machine. */
export function channelBook(record: AlertRecord = new AlertRecord()): ChannelBook {
  return new ChannelBook({ archive: record.archive, checkOpen: () => {}, allowPrivate: true });
}
