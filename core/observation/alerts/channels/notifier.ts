/**
 * Tells channels of alerts. Each channel has a line of its own: one delivery at a time, in the order
 * of the notices, so that nobody reads "recovered" before "firing". What fails is tried again, later
 * each time; meanwhile the line waits, and if it grows too long, its oldest notice is dropped and
 * counted. Nothing here waits for a channel but its own line: `send()` returns at once.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { v7 as uuidv7 } from "uuid";
import type { AlertChannel } from "../../../model/alert_channel.ts";
import type { Delivery } from "../../../model/alert_delivery.ts";
import { DELIVERIES_KEPT_MAX } from "../../../model/limits.ts";
import type { AlertNotice } from "../../../model/alert_notice.ts";
import { type Clock, systemClock } from "../../../model/clock.ts";
import { messageOf } from "../../../model/errors.ts";
import { deliver } from "./deliver.ts";
import { DeliveryError } from "./delivery_error.ts";
import { sayWithoutSecrets } from "./secrets.ts";
import type { TargetRules } from "./target.ts";

/** Notices that wait in one channel's line. */
export const NOTICES_MAX = 100;
/** Tries to deliver one notice: with the waits below over about 20 minutes. */
export const TRIES_MAX = 8;

const TIMEOUT_MS = 10_000;
const FIRST_WAIT_MS = 2_000;
const WAIT_FACTOR = 4;
const WAIT_MS_MAX = 300_000;

/** What a notifier works with. */
export interface NotifierOptions extends TargetRules {
  /** A channel as it is now, undefined once it is gone; as it was when its notice came, if left out. */
  readonly find?: (sent: AlertChannel) => AlertChannel | undefined;
  /** What was delivered, or not, in earlier lives of the server, oldest first. */
  readonly earlier?: readonly Delivery[];
  /** Told of each try. */
  readonly onDelivery?: (delivery: Delivery) => void;
  readonly clock?: Clock;
  /** From 0 to 1. */
  readonly random?: () => number;
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** How long one try may take. */
  readonly timeoutMs?: number;
}

interface Waiting {
  readonly channel: AlertChannel;
  readonly notice: AlertNotice;
}

interface Tries {
  readonly number: number;
  readonly max: number;
}

/** What a try came to: without an error it was delivered. */
interface Told {
  readonly answer: string;
  readonly error?: DeliveryError;
}

/** See the head of this file. */
export class Notifier implements AsyncDisposable {
  readonly #rules: TargetRules;
  readonly #find: (sent: AlertChannel) => AlertChannel | undefined;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #wait: (ms: number, signal: AbortSignal) => Promise<unknown>;
  readonly #timeoutMs: number;
  readonly #closing = new AbortController();
  /** By the channel's name; each has the notice that is being delivered first. */
  readonly #lines = new Map<string, Waiting[]>();
  /** What runs, to be waited for at the end. */
  readonly #running = new Set<Promise<unknown>>();
  readonly #deliveries: Delivery[];
  readonly #onDelivery: (delivery: Delivery) => void;
  #dropped = 0;

