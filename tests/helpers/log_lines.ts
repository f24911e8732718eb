import { Config } from "../../core/config.ts";
import { Logging } from "../../core/observation/logging.ts";

/** One line of the log, as a program reads it. */
export interface ReadLine {
  readonly level: string;
  readonly message: string;
  // deno-lint-ignore no-explicit-any -- what the lines have is what the tests are about
  readonly properties: Readonly<Record<string, any>>;
}

/** A log that is kept in memory, to the end of the test. */
export interface KeptLog extends AsyncDisposable {
  readonly logging: Logging;
  /** As they were written. */
  readonly lines: readonly string[];
  read(): readonly ReadLine[];
}

/** Begins to log. There is one log for the whole process. */
export function keepLog(config: Readonly<Record<string, unknown>> = {}): KeptLog {
  const lines: string[] = [];
  const logging = new Logging(Config.parse(config), (text) => lines.push(text) > 0);
  return {
    logging,
    lines,
    read: () => lines.map((line) => JSON.parse(line)),
    [Symbol.asyncDispose]: () => logging[Symbol.asyncDispose](),
  };
}
