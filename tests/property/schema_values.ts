/** Values made from the JSON Schemas of the API's description: such as fit, and such as do not. */

/** A JSON Schema, as the document has it. */
export type Schema = { readonly [name: string]: unknown };

/** What values are made with. */
export interface Maker {
  readonly random: () => number;
  /** The components of the document, by their names. */
  readonly components: Readonly<Record<string, Schema>>;
  /** Values that mean something, by the names of their fields: ids, words. */
  readonly known: Readonly<Record<string, readonly unknown[]>>;
}

const TEXTS = ["", "a", "sleep", "x".repeat(300), "<b>&\"'", "慢 🏊", "\u0000\u202e", "-1", "null"];
const ODD: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1.5,
  1e308,
  2 ** 53,
  "",
  "x".repeat(20_000),
  [],
  {},
  [[[[[]]]]],
  { __proto_: 1, constructor: 1 },
];

/** A value that fits a schema, as far as it tells. */
export function fitting(schema: Schema, maker: Maker, name = ""): unknown {
  const { random } = maker;
  const known = maker.known[name];
  if (known !== undefined && random() < 0.8) return pick(known, random);
  const whole = resolve(schema, maker);
  if (Array.isArray(whole["enum"])) return pick(whole["enum"], random);
  if ("const" in whole) return whole["const"];
  for (const key of ["anyOf", "oneOf", "allOf"]) {
    const forms = whole[key];
    if (Array.isArray(forms)) return fitting(pick(forms, random) as Schema, maker, name);
  }
  switch (whole["type"]) {
    case "object":
      return fittingObject(whole, maker);
    case "array": {
      const items = (whole["items"] ?? {}) as Schema; // as the document has it
      const least = Number(whole["minItems"] ?? 0);
      return Array.from({ length: least + Math.floor(random() * 3) }, () => fitting(items, maker));
    }
    case "integer":
      return Math.round(numberWithin(whole, random));
    case "number":
      return numberWithin(whole, random);
    case "boolean":
      return random() < 0.5;
    case "null":
      return null;
    case "string":
      return textOf(whole, random);
    default:
      return pick(ODD, random); // anything fits
  }
}

/** A value that a schema most likely refuses: one part of a fitting one is another than it may be. */
export function broken(schema: Schema, maker: Maker, name = ""): unknown {
  const { random } = maker;
  const whole = resolve(schema, maker);
  const value = fitting(schema, maker, name);
  if (typeof value !== "object" || value === null || Array.isArray(value) || random() < 0.2) {
    return pick(ODD, random);
  }
  const fields = Object.keys((whole["properties"] ?? value) as object);
  const field = pick(fields, random);
  const roll = random();
  if (roll < 0.2) return { ...value, [`${field}_`]: 1 };
  if (roll < 0.4) return Object.fromEntries(Object.entries(value).filter(([key]) => key !== field));
  return { ...value, [field]: pick(ODD, random) };
}

/** One of several. */
export function pick<Value>(values: readonly Value[], random: () => number): Value {
  return values[Math.floor(random() * values.length)] as Value; // none of the lists is empty
}

function resolve(schema: Schema, { components }: Maker): Schema {
  const name = String(schema["$ref"] ?? "").split("/").at(-1) ?? "";
  return components[name] ?? schema;
}

function fittingObject(schema: Schema, maker: Maker): unknown {
  const required = (schema["required"] ?? []) as readonly string[]; // as the document has it
  const entries = Object.entries((schema["properties"] ?? {}) as Record<string, Schema>)
    .filter(([name]) => required.includes(name) || maker.random() < 0.4)
    .map(([name, one]) => [name, fitting(one, maker, name)] as const);
  return Object.fromEntries(entries);
}

function numberWithin(schema: Schema, random: () => number): number {
  const min = Number(schema["minimum"] ?? -10);
  const max = Math.min(Number(schema["maximum"] ?? 1_000), min + 1_000);
  return min + random() * (max - min);
}

function textOf(schema: Schema, random: () => number): string {
  switch (schema["format"]) {
    case "uuid":
      return "01990000-0000-7000-8000-ffffffffffff";
    case "date-time":
      return pick(["2026-01-02T03:04:05Z", "2030-01-01T00:00:00.000Z"], random);
  }
  const max = Number(schema["maxLength"] ?? 300);
  return pick(TEXTS.filter(({ length }) => length <= max), random);
}
