import { deepStrictEqual, ok, throws } from "node:assert/strict";
import { isTaskDefinition } from "../../../../core/tasks/define_task.ts";
import { defineTask, z } from "lido";

const GOOD = { name: "greet", description: "Greets", input: z.string(), run: () => 1 };

Deno.test("defineTask() gives the definition back, frozen and known as one", () => {
  const definition = defineTask(GOOD);

  deepStrictEqual({ ...definition }, GOOD);
  ok(Object.isFrozen(definition));
  ok(isTaskDefinition(definition));
});

Deno.test("defineTask() infers what run gets from the schemas", () => {
  const definition = defineTask({
    name: "double",
    description: "Doubles",
    input: z.object({ n: z.coerce.number() }),
    output: z.object({ n: z.number() }),
    examples: [{ n: 1 }],
    run: ({ n }, ctx) => ({ n: n * 2 * ctx.attempt satisfies number }),
  });
  ok(isTaskDefinition(definition));
});

Deno.test("isTaskDefinition() tells a definition from anything else", () => {
  for (const other of [undefined, null, 1, "x", {}, { ...GOOD }, () => {}]) {
    deepStrictEqual(isTaskDefinition(other), false);
  }
});

const faults: readonly [string, unknown, string][] = [
  ["no object", 1, "it must be given an object"],
  [
    "a name with a capital",
    { ...GOOD, name: "Greet" },
    'its name must be 1 to 64 lower-case letters, digits and _, beginning with a letter, and is "Greet"',
  ],
  [
    "a name that is too long",
    { ...GOOD, name: "a".repeat(65) },
    "its name must be 1 to 64 lower-case letters, digits and _, beginning with a letter, " +
    `and is "${"a".repeat(65)}"`,
  ],
  [
    "no name",
    { ...GOOD, name: undefined },
    "its name must be 1 to 64 lower-case letters, digits and _, beginning with a letter, and is undefined",
  ],
  [
    "an empty description",
    { ...GOOD, description: " " },
    "the description of greet must be a text that is not empty",
  ],
  ["no input", { ...GOOD, input: undefined }, "the input of greet must be a zod schema"],
  ["a plain input", { ...GOOD, input: {} }, "the input of greet must be a zod schema"],
  ["a plain output", { ...GOOD, output: "text" }, "the output of greet must be a zod schema"],
  [
    "examples that are no list",
    { ...GOOD, examples: "x" },
    "the examples of greet must be an array",
  ],
  ["no run", { ...GOOD, run: "now" }, "run of greet must be a function"],
  [
    "a property that it does not know",
    { ...GOOD, timeout: 5 },
    'greet has no property "timeout"; known are name, description, input, output, examples, run',
  ],
];

for (const [what, definition, reason] of faults) {
  Deno.test(`defineTask() throws TypeError when given ${what}`, () => {
    // The types refuse all of these; a file that nobody type-checked may hold them.
    throws(() => defineTask(definition as typeof GOOD), {
      name: "TypeError",
      message: `Cannot define task: ${reason}`,
    });
  });
}
