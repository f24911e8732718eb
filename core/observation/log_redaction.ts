/**
 * Keeps secrets out of the log: values by the names that they stand under, however deep and also in
 * an error's cause, and what looks like a secret in any text.
 */

/** What stands where a secret was. */
const HIDDEN = "[hidden]";
/** Objects within objects, what one of them has, and the characters of a text: the rest is left out. */
const DEPTH_MAX = 8;
const ENTRIES_MAX = 100;
const TEXT_CHARS_MAX = 8_192;

/** Names of what nobody shall read. `key` and `token` are whole words of a name: `monkey` is none. */
const SECRET_NAMES = [
  /pass(word|phrase|code)|secret|credential|cookie|authorization|signature/i,
  /(^|[_-])(token|key)s?$/i,
  /(Token|Key)s?$/,
];

/** What is a secret in the midst of a text, and what is left of it. */
const SECRET_TEXTS: readonly (readonly [RegExp, string])[] = [
  // A JSON Web Token.
  [/\beyJ[\w-]{5,2000}\.[\w-]{5,2000}\.[\w-]*/g, HIDDEN],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, `$1 ${HIDDEN}`],
  // Lido's own tokens.
  [/\blido_[\w-]{20,}/g, HIDDEN],
  // The password of an address: `redis://user:password@host`.
  [/\b([a-z][a-z+.-]{0,20}:\/\/[^\s/:@]{0,200}:)[^\s/@]+@/gi, `$1${HIDDEN}@`],
  // Addresses of Slack's and Feishu's robots: whoever has one can write there.
  [/(hooks\.slack\.com\/services\/|\/bot\/v2\/hook\/)[\w/-]+/g, `$1${HIDDEN}`],
  // `?token=…`, `password=…`.
  [/((?:token|key|password|secret|signature)=)[^&\s"']+/gi, `$1${HIDDEN}`],
];

/** How deep it may still go, and where it has been: a circle has no end. */
interface Walk {
  readonly depth: number;
  readonly seen: Set<object>;
}

/** A copy of plain data without secrets; errors become plain objects, with all their causes. */
export function withoutSecrets(
  properties: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return entriesWithout(Object.entries(properties), { depth: DEPTH_MAX, seen: new Set() });
}

function entriesWithout(
  entries: readonly (readonly [string, unknown])[],
  walk: Walk,
): Record<string, unknown> {
  return Object.fromEntries(
    entries.slice(0, ENTRIES_MAX).map(([name, value]) => [
      name,
      SECRET_NAMES.some((secret) => secret.test(name)) ? HIDDEN : plain(value, walk),
    ]),
  );
}

function plain(value: unknown, walk: Walk): unknown {
  switch (typeof value) {
    case "string":
      return hideSecrets(value.slice(0, TEXT_CHARS_MAX));
    case "object":
      return value === null ? null : plainObject(value, walk);
    case "bigint":
    case "symbol":
    case "function":
      return String(value);
    default:
      return value;
  }
}

function plainObject(value: object, { depth, seen }: Walk): unknown {
  if (value instanceof Date) return value;
  if (seen.has(value)) return "[seen before]";
  if (depth === 0) return "[too deep]";
  seen.add(value);
  const within = { depth: depth - 1, seen };
  if (value instanceof Error) return entriesWithout(partsOf(value), within);
  if (Symbol.iterator in value) {
    const all = Iterator.from(value as Iterable<unknown>); // as its symbol says
    return all.take(ENTRIES_MAX).map((one) => plain(one, within)).toArray();
  }
  return entriesWithout(Object.entries(value), within);
}

/** What an error says, and what it has of its own beside. */
function partsOf(error: Error): readonly (readonly [string, unknown])[] {
  const names = new Set(["name", "message", "stack", "cause", "errors", ...Object.keys(error)]);
  return [...names].map((name) => [name, Reflect.get(error, name)] as const)
    .filter(([, value]) => value !== undefined);
}

function hideSecrets(text: string): string {
  return SECRET_TEXTS.reduce((shown, [secret, rest]) => shown.replace(secret, rest), text);
}
