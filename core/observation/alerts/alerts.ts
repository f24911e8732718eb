/**
 * The alerts of a server: looks at all rules again and again, keeps what fires and what fired, and has
 * channels told, of each alert once that it fires and once that it recovered. What cannot be written
 * now fires and is told all the same.
 */
import { v7 as uuidv7 } from "uuid";
import type { AlertArchive } from "../../engine/archives.ts";
import {
  type Alert,
  AlertId,
  type AlertPage,
  type AlertPageRequest,
  AlertRule,
  type AlertRuleChanges,
  type AlertRuleSnapshot,
  ALERTS_FIRING_MAX,
} from "../../model/alert.ts";
import type { Clock } from "../../model/clock.ts";
import { LidoError } from "../../model/errors.ts";
import { parseInput } from "../../model/faults.ts";
import { asSaved } from "../../model/given_name.ts";
import { Turns } from "../../model/turns.ts";
import { getLogger, type Logger, outsideRequest } from "../logging.ts";
import type { MetricFamily } from "../metrics/family.ts";
import { alertText } from "./alert_text.ts";
import type { ChannelBook } from "./channels/channel_book.ts";
import { DEFAULT_RULES } from "./default_rules.ts";
import { PoolUse } from "./pool_use.ts";
import { RuleBook, type StoredRule } from "./rule_book.ts";
import { checkRule } from "./rule_check.ts";
import { readsAlike, seriesKey } from "./rule_reader.ts";
import { RuleWatch } from "./rule_watch.ts";

/** Between two looks. */
const LOOK_MS = 5_000;

/** What alerts are made with. */
export interface AlertsOptions {
  readonly archive: Omit<AlertArchive, "deliveries" | "saveDelivery">;
  readonly clock: Clock;
  /** All metrics, of every pool. */
  readonly readFamilies: () => readonly MetricFamily[];
  /** Who is told. */
  readonly channels: Pick<ChannelBook, "tell" | "has">;
  /** @throws {LidoError} `server_closing` once nothing is taken any more. */
  readonly checkOpen: (verb: string) => void;
  /** Told of what goes wrong where nobody waits for it. */
  readonly onError?: (error: unknown) => void;
  readonly logger?: Logger;
}

/** A rule at work, and its alerts by the keys of their series. */
interface Post {
  readonly watch: RuleWatch;
  readonly firing: Map<string, Alert>;
}

/** See the head of this file. */
export class Alerts implements Disposable {
  readonly #options: AlertsOptions;
  readonly #book: RuleBook;
  readonly #changes = new Turns();
  /** Of the rules that are looked at, by their names. */
  readonly #posts = new Map<string, Post>();
  readonly #use = new PoolUse();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #revision = 0;

  constructor(options: AlertsOptions) {
    this.#options = options;
    const { archive, onError = () => {} } = options;
    this.#book = new RuleBook(archive.settings("rules"), onError);
    const left = new Set(archive.firing);
    for (const rule of this.#book.rules) {
      if (!rule.isEnabled) continue;
      const own = archive.firing.filter((alert) => alert.rule === rule.name);
      const firing = new Map(own.map((alert) => [seriesKey(alert.labels), alert]));
      for (const alert of firing.values()) left.delete(alert);
      this.#posts.set(rule.name, { watch: new RuleWatch(rule, [...firing.keys()]), firing });
    }
    for (const alert of left) this.#end(alert); // the journal refused to have it at the time
  }

  /** Looks for the first time, and goes on by itself. */
  start(): void {
    this.look();
    this.#plan();
  }

