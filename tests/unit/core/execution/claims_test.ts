import { deepStrictEqual, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { claimNext, openClaims, takeBackClaims } from "../../../../core/execution/claims.ts";

Deno.test("takeBackClaims() gives the first task that was not begun, and the next claim fails", () => {
  const ints = new Int32Array(2);
  deepStrictEqual([claimNext(ints, 1), claimNext(ints, 1)], [0, 1]);
  strictEqual(takeBackClaims(ints, 1, 0), 2);
  strictEqual(claimNext(ints, 1), -1);
  strictEqual(openClaims(ints, 1, 1, 5), true);
  deepStrictEqual([claimNext(ints, 1), ints[0]], [5, 0]);
});

Deno.test("takeBackClaims() gives -1 when the thread had not received the epoch", () => {
  const ints = new Int32Array(1);
  strictEqual(takeBackClaims(ints, 0, 0), 0);
  strictEqual(takeBackClaims(ints, 0, 1), -1);
  strictEqual(openClaims(ints, 0, 1, 3), false);
  strictEqual(claimNext(ints, 0), -1);
  strictEqual(openClaims(ints, 0, 2, 6), true);
  strictEqual(claimNext(ints, 0), 6);
});

interface Batch {
  readonly epoch: number;
  readonly first: number;
  readonly count: number;
}

/** The two sides of the protocol, each step of which the test takes when it likes. */
class TwoSides {
  readonly #ints = new Int32Array(new SharedArrayBuffer(4));
  readonly begun: number[] = [];
  readonly returned: number[] = [];
  sent = 0;
  #epoch = 0;
  #epochFirst = 0;
  #threadEpoch = 0;
  #mail: Batch[] = [];
  #batches: { batch: Batch; at: number }[] = [];

  send(count: number): void {
    this.#mail.push({ epoch: this.#epoch, first: this.sent, count });
    this.sent += count;
  }

  takeBack(): void {
    const first = takeBackClaims(this.#ints, 0, this.#epoch++);
    for (let seq = Math.max(first, this.#epochFirst); seq < this.sent; seq++) {
      this.returned.push(seq);
    }
    this.#epochFirst = this.sent;
  }

  receive(): void {
    const batch = this.#mail.shift();
    if (batch === undefined) return;
    if (batch.epoch > this.#threadEpoch) {
      this.#batches = [];
      if (!openClaims(this.#ints, 0, batch.epoch, batch.first)) return;
      this.#threadEpoch = batch.epoch;
    }
    if (batch.epoch === this.#threadEpoch) this.#batches.push({ batch, at: 0 });
  }

  begin(): void {
    const place = this.#batches[0];
    if (place === undefined) return;
    const claimed = claimNext(this.#ints, 0);
    if (claimed < 0) {
      this.#batches = [];
      return;
    }
    const seq = place.batch.first + place.at++;
    strictEqual(claimed, seq);
    this.begun.push(seq);
    if (place.at === place.batch.count) this.#batches.shift();
  }

  finish(): void {
    while (this.#mail.length > 0) this.receive();
    while (this.#batches.length > 0) this.begin();
  }
}

Deno.test("Claims let each task be begun or taken back, and never both, in any order", () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("send" as const), count: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ kind: fc.constantFrom("takeBack" as const, "receive" as const) }),
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("begin" as const) }) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const sides = new TwoSides();
      for (const one of steps) {
        if (one.kind === "send") sides.send(one.count);
        else sides[one.kind]();
      }
      sides.finish();
      const all = [...sides.begun, ...sides.returned].sort((one, other) => one - other);
      deepStrictEqual(all, Array.from({ length: sides.sent }, (_, seq) => seq));
      deepStrictEqual(sides.begun, sides.begun.toSorted((one, other) => one - other));
    }),
    { numRuns: 1_000 },
  );
});
