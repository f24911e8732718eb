/** Where alerts are told, the last tries to do so, and the forms of channels. */
import type { Child } from "hono/jsx";
import type { AlertChannel } from "../../core/mod.ts";
import { useLanguage } from "../context.ts";
import { Act, Ask } from "../parts/act.tsx";
import { DialogForm } from "../parts/dialog_form.tsx";
import { Empty } from "../parts/empty.tsx";
import { type FieldModel, Fields } from "../parts/fields.tsx";
import { Time } from "../parts/time.tsx";

const BACK = "/alerts?tab=channels";

/** One channel. */
export interface ChannelRowModel {
  readonly name: string;
  readonly kind: AlertChannel["kind"];
  /** Where it leads, without secrets. */
  readonly target: string;
  /** Its name as a part of an address: `name=…`. */
  readonly query: string;
}

/** One try to tell a channel of something. */
export interface DeliveryRowModel {
  readonly atMs: number;
  readonly channel: string;
  readonly state: "firing" | "recovered" | "test";
  readonly isDelivered: boolean;
  readonly outcome: string;
}

/** What the part of the page shows. */
export interface ChannelsModel {
  readonly channels: readonly ChannelRowModel[];
  readonly deliveries: readonly DeliveryRowModel[];
}

/** The channels, and what was sent. */
export function Channels({ model }: { readonly model: ChannelsModel }): Child {
  const { t } = useLanguage();
  const kinds = Object.keys(t.channelKind) as AlertChannel["kind"][]; // its own keys
  return (
    <>
      <section class="card">
        <div class="card-header">
          <h2 class="card-title">{t.alerts.channels}</h2>
          <nav class="acts end" aria-label={t.alerts.newChannel}>
            {kinds.map((kind) => (
              <Ask
                href={`/alerts/channels/new?kind=${kind}`}
                icon="plus"
                label={t.channelKind[kind]}
              />
            ))}
          </nav>
        </div>
        {model.channels.length === 0
          ? <Empty icon="send" title={t.alerts.noChannels} text={t.alerts.noChannelsText} />
          : (
            <div class="table-responsive" role="region" tabindex={0} aria-label={t.alerts.channels}>
              <table class="table card-table">
                <thead>
                  <tr>
                    <th scope="col">{t.pools.name}</th>
                    <th scope="col">{t.alerts.kind}</th>
                    <th scope="col">{t.alerts.target}</th>
                    <th scope="col">
                      <span class="visually-hidden">{t.pools.actions}</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {model.channels.map((channel) => (
                    <tr>
                      <td class="name">
                        <bdi>{channel.name}</bdi>
                      </td>
                      <td>{t.channelKind[channel.kind]}</td>
                      <td>
                        <bdi>{channel.target}</bdi>
                      </td>
                      <td>
                        <div class="acts">
                          <Act
                            action={`/alerts/channels/test?${channel.query}`}
                            label={t.alerts.test}
                            object={channel.name}
                            icon="send"
                            back={BACK}
                          />
                          <Ask
                            href={`/alerts/channels/remove?${channel.query}`}
                            label={t.action.remove}
                            object={channel.name}
                            icon="x"
                          />
                        </div>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
      </section>
      {model.deliveries.length > 0 && <Deliveries deliveries={model.deliveries} />}
    </>
  );
}

function Deliveries({ deliveries }: { readonly deliveries: readonly DeliveryRowModel[] }): Child {
  const { t } = useLanguage();
  return (
    <section class="card">
      <div class="card-header">
        <h2 class="card-title">{t.alerts.deliveries}</h2>
      </div>
      <div class="table-responsive" role="region" tabindex={0} aria-label={t.alerts.deliveries}>
        <table class="table card-table">
          <thead>
            <tr>
              <th scope="col">{t.alerts.at}</th>
              <th scope="col">{t.alerts.channel}</th>
              <th scope="col">{t.alerts.notice}</th>
              <th scope="col">{t.alerts.outcome}</th>
            </tr>
          </thead>
          <tbody>
            {deliveries.map(({ atMs, channel, state, isDelivered, outcome }) => (
              <tr>
                <td>
                  <Time atMs={atMs} />
                </td>
                <td class="name">
                  <bdi>{channel}</bdi>
                </td>
                <td>{t.noticeState[state]}</td>
                <td>
                  {isDelivered ? t.alerts.delivered : t.alerts.notDelivered}: <bdi>{outcome}</bdi>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** The form of a channel of one kind. */
export function ChannelForm(
  { kind, fields, hasFaults = false }: {
    readonly kind: AlertChannel["kind"];
    readonly fields: readonly FieldModel[];
    readonly hasFaults?: boolean;
  },
): Child {
  const { t } = useLanguage();
  return (
    <DialogForm
      id="alert-channel"
      title={t.alerts.newChannelOf(t.channelKind[kind])}
      action={`/alerts/channels?kind=${kind}`}
      submit={t.action.save}
      back={BACK}
      isWide
      hasFaults={hasFaults}
    >
      <div class="field-grid">
        <Fields fields={fields} />
      </div>
    </DialogForm>
  );
}

/** Lets a channel go. */
export function RemoveChannelQuestion(
  { name, query }: { readonly name: string; readonly query: string },
): Child {
  const { t } = useLanguage();
  return (
    <DialogForm
      id="remove-channel"
      title={t.alerts.removeChannelTitle(name)}
      action={`/alerts/channels/remove?${query}`}
      submit={t.action.remove}
      back={BACK}
      isDanger
    >
      <p>{t.alerts.removeChannelText}</p>
    </DialogForm>
  );
}
