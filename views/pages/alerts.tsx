/** What is wrong, what was, and the rules that say so. */
import type { Child } from "hono/jsx";
import type { AlertSeverity } from "../../core/mod.ts";
import { useLanguage } from "../context.ts";
import { Channels, type ChannelsModel } from "./alert_channels.tsx";
import { Act, Ask } from "../parts/act.tsx";
import { SeverityBadge } from "../parts/badge.tsx";
import { Empty } from "../parts/empty.tsx";
import { Icon } from "../parts/icon.tsx";
import { LinkTo } from "../parts/link_to.tsx";
import { PageHead } from "../parts/page_head.tsx";
import { Tabs } from "../parts/tabs.tsx";
import { Duration, Time } from "../parts/time.tsx";

/** The parts of the page. */
export const ALERT_TABS = ["firing", "rules", "channels", "history"] as const;
/** One of {@link ALERT_TABS}. */
export type AlertTab = typeof ALERT_TABS[number];

/** One alert. */
export interface AlertRowModel {
  readonly id: string;
  readonly severity: AlertSeverity;
  readonly text: string;
  /** Where to look at what it is about; null: nowhere. */
  readonly href: string | null;
  /** What its rule is called. */
  readonly rule: string;
  readonly poolName: string | null;
  readonly poolHref: string | null;
  /** The sample that fired it: `12 > 10`. */
  readonly sample: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly acknowledgedAtMs: number | null;
  readonly acknowledgedBy: string | null;
}

/** One rule. */
export interface RuleRowModel {
  readonly severity: AlertSeverity;
  /** What it is called; Lido's own in the reader's language. */
  readonly title: string;
  /** `p95 of lido_task_wait_seconds > 10`. */
  readonly condition: string;
  readonly forMs: number;
  readonly firing: number;
  readonly isEnabled: boolean;
  readonly silencedUntilMs: number | null;
  readonly isChanged: boolean;
  readonly isDefault: boolean;
  /** Its name as a part of an address: `name=…`. */
  readonly query: string;
}

/** What the page shows. */
export interface AlertsModel {
  readonly path: string;
  readonly part:
    | { readonly tab: "firing"; readonly alerts: readonly AlertRowModel[] }
    | { readonly tab: "rules"; readonly rules: readonly RuleRowModel[] }
    | { readonly tab: "channels"; readonly channels: ChannelsModel }
    | {
      readonly tab: "history";
      readonly alerts: readonly AlertRowModel[];
      readonly olderHref: string | null;
    };
}

/** See the head of this file. */
export function AlertsPage({ model }: { readonly model: AlertsModel }): Child {
  const { t } = useLanguage();
  const { part } = model;
  return (
    <>
      <PageHead title={t.alerts.title}>
        <Ask href="/alerts/rules/new" icon="plus" label={t.alerts.newRule} isPrimary hotkey="c" />
      </PageHead>
      <Tabs
        label={t.alerts.tabs}
        current={part.tab}
        tabs={ALERT_TABS.map((name) => ({
          name,
          href: name === "firing" ? "/alerts" : `/alerts?tab=${name}`,
          text: t.alerts[name],
        }))}
      />
      {part.tab === "rules"
        ? <Rules rules={part.rules} back={model.path} />
        : part.tab === "channels"
        ? <Channels model={part.channels} />
        : (
          <AlertTable
            alerts={part.alerts}
            back={model.path}
            tab={part.tab}
            noneText={part.tab === "history" ? t.alerts.noneEverText : t.alerts.noneText}
          />
        )}
      {part.tab === "history" && part.olderHref !== null && (
        <p class="links">
          <a class="btn btn-sm" href={part.olderHref}>
            <Icon name="chevron-right" />
            {t.tasks.older}
          </a>
        </p>
      )}
    </>
  );
}

