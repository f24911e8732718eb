/** Names that somebody gives to what is then found by them: views, rules, channels. */
import { z } from "zod";

/** One line, without spaces at its ends; no address can have `.` or `..` as its last part. */
export const GivenName = z.string().normalize("NFC").trim().min(1).max(60)
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, { error: "Invalid: must be one line of text" })
  .refine((name) => !/^\.{1,2}$/.test(name), { error: "Invalid: dots alone are no name" });

/** A name in the form in which it was saved. */
export function asSaved(name: string): string {
  return name.normalize("NFC").trim();
}
