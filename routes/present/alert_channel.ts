import type { AlertChannel, ChannelBook, Delivery } from "../../core/mod.ts";
import type { ChannelsModel } from "../../views/pages/alert_channels.tsx";
import { presentTime } from "./time.ts";

/** Where a channel leads, as anybody may see it: the rest of an address can be a secret. */
export function targetOf(channel: AlertChannel): string {
  return channel.kind === "email" ? channel.to.join(", ") : new URL(channel.url).origin;
}

/** A channel, as the wire has it: without its secrets. */
export function presentChannel(channel: AlertChannel): Record<string, unknown> {
  const { name, kind } = channel;
  return { name, kind, target: targetOf(channel) };
}

/** One try to tell a channel of something, as the wire has it. */
export function presentDelivery(delivery: Delivery): Record<string, unknown> {
  return {
    at: presentTime(delivery.atMs),
    channel: delivery.channel,
    alert_id: delivery.noticeId,
    state: delivery.state,
    try: delivery.try,
    is_delivered: delivery.isDelivered,
    outcome: delivery.outcome,
    next_try_at: presentTime(delivery.nextTryAtMs),
  };
}

/** Tries that a page shows. */
const DELIVERIES_SHOWN = 50;

/** Channels and what was sent to them, as a page shows them. */
export function presentChannels(
  book: Pick<ChannelBook, "listChannels" | "listDeliveries">,
): ChannelsModel {
  return {
    channels: book.listChannels().map((channel) => ({
      name: channel.name,
      kind: channel.kind,
      target: targetOf(channel),
      query: String(new URLSearchParams({ name: channel.name })),
    })),
    deliveries: book.listDeliveries().slice(0, DELIVERIES_SHOWN),
  };
}
