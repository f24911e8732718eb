/** JSON Schemas as forms want them: with what they refer to in its place. */

/** A schema, as far as forms look at it. */
export interface FormSchema {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, FormSchema>>;
  readonly required?: readonly string[];
  readonly items?: FormSchema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly FormSchema[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly format?: string;
  readonly writeOnly?: boolean;
}

/** Names of what the whole schema defines, by the addresses that its parts refer to. */
type Definitions = ReadonlyMap<string, unknown>;

/**
 * A schema with all that it refers to put in its place. What refers to itself has no end: there, any
 * JSON may stand.
 */
export function formSchema(schema: unknown): FormSchema {
  const root = isRecord(schema) ? schema : {};
  const definitions = new Map(
    ["$defs", "definitions"].flatMap((place) => {
      const named = root[place];
      if (!isRecord(named)) return [];
      return Object.entries(named).map(([name, part]) => [`#/${place}/${name}`, part] as const);
    }),
  );
  return inline(root, definitions, new Set()) as FormSchema; // an object stays one
}

function inline(part: unknown, definitions: Definitions, within: ReadonlySet<string>): unknown {
  if (Array.isArray(part)) return part.map((one) => inline(one, definitions, within));
  if (!isRecord(part)) return part;
  const address = part["$ref"];
  if (typeof address === "string") {
    if (within.has(address)) return {};
    const { $ref: _, $defs: _named, definitions: _older, ...beside } = part;
    const target = inline(definitions.get(address), definitions, new Set([...within, address]));
    return { ...isRecord(target) ? target : {}, ...beside };
  }
  return Object.fromEntries(
    Object.entries(oneType(part)).filter(([name]) => name !== "$defs" && name !== "definitions")
      .map(([name, value]) => [name, inline(value, definitions, within)]),
  );
}

/** `{ type: ["integer", "null"] }` as a choice of two, which says the same. */
function oneType(part: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { type, ...others } = part;
  if (!Array.isArray(type)) return part;
  const [only] = type.filter((one) => one !== "null");
  const { title, description, default: byDefault, ...rules } = others;
  const words = Object.entries({ title, description, default: byDefault });
  return {
    ...Object.fromEntries(words.filter(([, value]) => value !== undefined)),
    anyOf: [{ ...rules, type: only }, ...type.includes("null") ? [{ type: "null" }] : []],
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
