import { deepStrictEqual, ok } from "node:assert/strict";
import { assert, integer, property } from "fast-check";
import { layOut } from "../../../../cli/top/layout.ts";

Deno.test("layOut() gives what one list does not need to another", () => {
  const many = { pools: 200, threads: 256, types: 50 };
  deepStrictEqual(layOut(many, 24), { pools: 7, threads: 6, types: 3 });
  deepStrictEqual(layOut(many, 50), { pools: 21, threads: 14, types: 7 });
  deepStrictEqual(layOut({ ...many, threads: 1 }, 24), { pools: 12, threads: 1, types: 3 });
  deepStrictEqual(layOut({ ...many, pools: 2 }, 24), { pools: 2, threads: 11, types: 3 });
  deepStrictEqual(layOut({ pools: 1, threads: 2, types: 9 }, 24), {
    pools: 1,
    threads: 2,
    types: 9,
  });
});

Deno.test("layOut() leaves lists out of a terminal that is too low for them", () => {
  const many = { pools: 200, threads: 256, types: 50 };
  deepStrictEqual(layOut(many, 17), { pools: 6, threads: 4, types: 0 });
  deepStrictEqual(layOut(many, 11), { pools: 6, threads: 0, types: 0 });
  deepStrictEqual(layOut(many, 1), { pools: 1, threads: 0, types: 0 });
});

Deno.test("layOut() never gives out more lines than there are", () => {
  const count = integer({ min: 0, max: 300 });
  assert(
    property(count, count, count, integer({ min: 6, max: 100 }), (pools, threads, types, lines) => {
      const heights = layOut({ pools, threads, types }, lines);
      const headings = 1 + (heights.threads > 0 ? 2 : 0) + (heights.types > 0 ? 1 : 0);
      const used = 3 + headings + heights.pools + heights.threads + heights.types + 1;
      ok(used <= lines, `${used} of ${lines}`);
    }),
  );
});
