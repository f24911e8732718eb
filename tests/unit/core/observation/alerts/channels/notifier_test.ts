import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { AlertChannel } from "../../../../../../core/model/alert_channel.ts";
import type { Delivery } from "../../../../../../core/model/alert_delivery.ts";
import { DELIVERIES_KEPT_MAX } from "../../../../../../core/model/limits.ts";
import { signWebhook } from "../../../../../../core/observation/alerts/channels/formats/webhook.ts";
import {
  NOTICES_MAX,
  Notifier,
  type NotifierOptions,
  TRIES_MAX,
} from "../../../../../../core/observation/alerts/channels/notifier.ts";
import { fakeClock } from "../../../../../helpers/fake_clock.ts";
import { type HttpSink, openHttpSink } from "../../../../../helpers/http_sink.ts";
import { noticeOf, TRICKY_TEXT } from "../../../../../helpers/notices.ts";
import { openSmtpSink } from "../../../../../helpers/smtp_sink.ts";
import { until } from "../../../../../helpers/until.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/** A notifier whose waits are noted and end at once. */
function openNotifier(options: Partial<NotifierOptions> = {}) {
  const waits: number[] = [];
  const clock = fakeClock();
  const notifier = new Notifier({
    allowPrivate: true,
    clock,
    random: () => 0.5,
    wait: (ms) => {
      waits.push(ms);
      clock.advance(ms);
      return Promise.resolve();
    },
    ...options,
  });
  return { notifier, waits, clock };
}

function webhookAt({ origin }: HttpSink): AlertChannel {
  return {
    kind: "webhook",
    name: "hook",
    url: `${origin}/hook?token=canary-token`,
    secret: SECRET,
  };
}

function slackAt({ origin }: HttpSink, name = "slack"): AlertChannel {
  return { kind: "slack", name, url: `${origin}/services/T000/B000/canary-path` };
}

/** When `count` deliveries are noted. */
async function deliveriesOf(notifier: Notifier, count: number): Promise<readonly Delivery[]> {
  await until(`${count} deliveries`, () => notifier.deliveries().length >= count);
  return notifier.deliveries();
}

Deno.test("Notifier delivers to a webhook, signed for the moment of sending", async () => {
  await using sink = openHttpSink();
  const { notifier, clock } = openNotifier();
  await using _ended = notifier;
  const notice = noticeOf({ text: TRICKY_TEXT });
  notifier.send(webhookAt(sink), notice);
  deepStrictEqual(await deliveriesOf(notifier, 1), [{
    atMs: clock.nowMs(),
    channel: "hook",
    noticeId: notice.id,
    state: "firing",
    try: 1,
    isDelivered: true,
    outcome: "HTTP 200",
    nextTryAtMs: null,
  }]);
  const [received] = sink.received;
  ok(received);
  const timestamp = clock.nowMs() / 1_000;
  strictEqual(received.method, "POST");
  strictEqual(received.headers.get("content-type"), "application/json");
  strictEqual(received.headers.get("webhook-timestamp"), String(timestamp));
  strictEqual(
    received.headers.get("webhook-signature"),
    signWebhook(SECRET, { id: `${notice.id}-firing`, timestamp, body: received.body }),
  );
  strictEqual(JSON.parse(received.body).data.text, TRICKY_TEXT);
});

Deno.test("Notifier delivers to each robot in its form, and reads its answer", async () => {
  const taken = { errcode: 0, errmsg: "ok", code: 0, msg: "success" };
  await using sink = openHttpSink(() => Response.json(taken));
  const { notifier } = openNotifier();
  await using _ended = notifier;
  const url = `${sink.origin}/robot?key=canary-key`;
  for (const kind of ["dingtalk", "feishu", "wecom"] as const) {
    const secret = kind === "wecom" ? {} : { secret: "canary-secret" };
    notifier.send({ kind, name: kind, url, ...secret } as AlertChannel, noticeOf());
  }
  const deliveries = await deliveriesOf(notifier, 3);
  ok(deliveries.every(({ isDelivered, outcome }) => isDelivered && outcome === "HTTP 200"));
  const bodies = sink.received.map(({ body }) => JSON.parse(body));
  deepStrictEqual(bodies.map((body) => body.msgtype ?? body.msg_type).sort(), [
    "interactive",
    "markdown",
    "text",
  ]);
  ok(sink.received.some(({ path }) => /^\/robot\?key=canary-key&timestamp=\d+&sign=/.test(path)));
});

