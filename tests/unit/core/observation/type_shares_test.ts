import { deepStrictEqual } from "node:assert/strict";
import { NO_TOTALS, type TypeTotals } from "../../../../core/execution/type_tally.ts";
import { TypeShareMeter } from "../../../../core/observation/type_shares.ts";
import { fakeClock } from "../../../helpers/fake_clock.ts";

function makeMeter() {
  const clock = fakeClock();
  const totals = new Map<string, TypeTotals>();
  const meter = new TypeShareMeter(() => totals, clock);
  /** A second in which these types ran for so many milliseconds more, and ended once. */
  const second = (runMs: Readonly<Record<string, number>>) => {
    clock.advance(1_000);
    for (const [name, ms] of Object.entries(runMs)) {
      const before = totals.get(name) ?? NO_TOTALS;
      totals.set(name, { ...before, done: before.done + 1, runMs: before.runMs + ms });
    }
    meter.note();
  };
  return { meter, second, [Symbol.dispose]: () => meter[Symbol.dispose]() };
}

Deno.test("TypeShareMeter tells what each type took within the window, and no more", () => {
  using world = makeMeter();
  const { meter, second } = world;
  for (let at = 0; at < 10; at++) second({ old: 1_000 });
  for (let at = 0; at < 5; at++) second({ long: 300, short: 100 });
  const ended = { failed: 0, cancelled: 0 };
  deepStrictEqual(meter.read(5_000), {
    coveredMs: 5_000,
    types: [
      { type: "long", done: 5, ...ended, runMs: 1_500, share: 0.75 },
      { type: "short", done: 5, ...ended, runMs: 500, share: 0.25 },
    ],
  });
  deepStrictEqual(
    meter.read(300_000).types.map(({ type, share }) => [type, share]),
    [["old", 10_000 / 12_000], ["long", 1_500 / 12_000], ["short", 500 / 12_000]],
  );
  deepStrictEqual(meter.read(300_000).coveredMs, 15_000);
});

Deno.test("TypeShareMeter forgets what is older than its longest window", () => {
  using world = makeMeter();
  world.second({ old: 1_000 });
  for (let at = 0; at < 301; at++) world.second({});
  deepStrictEqual(world.meter.read(300_000), { coveredMs: 300_000, types: [] });
});
