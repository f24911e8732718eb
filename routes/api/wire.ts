/**
 * The border between the wire and the model. Names differ (`max_workers`, `maxThreads`), rules do
 * not: a body's fields are renamed, then the model's own schema parses it, and the faults get the
 * wire's names back. Only the fields of the outermost object are renamed: what is inside a task's
 * `input` is the user's.
 */
import { closest, distance } from "fastest-levenshtein";
import type { z } from "zod";
import type { Fault } from "../../core/mod.ts";
import { HttpError } from "../errors.ts";

/** The most faults that one answer tells of. */
const FAULTS_MAX = 50;
/** Names that differ by more letters are not offered as what was meant. */
const TYPO_LETTERS_MAX = 3;

/** How the fields of one noun are called on either side. */
export interface FieldNames {
  readonly toModel: ReadonlyMap<string, string>;
  readonly toWire: ReadonlyMap<string, string>;
}

/** A part of a path to a fault. */
type Path = readonly (string | number)[];

/** What a body is parsed by. */
export interface WireForm<S extends z.ZodType> {
  /** What fails when it is refused, such as `Cannot create pool`. */
  readonly action: string;
  readonly schema: S;
  readonly names: FieldNames;
}

/** Names the fields: in snake_case, unless `special` (model name to wire name) says otherwise. */
export function fieldNames(
  shape: Readonly<Record<string, unknown>>,
  special: Readonly<Record<string, string>> = {},
): FieldNames {
  const renames = new Map(Object.entries(special));
  const pairs = Object.keys(shape).map((key) =>
    [key, renames.get(key) ?? toSnakeCase(key)] as const
  );
  return { toWire: new Map(pairs), toModel: new Map(pairs.map(([model, wire]) => [wire, model])) };
}

/** `runTimeoutMs` → `run_timeout_ms`. */
export function toSnakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Renames a model object's fields for the wire. */
export function toWire(model: object, names: FieldNames): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(model).map(([key, value]) => [names.toWire.get(key) ?? key, value]),
  );
}

/**
 * Parses a body of the wire, or what it has at a place, into the model's form.
 * @throws {HttpError} `invalid_input` with each fault, named as the wire names the field.
 */
export function fromWire<S extends z.ZodType>(
  body: unknown,
  form: WireForm<S>,
  at: Path = [],
): z.output<S> {
  const parsed = parsePart(body, form, at);
  if ("data" in parsed) return parsed.data;
  throw invalidInput(form.action, parsed.faults);
}

/** As {@link fromWire} of each part of the list `field`: all are parsed before any is taken. */
export function listFromWire<S extends z.ZodType>(
  parts: readonly unknown[],
  field: string,
  form: WireForm<S>,
): z.output<S>[] {
  const faults: Fault[] = [];
  const taken: z.output<S>[] = [];
  for (const [index, part] of parts.entries()) {
    const parsed = parsePart(part, form, [field, index]);
    if ("data" in parsed) taken.push(parsed.data);
    else faults.push(...parsed.faults);
    if (faults.length > FAULTS_MAX) break;
  }
  if (faults.length === 0) return taken;
  throw invalidInput(form.action, faults);
}

/** An `invalid_input` with faults that bear the wire's names. */
export function invalidInput(action: string, faults: readonly Fault[]): HttpError {
  return new HttpError("invalid_input", describeFaults(action, faults), {
    faults: faults.slice(0, FAULTS_MAX),
  });
}

/** One sentence: the first fault in words, the others in number. */
export function describeFaults(action: string, faults: readonly Fault[]): string {
  return faults.length === 0 ? action : `${action}: ${faultText(faults)}`;
}

/** As {@link describeFaults} without what failed; empty where there is no fault. */
export function faultText([first, ...others]: readonly Fault[]): string {
  if (first === undefined) return "";
  const place = first.path.length === 0 ? "" : `${first.path.join(".")}: `;
  const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
  return `${place}${first.message}${more}`;
}

/**
 * Gives a fault the wire's names: the first known field of its path, and the fields that its
 * message speaks of. What is in a task's input keeps the names that the user gave.
 */
export function wireFault({ path, message }: Fault, names: FieldNames): Fault {
  const at = path.findIndex((part) => names.toWire.has(String(part)));
  const rename = (name: string) => names.toWire.get(name) ?? name;
  return {
    path: path.map((part, index) => index === at ? rename(String(part)) : part),
    message: path[at] === "input" ? message : message.replaceAll(/\b[a-z]+[A-Z]\w*\b/g, rename),
  };
}

/**
 * What an unknown field is told: the known one that it resembles, or all that there are. A whole
 * word of a known name counts for more than letters: `pool` means `pool_id`, not `page`.
 */
export function unknownField(
  field: string,
  known: readonly string[],
  noun: "field" | "parameter" = "field",
): string {
  if (known.length === 0) return `Unknown ${noun}: there is none`;
  const asWire = toSnakeCase(field);
  const withWord = known.filter((name) => `_${name}_`.includes(`_${asWire}_`));
  const [first = "", ...others] = withWord;
  if (first !== "" && others.length === 0) return `Unknown ${noun}: did you mean ${first}?`;
  const nearest = closest(asWire, known);
  return distance(asWire, nearest) <= TYPO_LETTERS_MAX
    ? `Unknown ${noun}: did you mean ${nearest}?`
    : `Unknown ${noun}: known are ${known.join(", ")}`;
}

type Parsed<T> = { readonly data: T } | { readonly faults: readonly Fault[] };

function parsePart<S extends z.ZodType>(
  part: unknown,
  form: WireForm<S>,
  at: Path,
): Parsed<z.output<S>> {
  const { model, unknown } = renameFields(part, form.names);
  const known = unknown.length === 0 ? [] : [...form.names.toModel.keys()];
  const strays = unknown.slice(0, FAULTS_MAX).map((field) => ({
    path: [...at, field],
    // Whoever knows the model's name is told the wire's.
    message: unknownField(form.names.toWire.get(field) ?? field, known),
  }));
  const result = form.schema.safeParse(model);
  const faults = (result.success ? [] : result.error.issues)
    .flatMap((issue) => faultsOf(issue, form.names))
    .map((fault) => wireFault(fault, form.names))
    .map(({ path, message }) => ({ path: [...at, ...path], message }));
  if (result.success && strays.length === 0) return { data: result.data };
  return { faults: [...strays, ...faults] };
}

function renameFields(part: unknown, names: FieldNames): { model: unknown; unknown: string[] } {
  if (typeof part !== "object" || part === null || Array.isArray(part)) {
    return { model: part, unknown: [] };
  }
  const model: Record<string, unknown> = {};
  const unknown: string[] = [];
  for (const [key, value] of Object.entries(part)) {
    const modelKey = names.toModel.get(key);
    if (modelKey === undefined) unknown.push(key);
    else model[modelKey] = value;
  }
  return { model, unknown };
}

function faultsOf(issue: z.core.$ZodIssue, names: FieldNames): Fault[] {
  const path = issue.path.map((part) => typeof part === "symbol" ? String(part) : part);
  if (issue.code !== "unrecognized_keys") return [{ path, message: issue.message }];
  return issue.keys.map((key) => ({
    path: [...path, key],
    message: path.length === 0 && names.toWire.has(key) ? "Cannot be set here" : "Unknown field",
  }));
}
