import { deepStrictEqual } from "node:assert/strict";
import { SizeWatch } from "../../../../core/sizing/size_watch.ts";

/** What is set at each of these looks, a second apart; null: nothing. */
function follow(wanted: readonly number[], { size, coolDownMs = 3_000 }: {
  readonly size: number;
  readonly coolDownMs?: number;
}): readonly (number | null)[] {
  const watch = new SizeWatch();
  let [now, version] = [size, 1];
  return wanted.map((one, second) => {
    const set = watch.decide({
      nowMs: second * 1_000,
      size: now,
      settingsVersion: version,
      coolDownMs,
      wanted: { size: one, reason: `look ${second}` },
    });
    if (set === undefined) return null;
    [now, version] = [set.size, version + 1];
    return now;
  });
}

Deno.test("SizeWatch.decide() gives more at once", () => {
  deepStrictEqual(follow([2, 4, 4], { size: 2 }), [null, 4, null]);
});

Deno.test("SizeWatch.decide() changes once in a cool-down, counted from when it saw the change", () => {
  deepStrictEqual(follow([4, 5, 6, 7, 8], { size: 2 }), [4, null, null, null, 8]);
});

Deno.test("SizeWatch.decide() gives fewer when fewer were wanted for all of a cool-down, and the most of them", () => {
  deepStrictEqual(follow([3, 5, 4, 2], { size: 8 }), [null, null, null, 5]);
  deepStrictEqual(follow([3, 3, 8, 3, 3, 3], { size: 8 }), [null, null, null, null, null, null]);
  deepStrictEqual(follow([3, 9, 3, 3, 3, 3], { size: 8 }).slice(0, 2), [null, 9]);
});

Deno.test("SizeWatch.decide() leaves a pool alone for a little less", () => {
  deepStrictEqual(follow([36, 36, 36, 36], { size: 50 }), [null, null, null, null]);
  deepStrictEqual(follow([35, 35, 35, 35], { size: 50 }), [null, null, null, 35]);
  deepStrictEqual(follow([2, 2, 2, 2], { size: 3 }), [null, null, null, null]);
});

Deno.test("SizeWatch.decide() looks anew, cool-down by cool-down, whether fewer are worth it", () => {
  const wanted = [7, 4, 4, 4, 4, 4, 4];
  deepStrictEqual(follow(wanted, { size: 8 }), [null, null, null, null, null, null, 4]);
});

Deno.test("SizeWatch.decide() gives the reason of the look that wanted it", () => {
  const watch = new SizeWatch();
  const look = { size: 8, settingsVersion: 1, coolDownMs: 1_000 };
  watch.decide({ ...look, nowMs: 0, wanted: { size: 5, reason: "five" } });
  deepStrictEqual(
    watch.decide({ ...look, nowMs: 1_000, wanted: { size: 2, reason: "two" } }),
    { size: 5, reason: "five" },
  );
});

Deno.test("SizeWatch.decide() waits for a cool-down after somebody else changed the settings", () => {
  const watch = new SizeWatch();
  const look = { size: 4, coolDownMs: 1_000, wanted: { size: 9, reason: "more" } };
  const decide = (nowMs: number, settingsVersion: number, wanted = look.wanted) =>
    watch.decide({ ...look, nowMs, settingsVersion, wanted });
  decide(0, 1, { size: 4, reason: "as it is" });
  deepStrictEqual(decide(500, 2), undefined);
  deepStrictEqual(decide(1_499, 2), undefined);
  deepStrictEqual(decide(1_500, 2), look.wanted);
});
