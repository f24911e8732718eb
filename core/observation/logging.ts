/**
 * Logs are JSON lines, one an event, to standard error or to a file that rotates. A message is a
 * constant sentence; what differs from one time to the next goes beside it as properties, never
 * into it: then text from users cannot look like a message, and a search finds all of a kind.
 */
import { getRotatingFileSink } from "@logtape/file";
import {
  configure,
  getJsonLinesFormatter,
  getLogger as getLogTapeLogger,
  type Logger,
  reset,
  type Sink,
} from "@logtape/logtape";
import type { Config } from "../config.ts";
import { LidoError, messageOf } from "../model/errors.ts";

export type { Logger };

/** The settings that logging looks at. */
export type LoggingConfig = Pick<Config, "logLevel" | "logFile" | "log">;

const formatter = getJsonLinesFormatter();

/**
 * Begins to log; until then, and after the end of what this returns, lines go nowhere. There is
 * one setting for the whole process: a second call replaces the first.
 * @throws {LidoError} `invalid_input` if the log file cannot be opened.
 */
export async function setUpLogging(
  config: LoggingConfig,
  writeError: (text: string) => void,
): Promise<AsyncDisposable> {
  const standardError: Sink = (record) => writeError(formatter(record));
  const lido = config.logFile === null ? standardError : openFile(config.logFile, config.log);
  await configure({
    reset: true,
    sinks: { lido, standardError },
    loggers: [
      { category: ["lido"], lowestLevel: config.logLevel, sinks: ["lido"] },
      // A log file that cannot be written cannot tell of it itself.
      { category: ["logtape", "meta"], lowestLevel: "warning", sinks: ["standardError"] },
    ],
  });
  return { [Symbol.asyncDispose]: reset };
}

/** The logger of a room of Lido: `getLogger("execution")`. It can be made before the set-up. */
export function getLogger(room: string): Logger {
  return getLogTapeLogger(["lido", room]);
}

function openFile(path: string, { maxSize, backupCount }: Config["log"]): Sink {
  try {
    // Unbuffered: the lines that were written last before a crash are those that are looked for.
    return getRotatingFileSink(path, { formatter, maxSize, maxFiles: backupCount, bufferSize: 0 });
  } catch (error) {
    const reason = messageOf(error);
    throw new LidoError("invalid_input", `Cannot open log file ${path}: ${reason}`, {}, {
      cause: error,
    });
  }
}
