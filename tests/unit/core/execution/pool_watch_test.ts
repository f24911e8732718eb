import { ok, strictEqual } from "node:assert/strict";
import { AttemptQueue } from "../../../../core/execution/attempt_queue.ts";
import { PoolWatch } from "../../../../core/execution/pool_watch.ts";
import { Slot, type SlotOwner } from "../../../../core/execution/slot.ts";
import type { SlotCrew } from "../../../../core/execution/slot_crew.ts";
import type { Thread } from "../../../../core/execution/thread.ts";
import { PoolSettings } from "../../../../core/model/pool.ts";
import { until } from "../../../helpers/until.ts";
import { WatchedAttempt } from "../../../helpers/watched_attempt.ts";

/** Whom a slot tells what this test does not ask for. */
const NOBODY: SlotOwner = {
  slotReady() {},
  slotOutcomes() {},
  slotWorn() {},
  slotReturned() {},
  slotDied() {},
  slotErred() {},
  slotNoted() {},
};
const HOUR_MS = 3_600_000;

/** A thread that does nothing. */
const QUIET_THREAD: Thread = {
  pid: null,
  run() {},
  setLanes() {},
  stop() {},
  takeBack() {},
  kill() {},
  loadRow: () => ({ heartbeatAtMs: 0, done: 0, failed: 0, busyMs: 0, memoryBytes: 0 }),
  loadLanes: () => [],
  silentMs: () => 0,
};

for (const offMs of [HOUR_MS, -HOUR_MS]) {
  const way = offMs > 0 ? "forwards" : "backwards";

  Deno.test(`PoolWatch neither times out nor leaves stuck what runs when the clock is set ${way}`, async () => {
    const attempts = [1, 2].map(() => new WatchedAttempt({ runTimeoutMs: HOUR_MS / 2 }));
    for (const attempt of attempts) attempt.enqueuedMs = performance.now();
    let takenBack = 0;
    // Its thread began the first an instant ago, by a wall clock that the host's is far from.
    const thread: Thread = {
      ...QUIET_THREAD,
      takeBack: () => void takenBack++,
      loadLanes: () => [
        { seq: 0, startedAtMs: Date.now() - offMs, progressDone: 0, progressTotal: 0 },
      ],
    };
    const slot = new Slot(0, NOBODY, 1);
    slot.thread = thread;
    slot.isReady = true;
    slot.send(attempts);
    let looks = 0;
    let timeouts = 0;
    const watch = new PoolWatch({
      queue: new AttemptQueue(),
      // What a watch asks of its crew when nothing is ended.
      crew: { slots: [slot], isBusy: true, trim() {}, end() {} } as unknown as SlotCrew,
      settings: () => PoolSettings.parse({ name: "a pool" }),
      timedOut: () => void timeouts++,
      expired() {},
      dispatch: () => {
        looks++;
        watch.soon();
      },
    });
    watch.soon();
    try {
      await until("what waits behind it is taken back", () => takenBack > 0);
      await until("it was looked at some more", () => looks > 20);
    } finally {
      watch.close();
    }
    strictEqual(attempts[0]?.place, "running");
    const ranMs = performance.now() - (attempts[0]?.beganMs ?? 0);
    ok(ranMs >= 0 && ranMs < 60_000, `It is said to have run for ${ranMs} ms`);
    strictEqual(timeouts, 0);
  });
}

Deno.test("PoolWatch does not take threads for dead when the server itself was held up", async () => {
  let ended = 0;
  const attempt = new WatchedAttempt();
  const slot = new Slot(0, NOBODY, 1);
  slot.thread = {
    ...QUIET_THREAD,
    // As of a thread whose words of the time meanwhile have not been read yet.
    silentMs: () => 8_000,
  };
  slot.isReady = true;
  slot.send([attempt]);
  let looks = 0;
  const watch = new PoolWatch({
    queue: new AttemptQueue(),
    crew: {
      slots: [slot],
      isBusy: true,
      trim() {},
      end: () => void ended++,
    } as unknown as SlotCrew,
    settings: () => PoolSettings.parse({ name: "a pool" }),
    timedOut() {},
    expired() {},
    dispatch: () => {
      looks++;
      watch.soon();
    },
  });
  watch.soon();
  // Nothing of this process goes on for so long, as when it is stopped by a signal.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2_600);
  try {
    await until("it was looked at some more", () => looks > 5);
  } finally {
    watch.close();
  }
  strictEqual(ended, 0);
});
