import { strictEqual } from "node:assert/strict";
import { isJson, JSON_DEPTH_MAX } from "../../../../core/model/json.ts";

/** A list in a list, so many deep. */
function nested(depth: number): unknown {
  let value: unknown = [];
  for (let at = 1; at < depth; at++) value = [value];
  return value;
}

const YES: readonly unknown[] = [
  null,
  true,
  "",
  -0.5,
  [],
  {},
  [1, ["a", { b: null }]],
  Object.assign(Object.create(null), { a: 1 }),
  nested(JSON_DEPTH_MAX),
];

class Point {
  x = 1;
}

const NO: readonly [name: string, value: unknown][] = [
  ["undefined", undefined],
  ["NaN", NaN],
  ["infinity", -Infinity],
  ["a bigint", 1n],
  ["a function", () => 1],
  ["a symbol", Symbol.iterator],
  ["a date", new Date(0)],
  ["a map", new Map([[1, 2]])],
  ["bytes", new Uint8Array(2)],
  ["an object of a class", new Point()],
  ["a list with a hole", new Array(2)],
  ["undefined in a list", [undefined]],
  ["undefined in an object", { a: undefined }],
  ["a date far inside", { a: [{ b: new Date(0) }] }],
  ["what is nested too deep", nested(JSON_DEPTH_MAX + 1)],
];

Deno.test("isJson() takes what JSON can say", () => {
  for (const value of YES) strictEqual(isJson(value), true, JSON.stringify(value));
});

Deno.test("isJson() refuses what writing as JSON would lose, change or never end", () => {
  for (const [name, value] of NO) strictEqual(isJson(value), false, name);
  const circle: Record<string, unknown> = {};
  circle["itself"] = circle;
  strictEqual(isJson(circle), false);
});
