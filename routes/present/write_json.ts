/**
 * JSON text that goes into an answer as it stands. Inputs and results are kept as text: parsing
 * and writing them again would round numbers beyond 2^53.
 */
export class JsonText {
  /** `text` must be JSON: nothing checks it again. */
  constructor(readonly text: string) {}

  /** Marks its place for {@link writeJson}. */
  toJSON(): string {
    found.push(this.text);
    return MARK;
  }
}

/** What stands for a text until it is put there: no other text of an answer is this one. */
const MARK = crypto.randomUUID();
/** The texts of the value that is being written, in their order. */
let found: string[] = [];

/** As `JSON.stringify`, with {@link JsonText} spliced in. */
export function writeJson(value: unknown): string {
  found = [];
  const json = JSON.stringify(value) ?? "null";
  if (found.length === 0) return json;
  const [first = "", ...others] = json.split(`"${MARK}"`);
  return others.reduce((text, part, at) => text + found[at] + part, first);
}
