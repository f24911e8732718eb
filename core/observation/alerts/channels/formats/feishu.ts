/**
 * Custom bots of Feishu and Lark. A text message would take `<at user_id="all">` for a mention; a
 * card's plain text takes nothing for anything.
 * @see https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
 */
import { createHmac } from "node:crypto";
import type { ChannelOf } from "../../../../model/alert_channel.ts";
import type { AlertNotice } from "../../../../model/alert_notice.ts";
import type { Post } from "../http_post.ts";
import { wordsOf } from "./words.ts";

const COLOURS = { info: "blue", warning: "orange", critical: "red" } as const;

/** Makes the message; `nowMs` is the time of this try. */
export function feishuPost(
  { url, secret }: ChannelOf<"feishu">,
  notice: AlertNotice,
  nowMs: number,
): Post {
  const { title, lines } = wordsOf(notice);
  const timestamp = Math.floor(nowMs / 1_000);
  const signing = secret === undefined
    ? {}
    : { timestamp: String(timestamp), sign: signFeishu(secret, timestamp) };
  const template = notice.state === "firing" ? COLOURS[notice.severity] : "green";
  const body = JSON.stringify({
    ...signing,
    msg_type: "interactive",
    card: {
      header: { template, title: plainText(title) },
      elements: [{ tag: "div", text: plainText(lines.join("\n")) }],
    },
  });
  return { url, body };
}

/** The bot's signature of a time in seconds: the key is what is told, and nothing is signed with it. */
export function signFeishu(secret: string, timestamp: number): string {
  return createHmac("sha256", `${timestamp}\n${secret}`).digest("base64");
}

function plainText(content: string): Record<string, unknown> {
  return { tag: "plain_text", content };
}
