import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { wordsOf } from "../../../../../../../core/observation/alerts/channels/formats/words.ts";
import { noticeOf } from "../../../../../../helpers/notices.ts";

Deno.test("wordsOf() keeps each text in its line", () => {
  const bad = "a\r\nb\0c\u2028d\u202ee\ud800f 👩‍🚀";
  const { title, lines } = wordsOf(noticeOf({ rule: bad, text: bad, labels: { [bad]: bad } }));
  const good = "a b c d e f 👩‍🚀";
  strictEqual(title, `Lido Firing: ${good}`);
  strictEqual(lines[0], good);
  strictEqual(lines.find((line) => line.startsWith("Labels")), `Labels: ${good}=${good}`);
});

Deno.test("wordsOf() leaves out what there is not, and cuts what is long", () => {
  const text = "😀".repeat(300);
  const notice = noticeOf({ text, poolName: null, labels: {}, value: null, threshold: null });
  const { lines } = wordsOf(notice);
  deepStrictEqual(lines, [
    `${"😀".repeat(249)}…`,
    "Severity: critical",
    "Since: 2026-01-02T03:00:00.000Z",
    "At: 2026-01-02T03:04:05.000Z",
  ]);
});
