/**
 * One JSON Schema is the settings file, the environment and the flags: this module lists what can
 * be given a value in it, and reads such a value from text.
 */
import type { JsonSchema } from "../core/model/task_type.ts";
import { parseExactJson } from "./exact_json.ts";

/** How the text of a value is read. */
export type LeafKind = "text" | "integer" | "number" | "boolean" | "choice" | "list" | "json";

/** A place in a schema that takes a value of its own. */
export interface SchemaLeaf {
  /** Property names from the root. */
  readonly path: readonly string[];
  readonly kind: LeafKind;
  readonly isNullable: boolean;
  readonly isRequired: boolean;
  readonly description: string;
  readonly defaultValue: unknown;
  /** Allowed words, of a choice. */
  readonly choices: readonly string[];
  /** How an element is read, of a list. */
  readonly element: SchemaLeaf | undefined;
}

/** All leaves below an object's schema, in its order; none if it describes no object. */
export function listLeaves(schema: JsonSchema): readonly SchemaLeaf[] {
  return leavesOf(schema, schema, [], true, new Set());
}

function leavesOf(
  root: JsonSchema,
  given: JsonSchema,
  path: readonly string[],
  isRequired: boolean,
  seen: ReadonlySet<unknown>,
): readonly SchemaLeaf[] {
  const { schema, isNullable } = resolve(root, given);
  const properties = asObject(schema["properties"]);
  // A schema that holds itself has no end: its inner self is given as JSON.
  if (properties === undefined || seen.has(schema)) {
    return path.length === 0 ? [] : [leafOf(root, given, path, isRequired)];
  }
  const required = asArray(schema["required"]);
  return Object.entries(properties).flatMap(([name, property]) =>
    leavesOf(
      root,
      asObject(property) ?? {},
      [...path, name],
      isRequired && !isNullable && required.includes(name),
      new Set([...seen, schema]),
    )
  );
}

function leafOf(
  root: JsonSchema,
  given: JsonSchema,
  path: readonly string[],
  isRequired: boolean,
): SchemaLeaf {
  const { schema, isNullable } = resolve(root, given);
  const choices = asArray(schema["enum"]);
  const items = asObject(schema["items"]);
  const element = items === undefined ? undefined : leafOf(root, items, path, false);
  const isList = schema["type"] === "array" && element !== undefined && element.kind !== "list";
  return {
    path,
    kind: isList ? "list" : kindOf(schema, choices),
    isNullable,
    isRequired,
    description: textOf(given["description"]) ?? textOf(schema["description"]) ?? "",
    defaultValue: given["default"] ?? schema["default"],
    choices: choices.filter((choice) => typeof choice === "string"),
    element: isList ? element : undefined,
  };
}

function kindOf(schema: JsonSchema, choices: readonly unknown[]): LeafKind {
  if (choices.length > 0 && choices.every((choice) => typeof choice === "string")) return "choice";
  switch (schema["type"]) {
    case "string":
      return "text";
    case "integer":
    case "number":
    case "boolean":
      return schema["type"];
    default:
      return "json";
  }
}

/** Follows a local `$ref`, and takes a `null` out of a choice of two. */
function resolve(
  root: JsonSchema,
  given: JsonSchema,
  depth = 0,
): { readonly schema: JsonSchema; readonly isNullable: boolean } {
  const name = textOf(given["$ref"])?.match(/^#\/(?:\$defs|definitions)\/([^/]+)$/)?.[1];
  const definitions = asObject(root["$defs"]) ?? asObject(root["definitions"]);
  const target = name === undefined ? undefined : asObject(definitions?.[name]);
  // References can run in a circle; eight steps are more than any schema means.
  if (target !== undefined && depth < 8) return resolve(root, target, depth + 1);

  const options = asArray(given["anyOf"]).map((option) => asObject(option) ?? {});
  const others = options.filter((option) => option["type"] !== "null");
  const [only] = others;
  if (only === undefined || others.length > 1 || others.length === options.length || depth >= 8) {
    return { schema: given, isNullable: options.length > others.length };
  }
  return { ...resolve(root, only, depth + 1), isNullable: true };
}

/**
 * Reads a leaf's value from text. Its limits are not checked: the schema itself does that.
 * @throws {RangeError} if the text is no such value; the message tells what is expected.
 */
export function parseLeaf(leaf: SchemaLeaf, text: string): unknown {
  if (leaf.isNullable && text === "null" && leaf.kind !== "text") return null;
  switch (leaf.kind) {
    case "integer":
    case "number":
      return parseNumber(text, leaf.kind);
    case "boolean":
      return parseBoolean(text);
    case "json":
      return parseJson(text);
    case "list":
      return text === "" ? [] : [parseElement(leaf, text)];
    case "choice":
      if (leaf.choices.includes(text)) return text;
      throw new RangeError(`expected one of ${leaf.choices.join(", ")}, found ${quote(text)}`);
    case "text":
      return text;
  }
}

function parseElement(leaf: SchemaLeaf, text: string): unknown {
  return leaf.element === undefined ? text : parseLeaf(leaf.element, text);
}

function parseNumber(text: string, kind: "integer" | "number"): number {
  const pattern = kind === "integer" ? /^[+-]?\d+$/ : /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
  const value = Number(text);
  // A longer one would silently lose digits; as JSON it would not.
  const isExact = kind === "number" ? Number.isFinite(value) : Number.isSafeInteger(value);
  if (pattern.test(text) && isExact) return value;
  const expected = kind === "integer" ? "a whole number" : "a number";
  throw new RangeError(`expected ${expected}, found ${quote(text)}`);
}

function parseBoolean(text: string): boolean {
  if (text === "true" || text === "false") return text === "true";
  throw new RangeError(`expected true or false, found ${quote(text)}`);
}

function parseJson(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch {
    throw new RangeError(`expected JSON, found ${quote(text)}`);
  }
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 59)}…` : text);
}

function asObject(value: unknown): JsonSchema | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as JsonSchema // just told apart from null and arrays
    : undefined;
}

function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
