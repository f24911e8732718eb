import type { AttributeValue, Span } from "@opentelemetry/api";

/**
 * Keeps the queries of addresses out of all spans that the runtime makes of requests in this realm:
 * people put what they search for in them, and programs their keys. The runtime appends an attribute
 * that is set twice, and exports both: so the query must never get there. Deno 2.9.6 has no setting
 * for it, but sets attributes by the very method that `span`, any of its spans, has.
 */
export function hideQueries(span: Span): void {
  const type: Span = Object.getPrototypeOf(span);
  const { setAttribute } = type;
  type.setAttribute = function (name: string, value: AttributeValue): Span {
    if (name === "url.query") return this;
    const isAddress = name === "url.full" && typeof value === "string";
    return setAttribute.call(this, name, isAddress ? value.replace(/[?#].*$/s, "") : value);
  };
}
