/** How much is logged: the least level, which can be changed while the server runs. */
import { z } from "zod";

/** From the most to the least that is logged. */
export const LogLevel = z.enum(["debug", "info", "warning", "error"]);
/** One of {@link LogLevel}. */
export type LogLevel = z.infer<typeof LogLevel>;

/** What is said to change the level. */
export const LogLevelChange = z.strictObject({
  level: LogLevel.meta({ description: "The least level that is logged from now on" }),
  forMs: z.int().min(1_000).max(7 * 86_400_000).nullable().default(null)
    .meta({ description: "After so long the configured level holds again; null: never" }),
});
/** See {@link LogLevelChange}. */
export type LogLevelChange = z.infer<typeof LogLevelChange>;

/** What is logged now, and for how long. */
export interface LogLevelState {
  readonly level: LogLevel;
  /** What the server was started with. */
  readonly configuredLevel: LogLevel;
  /** When the configured level holds again; null: it does, or will not by itself. */
  readonly untilMs: number | null;
}
