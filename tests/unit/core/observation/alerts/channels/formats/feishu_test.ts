import { deepStrictEqual, strictEqual } from "node:assert/strict";
import {
  feishuPost,
  signFeishu,
} from "../../../../../../../core/observation/alerts/channels/formats/feishu.ts";
import { noticeOf, TRICKY_TEXT } from "../../../../../../helpers/notices.ts";

const CHANNEL = {
  kind: "feishu",
  name: "ops",
  url: "https://open.feishu.cn/open-apis/bot/v2/hook/abcdef",
  secret: "demo",
} as const;
const SIGN = "l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8=";

Deno.test("signFeishu() signs as other implementations do", () => {
  strictEqual(signFeishu("demo", 1_599_360_473), SIGN);
});

Deno.test("feishuPost() signs in the body, and shows user text as plain text of a card", () => {
  const notice = noticeOf({ text: TRICKY_TEXT, poolName: null, labels: {}, value: null });
  const { url, body } = feishuPost(CHANNEL, notice, 1_599_360_473_999);
  strictEqual(url, CHANNEL.url);
  const content = [
    TRICKY_TEXT,
    "Severity: critical",
    "Threshold: 1000",
    "Since: 2026-01-02T03:00:00.000Z",
    "At: 2026-01-02T03:04:05.000Z",
  ].join("\n");
  deepStrictEqual(JSON.parse(body), {
    timestamp: "1599360473",
    sign: SIGN,
    msg_type: "interactive",
    card: {
      header: {
        template: "red",
        title: { tag: "plain_text", content: "Lido Firing: Queue too long" },
      },
      elements: [{ tag: "div", text: { tag: "plain_text", content } }],
    },
  });
});

Deno.test("feishuPost() without a secret signs nothing, and is green when it is over", () => {
  const { secret: _, ...unsigned } = CHANNEL;
  const { body } = feishuPost(unsigned, noticeOf({ state: "recovered" }), 0);
  const { card, ...rest } = JSON.parse(body);
  deepStrictEqual([rest, card.header.template], [{ msg_type: "interactive" }, "green"]);
});
