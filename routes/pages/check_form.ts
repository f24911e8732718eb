/** What a form sent, checked before the manager sees it: faults are told in the sender's language. */
import { z } from "zod";
import { type ErrorCode, type Fault, LidoError } from "../../core/mod.ts";
import type { Language, LanguageCode } from "../../views/i18n/language.ts";
import { ERROR_TEXTS } from "../error_texts.ts";

const LOCALES = { en: z.locales.en(), zh: z.locales.zhCN() } as const satisfies Record<
  LanguageCode,
  unknown
>;

/** There may be no more of what bears a name. */
const NAMED_LIMITS: ReadonlySet<ErrorCode> = new Set([
  "alert_channel_limit_reached",
  "alert_rule_limit_reached",
  "view_limit_reached",
]);

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

/** As {@link faultsOf}; that there may be no more of them is told at the name of what was to be made. */
export function faultsOfNamed(error: unknown, { code }: Language): readonly Fault[] {
  if (!(error instanceof LidoError) || !NAMED_LIMITS.has(error.code)) return faultsOf(error);
  return [{ path: ["name"], message: ERROR_TEXTS[error.code][code] }];
}

/** The faults that an error tells of; any other error goes on its way. */
export function faultsOf(error: unknown): readonly Fault[] {
  if (error instanceof LidoError && error.details.faults !== undefined) return error.details.faults;
  throw error;
}
