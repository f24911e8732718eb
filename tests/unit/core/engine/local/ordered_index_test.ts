import { deepStrictEqual, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { OrderedIndex } from "../../../../../core/engine/local/ordered_index.ts";

const number = fc.integer({ min: 0, max: 3_000 });
const step = fc.oneof(
  fc.record({ kind: fc.constant("add" as const), value: number }),
  fc.record({ kind: fc.constant("remove" as const), value: number }),
  fc.record({ kind: fc.constant("addRange" as const), value: number }),
);

/** Every question that can be asked, answered by the index and by a sorted array. */
function compare(index: OrderedIndex, sorted: readonly number[], value: number, count: number) {
  const down = sorted.toReversed();
  strictEqual(index.size, sorted.length);
  deepStrictEqual(index.descendingFrom(value, count), down.slice(value, value + count));
  deepStrictEqual(index.below(value, count), down.filter((one) => one < value).slice(0, count));
  const above = down.filter((one) => one > value);
  deepStrictEqual(index.above(value, count), above.slice(Math.max(0, above.length - count)));
}

Deno.test("OrderedIndex agrees with a sorted array, ranks and all", () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 40 }),
      fc.array(fc.tuple(number, fc.integer({ min: 1, max: 700 })), { minLength: 1, maxLength: 8 }),
      (steps, questions) => {
        const index = new OrderedIndex();
        const model = new Set<number>();
        for (const { kind, value } of steps) {
          // Enough to split a run, so that the index has several.
          const span = kind === "addRange" ? 600 : 1;
          for (let one = value; one < value + span; one++) {
            if (kind === "remove") {
              index.remove(one);
              model.delete(one);
            } else if (!model.has(one)) {
              index.add(one);
              model.add(one);
            }
          }
        }
        const sorted = [...model].sort((one, other) => one - other);
        for (const [value, count] of questions) compare(index, sorted, value, count);
      },
    ),
    { numRuns: 200 },
  );
});

Deno.test("OrderedIndex.remove() does nothing for a number that is not in it", () => {
  const index = new OrderedIndex();
  index.remove(3);
  index.add(5);
  index.remove(3);
  deepStrictEqual([index.size, index.descendingFrom(0, 9)], [1, [5]]);
});