Deno.test("Notifier gives up at once what a robot refuses for good, without telling secrets", async () => {
  const errmsg = "sign not match: canary-secret of /robot?key=canary-key";
  await using sink = openHttpSink(() => Response.json({ errcode: 310_000, errmsg }));
  const { notifier, waits } = openNotifier();
  await using _ended = notifier;
  const url = `${sink.origin}/robot?key=canary-key`;
  notifier.send({ kind: "dingtalk", name: "ding", url, secret: "canary-secret" }, noticeOf());
  const [delivery] = await deliveriesOf(notifier, 1);
  strictEqual(delivery?.outcome, "Refused with code 310000: sign not match: ••• of /robot?key=•••");
  deepStrictEqual([delivery.isDelivered, delivery.nextTryAtMs, waits], [false, null, []]);
});

Deno.test("Notifier tries again with longer waits until it is delivered, signed anew", async () => {
  await using sink = openHttpSink((index) =>
    new Response("busy", { status: index < 3 ? 503 : 200 })
  );
  const { notifier, waits } = openNotifier();
  await using _ended = notifier;
  notifier.send(webhookAt(sink), noticeOf());
  const deliveries = await deliveriesOf(notifier, 4);
  deepStrictEqual(waits, [1_500, 6_000, 24_000]);
  deepStrictEqual(deliveries.map((one) => [one.try, one.outcome, one.isDelivered]), [
    [4, "HTTP 200", true],
    [3, "HTTP 503: busy", false],
    [2, "HTTP 503: busy", false],
    [1, "HTTP 503: busy", false],
  ]);
  deepStrictEqual(
    deliveries.slice(1).map(({ atMs, nextTryAtMs }) =>
      nextTryAtMs === null ? 0 : nextTryAtMs - atMs
    ),
    waits.toReversed(),
  );
  const headersOf = (name: string) =>
    new Set(sink.received.map(({ headers }) => headers.get(name)));
  deepStrictEqual([headersOf("webhook-id").size, headersOf("webhook-signature").size], [1, 4]);
});

Deno.test("Notifier gives up after TRIES_MAX tries, and goes on with the next notice", async () => {
  const answer = (index: number) => new Response(null, { status: index < TRIES_MAX ? 500 : 200 });
  await using sink = openHttpSink(answer);
  const { notifier, waits } = openNotifier();
  await using _ended = notifier;
  notifier.send(slackAt(sink), noticeOf({ id: "first" }));
  notifier.send(slackAt(sink), noticeOf({ id: "second" }));
  const deliveries = await deliveriesOf(notifier, TRIES_MAX + 1);
  strictEqual(waits.length, TRIES_MAX - 1);
  deepStrictEqual(deliveries.slice(0, 2).map((one) => [one.noticeId, one.try, one.nextTryAtMs]), [
    ["second", 1, null],
    ["first", TRIES_MAX, null],
  ]);
});

Deno.test("Notifier waits as long as it is asked to, within its own limit", async () => {
  const seconds = ["40", "86400", "Fri, 02 Jan 2026 00:00:00 GMT"];
  await using sink = openHttpSink((index) => {
    const asked = seconds[index];
    return asked === undefined
      ? new Response()
      : new Response(null, { status: 429, headers: { "retry-after": asked } });
  });
  const { notifier, waits } = openNotifier();
  await using _ended = notifier;
  notifier.send(slackAt(sink), noticeOf());
  await deliveriesOf(notifier, 4);
  deepStrictEqual(waits, [40_000, 300_000, 24_000]);
});

Deno.test("Notifier gives up at once what is refused for good, and follows no redirect", async () => {
  await using elsewhere = openHttpSink();
  await using sink = openHttpSink((index) =>
    index === 0
      ? new Response("no_service", { status: 404 })
      : new Response(null, { status: 307, headers: { location: `${elsewhere.origin}/` } })
  );
  const { notifier, waits } = openNotifier();
  await using _ended = notifier;
  notifier.send(slackAt(sink), noticeOf());
  notifier.send(slackAt(sink), noticeOf());
  deepStrictEqual((await deliveriesOf(notifier, 2)).map(({ outcome }) => outcome), [
    "HTTP 307: redirects are not followed",
    "HTTP 404: no_service",
  ]);
  deepStrictEqual([waits, elsewhere.received.length], [[], 0]);
});

