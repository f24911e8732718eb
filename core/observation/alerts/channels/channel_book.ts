/**
 * The channels of a server: kept by name, tried out, and told of alerts. What a channel needs to be
 * kept secret is used here and in what it sends, and is given to nobody again.
 */
import type { AlertArchive } from "../../../engine/archives.ts";
import { ALERT_CHANNELS_MAX, AlertChannel } from "../../../model/alert_channel.ts";
import type { AlertNotice } from "../../../model/alert_notice.ts";
import type { Delivery } from "../../../model/alert_delivery.ts";
import { LidoError } from "../../../model/errors.ts";
import { parseInput } from "../../../model/faults.ts";
import { asSaved } from "../../../model/given_name.ts";
import { Turns } from "../../../model/turns.ts";
import { Notifier, type NotifierOptions } from "./notifier.ts";
import { checkTarget } from "./target.ts";

/** What channels are made with. */
export interface ChannelBookOptions
  extends Omit<NotifierOptions, "find" | "earlier" | "onDelivery"> {
  readonly archive: Pick<AlertArchive, "settings" | "saveSetting" | "deliveries" | "saveDelivery">;
  /** @throws {LidoError} `server_closing` once nothing is taken any more. */
  readonly checkOpen: (verb: string) => void;
  /** Told of what is on record and no channel any longer. */
  readonly onError?: (error: unknown) => void;
}

/** See the head of this file. */
export class ChannelBook implements AsyncDisposable {
  readonly #options: ChannelBookOptions;
  readonly #notifier: Notifier;
  readonly #channels = new Map<string, AlertChannel>();
  readonly #changes = new Turns();

  constructor(options: ChannelBookOptions) {
    this.#options = options;
    this.#notifier = new Notifier({
      ...options,
      find: ({ name }) => this.#channels.get(name),
      earlier: options.archive.deliveries,
      onDelivery: (delivery) => options.archive.saveDelivery(delivery),
    });
    for (const [name, value] of options.archive.settings("channels")) {
      const { data, error } = AlertChannel.safeParse(value);
      if (data === undefined) options.onError?.(error);
      else this.#channels.set(name, data);
    }
  }

  /** All of them, by name. */
  listChannels(): readonly AlertChannel[] {
    return [...this.#channels.values()].sort((one, other) => one.name < other.name ? -1 : 1);
  }

  /** Whether there is a channel of this name. */
  has(name: string): boolean {
    return this.#channels.has(name);
  }

  /** @throws {LidoError} `alert_channel_not_found`. */
  getChannel(name: string): AlertChannel {
    const channel = this.#channels.get(asSaved(name));
    if (channel !== undefined) return channel;
    throw new LidoError(
      "alert_channel_not_found",
      `Cannot find alert channel: none is called ${name}`,
    );
  }

  /**
   * Keeps a channel, in the place of one of its name.
   * @throws {LidoError} `invalid_input`, `alert_channel_limit_reached`, `journal_unavailable`,
   * `server_closing`.
   */
  async save(input: AlertChannel): Promise<AlertChannel> {
    return await this.#changes.take(() => this.#save(input));
  }

  async #save(input: AlertChannel): Promise<AlertChannel> {
    this.#options.checkOpen("save alert channel");
    const channel = parseInput(AlertChannel, input, "save alert channel");
    if (!this.#channels.has(channel.name) && this.#channels.size >= ALERT_CHANNELS_MAX) {
      throw new LidoError(
        "alert_channel_limit_reached",
        `Cannot save alert channel: there are ${ALERT_CHANNELS_MAX} already`,
      );
    }
    await checkTarget(channel, this.#options);
    await this.#options.archive.saveSetting("channels", channel.name, channel);
    this.#channels.set(channel.name, channel);
    return channel;
  }

  /**
   * Lets a channel go.
   * @throws {LidoError} `alert_channel_not_found`, `journal_unavailable`, `server_closing`.
   */
  async remove(name: string): Promise<void> {
    await this.#changes.take(async () => {
      this.#options.checkOpen("remove alert channel");
      const channel = this.getChannel(name);
      await this.#options.archive.saveSetting("channels", channel.name, null);
      this.#channels.delete(channel.name);
    });
  }

  /** Sends a test message, and tells how it went. @throws {LidoError} `alert_channel_not_found`. */
  test(name: string): Promise<Delivery> {
    this.#options.checkOpen("test alert channel");
    return this.#notifier.test(this.getChannel(name));
  }

  /** The newest tries to deliver anything, newest first. */
  listDeliveries(): readonly Delivery[] {
    return this.#notifier.deliveries();
  }

  /** Notices that were dropped because a channel took none for too long. */
  get dropped(): number {
    return this.#notifier.dropped;
  }

  /** Tells the channels of these names, or all, of an alert; waits for none of them. */
  tell(notice: AlertNotice, names: readonly string[] | null): void {
    for (const channel of this.#channels.values()) {
      if (names === null || names.includes(channel.name)) this.#notifier.send(channel, notice);
    }
  }

  /** Ends what is being delivered. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#notifier[Symbol.asyncDispose]();
  }
}
