import type { Clock } from "../model/clock.ts";
import type { LogLevel, LogLevelChange, LogLevelState } from "../model/log_level.ts";

/** What a switch is made with. */
export interface LogLevelSwitchOptions {
  /** What the server was started with. */
  readonly configured: LogLevel;
  readonly clock: Clock;
  /** From now on another level holds. */
  onChange?(level: LogLevel): void;
}

/** The least level that is logged: can be set, for a while or for good. */
export class LogLevelSwitch implements Disposable {
  readonly #options: LogLevelSwitchOptions;
  #level: LogLevel;
  #untilMs: number | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: LogLevelSwitchOptions) {
    this.#options = options;
    this.#level = options.configured;
  }

  /** What holds now. */
  get state(): LogLevelState {
    return {
      level: this.#level,
      configuredLevel: this.#options.configured,
      untilMs: this.#untilMs,
    };
  }

  /** Sets the level; an earlier limit of time holds no longer. */
  set({ level, forMs }: LogLevelChange): void {
    clearTimeout(this.#timer);
    const { configured, clock, onChange } = this.#options;
    const isLimited = forMs !== null && level !== configured;
    this.#untilMs = isLimited ? Math.round(clock.nowMs() + forMs) : null;
    this.#level = level;
    onChange?.(level);
    if (!isLimited) return;
    this.#timer = setTimeout(() => this.set({ level: configured, forMs: null }), forMs);
    // It shall not keep the process.
    this.#timer.unref();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
