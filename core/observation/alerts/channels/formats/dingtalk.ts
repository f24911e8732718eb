/**
 * DingTalk's custom robots. Messages are plain text: in it a `@` is a character, and mentions are
 * made by the field `at` only.
 * @see https://open.dingtalk.com/document/orgapp/custom-robot-access
 */
import { createHmac } from "node:crypto";
import type { ChannelOf } from "../../../../model/alert_channel.ts";
import type { AlertNotice } from "../../../../model/alert_notice.ts";
import type { Post } from "../http_post.ts";
import { wordsOf } from "./words.ts";

/** Makes the message; `nowMs` is the time of this try. */
export function dingtalkPost(
  { url, secret }: ChannelOf<"dingtalk">,
  notice: AlertNotice,
  nowMs: number,
): Post {
  const { title, lines } = wordsOf(notice);
  const body = JSON.stringify({
    msgtype: "text",
    text: { content: [title, ...lines].join("\n") },
    at: { atMobiles: [], atUserIds: [], isAtAll: false },
  });
  return { url: secret === undefined ? url : signedUrl(url, secret, nowMs), body };
}

function signedUrl(address: string, secret: string, nowMs: number): string {
  const url = new URL(address);
  url.searchParams.set("timestamp", String(nowMs));
  url.searchParams.set("sign", signDingtalk(secret, nowMs));
  return url.href;
}

/** The robot's signature of a time in milliseconds. */
export function signDingtalk(secret: string, nowMs: number): string {
  return createHmac("sha256", secret).update(`${nowMs}\n${secret}`).digest("base64");
}
