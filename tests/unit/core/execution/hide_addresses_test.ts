import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { Span } from "@opentelemetry/api";
import { hideAddresses } from "../../../../core/execution/hide_addresses.ts";

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

Deno.test("hideAddresses() leaves nothing of an address but its host, in each span of its kind", () => {
  const RuntimeSpan = spanType();
  hideAddresses(new RuntimeSpan() as unknown as Span); // all that is used of one
  const span = new RuntimeSpan();
  strictEqual(span.setAttribute("url.query", "token=1"), span);
  span.setAttribute("url.full", "http://me:pass@h:1/services/KEY?token=1\n&b=2#c")
    .setAttribute("url.full", "no address")
    .setAttribute("url.path", "/services/KEY")
    .setAttribute("http.route", "/api/tasks/:id")
    .setAttribute("http.response.status_code", 200);
  deepStrictEqual(span.told, [
    ["url.full", "http://h:1"],
    ["url.full", ""],
    ["http.route", "/api/tasks/:id"],
    ["http.response.status_code", 200],
  ]);
});
