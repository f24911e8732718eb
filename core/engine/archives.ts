/**
 * What an engine keeps on record beside pools and tasks: each kind behind a door of its own, with the
 * same durability as tasks.
 */
import type { Alert, AlertPage, AlertPageRequest } from "../model/alert.ts";
import type { Delivery } from "../model/alert_delivery.ts";
import type { HistoryMarker, HistoryPoint } from "../model/history.ts";
import type { PoolId } from "../model/pool.ts";
import type { SavedView } from "../model/saved_view.ts";
import type { HistorySample } from "../observation/history/history_row.ts";
import type { ChosenRange } from "../observation/history/steps.ts";

/** Saved views of the list of tasks. */
export interface ViewArchive {
  /** All of them, by name. */
  readonly all: readonly SavedView[];

  /**
   * Puts a view on record, in the place of one of its name. Resolves when it is on disk.
   * @throws {LidoError} `view_limit_reached`, `journal_unavailable`.
   */
  save(view: SavedView): Promise<void>;

  /** Lets a view go. @throws {LidoError} `view_not_found`, `journal_unavailable`. */
  remove(name: string): Promise<void>;
}

/** What is kept of alerts by its name. */
export type AlertSettingKind = "rules" | "channels";

/** Alerts, their rules, and the channels that are told. */
export interface AlertArchive {
  /** Rules or channels, as they were saved, by their names. */
  settings(kind: AlertSettingKind): ReadonlyMap<string, unknown>;

  /**
   * Puts a rule or a channel on record, in the place of one of its name; null lets it go. Resolves
   * when that is on disk. @throws {LidoError} `journal_unavailable`.
   */
  saveSetting(kind: AlertSettingKind, name: string, value: object | null): Promise<void>;

  /** Alerts that fired when the engine was opened, oldest first. */
  readonly firing: readonly Alert[];

  /** Puts an alert on record as it is now, once the disk takes it: nobody waits for that. */
  save(alert: Alert): void;

  /** One page of alerts, newest first. @throws {LidoError} `cursor_invalid`. */
  list(request: AlertPageRequest): Promise<AlertPage>;

  /** Tries to tell channels that were on record when the engine was opened, oldest first. */
  readonly deliveries: readonly Delivery[];

  /** Puts a try on record, once the disk takes it: nobody waits for that. The oldest go. */
  saveDelivery(delivery: Delivery): void;
}

/** A range of the history, of one pool, of all together, or of one task type. */
export interface HistoryQuery extends ChosenRange {
  readonly poolId?: PoolId;
  readonly type?: string;
  /** Up to when it is known what happened. */
  readonly knownUntilMs: number;
}

/** What there is of a range: a point for each step, and what was marked; oldest first. */
export interface HistoryRead {
  readonly points: readonly HistoryPoint[];
  readonly markers: readonly HistoryMarker[];
}

/** What pools and task types did over time. */
export interface HistoryArchive {
  /**
   * Puts what pools did in one step on record, and lets longer steps grow from it. A step that has
   * its row already gets this added. Resolves when it is written.
   */
  save(sample: HistorySample): Promise<void>;

  /** Reads a range. @throws {LidoError} `pool_not_found`. */
  read(query: HistoryQuery): Promise<HistoryRead>;
}
