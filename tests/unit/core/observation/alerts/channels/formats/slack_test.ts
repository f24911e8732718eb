import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { slackPost } from "../../../../../../../core/observation/alerts/channels/formats/slack.ts";
import { noticeOf, TRICKY_TEXT } from "../../../../../../helpers/notices.ts";

const CHANNEL = {
  kind: "slack",
  name: "ops",
  url: "https://hooks.slack.com/services/T/B/X",
} as const;

Deno.test("slackPost() makes a header and a section of plain text", () => {
  const { url, body } = slackPost(CHANNEL, noticeOf());
  strictEqual(url, CHANNEL.url);
  const lines = [
    "1,200 tasks wait in the pool reports",
    "Severity: critical",
    "Pool: reports",
    "Value: 1200",
    "Threshold: 1000",
    "Labels: node=a",
    "Since: 2026-01-02T03:00:00.000Z",
    "At: 2026-01-02T03:04:05.000Z",
  ];
  const title = "Lido Firing: Queue too long";
  deepStrictEqual(JSON.parse(body), {
    text: title,
    blocks: [
      { type: "header", text: { type: "plain_text", text: title, emoji: false } },
      { type: "section", text: { type: "plain_text", text: lines.join("\n"), emoji: false } },
    ],
  });
});

Deno.test("slackPost() escapes what mentions and links are made of", () => {
  const { body } = slackPost(CHANNEL, noticeOf({ rule: TRICKY_TEXT, poolName: TRICKY_TEXT }));
  const { text, blocks } = JSON.parse(body);
  strictEqual(
    text,
    'Lido Firing: &lt;!channel&gt; &lt;@U1&gt; @all &lt;at user_id="all"&gt;&lt;/at&gt; ' +
      "[x](http://evil.example) **b** `c` &amp;lt; 中文",
  );
  ok(blocks[1].text.text.includes("Pool: &lt;!channel&gt; &lt;@U1&gt;"));
  strictEqual(/[<>]/.test(body), false);
});

Deno.test("slackPost() keeps to Slack's lengths, and cuts no escaped character in two", () => {
  const { body } = slackPost(CHANNEL, noticeOf({ rule: "&".repeat(200), text: "<".repeat(9_000) }));
  const [header, section] = JSON.parse(body).blocks;
  strictEqual(header.text.text, `Lido Firing: ${"&amp;".repeat(27)}…`);
  ok(header.text.text.length <= 150);
  ok(section.text.text.length <= 3_000);
});
