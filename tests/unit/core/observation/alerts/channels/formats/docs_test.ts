import { deepStrictEqual, ok } from "node:assert/strict";
import { webhookPost } from "../../../../../../../core/observation/alerts/channels/formats/webhook.ts";
import { noticeOf } from "../../../../../../helpers/notices.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const NOW_MS = Date.UTC(2026, 0, 2, 3, 4, 6);

type Check = (secret: string, headers: Headers, body: string, nowMs: number) => boolean;

/** The block of code in a language, of docs/alert-channels.md. */
async function readBlock(language: string): Promise<string> {
  const path = new URL("../../../../../../../docs/alert-channels.md", import.meta.url);
  const block = new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "ms")
    .exec(await Deno.readTextFile(path))?.[1];
  ok(block);
  return block;
}

Deno.test("docs/alert-channels.md shows a call as it is made", async () => {
  const channel = { url: "https://example.com/hook", secret: SECRET };
  const { headers, body } = webhookPost(channel, noticeOf(), NOW_MS);
  const [head = "", shown] = (await readBlock("http")).trim().split("\n\n");
  const lines = Object.entries(headers ?? {}).map(([name, value]) => `${name}: ${value}`);
  deepStrictEqual([head.split("\n").slice(2), shown], [lines, body]);
});

Deno.test("docs/alert-channels.md has code that tells Lido's calls from others", async () => {
  const source = encodeURIComponent(await readBlock("ts"));
  const { isFromLido }: { isFromLido: Check } = await import(
    `data:application/typescript,${source}`
  );
  const { headers: own, body } = webhookPost({ url: "", secret: SECRET }, noticeOf(), NOW_MS);
  const headers = new Headers({ ...own });
  deepStrictEqual([
    isFromLido(SECRET, headers, body, NOW_MS + 299_000),
    isFromLido(SECRET, headers, body, NOW_MS + 301_000),
    isFromLido(SECRET, headers, `${body} `, NOW_MS),
    isFromLido(`${SECRET.slice(0, -1)}A`, headers, body, NOW_MS),
    isFromLido(SECRET, new Headers(), body, NOW_MS),
  ], [true, false, false, false, false]);
});
