import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { Span } from "@opentelemetry/api";
import { hideQueries } from "../../../../core/execution/hide_queries.ts";

/** As the runtime's: it appends what it is told. */
function spanType() {
  return class {
    readonly told: unknown[] = [];
    setAttribute(name: string, value: unknown): this {
      this.told.push([name, value]);
      return this;
    }
  };
}

Deno.test("hideQueries() keeps queries and fragments out of each span of its kind, and nothing else", () => {
  const RuntimeSpan = spanType();
  hideQueries(new RuntimeSpan() as unknown as Span); // all that is used of one
  const span = new RuntimeSpan();
  strictEqual(span.setAttribute("url.query", "token=1"), span);
  span.setAttribute("url.full", "http://h:1/a?token=1\n&b=2#c")
    .setAttribute("url.full", "http://h/a#secret")
    .setAttribute("url.full", "http://h/a")
    .setAttribute("url.path", "/what?")
    .setAttribute("http.response.status_code", 200);
  deepStrictEqual(span.told, [
    ["url.full", "http://h:1/a"],
    ["url.full", "http://h/a"],
    ["url.full", "http://h/a"],
    ["url.path", "/what?"],
    ["http.response.status_code", 200],
  ]);
});
