/**
 * JSON text that goes into an answer as it stands. Inputs and results are kept as text: parsing
 * and writing them again would round numbers beyond 2^53.
 */
export class JsonText {
  /** `text` must be JSON: nothing checks it again. */
  constructor(readonly text: string) {}
}

/** As `JSON.stringify`, of plain objects, arrays and primitives, with {@link JsonText} spliced in. */
export function writeJson(value: unknown): string {
  if (value instanceof JsonText) return value.text;
  if (Array.isArray(value)) return `[${value.map(writeJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  let members = "";
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue;
    members += `${members === "" ? "" : ","}${JSON.stringify(name)}:${writeJson(member)}`;
  }
  return `{${members}}`;
}
