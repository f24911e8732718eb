/** That no reader sees a torn record while others write is tried in `stats_block_test.ts`. */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { closeRow, openRow, readStable } from "../../../../core/execution/row_lock.ts";

Deno.test("readStable() reads again what was written meanwhile", () => {
  const ints = new Int32Array(1);
  let value = 1;
  let reads = 0;
  const seen = readStable(ints, 0, () => {
    const read = value;
    if (++reads === 1) {
      const lock = openRow(ints, 0);
      value = 2;
      closeRow(ints, 0, lock);
    }
    return read;
  });
  deepStrictEqual([seen, reads, ints[0]], [2, 2, 2]);
});

Deno.test("readStable() does not wait for ever for a writer that died with its row open", () => {
  const ints = new Int32Array(1);
  strictEqual(openRow(ints, 0) % 2, 1);
  strictEqual(readStable(ints, 0, () => "torn"), undefined);
});
