/** The life of `top` at a terminal: looks, keys and changes of size, one after the other. */
import type { Clock } from "../../core/model/clock.ts";
import { messageOf } from "../../core/model/errors.ts";
import { ClientError, type LidoClient } from "../client/mod.ts";
import type { Terminal } from "../world.ts";
import { drawFrame } from "./frame.ts";
import { keysOf } from "./keys.ts";
import { type Action, press } from "./press.ts";
import { Screen } from "./screen.ts";
import { act, takeLook } from "./server.ts";
import { settle, type TopState, withLook, withTrouble } from "./state.ts";

/** A clock that can be slept by. */
export interface TopClock extends Clock {
  /** Resolves after so long, or when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** What it is made of. */
export interface TopOptions {
  readonly client: LidoClient;
  readonly terminal: Terminal;
  readonly clock: TopClock;
  readonly intervalMs: number;
  readonly hasColours: boolean;
  /** Aborts when the process is asked to end. */
  readonly stop: AbortSignal;
}

/** See the head of this file. */
export class TopLoop {
  readonly #options: TopOptions;
  readonly #screen: Screen;
  readonly #end = Promise.withResolvers<void>();
  /** Ends all waits. */
  readonly #over = new AbortController();
  /** Ends the wait for the next look. */
  #wake = new AbortController();
  #acting: Promise<void> = Promise.resolve();
  /** Actions that have ended. */
  #acted = 0;
  #state: TopState;

  /** Shows `first` until the next look. */
  constructor(first: TopState, options: TopOptions) {
    this.#options = options;
    this.#screen = new Screen(options.terminal);
    this.#state = first;
  }

  /** Goes on until somebody quits; throws what nobody foresaw. */
  async run(): Promise<void> {
    const { terminal, stop } = this.#options;
    const end = () => this.#end.resolve();
    stop.addEventListener("abort", end);
    if (stop.aborted) end();
    terminal.onResize(() => {
      this.#screen.forget();
      this.#show(this.#state);
    });
    try {
      this.#show(this.#state);
      await Promise.race([this.#end.promise, this.#look(), this.#read()]);
    } finally {
      stop.removeEventListener("abort", end);
      this.#over.abort();
    }
  }

  async #look(): Promise<void> {
    const { client, clock, intervalMs } = this.#options;
    const over = this.#over.signal;
    while (!over.aborted) {
      await clock.sleep(intervalMs, AbortSignal.any([over, this.#wake.signal]));
      if (over.aborted) return;
      this.#wake = new AbortController();
      const acted = this.#acted;
      const told = await foreseen(takeLook(client, clock));
      if (over.aborted) return;
      if (acted !== this.#acted) continue; // it may have been taken before the action
      this.#show(
        told instanceof Error
          ? withTrouble(this.#state, messageOf(told), clock.nowMs())
          : withLook(this.#state, told),
      );
    }
  }

  async #read(): Promise<void> {
    for await (const typed of this.#options.terminal.typed) {
      for (const key of keysOf(typed)) {
        const { state, action, isEnd } = press(this.#state, key, this.#options.terminal.size());
        if (isEnd) return;
        this.#show(state);
        if (action !== undefined) this.#begin(action);
      }
    }
  }

  /** One action after the other: a second step of a size goes on from the first. */
  #begin(action: Action): void {
    this.#acting = this.#acting.then(async () => {
      const change = await foreseen(act(this.#options.client, action, () => this.#state));
      if (this.#over.signal.aborted) return;
      this.#acted += 1;
      this.#show(
        change instanceof Error ? { ...this.#state, note: messageOf(change) } : change(this.#state),
      );
      this.#wake.abort();
    });
    this.#acting.catch(this.#end.reject);
  }

  #show(state: TopState): void {
    const { terminal, hasColours } = this.#options;
    const size = terminal.size();
    this.#state = settle(state, size);
    this.#screen.show(drawFrame(this.#state, size, hasColours));
  }
}

/** Gives an error that a server, or its absence, may well cause; any other is thrown. */
async function foreseen<T>(promise: Promise<T>): Promise<T | ClientError> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof ClientError) return error;
    throw error;
  }
}