Deno.test("Notifier delivers one notice at a time a channel, in order; no channel waits for another", async () => {
  const held = Promise.withResolvers<void>();
  await using slow = openHttpSink(async () => {
    await held.promise;
    return new Response();
  });
  await using quick = openHttpSink();
  const { notifier } = openNotifier();
  await using _ended = notifier;
  const ids = ["a", "b", "c"];
  for (const id of ids) notifier.send({ ...webhookAt(slow), name: "slow" }, noticeOf({ id }));
  notifier.send(slackAt(quick), noticeOf());
  await deliveriesOf(notifier, 1);
  await until("the first is there", () => slow.received.length > 0);
  strictEqual(slow.received.length, 1);
  held.resolve();
  await deliveriesOf(notifier, 4);
  deepStrictEqual(slow.received.map(({ body }) => JSON.parse(body).data.id), ids);
});

Deno.test("Notifier drops and counts the oldest that wait when a line is full", async () => {
  const held = Promise.withResolvers<void>();
  await using sink = openHttpSink(async () => {
    await held.promise;
    return new Response();
  });
  const { notifier } = openNotifier();
  await using _ended = notifier;
  const count = NOTICES_MAX + 3;
  for (let id = 0; id < count; id++) notifier.send(webhookAt(sink), noticeOf({ id: String(id) }));
  strictEqual(notifier.dropped, 3);
  held.resolve();
  await deliveriesOf(notifier, NOTICES_MAX);
  const ids = sink.received.map(({ body }) => Number(JSON.parse(body).data.id));
  deepStrictEqual(ids.slice(0, 2), [0, 4]); // the first was under way
  deepStrictEqual([ids.length, ids.at(-1)], [NOTICES_MAX, count - 1]);
});

Deno.test("Notifier remembers the newest DELIVERIES_KEPT_MAX deliveries", async () => {
  await using sink = openHttpSink(() => new Response(null, { status: 404 }));
  const { notifier } = openNotifier();
  await using _ended = notifier;
  const last = String(DELIVERIES_KEPT_MAX + 1);
  for (const channel of ["a", "b", "c"].map((name) => slackAt(sink, name))) {
    for (let id = 0; id < DELIVERIES_KEPT_MAX / 3; id++) notifier.send(channel, noticeOf());
  }
  await until("all are sent", () => sink.received.length >= DELIVERIES_KEPT_MAX);
  notifier.send(slackAt(sink, "d"), noticeOf({ id: last }));
  await until("the last", () => notifier.deliveries().some(({ noticeId }) => noticeId === last));
  strictEqual(notifier.deliveries().length, DELIVERIES_KEPT_MAX);
});

Deno.test("Notifier remembers what its earlier lives delivered, and tells of each try", async () => {
  await using sink = openHttpSink(() => new Response(null, { status: 404 }));
  const told: Delivery[] = [];
  const first = openNotifier({ onDelivery: (delivery) => void told.push(delivery) });
  first.notifier.send(slackAt(sink), noticeOf());
  const deliveries = await deliveriesOf(first.notifier, 1);
  await first.notifier[Symbol.asyncDispose]();
  deepStrictEqual(told, deliveries);
  const earlier = told.map((one) => ({ ...one, nextTryAtMs: 1_790_000_000_000 }));
  const { notifier } = openNotifier({ earlier });
  await using _ended = notifier;
  deepStrictEqual(notifier.deliveries(), told); // none is tried again
});

Deno.test("Notifier leaves who never answers, and reads no more than 64 KB of an answer", async () => {
  const never = Promise.withResolvers<Response>();
  let sentBytes = 0;
  const endless = () =>
    new ReadableStream<Uint8Array>({
      pull(controller) {
        sentBytes += 16_384;
        controller.enqueue(new Uint8Array(16_384).fill(97));
      },
    });
  await using hanging = openHttpSink(() => never.promise);
  await using flooding = openHttpSink(() => new Response(endless(), { status: 404 }));
  const { notifier } = openNotifier({ timeoutMs: 500 });
  await using _ended = notifier;
  const late = await notifier.test(slackAt(hanging));
  deepStrictEqual([late.isDelivered, late.outcome], [false, "No answer within 500 ms"]);
  never.resolve(new Response());

  const flooded = openNotifier();
  await using _floodedEnded = flooded.notifier;
  const flood = await flooded.notifier.test(slackAt(flooding));
  strictEqual(flood.outcome, `HTTP 404: ${"a".repeat(290)}`);
  ok(sentBytes < 50_000_000, `${sentBytes} bytes were asked for`); // what the sockets hold
});

