import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { RunningLedger } from "../../../../../../core/engine/local/journal/running_ledger.ts";

async function inFolder(act: (path: string) => void): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "lido-ledger-" });
  try {
    act(join(folder, "running.ledger"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** What the next life is told. */
function look(path: string) {
  const { orphans, wasClosed, lastGroup } = RunningLedger.open(path);
  return { orphans: [...orphans].sort(), wasClosed, lastGroup };
}

Deno.test("RunningLedger tells the next life what was out when it was cut off", async () => {
  await inFolder((path) => {
    const { ledger } = RunningLedger.open(path);
    ledger.begin();
    ledger.handOver([1, 2, 3]);
    ledger.takeBack(2);
    ledger.handOver([4]);
    ledger.noteGroup(7);
    deepStrictEqual(look(path), { orphans: [1, 3, 4], wasClosed: false, lastGroup: 7 });
    // A life that died before it began has dealt with nothing.
    deepStrictEqual(look(path), { orphans: [1, 3, 4], wasClosed: false, lastGroup: 7 });
  });
});

Deno.test("RunningLedger that was closed says so, and what was still out", async () => {
  await inFolder((path) => {
    const { ledger } = RunningLedger.open(path);
    ledger.begin();
    ledger.handOver([1, 2]);
    ledger.takeBack(1);
    ledger[Symbol.dispose]();
    deepStrictEqual(look(path), { orphans: [2], wasClosed: true, lastGroup: 0 });
  });
});

Deno.test("RunningLedger forgets nothing over many turns of its halves", async () => {
  await inFolder((path) => {
    const { ledger } = RunningLedger.open(path);
    ledger.begin();
    ledger.handOver([0.5e6]);
    for (let seq = 1; seq <= 300_000; seq += 100) {
      const batch = Array.from({ length: 100 }, (_, at) => seq + at);
      ledger.handOver(batch);
      for (const one of batch) ledger.takeBack(one);
    }
    ledger.handOver([600_000]);
    deepStrictEqual(look(path).orphans, [0.5e6, 600_000]);
  });
});

Deno.test("RunningLedger.open() keeps the file's size, whatever was written", async () => {
  await inFolder((path) => {
    const { ledger } = RunningLedger.open(path);
    ledger.begin();
    const { size } = Deno.statSync(path);
    ledger.handOver(Array.from({ length: 50_000 }, (_, at) => at + 1));
    strictEqual(Deno.statSync(path).size, size);
  });
});
