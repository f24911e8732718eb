/** A pool's settings as a form: its fields, and what a sent one stands for. */
import { z } from "zod";
import { type Fault, PoolSettings } from "../../core/mod.ts";
import type { Words } from "../../views/i18n/en.ts";
import { type FormOptions, readFields, type SentForm } from "../present/form.ts";
import { type FormSchema, formSchema } from "../present/form_schema.ts";

/** The settings as a form has them. */
export const SETTINGS_SCHEMA: FormSchema = formSchema(
  z.toJSONSchema(PoolSettings, { io: "input" }),
);

/** Reads settings as a form sent them, whole or in part. */
export function readSettings(form: SentForm): Record<string, unknown> {
  return { name: "", ...readFields(SETTINGS_SCHEMA, form) };
}

/** How settings are called in a form. */
export function formOptions(t: Words, faults: readonly Fault[] = []): FormOptions {
  return {
    t,
    faults,
    words: (path) => {
      const key = path.join(".");
      return Object.hasOwn(t.setting, key) ? t.setting[key as keyof Words["setting"]] : undefined;
    },
  };
}