Deno.test("Notifier leaves an answer that comes a byte at a time", async () => {
  const dripping = () => {
    let timer: ReturnType<typeof setInterval>;
    return new ReadableStream<Uint8Array>({
      start(controller) {
        timer = setInterval(() => controller.enqueue(new Uint8Array([97])), 20);
      },
      cancel: () => clearInterval(timer),
    });
  };
  await using sink = openHttpSink(() => new Response(dripping()));
  const { notifier } = openNotifier({ timeoutMs: 500 });
  await using _ended = notifier;
  strictEqual((await notifier.test(slackAt(sink))).outcome, "No answer within 500 ms");
});

Deno.test("Notifier.test() sends a test message once, and tells how it went", async () => {
  await using sink = openHttpSink(() => new Response(null, { status: 500 }));
  const { notifier, waits } = openNotifier();
  await using _ended = notifier;
  const delivery = await notifier.test(webhookAt(sink));
  deepStrictEqual([delivery.outcome, delivery.nextTryAtMs, waits], ["HTTP 500", null, []]);
  deepStrictEqual(notifier.deliveries(), [delivery]);
  strictEqual(JSON.parse(sink.received[0]?.body ?? "").type, "alert.test");
});

Deno.test("Notifier refuses private targets when it sends, also those behind a name", async () => {
  await using sink = openHttpSink();
  const resolve = () => Promise.resolve(["127.0.0.1"]);
  const { notifier, waits } = openNotifier({ allowPrivate: false, resolve });
  await using _ended = notifier;
  const url = `http://inside.example:${sink.port}/x`;
  const delivery = await notifier.test({ kind: "slack", name: "slack", url });
  strictEqual(
    delivery.outcome,
    "Cannot send to inside.example (127.0.0.1): it is a private address, " +
      "and alerts.allow_private_targets is off",
  );
  notifier.send(slackAt(sink), noticeOf());
  await deliveriesOf(notifier, 2);
  deepStrictEqual([waits, sink.received.length], [[], 0]);
});

Deno.test("Notifier connects to the address that was checked, and looks a name up once", async () => {
  await using sink = openHttpSink();
  const hosts: string[] = [];
  const resolve = (host: string) => {
    hosts.push(host);
    return Promise.resolve(hosts.length === 1 ? ["127.0.0.1"] : ["192.0.2.1"]);
  };
  const { notifier } = openNotifier({ resolve });
  await using _ended = notifier;
  const url = `http://rebinding.example:${sink.port}/x`;
  strictEqual((await notifier.test({ kind: "slack", name: "slack", url })).outcome, "HTTP 200");
  deepStrictEqual(hosts, ["rebinding.example"]);
  strictEqual(sink.received[0]?.headers.get("host"), `rebinding.example:${sink.port}`);
});

Deno.test("Notifier tells of a refused connection without the channel's secrets", async () => {
  const gone = openHttpSink();
  await gone[Symbol.asyncDispose]();
  const { notifier } = openNotifier();
  await using _ended = notifier;
  const outcomes = [
    (await notifier.test(webhookAt(gone))).outcome,
    (await notifier.test(slackAt(gone))).outcome,
  ];
  ok(outcomes.every((outcome) => /refused/i.test(outcome)), outcomes.join("\n"));
  strictEqual(/canary|whsec|MfKQ/.test(outcomes.join()), false);
});

Deno.test("Notifier ends what is under way when it is closed, and sends nothing more", async () => {
  await using sink = openHttpSink(() => Promise.withResolvers<Response>().promise);
  const { notifier } = openNotifier();
  notifier.send(webhookAt(sink), noticeOf());
  notifier.send(webhookAt(sink), noticeOf());
  await until("the first is under way", () => sink.received.length > 0);
  await notifier[Symbol.asyncDispose]();
  notifier.send(webhookAt(sink), noticeOf());
  await notifier[Symbol.asyncDispose]();
  deepStrictEqual(notifier.deliveries().map(({ outcome }) => outcome), ["The server is ending"]);
  strictEqual(sink.received.length, 1);
});

Deno.test("Notifier ends a wait for the next try when it is closed", async () => {
  await using sink = openHttpSink(() => new Response(null, { status: 503 }));
  const notifier = new Notifier({ allowPrivate: true }); // with waits of its own
  notifier.send(slackAt(sink), noticeOf());
  const [delivery] = await deliveriesOf(notifier, 1);
  ok(delivery?.nextTryAtMs);
  await notifier[Symbol.asyncDispose]();
  deepStrictEqual([notifier.deliveries().length, sink.received.length], [1, 1]);
});

