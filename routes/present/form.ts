/**
 * Forms of JSON Schemas: which fields a schema makes, and what value a sent form stands for. Both
 * walk the schema in the same way, so that what is shown is what is read.
 */
import type { Fault } from "../../core/mod.ts";
import { parseJsonText } from "../api/read_json.ts";
import type { Words } from "../../views/i18n/en.ts";
import type { FieldModel } from "../../views/parts/fields.tsx";
import type { FormSchema } from "./form_schema.ts";

/** How a field is called, where the schema's own words will not do. */
export type FieldWords = (path: readonly string[]) =>
  | { readonly label: string; readonly help: string }
  | undefined;

/** What a form is made with. */
export interface FormOptions {
  readonly t: Words;
  readonly faults?: readonly Fault[];
  readonly words?: FieldWords;
}

/** A sent form: each name with all its values. */
export type SentForm = ReadonlyMap<string, readonly string[]>;

/** Texts longer than this are written in several lines. */
const LONG_CHARS = 300;
/** Bounds beyond this are the number type's, and tell nobody anything. */
const BOUND_MAX = 2 ** 53 - 1;

type Kind = FieldModel["kind"];

/** The fields of an object's schema, with the values of `value` or what the schema has by default. */
export function fieldsOf(
  schema: FormSchema,
  value: unknown,
  options: FormOptions,
  path: readonly string[] = [],
): readonly FieldModel[] {
  return Object.entries(schema.properties ?? {}).map(([key, property]) => {
    const isRequired = schema.required?.includes(key) ?? false;
    const own = isRecord(value) && Object.hasOwn(value, key) ? value[key] : property.default;
    return fieldOf(property, own, isRequired, [...path, key], options);
  });
}

/** The fields with what was sent, right or wrong. */
export function sentFieldsOf(
  schema: FormSchema,
  form: SentForm,
  options: FormOptions,
  path: readonly string[] = [],
): readonly FieldModel[] {
  const fields = fieldsOf(schema, undefined, options, path);
  const withSent = (field: FieldModel): FieldModel => {
    if (field.kind === "group") return { ...field, fields: field.fields.map(withSent) };
    const sent = form.get(field.name)?.at(-1);
    if (sent === undefined) return field;
    return field.kind === "boolean"
      ? { ...field, isOn: sent === "true" }
      : { ...field, value: sent };
  };
  return fields.map(withSent);
}

/**
 * The value that a sent form stands for: what was left empty is left out, and what is no number or
 * no JSON stays the text that it is, for the schema's own check to name.
 */
export function readFields(
  schema: FormSchema,
  form: SentForm,
  path: readonly string[] = [],
): Record<string, unknown> {
  const entries = Object.entries(schema.properties ?? {}).flatMap(([key, property]) => {
    const value = readField(property, form, [...path, key]);
    return value === undefined ? [] : [[key, value] as const];
  });
  return Object.fromEntries(entries);
}

/** Reads the fields of a form's body. */
export function readForm(text: string): SentForm {
  const form = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(text)) {
    form.set(name, [...form.get(name) ?? [], value]);
  }
  return form;
}

/** `runTimeoutMs` and `run_timeout_ms` → `Run timeout ms`. */
export function labelOf(name: string): string {
  const words = name.replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2").replaceAll("_", " ").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function fieldOf(
  schema: FormSchema,
  value: unknown,
  isRequired: boolean,
  path: readonly string[],
  options: FormOptions,
): FieldModel {
  const plain = withoutNull(schema);
  const kind = kindOf(plain);
  const words = options.words?.(path);
  const base = {
    name: path.join("."),
    label: words?.label ?? plain.title ?? labelOf(path.at(-1) ?? ""),
    help: [words?.help ?? schema.description ?? plain.description ?? "", boundsOf(plain, options.t)]
      .filter((part) => part !== "").join(" · "),
    isRequired: isRequired && schema.default === undefined,
    faults: (options.faults ?? [])
      .filter((fault) => isAt(fault, path, kind))
      .map(({ message }) => message),
  };
  switch (kind) {
    case "group":
      return { ...base, kind, fields: fieldsOf(plain, value, options, path) };
    case "boolean":
      return { ...base, kind, isOn: value === true };
    case "choice":
      return {
        ...base,
        kind,
        value: textOf(value),
        choices: (plain.enum ?? []).map((one) => [textOf(one), textOf(one)] as const),
      };
    case "list": {
      const lines = Array.isArray(value) ? value.map(textOf).join("\n") : "";
      const help = [base.help, options.t.form.listHelp].filter((part) => part !== "").join(" · ");
      return { ...base, help, kind, value: lines };
    }
    case "json":
      return { ...base, kind, value: value === undefined ? "" : JSON.stringify(value, null, 2) };
    default:
      return { ...base, kind, value: textOf(value), maxLength: plain.maxLength };
  }
}