  /** Looks at all rules once. */
  look(): void {
    const { clock, readFamilies } = this.#options;
    const families = new Map(readFamilies().map((family) => [family.name, family]));
    const nowMs = clock.monotonicMs();
    const used = this.#use.look(families, nowMs);
    for (const { watch, firing } of this.#posts.values()) {
      for (const step of watch.look({ families, used, nowMs })) {
        if (step.kind === "fires") {
          // Where there is no room it begins anew, and fires once there is.
          if (this.#firingCount() >= ALERTS_FIRING_MAX) watch.forget(step.key);
          else this.#fire(watch.rule, firing, step);
          continue;
        }
        const alert = firing.get(step.key);
        firing.delete(step.key);
        if (alert !== undefined) this.#end(alert);
      }
    }
    this.#tellAll();
  }

  /** Changes with all that can be seen of alerts. */
  get revision(): number {
    return this.#revision;
  }

  /** Alerts that fire, the newest first. */
  get firing(): readonly Alert[] {
    return [...this.#posts.values()].flatMap(({ firing }) => [...firing.values()])
      .sort((one, other) => one.id < other.id ? 1 : -1);
  }

  /** One page of all that fire or fired, newest first. @throws {LidoError} `cursor_invalid`. */
  listAlerts(request: AlertPageRequest): Promise<AlertPage> {
    return this.#options.archive.list(request);
  }

  /** All rules: Lido's own first, then the others by their names. */
  listRules(): readonly AlertRuleSnapshot[] {
    return this.#book.rules.map(({ name }) => this.getRule(name));
  }

  /** @throws {LidoError} `alert_rule_not_found`. */
  getRule(name: string): AlertRuleSnapshot {
    const rule = this.#book.get(asSaved(name));
    return {
      rule,
      isDefault: DEFAULT_RULES.has(rule.name),
      isChanged: this.#book.isChanged(rule.name),
      silencedUntilMs: this.#isSilenced(rule.name) ? this.#book.silencedUntilMs(rule.name) : null,
      firing: this.#posts.get(rule.name)?.firing.size ?? 0,
    };
  }

  /**
   * Changes a rule, or makes one: what is left out stays as it is. Its alerts end when it is no longer
   * looked at, or reads another thing.
   * @throws {LidoError} `invalid_input`, `alert_rule_limit_reached`, `journal_unavailable`,
   * `server_closing`.
   */
  async saveRule(name: string, changes: AlertRuleChanges): Promise<AlertRuleSnapshot> {
    const { channels, readFamilies } = this.#options;
    await this.#keep("save alert rule", asSaved(name), () => {
      const before = this.#book.find(asSaved(name));
      const rule = parseInput(AlertRule, { ...before, ...changes, name }, "save alert rule");
      // Of a channel that is gone meanwhile a rule can be rid, and it can be switched off.
      const hasChannel = (channel: string) =>
        changes.channels === undefined || channels.has(channel);
      checkRule(rule, readFamilies(), hasChannel);
      return this.#book.withRule(rule);
    });
    this.#post(asSaved(name));
    this.look(); // what it looks back at begins now
    return this.getRule(name);
  }

