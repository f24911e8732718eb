import { deepStrictEqual, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import type { Attempt } from "../../../../core/execution/attempt.ts";
import type { OutcomesMessage, RunMessage } from "../../../../core/execution/protocol.ts";
import { Slot, type SlotOwner } from "../../../../core/execution/slot.ts";
import type { Death, Thread } from "../../../../core/execution/thread.ts";
import { WatchedAttempt } from "../../../helpers/watched_attempt.ts";

/** A thread that only writes down what it is told. */
class FakeThread implements Thread {
  readonly pid = null;
  readonly batches: RunMessage[] = [];
  readonly takeBacks: number[] = [];
  kills = 0;

  run(message: RunMessage): void {
    this.batches.push(message);
  }
  setLanes(): void {}
  stop(): void {}
  takeBack(epoch: number): void {
    this.takeBacks.push(epoch);
  }
  kill(): void {
    this.kills++;
  }
  loadRow() {
    return { heartbeatAtMs: 0, done: 0, failed: 0, busyMs: 0, memoryBytes: 0 };
  }
  loadLanes() {
    return [];
  }
  silentMs(): number {
    return 0;
  }
}

class FakeOwner implements SlotOwner {
  readonly returned: Attempt[] = [];
  readonly deaths: Death[] = [];
  readonly errors: string[] = [];
  slotReady(): void {}
  slotOutcomes(_slot: Slot, _message: OutcomesMessage): void {}
  slotWorn(): void {}
  slotNoted(): void {}
  slotReturned(_slot: Slot, attempts: readonly Attempt[]): void {
    this.returned.push(...attempts);
  }
  slotDied(_slot: Slot, death: Death): void {
    this.deaths.push(death);
  }
  slotErred(_slot: Slot, message: string): void {
    this.errors.push(message);
  }
}

function startSlot(lanes = 1) {
  const owner = new FakeOwner();
  const thread = new FakeThread();
  const slot = new Slot(3, owner, lanes);
  slot.thread = thread;
  slot.ready();
  return { slot, owner, thread };
}

const attempts = (count: number) => Array.from({ length: count }, () => new WatchedAttempt());

Deno.test("Slot numbers what it sends, and names a type once", () => {
  const { slot, thread } = startSlot();
  const other = { name: "other", url: "file:///other.task.ts" };
  const sent = [...attempts(2), new WatchedAttempt({ type: other, input: "1" }), ...attempts(1)];
  slot.send(sent);
  slot.send([new WatchedAttempt({ type: other, number: 2, taskId: "t" })]);
  deepStrictEqual(sent.map(({ place, slot: index, seq }) => [place, index, seq]), [
    ["sent", 3, 0],
    ["sent", 3, 1],
    ["sent", 3, 2],
    ["sent", 3, 3],
  ]);
  deepStrictEqual(
    thread.batches.map(({ first, newTypes, types, inputs, taskIds, attempts }) => ({
      first,
      newTypes,
      types,
      inputs,
      taskIds,
      attempts,
    })),
    [
      {
        first: 0,
        newTypes: [{ name: "noop", url: "file:///noop.task.ts" }, other],
        types: [0, 0, 1, 0],
        inputs: [undefined, undefined, "1", undefined],
        taskIds: [],
        attempts: [],
      },
      { first: 4, newTypes: [], types: [1], inputs: [undefined], taskIds: ["t"], attempts: [2] },
    ],
  );
});

Deno.test("Slot.land() gives nothing for another token, another number, or twice", () => {
  const { slot } = startSlot();
  const [attempt] = attempts(1);
  slot.send(attempt === undefined ? [] : [attempt]);
  const token = attempt?.token ?? -1;
  strictEqual(slot.land(0, token + 1), undefined);
  strictEqual(slot.land(1, token), undefined);
  strictEqual(slot.land(-1, token), undefined);
  strictEqual(slot.land(0, token), attempt);
  strictEqual(slot.land(0, token), undefined);
  strictEqual(slot.inFlight, 0);
});

Deno.test("Slot.markRunning() marks as many as there are lanes, in order", () => {
  const { slot } = startSlot(2);
  const sent = attempts(4);
  slot.send(sent);
  slot.markRunning(1);
  deepStrictEqual(sent.map(({ place }) => place), ["running", "running", "sent", "sent"]);
  slot.land(0, sent[0]?.token ?? -1);
  slot.markRunning(2);
  deepStrictEqual(sent.map(({ events }) => events), [["started"], ["started"], ["started"], []]);
});

Deno.test("Slot.takeBack() asks once until it is answered", () => {
  const { slot, thread } = startSlot();
  slot.takeBack();
  deepStrictEqual(thread.takeBacks, []);
  slot.send(attempts(2));
  slot.takeBack();
  slot.takeBack();
  deepStrictEqual(thread.takeBacks, [0]);
  slot.takenBack(1);
  slot.takeBack();
  deepStrictEqual(thread.takeBacks, [0, 1]);
});

Deno.test("Slot.takenBack() marks the one that had begun unseen", () => {
  const { slot, owner } = startSlot();
  const sent = attempts(3);
  slot.send(sent);
  slot.takeBack();
  slot.takenBack(1);
  deepStrictEqual(sent.map(({ place }) => place), ["running", "sent", "sent"]);
  deepStrictEqual(owner.returned, sent.slice(1));
});

Deno.test("Slot blames a late error on a task that ended recently, or tells of it once as nobody's", () => {
  const { slot, owner } = startSlot();
  const sent = attempts(70);
  slot.send(sent);
  for (const { seq, token } of sent) slot.land(seq, token);
  slot.lateError(69, "mine");
  deepStrictEqual(owner.errors, []);
  slot.lateError(0, "forgotten");
  slot.lateError(-1, "nobody's");
  deepStrictEqual(sent[69]?.lateErrors, ["mine"]);
  deepStrictEqual(sent.flatMap(({ lateErrors }) => lateErrors), ["mine"]);
  deepStrictEqual(owner.errors, ["forgotten"]);
});

Deno.test("Slot.kill() ends its thread once", () => {
  const { slot, thread } = startSlot();
  slot.kill(1);
  slot.kill(2);
  deepStrictEqual([thread.kills, slot.killedMs, slot.isLeaving], [1, 1, true]);
});

Deno.test("Slot.isSpent() counts what it was sent", () => {
  const { slot } = startSlot();
  slot.send(attempts(2));
  deepStrictEqual([null, 3, 2].map((limit) => slot.isSpent(limit)), [false, false, true]);
});

const step = fc.oneof(
  fc.record({ kind: fc.constant("send" as const), count: fc.integer({ min: 1, max: 200 }) }),
  fc.record({
    kind: fc.constant("land" as const),
    at: fc.nat(),
    count: fc.integer({ min: 1, max: 150 }),
  }),
  fc.record({ kind: fc.constant("takeBack" as const), at: fc.nat() }),
);

Deno.test("Slot agrees with a plain list about what is in flight", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { slot, owner } = startSlot();
      let flight: WatchedAttempt[] = [];
      let sentBefore = 0;
      let epochFirst = 0;
      for (const one of steps) {
        if (one.kind === "send") {
          const sent = attempts(one.count);
          slot.send(sent);
          flight.push(...sent);
          sentBefore += sent.length;
        } else if (one.kind === "land") {
          for (let left = one.count; left > 0 && flight.length > 0; left--) {
            const [attempt]: WatchedAttempt[] = flight.splice(one.at % flight.length, 1);
            if (attempt === undefined) continue;
            strictEqual(slot.land(attempt.seq, attempt.token), attempt);
          }
        } else {
          owner.returned.length = 0;
          const hadAny = flight.length > 0;
          slot.takeBack();
          if (!hadAny) continue;
          // Somewhere in this epoch; what was landed had begun, but the list cannot tell.
          const first = epochFirst + one.at % (sentBefore - epochFirst + 1);
          slot.takenBack(first);
          deepStrictEqual(owner.returned, flight.filter(({ seq }) => seq >= first));
          flight = flight.filter(({ seq }) => seq < first);
          epochFirst = sentBefore;
        }
        strictEqual(slot.inFlight, flight.length);
        deepStrictEqual(slot.attempts().map(({ seq }) => seq), flight.map(({ seq }) => seq));
      }
    }),
    { numRuns: 200 },
  );
});

Deno.test("Slot.send() tells the trace of each attempt, and nothing where none has one", () => {
  const { slot, thread } = startSlot();
  const trace = { traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01`, isRecorded: true };
  slot.send([new WatchedAttempt(), new WatchedAttempt()]);
  slot.send([new WatchedAttempt(), new WatchedAttempt({ trace })]);
  deepStrictEqual(thread.batches.map(({ traces }) => traces), [[], [null, trace]]);
});
