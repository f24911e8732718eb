/**
 * Logs are JSON lines, one an event, to standard error or to a file that rotates. A message is a
 * constant sentence; what differs from one time to the next goes beside it as properties, never
 * into it: then text from users cannot look like a message, and a search finds all of a kind.
 *
 * A line that cannot be written is lost: it is counted, and neither stops nor delays anything.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import {
  configureSync,
  getLogger as getLogTapeLogger,
  type Logger,
  type LogRecord,
  resetSync,
} from "@logtape/logtape";
import type { Config } from "../config.ts";
import { type Clock, systemClock } from "../model/clock.ts";
import { LidoError, messageOf } from "../model/errors.ts";
import { LogLevel } from "../model/log_level.ts";
import { LogFile, type TellWritten } from "./log_file.ts";
import { LogLevelSwitch } from "./log_level_switch.ts";
import { formatLine } from "./log_line.ts";

export type { Logger };

/** The settings that logging looks at. */
export type LoggingConfig = Pick<Config, "logLevel" | "logFile" | "log">;

/** How many lines became of what since the start. */
export interface LogCounts {
  readonly written: Readonly<Record<LogLevel, number>>;
  /** Nobody read standard error any more, or the disk took nothing. */
  readonly lost: number;
}

/** What a server that logs can be asked of it. */
export interface LogControl {
  /** The least level that is logged; it can be changed at any time. */
  readonly level: LogLevelSwitch;
  readonly counts: LogCounts;
}

const NONE: LogCounts["written"] = { debug: 0, info: 0, warning: 0, error: 0 };

/** Of a program that has no log of its own. */
export const NOTHING_LOGGED: LogCounts = { written: NONE, lost: 0 };

/** What every line has that is logged while a request is handled. */
const context = new AsyncLocalStorage<Record<string, unknown>>();

/** The logger of a room of Lido: `getLogger("execution")`. It can be made before logging begins. */
export function getLogger(room: string): Logger {
  return getLogTapeLogger(["lido", room]);
}

/** What tells a request from others. */
export interface RequestIds {
  readonly requestId: string;
  /** Of the trace that it is part of. */
  readonly traceId?: string;
}

/** Runs something for a request: what is logged by it, at once or later, bears the request's ids. */
export function withRequest<Result>(ids: RequestIds, run: () => Result): Result {
  return context.run({ ...ids }, run);
}

/** Runs what only happens to be noticed while a request is handled. */
export function outsideRequest(run: () => void): void {
  context.exit(run);
}

/**
 * Logs from its making to its end; before and afterwards, lines go nowhere. There is one for the
 * whole process: a second one takes the place of the first.
 */
export class Logging implements LogControl, AsyncDisposable {
  readonly level: LogLevelSwitch;
  readonly #file: LogFile | undefined;
  readonly #writeError: (text: string) => boolean;
  readonly #written: Record<LogLevel, number> = { ...NONE };
  readonly #tells: ReadonlyMap<string, TellWritten>;
  #lost = 0;
  /** Since the last line that was written. */
  #lostLately = 0;

  /**
   * `writeError` writes to standard error; it answers false when nobody reads, and may throw.
   * @throws {LidoError} `invalid_input` if the log file cannot be opened.
   */
  constructor(
    config: LoggingConfig,
    writeError: (text: string) => boolean,
    clock: Clock = systemClock,
  ) {
    this.#writeError = writeError;
    this.#file = this.#openFile(config);
    // One for each level, not one for each line.
    this.#tells = new Map(
      LogLevel.options.map((level) => [level, (isWritten) => this.#tell(level, isWritten)]),
    );
    this.level = new LogLevelSwitch({
      configured: config.logLevel,
      clock,
      onChange: (level) => this.#change(level),
    });
    this.#configure(config.logLevel);
  }

  get counts(): LogCounts {
    return { written: { ...this.#written }, lost: this.#lost };
  }

  /** Writes what waits, and ends. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.level[Symbol.dispose]();
    resetSync();
    await this.#file?.[Symbol.asyncDispose]();
  }

  #change(level: LogLevel): void {
    this.#configure(level);
    getLogger("log").info("Log level changed", { ...this.level.state });
  }

  #configure(level: LogLevel): void {
    configureSync({
      reset: true,
      contextLocalStorage: context,
      sinks: { out: (record) => this.#write(record) },
      loggers: [
        { category: ["lido"], lowestLevel: level, sinks: ["out"] },
        // What is said of the log itself is never left out.
        { category: ["lido", "log"], lowestLevel: "info", parentSinks: "override", sinks: ["out"] },
        { category: ["logtape", "meta"], lowestLevel: "warning", sinks: ["out"] },
      ],
    });
  }

  #write(record: LogRecord): void {
    const tell = this.#tells.get(record.level) ?? (() => {});
    try {
      const line = formatLine(record);
      if (this.#file === undefined) tell(this.#writeError(line));
      else this.#file.write(line, tell);
    } catch {
      tell(false); // it is counted, and nothing else can be told by a log that fails
    }
  }

  #tell(level: LogLevel, isWritten: boolean): void {
    if (!isWritten) {
      this.#lost++;
      this.#lostLately++;
      return;
    }
    this.#written[level]++;
    const lines = this.#lostLately;
    this.#lostLately = 0;
    if (lines > 0) outsideRequest(() => getLogger("log").warning("Log lines were lost", { lines }));
  }

  #openFile({ logFile: path, log }: LoggingConfig): LogFile | undefined {
    if (path === null) return undefined;
    try {
      return new LogFile({ path, ...log, onError: (error) => this.#tellFailure(path, error) });
    } catch (error) {
      const message = `Cannot open log file ${path}: ${messageOf(error)}`;
      throw new LidoError("invalid_input", message, {}, { cause: error });
    }
  }

  /** A file that cannot be written cannot tell of it itself; told once, until lines are written again. */
  #tellFailure(path: string, error: unknown): void {
    if (this.#lostLately > 0) return;
    const message = "Cannot write to the log file";
    try {
      this.#writeError(formatLine({
        category: ["lido", "log"],
        level: "error",
        message: [message],
        rawMessage: message,
        timestamp: Date.now(),
        properties: { path, error },
      }));
    } catch {
      // Nobody is left to be told.
    }
  }
}
