/** Texts that the journal keeps in columns of their own. */
import { z } from "zod";

/** SQLite gives a text back up to its first NUL only: what is behind it would be lost. */
export const StoredText = z.string().regex(/^[^\0]*$/, { message: "Invalid: must hold no NUL" });
