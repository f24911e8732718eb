/**
 * Webhooks for programs, signed as Standard Webhooks have it.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import type { ChannelOf } from "../../../../model/alert_channel.ts";
import type { AlertNotice } from "../../../../model/alert_notice.ts";
import type { Post } from "../http_post.ts";

/** Makes the message; `nowMs` is the time of this try. */
export function webhookPost(
  { url, secret }: Pick<ChannelOf<"webhook">, "url" | "secret">,
  notice: AlertNotice,
  nowMs: number,
): Post {
  const timestamp = Math.floor(nowMs / 1_000);
  const body = JSON.stringify({
    type: `alert.${notice.state}`,
    timestamp: new Date(notice.atMs).toISOString(),
    data: toWire(notice),
  });
  // Who gets an id twice takes it for one message: that an alert recovered is another one.
  const id = `${notice.id}-${notice.state}`;
  const headers = {
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": signWebhook(secret, { id, timestamp, body }),
  };
  return { url, headers, body };
}

/** Signs what is sent; `timestamp` in seconds. */
export function signWebhook(
  secret: string,
  { id, timestamp, body }: { id: string; timestamp: number; body: string },
): string {
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
}

function toWire(notice: AlertNotice): Record<string, unknown> {
  return {
    id: notice.id,
    rule: notice.rule,
    severity: notice.severity,
    state: notice.state,
    labels: notice.labels,
    pool_name: notice.poolName,
    value: notice.value,
    threshold: notice.threshold,
    text: notice.text,
    at: new Date(notice.atMs).toISOString(),
    started_at: new Date(notice.startedAtMs).toISOString(),
  };
}
