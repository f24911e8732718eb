/**
 * A fault for each of Lido's own rules is told on a channel of each kind, once that it fires, with its
 * sample, and once that it recovered; however often it comes and goes, and whatever life the server is
 * in. Metrics are made, channels and what they send are real, and lead to sinks of this machine.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { type AlertChannel, DEFAULT_RULES } from "../../core/mod.ts";
import { IN_USE, RULE_CASES } from "../helpers/default_rule_cases.ts";
import { type HttpSink, openHttpSink } from "../helpers/http_sink.ts";
import { AlertRecord, alertWorld, channelBook } from "../helpers/memory_alerts.ts";
import { openSmtpSink, type SmtpSink } from "../helpers/smtp_sink.ts";
import { until } from "../helpers/until.ts";

const KINDS = ["webhook", "email", "slack", "dingtalk", "feishu", "wecom"] as const;
type Kind = typeof KINDS[number];

/** Channels of each kind, with a sink each. */
async function openChannels(record: AlertRecord) {
  const stack = new AsyncDisposableStack();
  const taken = { errcode: 0, errmsg: "ok", code: 0, msg: "success" };
  const web = stack.use(openHttpSink((_) => Response.json(taken)));
  const mail = stack.use(openSmtpSink());
  const book = stack.use(channelBook(record));
  for (const kind of KINDS) await book.save(channelOf(kind, web, mail));
  /** What came on a channel, decoded as far as its form hides texts. */
  const toldOn = (kind: Kind): readonly string[] =>
    kind === "email"
      ? mail.mails.map(({ data }) => textOfMail(data))
      : web.received.filter(({ path }) => path.startsWith(`/${kind}`))
        .map(({ body }) => JSON.stringify(JSON.parse(body)));
  return {
    book,
    toldOn,
    /** When each has so many. */
    whenTold: (count: number) =>
      until(
        `${count} messages on each channel`,
        () => KINDS.every((kind) => toldOn(kind).length >= count),
      ),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

function channelOf(kind: Kind, { origin }: HttpSink, { port }: SmtpSink): AlertChannel {
  const url = `${origin}/${kind}`;
  switch (kind) {
    case "webhook":
      return { kind, name: kind, url, secret: `whsec_${btoa("0123456789012345678901234567")}` };
    case "email":
      return {
        kind,
        name: kind,
        host: "127.0.0.1",
        port,
        security: "none",
        from: "lido@example.com",
        to: ["ops@example.com"],
      };
    case "slack":
    case "wecom":
      return { kind, name: kind, url };
    case "dingtalk":
    case "feishu":
      return { kind, name: kind, url, secret: "a secret" };
  }
}

/** A mail as it is read: lines that were folded and characters that were escaped are whole again. */
function textOfMail(data: string): string {
  const [, body = ""] = data.split("\r\n\r\n");
  return /base64/i.test(data)
    ? new TextDecoder().decode(Uint8Array.fromBase64(body.replaceAll("\r\n", "")))
    : body.replaceAll("=\r\n", "").replaceAll(
      /=([0-9A-F]{2})/g,
      (_, hex) => String.fromCharCode(parseInt(hex, 16)),
    );
}

/** Without what forms put before signs, so that a sentence is found in each of them. */
function plain(text: string): string {
  return text.replaceAll(/[\\\u200b\s]+/g, " ").replaceAll("&amp;", "&");
}

for (const [name, { well, ill, text }] of Object.entries(RULE_CASES)) {
  Deno.test(`${name} is told on a channel of each kind, once and once`, async () => {
    const record = new AlertRecord();
    await using channels = await openChannels(record);
    const world = alertWorld([...well, IN_USE], { record, book: channels.book });
    world.pass(600);
    world.set(...ill, IN_USE);
    world.pass(90);
    await channels.whenTold(1);
    // The server's next life finds it firing, and says nothing again.
    const next = alertWorld([...ill, IN_USE], {
      record,
      clock: world.clock,
      book: channels.book,
    });
    world.alerts[Symbol.dispose]();
    next.pass(60);
    if (DEFAULT_RULES.get(name)?.reading === "value") next.set(...well, IN_USE);
    next.pass(600);
    await channels.whenTold(2);
    deepStrictEqual([...world.told, ...next.told], [`firing ${name}`, `recovered ${name}`]);
    for (const kind of KINDS) {
      const told = channels.toldOn(kind);
      strictEqual(told.length, 2, kind);
      ok(plain(told[0] ?? "").includes(plain(text)), `${kind}: ${told[0]}`);
    }
  });
}
