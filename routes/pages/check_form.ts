/** What a form sent, checked before the manager sees it: faults are told in the sender's language. */
import { z } from "zod";
import { type Fault, LidoError } from "../../core/mod.ts";
import type { Language, LanguageCode } from "../../views/i18n/language.ts";

const LOCALES = { en: z.locales.en(), zh: z.locales.zhCN() } as const satisfies Record<
  LanguageCode,
  unknown
>;

/**
 * Checks what a form sent as the domain does, and tells faults in the language of who sent it.
 * @throws {LidoError} `invalid_input` with a fault for each field.
 */
export function checkForm<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  { code }: Language,
): z.output<Schema> {
  const parsed = schema.safeParse(value, { error: LOCALES[code].localeError });
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => ({
    path: path.map((part) => typeof part === "symbol" ? String(part) : part),
    message,
  }));
  throw new LidoError("invalid_input", "Cannot take form: some fields are wrong", { faults });
}

/** The faults that an error tells of; any other error goes on its way. */
export function faultsOf(error: unknown): readonly Fault[] {
  if (error instanceof LidoError && error.details.faults !== undefined) return error.details.faults;
  throw error;
}
