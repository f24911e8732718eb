/** What a form sent, checked before the manager sees it; what is wrong, in the sender's language. */
import type { z } from "zod";
import { type ErrorCode, type Fault, LidoError, messageOf } from "../../core/mod.ts";
import type { Language } from "../../views/i18n/language.ts";
import { faultText } from "../api/wire.ts";
import { ERROR_TEXTS } from "../error_texts.ts";
import { HttpError } from "../errors.ts";

/** There may be no more of what bears a name. */
const NAMED_LIMITS: ReadonlySet<ErrorCode> = new Set([
  "alert_channel_limit_reached",
  "alert_rule_limit_reached",
  "view_limit_reached",
]);

/**
 * Checks what a form sent as the domain does.
 * @throws {LidoError} `invalid_input` with a fault for each field.
 */
export function checkForm<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => ({
    path: path.map((part) => typeof part === "symbol" ? String(part) : part),
    message,
  }));
  throw new LidoError("invalid_input", "Cannot take form: some fields are wrong", { faults });
}

/** As {@link faultsOf}; that there may be no more of them is told at the name of what was to be made. */
export function faultsOfNamed(error: unknown, language: Language): readonly Fault[] {
  if (!(error instanceof LidoError) || !NAMED_LIMITS.has(error.code)) {
    return faultsOf(error, language);
  }
  return [{ path: ["name"], message: ERROR_TEXTS[error.code][language.code] }];
}

/** The faults that an error tells of, in a language; any other error goes on its way. */
export function faultsOf(error: unknown, language: Language): readonly Fault[] {
  const faults = error instanceof LidoError ? error.details.faults : undefined;
  if (faults === undefined) throw error;
  return faultsIn(language, faults);
}

/** Faults in a language. */
export function faultsIn(language: Language, faults: readonly Fault[]): readonly Fault[] {
  return faults.map(({ path, message }) => ({ path, message: language.fault(message) }));
}

/** Faults in one sentence: the first, and how many there are beside it. */
export function sayFaults(language: Language, [first, ...others]: readonly Fault[]): string {
  if (first === undefined) return "";
  const one = faultText([first]);
  return others.length === 0
    ? one
    : language.t.form.moreFaults(one, language.number(others.length));
}

/** An error in one sentence: in English its own, else its faults, or what its code means. */
export function errorIn(language: Language, error: unknown): string {
  const isOwn = error instanceof LidoError || error instanceof HttpError;
  if (language.code === "en" || !isOwn) return messageOf(error);
  const { code, message, details: { faults = [] } } = error;
  return sayFaults(language, faultsIn(language, faults)) ||
    language.t.error.withDetail(ERROR_TEXTS[code][language.code], message);
}
