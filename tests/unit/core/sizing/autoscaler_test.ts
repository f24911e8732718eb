import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { LidoError } from "../../../../core/model/errors.ts";
import { PoolId, PoolSettings, type PoolSettingsInput } from "../../../../core/model/pool.ts";
import type { SizingAdvice } from "../../../../core/model/sizing.ts";
import { Autoscaler, type ScaledPool } from "../../../../core/sizing/autoscaler.ts";
import { fakeClock } from "../../../helpers/fake_clock.ts";

const ID = PoolId.parse("01990000-0000-7000-8000-000000000001");

function advised(size: number): SizingAdvice {
  return {
    size,
    keepsTarget: true,
    targetWaitMs: 1_000,
    arrivalRate: 1,
    meanRunMs: 1_000,
    utilisation: 0.5,
    seenTasks: 100,
    seenMs: 100_000,
    reason: `${size} are wanted`,
  };
}

/** A pool that is used and wants 6 threads, and an autoscaler that looks at it. */
function world(
  settings: Partial<PoolSettingsInput>,
  facts: Partial<ScaledPool> = {},
) {
  const set: unknown[] = [];
  const errors: unknown[] = [];
  const pool = {
    id: ID,
    settings: PoolSettings.parse({ name: "p", maxThreads: 4, autoscale: "apply", ...settings }),
    settingsVersion: 1,
    isWell: true,
    ranTasks: 100,
    pendingTasks: 0,
    oldestWaitMs: null,
    advise: () => Promise.resolve(advised(6)),
    resize: (suggestion) => Promise.resolve(void set.push(suggestion)),
    ...facts,
  } satisfies ScaledPool;
  const clock = fakeClock();
  const autoscaler = new Autoscaler({
    clock,
    pools: () => [pool],
    onError: (error) => errors.push(error),
  });
  return { autoscaler, clock, pool, set, errors };
}

Deno.test("Autoscaler sets what is wanted in mode apply, with its reason", async () => {
  const { autoscaler, set } = world({});
  await autoscaler.look();
  deepStrictEqual(set, [{ size: 6, reason: "6 are wanted" }]);
  strictEqual(autoscaler.suggestionFor(ID), undefined);
});

Deno.test("Autoscaler only says so in mode suggest, until it is forgotten", async () => {
  const { autoscaler, pool, set } = world({ autoscale: "suggest" });
  await autoscaler.look();
  deepStrictEqual(autoscaler.suggestionFor(ID), { size: 6, reason: "6 are wanted" });
  pool.settings = { ...pool.settings, autoscale: "off" };
  await autoscaler.look();
  deepStrictEqual([autoscaler.suggestionFor(ID), set], [undefined, []]);
});

for (
  const [title, settings, facts] of [
    ["in mode off", { autoscale: "off" }, {}],
    ["that nobody uses", {}, { ranTasks: 0 }],
    ["that is not well", {}, { isWell: false }],
    ["that has what it wants", { maxThreads: 6 }, {}],
    ["of which nothing tells", {}, { advise: () => Promise.resolve(undefined) }],
    ["whose tasks wait no longer than they may", {}, {
      advise: () => Promise.resolve(undefined),
      pendingTasks: 3,
      oldestWaitMs: 1_000,
    }],
  ] as const
) {
  Deno.test(`Autoscaler leaves a pool alone ${title}`, async () => {
    const { autoscaler, set } = world(settings, facts);
    await autoscaler.look();
    deepStrictEqual([set, autoscaler.suggestionFor(ID)], [[], undefined]);
  });
}

Deno.test("Autoscaler leaves a pool alone once nothing of it runs any longer", async () => {
  const { autoscaler, clock, pool, set } = world({ maxThreads: 6 });
  await autoscaler.look();
  pool.settings = { ...pool.settings, maxThreads: 4 };
  clock.advance(1e9);
  await autoscaler.look();
  deepStrictEqual(set, []);
  pool.ranTasks++;
  await autoscaler.look();
  deepStrictEqual(set, [{ size: 6, reason: "6 are wanted" }]);
});

Deno.test("Autoscaler keeps the minimum", async () => {
  const { autoscaler, set } = world({ minThreads: 8, maxThreads: 8, autoscaleMaxThreads: 4 });
  await autoscaler.look();
  deepStrictEqual(set, []);
});

for (
  const [pendingTasks, tasksPerThread, size] of [[3, 1, 7], [3, 2, 6], [500, 1, 16]] as const
) {
  Deno.test(`Autoscaler gives ${pendingTasks} that wait too long, ${tasksPerThread} a thread, ${size} threads`, async () => {
    const { autoscaler, set } = world({ tasksPerThread }, {
      advise: () => Promise.resolve(undefined),
      pendingTasks,
      oldestWaitMs: 1_500.4,
    });
    await autoscaler.look();
    const reason = `Too few tasks have ended to tell more. Waiting: ${pendingTasks}, the oldest ` +
      "for 1500 ms; 1000 ms are allowed";
    deepStrictEqual(set, [{ size, reason }]);
  });
}

Deno.test("Autoscaler tells faults, not that somebody was quicker, and goes on", async () => {
  const conflict = new LidoError("version_conflict", "Cannot change pool: …");
  const fault = new TypeError("a fault");
  const thrown: Error[] = [conflict, fault];
  const { autoscaler, errors } = world({}, {
    pendingTasks: 1,
    resize: () => Promise.reject(thrown.shift()),
  });
  await autoscaler.look();
  await autoscaler.look();
  deepStrictEqual(errors, [fault]);
});

Deno.test("Autoscaler changes nothing after it was closed, and may be closed before it starts", async () => {
  const asked = Promise.withResolvers<SizingAdvice>();
  const { autoscaler, set } = world({}, { advise: () => asked.promise });
  const look = autoscaler.look();
  const closed = autoscaler[Symbol.asyncDispose]();
  asked.resolve(advised(6));
  await Promise.all([look, closed]);
  deepStrictEqual(set, []);
  await autoscaler[Symbol.asyncDispose]();
});