Deno.test("Notifier sends e-mail, in which user text makes no header and no recipient", async () => {
  await using sink = openSmtpSink();
  const { notifier } = openNotifier();
  await using _ended = notifier;
  const rule = "x\r\nBcc: evil@example.com\r\n\r\nbody";
  notifier.send(emailAt(sink.port), noticeOf({ rule, text: `中文\r\n.\r\nMAIL FROM:<x>` }));
  const [delivery] = await deliveriesOf(notifier, 1);
  deepStrictEqual([delivery?.isDelivered, delivery?.outcome], [true, "250 taken"]);
  const [mail] = sink.mails;
  ok(mail);
  deepStrictEqual([mail.from, mail.to], ["<lido@example.com>", [
    "<ops@example.com>",
    "<dev@example.com>",
  ]]);
  const [head = "", body = ""] = mail.data.split("\r\n\r\n");
  strictEqual(/^bcc:/im.test(head), false);
  ok(/^From: "?Lido"? <lido@example.com>\r$/m.test(head), head);
  ok(/^To: ops@example.com, dev@example.com\r$/m.test(head), head);
  ok(/^Subject: Lido Firing: x Bcc: evil@example.com body\r$/m.test(head), head);
  ok(/^Auto-Submitted: auto-generated\r$/m.test(head), head);
  ok(body !== "");
  deepStrictEqual(sink.commands.filter((line) => /^MAIL/.test(line)).length, 1);
});

Deno.test("Notifier logs in to the mail server, and never tells its password", async () => {
  await using sink = openSmtpSink({
    extensions: ["AUTH PLAIN LOGIN"],
    answers: { AUTH: `535 no: canary-password ${btoa("\0canary-user\0canary-password")}` },
  });
  const { notifier, waits } = openNotifier();
  await using _ended = notifier;
  const login = { user: "canary-user", password: "canary-password" };
  notifier.send({ ...emailAt(sink.port), ...login }, noticeOf());
  const [delivery] = await deliveriesOf(notifier, 1);
  strictEqual(delivery?.outcome, "Invalid login: 535 no: ••• •••");
  deepStrictEqual([waits, sink.mails], [[], []]);
  ok(sink.commands.includes(`AUTH PLAIN ${btoa("\0canary-user\0canary-password")}`));
});

Deno.test("Notifier tries a mail again that is refused for now, and not what is for good", async () => {
  await using greylisting = openSmtpSink({ answers: { RCPT: "451 later" } });
  await using refusing = openSmtpSink({ answers: { RCPT: "550 nobody here" } });
  const later = openNotifier();
  await using _laterEnded = later.notifier;
  later.notifier.send(emailAt(greylisting.port), noticeOf());
  await deliveriesOf(later.notifier, TRIES_MAX);
  const never = openNotifier();
  await using _neverEnded = never.notifier;
  never.notifier.send(emailAt(refusing.port), noticeOf());
  await deliveriesOf(never.notifier, 1);
  deepStrictEqual([later.waits.length, never.waits.length], [TRIES_MAX - 1, 0]);
});

Deno.test("Notifier sends no password and no mail to a server that offers no TLS it was told to use", async () => {
  await using sink = openSmtpSink({ extensions: ["AUTH PLAIN"] });
  const { notifier } = openNotifier();
  await using _ended = notifier;
  const login = { user: "u", password: "canary-password", security: "starttls" } as const;
  const delivery = await notifier.test({ ...emailAt(sink.port), ...login });
  strictEqual(delivery.isDelivered, false);
  deepStrictEqual(sink.commands.filter((line) => /^(AUTH|MAIL)/.test(line)), []);
});

Deno.test("Notifier leaves a mail server that says nothing, and one that never ends a line", async () => {
  await using silent = openSmtpSink({ answers: { EHLO: "250-more" } });
  await using flooding = openSmtpSink({ answers: { GREETING: `220-${"x".repeat(200_000)}` } });
  const { notifier } = openNotifier({ timeoutMs: 500 });
  await using _ended = notifier;
  strictEqual((await notifier.test(emailAt(silent.port))).outcome, "No answer within 500 ms");
  const patient = openNotifier();
  await using _patientEnded = patient.notifier;
  const flood = await patient.notifier.test(emailAt(flooding.port));
  strictEqual(flood.isDelivered, false);
  ok(flood.outcome.length <= 300, flood.outcome);
});

function emailAt(port: number): Extract<AlertChannel, { kind: "email" }> {
  return {
    kind: "email",
    name: "mail",
    host: "127.0.0.1",
    port,
    security: "none",
    from: "lido@example.com",
    to: ["ops@example.com", "dev@example.com"],
  };
}