/** Alerts that fire, or those that did, with a way to acknowledge them. */
export function AlertTable(
  { alerts, back, tab, noneText }: {
    readonly alerts: readonly AlertRowModel[];
    readonly back: string;
    readonly tab: "firing" | "history";
    /** Said where there are none. */
    readonly noneText: string;
  },
): Child {
  const { t } = useLanguage();
  if (alerts.length === 0) {
    return (
      <div class="card">
        <Empty
          icon="circle-check"
          title={tab === "history" ? t.alerts.noneEver : t.alerts.none}
          text={noneText}
        />
      </div>
    );
  }
  return (
    <div class="card table-responsive" tabindex={0} role="group" aria-label={t.alerts[tab]}>
      <table class="table card-table rows">
        <thead>
          <tr>
            <th scope="col">{t.alerts.severity}</th>
            <th scope="col">{t.alerts.what}</th>
            <th scope="col">{t.alerts.rule}</th>
            <th scope="col">{t.tasks.pool}</th>
            <th scope="col" class="num">{t.alerts.sample}</th>
            <th scope="col">{t.alerts.since}</th>
            {tab === "history" && <th scope="col">{t.alerts.until}</th>}
            <th scope="col">{t.alerts.seenTo}</th>
          </tr>
        </thead>
        <tbody>
          {alerts.map((alert) => (
            <tr id={`alert-${alert.id}`}>
              <td>
                <SeverityBadge severity={alert.severity} />
              </td>
              <td class="name">
                <LinkTo href={alert.href} text={alert.text} />
              </td>
              <td>{alert.rule}</td>
              <td>
                {alert.poolName === null
                  ? <span class="none">–</span>
                  : <LinkTo href={alert.poolHref} text={alert.poolName} />}
              </td>
              <td class="num">{alert.sample}</td>
              <td>
                <Time atMs={alert.startedAtMs} />
              </td>
              {tab === "history" && (
                <td>
                  <Time atMs={alert.endedAtMs} />
                </td>
              )}
              <td>
                <SeenTo alert={alert} back={back} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function SeenTo({ alert, back }: { readonly alert: AlertRowModel; readonly back: string }): Child {
  const { t } = useLanguage();
  if (alert.acknowledgedAtMs !== null) {
    return (
      <>
        <Time atMs={alert.acknowledgedAtMs} /> {alert.acknowledgedBy}
      </>
    );
  }
  if (alert.endedAtMs !== null) return <span class="none">–</span>;
  return (
    <Act
      action={`/alerts/${alert.id}/acknowledge`}
      icon="check"
      label={t.alerts.acknowledge}
      object={alert.text}
      back={back}
    />
  );
}

function Rules(
  { rules, back }: { readonly rules: readonly RuleRowModel[]; readonly back: string },
): Child {
  const l = useLanguage();
  const { t } = l;
  return (
    <div class="card table-responsive" tabindex={0} role="group" aria-label={t.alerts.rules}>
      <table class="table card-table rows">
        <thead>
          <tr>
            <th scope="col">{t.alerts.rule}</th>
            <th scope="col">{t.alerts.severity}</th>
            <th scope="col">{t.alerts.condition}</th>
            <th scope="col" class="num">{t.alerts.forLong}</th>
            <th scope="col" class="num">{t.alerts.firing}</th>
            <th scope="col">{t.pools.status}</th>
            <th scope="col">
              <span class="visually-hidden">{t.pools.actions}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rules.map((rule) => (
            <tr>
              <td class="name">{rule.title}</td>
              <td>
                <SeverityBadge severity={rule.severity} />
              </td>
              <td>
                <code>{rule.condition}</code>
              </td>
              <td class="num">
                <Duration ms={rule.forMs === 0 ? null : rule.forMs} />
              </td>
              <td class="num">
                {rule.firing === 0
                  ? <span class="none">0</span>
                  : <a href="/alerts">{l.count(rule.firing)}</a>}
              </td>
              <td>
                <RuleState rule={rule} />
              </td>
              <td class="acts">
                <RuleActs rule={rule} back={back} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function RuleState({ rule }: { readonly rule: RuleRowModel }): Child {
  const { t } = useLanguage();
  return (
    <>
      {!rule.isEnabled && <span class="badge bg-secondary-lt">{t.alerts.disabled}</span>}
      {rule.silencedUntilMs !== null && (
        <span class="badge bg-yellow-lt">
          {t.alerts.silenced} <Time atMs={rule.silencedUntilMs} />
        </span>
      )}
      {rule.isDefault && rule.isChanged && <span class="badge bg-azure-lt">{t.alerts.changed}
      </span>}
    </>
  );
}

function RuleActs({ rule, back }: { readonly rule: RuleRowModel; readonly back: string }): Child {
  const { t } = useLanguage();
  const { title, query } = rule;
  const shared = { object: title, back, isSmall: true } as const;
  const isSilenced = rule.silencedUntilMs !== null;
  return (
    <>
      <Ask
        href={`/alerts/rules/edit?${query}`}
        icon="settings"
        label={t.alerts.edit}
        object={title}
        isSmall
      />
      <Act
        {...shared}
        action={`/alerts/rules/silence?${query}&minutes=${isSilenced ? 0 : 60}`}
        icon={isSilenced ? "bell" : "bell-off"}
        label={isSilenced ? t.alerts.endSilence : t.alerts.silence}
      />
      <Act
        {...shared}
        action={`/alerts/rules/enable?${query}&on=${rule.isEnabled ? 0 : 1}`}
        icon={rule.isEnabled ? "player-pause" : "player-play"}
        label={rule.isEnabled ? t.alerts.disable : t.alerts.enable}
      />
      {rule.isChanged && (
        <Ask
          href={`/alerts/rules/remove?${query}`}
          icon={rule.isDefault ? "refresh" : "x"}
          label={rule.isDefault ? t.alerts.restore : t.action.remove}
          object={title}
          isSmall
        />
      )}
    </>
  );
}
