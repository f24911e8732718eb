/**
 * Inputs without what their type calls secret, by `writeOnly` or the format `password` in its schema.
 * Pages show them so; whoever asks the API gets the whole.
 */
import { JsonText, writeJson } from "./write_json.ts";

/** What stands where a secret is not shown. */
export const HIDDEN = "••••••";

type Fields = Readonly<Record<string, unknown>>;

/**
 * An input as JSON, with {@link HIDDEN} for each secret, or `without` them; the same text where it has
 * none. Numbers keep all their digits.
 */
export function hideSecrets(json: string, schema: unknown, without = false): string {
  const value: unknown = JSON.parse(json, keepDigits);
  const hider = new Hider(isFields(schema) ? schema : {}, without ? undefined : HIDDEN);
  const shown = hider.hide(value, [schema]);
  return hider.found ? writeJson(shown) : json;
}

/** Walks a value and what its schema says of it, side by side: so what refers to itself ends, too. */
class Hider {
  found = false;

  constructor(readonly root: Fields, readonly mark: string | undefined) {}

  hide(value: unknown, schemas: readonly unknown[]): unknown {
    const all = schemas.flatMap((schema) => this.#partsOf(schema, new Set()));
    if (all.some(({ writeOnly, format }) => writeOnly === true || format === "password")) {
      this.found = true;
      return this.mark;
    }
    if (Array.isArray(value)) {
      return value.map((item, at) => this.hide(item, all.flatMap((part) => itemsOf(part, at))));
    }
    if (!isFields(value) || value instanceof JsonText) return value;
    const hidden = Object.entries(value)
      .map(([key, one]) => [key, this.hide(one, all.map((part) => propertyOf(part, key)))]);
    return Object.fromEntries(hidden);
  }

  /** A schema and all that it says beside or instead of itself. */
  #partsOf(schema: unknown, seen: Set<unknown>): readonly Fields[] {
    if (!isFields(schema) || seen.has(schema)) return [];
    seen.add(schema);
    const beside = ["anyOf", "oneOf", "allOf"].map((name) => schema[name]).filter(Array.isArray);
    return [schema, this.#referred(schema["$ref"]), ...beside.flat()].flatMap((part) =>
      part === schema ? [schema] : this.#partsOf(part, seen)
    );
  }

  /** What `#/$defs/name` is, or `#`, the whole. */
  #referred(address: unknown): unknown {
    if (typeof address !== "string" || !address.startsWith("#")) return undefined;
    return address.split("/").slice(1).reduce<unknown>(
      (part, name) => isFields(part) ? part[name] : undefined,
      this.root,
    );
  }
}

function itemsOf({ items, prefixItems }: Fields, at: number): readonly unknown[] {
  return [Array.isArray(prefixItems) ? prefixItems[at] : undefined, items];
}

function propertyOf({ properties, additionalProperties }: Fields, key: string): unknown {
  const isNamed = isFields(properties) && Object.hasOwn(properties, key);
  return isNamed ? properties[key] : additionalProperties;
}

function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source;
  return typeof value === "number" && source !== undefined && String(value) !== source
    ? new JsonText(source)
    : value;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
