import type { AttributeValue, Span } from "@opentelemetry/api";

/** What of an address is kept out. */
const HIDDEN = ["url.path", "url.query"];

/**
 * Keeps addresses out of all spans that the runtime makes of requests in this realm, but for the host:
 * people put what they search for in a query, programs their keys, and a webhook's path is its
 * password. The runtime appends an attribute that is set twice, and exports both: so they must never get
 * there. Deno 2.9.6 has no setting for it, but sets attributes by the very method that `span`, any of
 * its spans, has.
 */
export function hideAddresses(span: Span): void {
  const type: Span = Object.getPrototypeOf(span);
  const { setAttribute } = type;
  type.setAttribute = function (name: string, value: AttributeValue): Span {
    if (HIDDEN.includes(name)) return this;
    return setAttribute.call(this, name, name === "url.full" ? originOf(value) : value);
  };
}

function originOf(value: AttributeValue): string {
  return URL.parse(String(value))?.origin ?? "";
}
