import { setImmediate as nextTurn } from "node:timers/promises";
import { defineTask, type TaskDefinition, z } from "lido";
import { throwIfStopped } from "./reading.ts";

const UP_TO_MAX = 10_000_000_000;
/** Odd numbers in one segment, a byte each: it stays in a core's own cache. */
const SEGMENT_LENGTH = 256 * 1024;
/** How long it computes before it lets the thread's other events through. */
const TURN_MS = 50;

const Input = z.strictObject({
  up_to: z.int().min(0).max(UP_TO_MAX).meta({
    description: "The largest number to look at",
  }),
});
const Output = z.object({
  count: z.int(),
  largest: z.int().nullable().meta({ description: "null when there is none" }),
});

/** Counts primes with a segmented sieve of Eratosthenes: work for a core, in constant memory. */
const primes: TaskDefinition<typeof Input, typeof Output> = defineTask({
  name: "primes",
  description: "Counts the prime numbers up to a number, and finds the largest",
  input: Input,
  output: Output,
  examples: [{ up_to: 1_000_000 }, { up_to: 1_000_000_000 }],
  async run({ up_to: upTo }, ctx) {
    const sieve = new Sieve(upTo);
    let turnEndMs = performance.now() + TURN_MS;
    while (!sieve.isDone) {
      throwIfStopped(ctx);
      sieve.sieveSegment();
      ctx.progress(sieve.seen, upTo);
      if (performance.now() < turnEndMs) continue;
      await nextTurn();
      turnEndMs = performance.now() + TURN_MS;
    }
    ctx.progress(upTo, upTo);
    return { count: sieve.count, largest: sieve.largest };
  },
});
export default primes;

/** Index i of a segment stands for the odd number `low + 2i`; 2 is counted from the start. */
class Sieve {
  count = 0;
  largest: number | null = null;
  readonly #upTo: number;
  readonly #segment = new Uint8Array(SEGMENT_LENGTH);
  readonly #basePrimes: readonly number[];
  /** For each base prime, its next odd multiple. */
  readonly #multiples: number[];
  #low = 3;

  constructor(upTo: number) {
    this.#upTo = upTo;
    this.#basePrimes = findOddPrimes(Math.floor(Math.sqrt(upTo)));
    this.#multiples = this.#basePrimes.map((prime) => prime * prime);
    if (upTo < 2) return;
    this.count = 1;
    this.largest = 2;
  }

  get isDone(): boolean {
    return this.#low > this.#upTo;
  }

  /** All numbers up to this one were looked at. */
  get seen(): number {
    return Math.min(this.#low - 1, this.#upTo);
  }

  sieveSegment(): void {
    const rest = Math.floor((this.#upTo - this.#low) / 2) + 1;
    const length = Math.min(SEGMENT_LENGTH, rest);
    this.#segment.fill(0);
    this.#crossOut(length);
    for (let i = 0; i < length; i++) {
      if (this.#segment[i] !== 0) continue;
      this.count++;
      this.largest = this.#low + 2 * i;
    }
    this.#low += 2 * length;
  }

  #crossOut(length: number): void {
    const end = this.#low + 2 * length;
    for (const [at, prime] of this.#basePrimes.entries()) {
      const first = this.#multiples[at] ?? end;
      if (first >= end) continue;
      let i = (first - this.#low) / 2;
      for (; i < length; i += prime) this.#segment[i] = 1;
      this.#multiples[at] = this.#low + 2 * i;
    }
  }
}

/** A plain sieve for the few primes that the segments need: at most 100,000 bytes. */
function findOddPrimes(upTo: number): number[] {
  const isCrossed = new Uint8Array(upTo + 1);
  const found: number[] = [];
  for (let number = 3; number <= upTo; number += 2) {
    if (isCrossed[number] !== 0) continue;
    found.push(number);
    for (let multiple = number * number; multiple <= upTo; multiple += 2 * number) {
      isCrossed[multiple] = 1;
    }
  }
  return found;
}
