/**
 * Slack's incoming webhooks. Blocks are of plain text, in which no mark formats anything; with `&`,
 * `<` and `>` escaped, as Slack wants them in every text, no user's text can mention anybody.
 * @see https://docs.slack.dev/messaging/formatting-message-text
 */
import type { ChannelOf } from "../../../../model/alert_channel.ts";
import type { AlertNotice } from "../../../../model/alert_notice.ts";
import type { Post } from "../http_post.ts";
import { wordsOf } from "./words.ts";

/** Of blocks, as Slack has them. */
const HEADER_CHARS_MAX = 150;
const SECTION_CHARS_MAX = 3_000;

/** Makes the message. */
export function slackPost({ url }: ChannelOf<"slack">, notice: AlertNotice): Post {
  const { title, lines } = wordsOf(notice);
  const body = JSON.stringify({
    text: escape(title), // for notifications, and where no blocks are shown
    blocks: [
      { type: "header", text: plainText(title, HEADER_CHARS_MAX) },
      { type: "section", text: plainText(lines.join("\n"), SECTION_CHARS_MAX) },
    ],
  });
  return { url, body };
}

function plainText(text: string, charsMax: number): Record<string, unknown> {
  const escaped = escape(text);
  // A cut must not leave a part of an escaped character.
  const fitting = escaped.length <= charsMax
    ? escaped
    : `${escaped.slice(0, charsMax - 1).replace(/&[a-z]*$/, "")}…`;
  return { type: "plain_text", text: fitting, emoji: false };
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
