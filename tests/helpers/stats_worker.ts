/** A Web Worker that writes to a stats block as hard as it can, for the tests of that block. */
import { type BlockShape, StatsBlock } from "../../core/execution/stats_block.ts";

/** What a worker shall do. */
export interface StatsJob {
  readonly kind: "count" | "hammer";
  readonly buffer: SharedArrayBuffer;
  readonly shape: BlockShape;
  /**
   * Cell 0 counts the workers that have begun; cell 1 is set to end those that hammer; cell 2
   * counts those that have ended.
   */
  readonly gate: Int32Array;
  readonly times: number;
  readonly lane: number;
}

/** Every row says numbers that belong together, so that a torn one can be told. */
function hammer(block: StatsBlock, { gate, lane }: StatsJob): void {
  for (let seq = 1; Atomics.load(gate, 1) === 0; seq = seq % 1_000_000 + 1) {
    block.beginLane(0, lane, seq, seq * 3);
    block.setProgress(0, lane, seq * 5, seq * 7);
    const row = { heartbeatAtMs: seq, done: seq, failed: seq, busyMs: seq, memoryBytes: seq };
    block.setSlotRow(lane, row);
    if (seq % 16 === 0) block.endLane(0, lane);
  }
}

function count(block: StatsBlock, { times }: StatsJob): void {
  for (let at = 0; at < times; at++) {
    block.recordRun(at % 10);
  }
}

addEventListener("message", (event) => {
  const job: StatsJob = (event as MessageEvent<StatsJob>).data; // the test sends nothing else
  const block = StatsBlock.open(job.buffer, job.shape);
  Atomics.add(job.gate, 0, 1);
  if (job.kind === "count") count(block, job);
  else hammer(block, job);
  Atomics.add(job.gate, 2, 1);
});
