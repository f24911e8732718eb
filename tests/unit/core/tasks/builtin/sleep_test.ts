import { deepStrictEqual, ok, rejects } from "node:assert/strict";
import sleep from "../../../../../core/tasks/builtin/sleep.task.ts";
import { FakeContext } from "../fake_context.ts";

Deno.test("sleep waits, tells its progress and says how long it took", async () => {
  const ctx = new FakeContext();
  const startedMs = performance.now();

  deepStrictEqual(await sleep.run({ seconds: 0.25 }, ctx), "Task completed after 0.25 seconds");

  ok(performance.now() - startedMs >= 249);
  ok(ctx.isMonotonic);
  deepStrictEqual(ctx.calls.at(0), { done: 0, total: 0.25 });
  deepStrictEqual(ctx.calls.at(-1), { done: 0.25, total: 0.25 });
});

Deno.test("sleep of 0 seconds ends at once", async () => {
  deepStrictEqual(
    await sleep.run({ seconds: 0 }, new FakeContext()),
    "Task completed after 0 seconds",
  );
});

Deno.test("sleep ends at once when it is stopped before, or while it waits", async () => {
  await rejects(
    async () => await sleep.run({ seconds: 86_400 }, new FakeContext({ stopAtCall: 0 })),
    {
      name: "AbortError",
    },
  );

  const ctx = new FakeContext();
  const run = sleep.run({ seconds: 86_400 }, ctx);
  ctx.stop();
  await rejects(async () => await run, { name: "AbortError" });
});

Deno.test("sleep refuses a negative, a huge and an unknown input", () => {
  for (const input of [{ seconds: -1 }, { seconds: 86_401 }, { seconds: "5" }, { second: 5 }, {}]) {
    deepStrictEqual(sleep.input.safeParse(input).success, false);
  }
});