  /**
   * Nobody is told of a rule's alerts for so long; null: they are again.
   * @throws {LidoError} `alert_rule_not_found`, `journal_unavailable`, `server_closing`.
   */
  async silenceRule(name: string, forMs: number | null): Promise<AlertRuleSnapshot> {
    const untilMs = forMs === null ? null : this.#now() + Math.round(forMs);
    await this.#keep("silence alert rule", asSaved(name), () => {
      return this.#book.withSilence(this.#book.get(asSaved(name)).name, untilMs);
    });
    this.#tellAll();
    return this.getRule(name);
  }

  /**
   * Lets a rule go; one of Lido's own is again as Lido has it.
   * @throws {LidoError} `alert_rule_not_found`, `journal_unavailable`, `server_closing`.
   */
  async removeRule(name: string): Promise<void> {
    await this.#keep("remove alert rule", asSaved(name), () => {
      this.#book.get(asSaved(name));
      return null;
    });
    this.#post(asSaved(name));
  }

  /**
   * Somebody sees to an alert that fires: it is no longer shown on every page.
   * @throws {LidoError} `alert_not_found`, `server_closing`.
   */
  acknowledge(id: string, by: string | null = null): Alert {
    this.#options.checkOpen("acknowledge alert");
    for (const { firing } of this.#posts.values()) {
      const [key, alert] = [...firing].find(([, one]) => one.id === id.toLowerCase()) ?? [];
      if (key === undefined || alert === undefined) continue;
      if (alert.acknowledgedAtMs !== null) return alert;
      const acknowledged = { ...alert, acknowledgedAtMs: this.#now(), acknowledgedBy: by };
      firing.set(key, acknowledged);
      this.#save(acknowledged);
      return acknowledged;
    }
    throw new LidoError("alert_not_found", `Cannot acknowledge alert: none that fires is ${id}`);
  }

  /** Looks no more. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  /** Makes what is kept of a rule from what is kept now: changes come one after the other. */
  #keep(verb: string, name: string, make: () => StoredRule | null): Promise<void> {
    return this.#changes.take(async () => {
      this.#options.checkOpen(verb);
      const stored = make();
      await this.#options.archive.saveSetting("rules", name, stored);
      this.#book.keep(name, stored);
      this.#revision++;
    });
  }

  #plan(): void {
    this.#timer = setTimeout(() => {
      try {
        this.look();
      } catch (error) {
        this.#options.onError?.(error);
      }
      this.#plan();
    }, LOOK_MS);
    this.#timer.unref(); // it shall not keep the process
  }

  /** Looks at a rule as it is from now on, or no more. */
  #post(name: string): void {
    const rule = this.#book.find(name);
    const post = this.#posts.get(name);
    const isOn = rule !== undefined && rule.isEnabled;
    if (isOn && post !== undefined && readsAlike(rule, post.watch.rule)) {
      return post.watch.change(rule);
    }
    // Alerts of what it no longer reads would say what was never so.
    for (const alert of post?.firing.values() ?? []) this.#end(alert);
    if (isOn) this.#posts.set(name, { watch: new RuleWatch(rule), firing: new Map() });
    else this.#posts.delete(name);
  }

  #fire(
    rule: AlertRule,
    firing: Map<string, Alert>,
    { key, labels, value }: {
      readonly key: string;
      readonly labels: Readonly<Record<string, string>>;
      readonly value: number;
    },
  ): void {
    const { name, severity, metric, comparator, threshold } = rule;
    const alert: Alert = {
      id: AlertId.parse(uuidv7()),
      rule: name,
      severity,
      metric,
      labels,
      poolName: labels["pool"] ?? null,
      text: alertText(rule, labels, value),
      value,
      comparator,
      threshold,
      startedAtMs: this.#now(),
      endedAtMs: null,
      acknowledgedAtMs: null,
      acknowledgedBy: null,
      isTold: false,
    };
    firing.set(key, alert);
    if (this.#isSilenced(name)) this.#save(alert); // the others are, once they are told
  }

  #firingCount(): number {
    return [...this.#posts.values()].reduce((sum, { firing }) => sum + firing.size, 0);
  }

  #end(alert: Alert): void {
    const ended = { ...alert, endedAtMs: this.#now() };
    this.#save(ended);
    if (alert.isTold) this.#tell(ended, "recovered");
  }

  /** Tells of all that fire and nobody was told of: a silence may have ended. */
  #tellAll(): void {
    for (const { watch, firing } of this.#posts.values()) {
      if (this.#isSilenced(watch.rule.name)) continue;
      for (const [key, alert] of firing) {
        if (alert.isTold) continue;
        const told = { ...alert, isTold: true };
        firing.set(key, told);
        this.#save(told);
        this.#tell(told, "firing");
      }
    }
  }

  #tell(alert: Alert, state: "firing" | "recovered"): void {
    const { id, rule, severity, labels, poolName, value, threshold, text, startedAtMs } = alert;
    const atMs = alert.endedAtMs ?? startedAtMs;
    const notice = { id, rule, severity, state, labels, poolName, value, threshold, text };
    const { logger = getLogger("core") } = this.#options;
    outsideRequest(() => {
      if (state === "firing") logger.warning("Alert fires", { ...notice });
      else logger.info("Alert recovered", { ...notice });
    });
    const channels = this.#book.find(rule)?.channels ?? null;
    this.#options.channels.tell({ ...notice, atMs, startedAtMs }, channels);
  }

  #isSilenced(name: string): boolean {
    return (this.#book.silencedUntilMs(name) ?? 0) > this.#options.clock.nowMs();
  }

  #save(alert: Alert): void {
    this.#options.archive.save(alert);
    this.#revision++;
  }

  #now(): number {
    return Math.round(this.#options.clock.nowMs());
  }
}