/** A fault of a field, or of a part of one that has no fields of its own. */
function isAt(fault: Fault, path: readonly string[], kind: Kind): boolean {
  const isBelow = path.every((part, at) => String(fault.path[at]) === part);
  return isBelow && (kind !== "group" || fault.path.length === path.length);
}

function readField(
  schema: FormSchema,
  form: SentForm,
  path: readonly string[],
): unknown {
  const plain = withoutNull(schema);
  const kind = kindOf(plain);
  if (kind === "group") {
    const value = readFields(plain, form, path);
    return Object.keys(value).length === 0 ? undefined : value;
  }
  const text = form.get(path.join("."))?.at(-1);
  if (text === undefined) return undefined;
  if (text.trim() === "") {
    if (kind === "list") return [];
    return isNullable(schema) ? null : undefined;
  }
  return valueOf(plain, kind, text);
}

function valueOf(schema: FormSchema, kind: Kind, text: string): unknown {
  switch (kind) {
    case "integer":
    case "number":
      return readNumber(text);
    case "boolean":
      return text === "true";
    case "choice":
      return schema.enum?.find((one) => textOf(one) === text) ?? text;
    case "list": {
      const lines = text.split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== "");
      const isNumbers = schema.items?.type === "integer" || schema.items?.type === "number";
      return isNumbers ? lines.map(readNumber) : lines;
    }
    case "json":
      return readJsonText(text);
    default:
      return text.replaceAll("\r\n", "\n");
  }
}

function readNumber(text: string): number | string {
  return /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text) ? Number(text) : text;
}

/** As strict as the API: what is nested without end would end the stack of the schema's check. */
function readJsonText(text: string): unknown {
  try {
    return parseJsonText(text);
  } catch {
    return text;
  }
}

function kindOf(schema: FormSchema): Kind {
  if (schema.enum !== undefined) return "choice";
  switch (schema.type) {
    case "boolean":
    case "integer":
    case "number":
      return schema.type;
    case "string":
      if (schema.writeOnly || schema.format === "password") return "secret";
      return (schema.maxLength ?? 0) > LONG_CHARS && schema.format === undefined ? "long" : "text";
    case "array":
      return isPlain(schema.items) ? "list" : "json";
    case "object":
      return schema.properties === undefined ? "json" : "group";
    default:
      return "json";
  }
}

function isPlain(schema: FormSchema | undefined): boolean {
  return schema?.enum === undefined &&
    ["string", "integer", "number"].includes(schema?.type ?? "");
}

function isNullable(schema: FormSchema): boolean {
  return schema.anyOf?.some(({ type }) => type === "null") ?? false;
}

/** `T | null` is a field of T that may be left empty. */
function withoutNull(schema: FormSchema): FormSchema {
  const others = schema.anyOf?.filter(({ type }) => type !== "null") ?? [];
  const [only] = others;
  return isNullable(schema) && only !== undefined && others.length === 1 ? only : schema;
}

function boundsOf(schema: FormSchema, { code, form }: Words): string {
  const { format } = new Intl.NumberFormat(code);
  const written = (bound: number | undefined) =>
    bound === undefined || Math.abs(bound) >= BOUND_MAX ? undefined : format(bound);
  const [min, max] = [written(schema.minimum), written(schema.maximum)];
  if (min !== undefined && max !== undefined) return form.range(min, max);
  if (min !== undefined) return form.atLeast(min);
  return max === undefined ? "" : form.atMost(max);
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