  constructor(options: NotifierOptions) {
    this.#rules = options;
    this.#find = options.find ?? ((sent) => sent);
    // What was to be tried again is not: its notice went with the life that it was told in.
    this.#deliveries = (options.earlier ?? []).map((one) => ({ ...one, nextTryAtMs: null }));
    this.#onDelivery = options.onDelivery ?? (() => {});
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
    this.#wait = options.wait ?? ((ms, signal) => sleep(ms, undefined, { signal, ref: false }));
    this.#timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  }

  /** Notices that were dropped because their lines were full. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Puts a notice in its channel's line. */
  send(channel: AlertChannel, notice: AlertNotice): void {
    if (this.#closing.signal.aborted) return;
    const line = this.#lines.get(channel.name);
    if (line === undefined) {
      const opened = [{ channel, notice }];
      this.#lines.set(channel.name, opened);
      this.#keep(this.#deliverAll(channel.name, opened));
      return;
    }
    line.push({ channel, notice });
    if (line.length <= NOTICES_MAX) return;
    line.splice(1, 1); // the first is being delivered
    this.#dropped++;
  }

  /** Sends a test message, beside the line and once; tells how it went. */
  test(channel: AlertChannel): Promise<Delivery> {
    const nowMs = this.#clock.nowMs();
    return this.#keep(this.#try(channel, testNotice(nowMs), { number: 1, max: 1 }));
  }

  /** The newest deliveries, newest first. */
  deliveries(): readonly Delivery[] {
    return this.#deliveries.toReversed();
  }

  /** Ends what is being delivered; what waits is not sent any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new DeliveryError("The server is ending", { isFinal: true }));
    await Promise.allSettled(this.#running);
  }

  #keep<Value>(work: Promise<Value>): Promise<Value> {
    const done = () => void this.#running.delete(work);
    this.#running.add(work);
    work.then(done, done);
    return work;
  }

  async #deliverAll(name: string, line: Waiting[]): Promise<void> {
    for (let first = line[0]; first !== undefined; first = line[0]) {
      await this.#deliver(first);
      line.shift();
      if (this.#closing.signal.aborted) break;
    }
    this.#lines.delete(name);
  }

  /** Each try goes to the channel as it is then: somebody may have mended it, or let it go. */
  async #deliver({ channel: sent, notice }: Waiting): Promise<void> {
    for (let number = 1; number <= TRIES_MAX; number++) {
      const channel = this.#find(sent);
      if (channel === undefined) return;
      const tries = { number, max: TRIES_MAX };
      const { atMs, nextTryAtMs } = await this.#try(channel, notice, tries);
      if (nextTryAtMs === null) return;
      // It rejects when the notifier is closed: then there is no further try.
      await this.#wait(nextTryAtMs - atMs, this.#closing.signal).catch(() => {});
      if (this.#closing.signal.aborted) return;
    }
  }

  /** Tries once, and notes what became of it; never throws. */
  async #try(channel: AlertChannel, notice: AlertNotice, tries: Tries): Promise<Delivery> {
    const told = await this.#tell(channel, notice);
    const waitMs = told.error === undefined ? null : this.#waitMs(told.error, tries);
    const atMs = this.#clock.nowMs();
    const delivery: Delivery = {
      atMs,
      channel: channel.name,
      noticeId: notice.id,
      state: notice.state,
      try: tries.number,
      isDelivered: told.error === undefined,
      outcome: sayWithoutSecrets(told.error?.message ?? told.answer, channel),
      nextTryAtMs: waitMs === null ? null : atMs + waitMs,
    };
    this.#deliveries.push(delivery);
    if (this.#deliveries.length > DELIVERIES_KEPT_MAX) this.#deliveries.shift();
    this.#onDelivery(delivery);
    return delivery;
  }

  /** In time, or not at all: what hangs is left behind. */
  async #tell(channel: AlertChannel, notice: AlertNotice): Promise<Told> {
    const late = new AbortController();
    const lateError = new DeliveryError(`No answer within ${this.#timeoutMs} ms`);
    const timer = setTimeout(() => late.abort(lateError), this.#timeoutMs);
    const signal = AbortSignal.any([this.#closing.signal, late.signal]);
    const { promise: ended, reject } = Promise.withResolvers<never>();
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    const options = { rules: this.#rules, nowMs: this.#clock.nowMs(), signal };
    try {
      return { answer: await Promise.race([deliver(channel, notice, options), ended]) };
    } catch (error) {
      return { answer: "", error: deliveryError(signal.aborted ? signal.reason : error) };
    } finally {
      clearTimeout(timer);
    }
  }

  /** Null if there is no further try. Longer each time, and never the same for two servers. */
  #waitMs({ isFinal, retryAfterMs }: DeliveryError, { number, max }: Tries): number | null {
    if (isFinal || number >= max) return null;
    const backoffMs = Math.min(FIRST_WAIT_MS * WAIT_FACTOR ** (number - 1), WAIT_MS_MAX);
    const jitteredMs = Math.round(backoffMs * (0.5 + this.#random() / 2));
    return Math.min(Math.max(jitteredMs, retryAfterMs), WAIT_MS_MAX);
  }
}

/** What is no refusal is the network's: it may go better later. */
function deliveryError(thrown: unknown): DeliveryError {
  return thrown instanceof DeliveryError ? thrown : new DeliveryError(messageOf(thrown));
}

function testNotice(nowMs: number): AlertNotice {
  return {
    id: uuidv7(),
    rule: "Test",
    severity: "info",
    state: "test",
    labels: {},
    poolName: null,
    value: null,
    threshold: null,
    text: "This is a test: alerts reach this channel",
    atMs: nowMs,
    startedAtMs: nowMs,
  };
}
