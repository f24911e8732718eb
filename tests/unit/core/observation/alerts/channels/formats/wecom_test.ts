import { ok, strictEqual } from "node:assert/strict";
import { wecomPost } from "../../../../../../../core/observation/alerts/channels/formats/wecom.ts";
import { noticeOf, TRICKY_TEXT } from "../../../../../../helpers/notices.ts";

const CHANNEL = {
  kind: "wecom",
  name: "ops",
  url: "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=abc",
} as const;

function contentOf(differences: Parameters<typeof noticeOf>[0]): string {
  const { url, body } = wecomPost(CHANNEL, noticeOf(differences));
  const { msgtype, markdown } = JSON.parse(body);
  strictEqual(url, CHANNEL.url);
  strictEqual(msgtype, "markdown");
  return markdown.content;
}

Deno.test("wecomPost() makes Markdown of its own, and none of a user's text", () => {
  const content = contentOf({ text: TRICKY_TEXT, poolName: null, labels: {}, value: null });
  strictEqual(
    content,
    [
      `**<font color="warning">Lido Firing: Queue too long</font>**`,
      `> ＜!channel＞ ＜@U1＞ @all ＜at user_id="all"＞＜/at＞ ［x］(http://evil.example) ＊＊b＊＊ ` +
      "｀c｀ ＆lt; 中文",
      "> Severity: critical",
      "> Threshold: 1000",
      "> Since: 2026-01-02T03:00:00.000Z",
      "> At: 2026-01-02T03:04:05.000Z",
    ].join("\n"),
  );
});

Deno.test("wecomPost() keeps to 4,096 bytes, and cuts no character in two", () => {
  const content = contentOf({
    rule: "<".repeat(500),
    text: "警".repeat(900),
    labels: { a: "报".repeat(900) },
    poolName: "池".repeat(900),
  });
  const { length } = new TextEncoder().encode(content);
  ok(length <= 4_096 && length > 4_000, `${length} bytes`);
  strictEqual(content.includes("\ufffd"), false);
  ok(content.startsWith(`**<font color="warning">Lido Firing: ＜`));
  ok(content.includes("…</font>**\n> 警"));
});
