import { deepStrictEqual, ok, rejects } from "node:assert/strict";
import primes from "../../../../../core/tasks/builtin/primes.task.ts";
import { FakeContext } from "../fake_context.ts";

async function countUpTo(upTo: number): Promise<{ count: number; largest: number | null }> {
  return await primes.run({ up_to: upTo }, new FakeContext());
}

Deno.test("primes agrees with trial division up to every small number", async () => {
  let count = 0;
  let largest: number | null = null;
  for (let number = 0; number <= 400; number++) {
    const isPrime = number > 1 &&
      Array.from({ length: number }, (_, i) => i).slice(2).every((i) => number % i !== 0);
    if (isPrime) [count, largest] = [count + 1, number];
    deepStrictEqual(await countUpTo(number), { count, largest });
  }
});

Deno.test("primes counts over the bounds of its segments", async () => {
  const segment = 2 * 256 * 1024;
  deepStrictEqual(await countUpTo(1_000_000), { count: 78_498, largest: 999_983 });
  deepStrictEqual(await countUpTo(10_000_000), { count: 664_579, largest: 9_999_991 });
  const [before, after] = await Promise.all([countUpTo(segment), countUpTo(segment + 100)]);
  ok(before.count < after.count);
});

Deno.test("primes tells its progress a segment at a time, up to the whole", async () => {
  const ctx = new FakeContext();
  await primes.run({ up_to: 3_000_000 }, ctx);

  ok(ctx.isMonotonic);
  deepStrictEqual(ctx.calls.length, 7);
  deepStrictEqual(ctx.calls.at(-1), { done: 3_000_000, total: 3_000_000 });
});

Deno.test("primes ends between two segments when it is stopped", async () => {
  const ctx = new FakeContext({ stopAtCall: 2 });

  await rejects(async () => await primes.run({ up_to: 10_000_000_000 }, ctx), {
    name: "AbortError",
  });
  deepStrictEqual(ctx.calls.length, 2);
});
