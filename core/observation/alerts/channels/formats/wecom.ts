/**
 * WeCom's group robots. Their Markdown knows mentions (`<@somebody>`), colours and links, and no
 * way to escape one: marks in the texts of users become their full-width twins.
 * @see https://developer.work.weixin.qq.com/document/path/99110
 */
import type { ChannelOf } from "../../../../model/alert_channel.ts";
import type { AlertNotice } from "../../../../model/alert_notice.ts";
import type { Post } from "../http_post.ts";
import { wordsOf } from "./words.ts";

const CONTENT_BYTES_MAX = 4_096;
const FULL_WIDTH = 0xfee0;

/** Makes the message. */
export function wecomPost({ url }: ChannelOf<"wecom">, notice: AlertNotice): Post {
  const { title, lines } = wordsOf(notice);
  const colour = notice.state === "firing" ? "warning" : "info"; // orange, green
  const head = `**<font color="${colour}">${defuse(title)}</font>**`;
  const content = clip([head, ...lines.map((line) => `> ${defuse(line)}`)].join("\n"));
  return { url, body: JSON.stringify({ msgtype: "markdown", markdown: { content } }) };
}

function defuse(text: string): string {
  return text.replace(
    /[<>[\]*`#&]/g,
    (mark) => String.fromCharCode(mark.charCodeAt(0) + FULL_WIDTH),
  );
}

/** The head is always whole: it is shorter than what fits. */
function clip(content: string): string {
  const bytes = new TextEncoder().encode(content);
  if (bytes.length <= CONTENT_BYTES_MAX) return content;
  // A character that is cut in two is left out.
  return new TextDecoder().decode(bytes.subarray(0, CONTENT_BYTES_MAX), { stream: true });
}
