import { deepStrictEqual } from "node:assert/strict";
import { TypeTally } from "../../../../core/execution/type_tally.ts";

Deno.test("TypeTally adds up what attempts of each type came to, and how long they ran", () => {
  const tally = new TypeTally();
  tally.add("noop", { kind: "done", runMs: 5 });
  tally.add("noop", { kind: "failed", runMs: 2.5 });
  tally.add("constructor", { kind: "cancelled", runMs: null });
  deepStrictEqual([...tally.read()], [
    ["noop", { done: 1, failed: 1, cancelled: 0, runMs: 7.5 }],
    ["constructor", { done: 0, failed: 0, cancelled: 1, runMs: 0 }],
  ]);
});
