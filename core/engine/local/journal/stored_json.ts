import type { z } from "zod";
import { LidoError, messageOf } from "../../../model/errors.ts";

/**
 * Reads JSON that Lido itself wrote to the journal: when it is none now, the file was damaged.
 * @throws {LidoError} `journal_corrupt`.
 */
export function readStoredJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw damaged(error);
  }
}

/** The same, for what has a schema. @throws {LidoError} `journal_corrupt`. */
export function parseStored<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
): z.infer<Schema> {
  const { data, error } = schema.safeParse(readStoredJson(text));
  if (error !== undefined) throw damaged(error);
  return data;
}

function damaged(cause: unknown): LidoError {
  const reason = messageOf(cause);
  return new LidoError(
    "journal_corrupt",
    `Cannot read journal: it was damaged: ${reason}; \`deno task restore\` puts a backup in its place`,
    {},
    { cause },
  );
}
