/** A view of the list of tasks that somebody gave a name, for all who use the server. */
import { z } from "zod";

/** Views of one server. */
export const VIEWS_MAX = 100;

/** One line, without spaces at its ends; no address can have `.` or `..` as its last part. */
export const ViewName = z.string().normalize("NFC").trim().min(1).max(60)
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, { error: "Invalid: must be one line of text" })
  .refine((name) => !/^\.{1,2}$/.test(name), { error: "Invalid: dots alone are no name" })
  .meta({ description: "What the view is called" });

/** What the view shows, as the address of the list has it. */
const ViewQuery = z.string().max(2_000)
  .meta({ description: "The list's parameters, such as q=state%3Afailed&col=wait" });

/** What is said of a view when it is saved. */
export const View = z.strictObject({ name: ViewName, query: ViewQuery });

/** See the head of this file. */
export interface SavedView {
  readonly name: string;
  /** Parameters of the list's address, without `?`. */
  readonly query: string;
  readonly savedAtMs: number;
}
