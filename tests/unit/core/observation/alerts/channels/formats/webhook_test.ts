import { deepStrictEqual, strictEqual } from "node:assert/strict";
import {
  signWebhook,
  webhookPost,
} from "../../../../../../../core/observation/alerts/channels/formats/webhook.ts";
import { noticeOf } from "../../../../../../helpers/notices.ts";

/** The example of the Standard Webhooks' own libraries. */
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

Deno.test("signWebhook() signs the published example as published", () => {
  const signature = signWebhook(SECRET, {
    id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
    timestamp: 1_614_265_330,
    body: '{"test": 2432232314}',
  });
  strictEqual(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
});

Deno.test("webhookPost() makes a body of snake_case fields and signs it with the try's time", () => {
  const nowMs = Date.UTC(2026, 0, 2, 3, 4, 6, 999);
  const channel = { url: "https://example.com/hook", secret: SECRET };
  const { url, headers, body } = webhookPost(channel, noticeOf(), nowMs);
  const { id: alertId } = noticeOf();
  const id = `${alertId}-firing`;
  const timestamp = nowMs / 1_000 | 0;
  strictEqual(url, channel.url);
  deepStrictEqual(headers, {
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": signWebhook(SECRET, { id, timestamp, body }),
  });
  deepStrictEqual(JSON.parse(body), {
    type: "alert.firing",
    timestamp: "2026-01-02T03:04:05.000Z",
    data: {
      id: alertId,
      rule: "Queue too long",
      severity: "critical",
      state: "firing",
      labels: { node: "a" },
      pool_name: "reports",
      value: 1_200,
      threshold: 1_000,
      text: "1,200 tasks wait in the pool reports",
      at: "2026-01-02T03:04:05.000Z",
      started_at: "2026-01-02T03:00:00.000Z",
    },
  });
});
