import { deepStrictEqual, strictEqual } from "node:assert/strict";
import {
  dingtalkPost,
  signDingtalk,
} from "../../../../../../../core/observation/alerts/channels/formats/dingtalk.ts";
import { noticeOf, TRICKY_TEXT } from "../../../../../../helpers/notices.ts";

const CHANNEL = {
  kind: "dingtalk",
  name: "ops",
  url: "https://oapi.dingtalk.com/robot/send?access_token=abc",
  secret: "this is secret",
} as const;
const NOW_MS = 1_577_262_236_757;
const SIGN = "hmPWwU+7lVdm3ZZz0r9tSfx0L4Q26jWOZr9+Gs6EZQM=";

Deno.test("signDingtalk() signs as other implementations do", () => {
  strictEqual(signDingtalk("this is secret", NOW_MS), SIGN);
});

Deno.test("dingtalkPost() puts time and signature into the address, and mentions nobody", () => {
  const { url, body } = dingtalkPost(CHANNEL, noticeOf({ text: TRICKY_TEXT }), NOW_MS);
  strictEqual(
    url,
    `${CHANNEL.url}&timestamp=${NOW_MS}&sign=hmPWwU%2B7lVdm3ZZz0r9tSfx0L4Q26jWOZr9%2BGs6EZQM%3D`,
  );
  const { msgtype, text, at } = JSON.parse(body);
  deepStrictEqual([msgtype, at], ["text", { atMobiles: [], atUserIds: [], isAtAll: false }]);
  deepStrictEqual(text.content.split("\n").slice(0, 2), [
    "Lido Firing: Queue too long",
    TRICKY_TEXT,
  ]);
});

Deno.test("dingtalkPost() without a secret leaves the address as it is", () => {
  const { secret: _, ...unsigned } = CHANNEL;
  strictEqual(dingtalkPost(unsigned, noticeOf(), NOW_MS).url, CHANNEL.url);
});
