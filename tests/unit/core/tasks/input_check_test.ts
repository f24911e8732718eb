import { deepStrictEqual } from "node:assert/strict";
import type { Fault } from "../../../../core/model/errors.ts";
import { describeDefinition } from "../../../../core/tasks/describe_definition.ts";
import { compileInputCheck } from "../../../../core/tasks/input_check.ts";
import { defineTask, z } from "lido";

/** What the server says of an input, after the schema's way through JSON. */
function faultsOf(input: z.ZodType, value: unknown): readonly Fault[] {
  const definition = defineTask({ name: "probe", description: "Probe", input, run: () => null });
  return compileInputCheck(describeDefinition(definition).inputSchema)(value);
}

const tree: z.ZodType = z.object({
  get children() {
    return z.array(tree);
  },
});
const shape = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("circle"), radius: z.number() }),
  z.object({ kind: z.literal("square"), side: z.number() }),
]);

const good: readonly [string, z.ZodType, unknown][] = [
  ["a nested object", z.strictObject({ a: z.object({ b: z.int() }) }), { a: { b: 1 } }],
  ["a default that is left out", z.strictObject({ a: z.int().default(1) }), {}],
  ["a number sent as text to a coercion", z.object({ a: z.coerce.number() }), { a: "5" }],
  ["a text that is only short when trimmed", z.string().trim().max(3), "abc   "],
  ["what a pattern with flags takes", z.string().regex(/^ab$/i), "AB"],
  ["a time with an offset", z.iso.datetime({ offset: true }), "2026-01-02T03:04:05+02:00"],
  ["a local time", z.iso.datetime({ local: true }), "2026-01-02T03:04:05"],
  ["an address by its own pattern", z.email({ pattern: z.regexes.unicodeEmail }), "é@example.com"],
  ["a tree", tree, { children: [{ children: [] }] }],
  ["any JSON", z.json(), { a: [1, null, { b: "c" }] }],
  ["nothing, where there is no input", z.void(), undefined],
  ["nothing, where the input is optional", z.object({}).optional(), undefined],
  ["nothing, where the input has a default", z.object({}).prefault({}), undefined],
  ["a schema with an id", z.object({ a: z.int() }).meta({ id: "Probe" }), { a: 1 }],
  ["what only a refinement refuses", z.int().refine((n) => n > 5), 1],
  ["a tagged form", shape, { kind: "square", side: 2 }],
];
for (const [what, input, value] of good) {
  Deno.test(`InputCheck finds no fault in ${what}`, () => {
    deepStrictEqual(faultsOf(input, value), []);
  });
}

const bad: readonly [string, z.ZodType, unknown, readonly Fault[]][] = [
  ["a field that is missing", z.strictObject({ n: z.number() }), {}, [
    { path: ["input", "n"], message: "Invalid input: expected number, received undefined" },
  ]],
  ["a number above its limit", z.strictObject({ n: z.number().max(5) }), { n: 6 }, [
    { path: ["input", "n"], message: "Too big: expected number to be <=5" },
  ]],
  ["each unknown field", z.strictObject({ n: z.int() }), { n: 1, x: 1, y: 2 }, [
    { path: ["input", "x"], message: "Unknown field" },
    { path: ["input", "y"], message: "Unknown field" },
  ]],
  ["an item of a list", z.object({ l: z.array(z.string()) }), { l: ["a", 1] }, [
    { path: ["input", "l", 1], message: "Invalid input: expected string, received number" },
  ]],
  ["an input that is missing", z.strictObject({ n: z.int() }), undefined, [
    { path: ["input"], message: "Invalid input: expected object, received undefined" },
  ]],
  ["a time, without showing its pattern", z.iso.datetime(), "yesterday", [
    { path: ["input"], message: "Invalid date-time" },
  ]],
  ["a leaf of a tree", tree, { children: [{ children: [{}] }] }, [{
    path: ["input", "children", 0, "children", 0, "children"],
    message: "Invalid input: expected array, received undefined",
  }]],
  ["the form of a union that was meant", shape, { kind: "square", side: "2" }, [
    { path: ["input", "side"], message: "Invalid input: expected number, received string" },
  ]],
  ["a form that does not exist", shape, { kind: "line" }, [
    { path: ["input"], message: "Invalid input" },
  ]],
];
for (const [what, input, value, faults] of bad) {
  Deno.test(`InputCheck names ${what}`, () => deepStrictEqual(faultsOf(input, value), faults));
}

Deno.test("compileInputCheck() leaves all to the thread when zod cannot read the schema", () => {
  deepStrictEqual(compileInputCheck({ type: "string", pattern: "(" })(1), []);
  deepStrictEqual(compileInputCheck({ $ref: "#/nowhere" })(1), []);
});
