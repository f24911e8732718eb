import { deepStrictEqual } from "node:assert/strict";
import {
  barText,
  countText,
  durationText,
  percentText,
  rateText,
} from "../../../../cli/top/numbers.ts";

Deno.test("countText() has six cells at most", () => {
  deepStrictEqual(
    [0, 999_999, 1_000_000, 1_234_567, 100_000_000, 999_999_999, 1e12].map(countText),
    ["0", "999999", "1.00M", "1.23M", "100M", "1000M", "1000G"],
  );
});

Deno.test("rateText() tells small rates more exactly, and that one is not known", () => {
  deepStrictEqual([null, 0, 0.25, 12.34, 1_234.5].map(rateText), ["–", "0", "0.3", "12.3", "1235"]);
});

Deno.test("durationText() has six cells at most", () => {
  deepStrictEqual(
    [null, 0, 999.4, 999.6, 59_949, 59_960, 3_599_999, 3_600_000, 172_800_000].map(durationText),
    ["–", "0ms", "999ms", "1.0s", "59.9s", "1m", "59m", "1h", "2d"],
  );
});

Deno.test("barText() and percentText() stay within what there is", () => {
  deepStrictEqual(
    [-1, 0.5, 0.999, 2].map((share) => [barText(share, 4), percentText(share)]),
    [["░░░░", "0%"], ["██░░", "50%"], ["████", "99%"], ["████", "100%"]],
  );
});
