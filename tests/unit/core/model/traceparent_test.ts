import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { readTraceparent, writeTraceparent } from "../../../../core/model/traceparent.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";

Deno.test("readTraceparent() reads the trace, the span and whether it is sampled", () => {
  const place = { traceId: TRACE, spanId: SPAN };
  deepStrictEqual(readTraceparent(`00-${TRACE}-${SPAN}-01`), { ...place, isSampled: true });
  deepStrictEqual(readTraceparent(`00-${TRACE}-${SPAN}-00`), { ...place, isSampled: false });
  deepStrictEqual(readTraceparent(`00-${TRACE}-${SPAN}-ff`), { ...place, isSampled: true });
});

Deno.test("writeTraceparent() writes what readTraceparent() reads", () => {
  for (const text of [`00-${TRACE}-${SPAN}-01`, `00-${TRACE}-${SPAN}-00`]) {
    const place = readTraceparent(text);
    strictEqual(place && writeTraceparent(place), text);
  }
});

for (
  const text of [
    "",
    TRACE,
    `00-${TRACE}-${SPAN}`,
    `ff-${TRACE}-${SPAN}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${"0".repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${"0".repeat(16)}-01`,
    `00-${TRACE}-${SPAN}-01-more`,
    `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`,
    ` 00-${TRACE}-${SPAN}-01\n`,
  ]
) {
  Deno.test(`readTraceparent() takes ${JSON.stringify(text)} for none`, () => {
    strictEqual(readTraceparent(text), undefined);
  });
}
