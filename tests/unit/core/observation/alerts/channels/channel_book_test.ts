import { deepStrictEqual, rejects, strictEqual, throws } from "node:assert/strict";
import { ALERT_CHANNELS_MAX } from "../../../../../../core/model/alert_channel.ts";
import { ChannelBook } from "../../../../../../core/observation/alerts/channels/channel_book.ts";
import { openHttpSink } from "../../../../../helpers/http_sink.ts";
import { AlertRecord, channelBook } from "../../../../../helpers/memory_alerts.ts";
import { noticeOf } from "../../../../../helpers/notices.ts";
import { until } from "../../../../../helpers/until.ts";

const SLACK = { kind: "slack", name: "ops", url: "http://127.0.0.1:9/hook" } as const;

Deno.test("ChannelBook keeps channels by name, and has them again in its next life", async () => {
  const record = new AlertRecord();
  const book = channelBook(record);
  await book.save(SLACK);
  await book.save({ ...SLACK, name: "a second" });
  await book.save({ ...SLACK, url: "http://127.0.0.1:9/other" });
  const next = channelBook(record);
  deepStrictEqual(next.listChannels().map(({ name }) => name), ["a second", "ops"]);
  deepStrictEqual(next.getChannel("ops"), { ...SLACK, url: "http://127.0.0.1:9/other" });
  await next.remove("ops");
  throws(() => next.getChannel("ops"), { code: "alert_channel_not_found" });
  deepStrictEqual([...record.settings.channels.keys()], ["a second"]);
});

Deno.test("ChannelBook refuses what leads where nothing may be sent, and keeps nothing of it", async () => {
  const record = new AlertRecord();
  const book = new ChannelBook({ archive: record.archive, checkOpen() {}, allowPrivate: false });
  await rejects(book.save(SLACK), { code: "invalid_input" });
  await rejects(book.save({ ...SLACK, url: "ftp://example.com" }), { code: "invalid_input" });
  deepStrictEqual([book.listChannels(), record.settings.channels.size], [[], 0]);
});

Deno.test("ChannelBook takes so many channels, and replaces one when it is full", async () => {
  const book = channelBook();
  for (let at = 0; at < ALERT_CHANNELS_MAX; at++) await book.save({ ...SLACK, name: `c${at}` });
  await rejects(book.save(SLACK), { code: "alert_channel_limit_reached" });
  await book.save({ ...SLACK, name: "c0" });
  strictEqual(book.listChannels().length, ALERT_CHANNELS_MAX);
});

Deno.test("ChannelBook.tell() tells the channels of the names that a rule has, or all", async () => {
  await using sink = openHttpSink();
  await using book = channelBook();
  await book.save({ ...SLACK, name: "one", url: `${sink.origin}/one` });
  await book.save({ ...SLACK, name: "two", url: `${sink.origin}/two` });
  book.tell(noticeOf(), ["two", "gone"]);
  await until("the one was told", () => book.listDeliveries().length === 1);
  deepStrictEqual(sink.received.map(({ path }) => path), ["/two"]);
  book.tell(noticeOf(), null);
  await until("all were told", () => book.listDeliveries().length === 3);
  deepStrictEqual(sink.received.map(({ path }) => path).slice(1).sort(), ["/one", "/two"]);
});

Deno.test("ChannelBook.test() tells how a test message went", async () => {
  await using sink = openHttpSink((index) =>
    new Response("no", { status: index === 0 ? 200 : 404 })
  );
  await using book = channelBook();
  await book.save({ ...SLACK, url: sink.origin });
  const { isDelivered, state } = await book.test("ops");
  deepStrictEqual([isDelivered, state], [true, "test"]);
  strictEqual((await book.test("ops")).isDelivered, false);
});

Deno.test("ChannelBook tells a channel as it is by then, and one that is gone no more", async () => {
  await using wrong = openHttpSink(() => new Response(null, { status: 503 }));
  await using right = openHttpSink(() => new Response(null, { status: 503 }));
  const waiting: (() => void)[] = [];
  const record = new AlertRecord();
  await using book = new ChannelBook({
    archive: record.archive,
    checkOpen() {},
    allowPrivate: true,
    wait: () => new Promise<void>((resolve) => waiting.push(resolve)),
  });
  await book.save({ ...SLACK, url: wrong.origin });
  book.tell(noticeOf(), null);
  await until("it waits for the second try", () => waiting.length === 1);
  await book.save({ ...SLACK, url: right.origin });
  waiting[0]?.();
  await until("it waits for the third try", () => waiting.length === 2);
  await book.remove("ops");
  waiting[1]?.();
  await book.save({ ...SLACK, name: "another", url: right.origin });
  book.tell(noticeOf(), null);
  await until("the other was told", () => waiting.length === 3);
  deepStrictEqual([wrong.received.length, right.received.length], [1, 2]);
  waiting[2]?.();
});

Deno.test("ChannelBook takes no more channels than it may when they come at once", async () => {
  const book = channelBook();
  const saves = Array.from(
    { length: ALERT_CHANNELS_MAX + 1 },
    (_, at) => book.save({ ...SLACK, name: `c${at}` }),
  );
  const results = await Promise.allSettled(saves);
  strictEqual(results.filter(({ status }) => status === "rejected").length, 1);
  strictEqual(book.listChannels().length, ALERT_CHANNELS_MAX);
});
