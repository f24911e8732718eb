import { deepStrictEqual, throws } from "node:assert/strict";
import { describeDefinition } from "../../../../core/tasks/describe_definition.ts";
import { defineTask, z } from "lido";

function inputSchemaOf(input: z.ZodType): unknown {
  const definition = defineTask({ name: "probe", description: "Probe", input, run: () => null });
  const { $schema: _, ...schema } = describeDefinition(definition).inputSchema;
  return schema;
}

Deno.test("describeDefinition() gives what the server needs, as plain JSON", () => {
  const definition = defineTask({
    name: "probe",
    description: "Probe",
    input: z.strictObject({ n: z.number().default(3) }),
    output: z.object({ n: z.number().default(4) }),
    examples: [{ n: 1 }, {}],
    run: () => ({}),
  });
  const $schema = "https://json-schema.org/draft/2020-12/schema";

  deepStrictEqual(describeDefinition(definition), {
    name: "probe",
    description: "Probe",
    inputSchema: {
      $schema,
      type: "object",
      properties: { n: { type: "number", default: 3 } },
      additionalProperties: false,
    },
    outputSchema: {
      $schema,
      type: "object",
      properties: { n: { type: "number", default: 4 } },
      required: ["n"],
      additionalProperties: false,
    },
    examples: [{ n: 1 }, {}],
  });
});

Deno.test("describeDefinition() throws TypeError when the examples are no JSON", () => {
  const input = z.any();
  const definition = defineTask({
    name: "probe",
    description: "Probe",
    input,
    examples: [1n],
    run: () => null,
  });
  throws(() => describeDefinition(definition), {
    name: "TypeError",
    message: "its examples are no JSON",
  });
});

const looser: readonly [string, z.ZodType, unknown][] = [
  ["a number that is coerced", z.coerce.number().min(1), {}],
  [
    "a coerced field with a default and a description",
    z.object({ n: z.coerce.number().default(3).meta({ description: "N" }) }),
    { type: "object", properties: { n: { default: 3, description: "N" } } },
  ],
  ["a fallback", z.string().catch("x"), { default: "x" }],
  ["a value that is changed before it is looked at", z.preprocess(Number, z.number()), {
    "x-optional": true,
  }],
  ["a limit behind a trim", z.string().trim().max(3), { type: "string" }],
  ["a pattern with flags", z.string().regex(/^\p{L}+$/u), { type: "string" }],
  ["a date, which JSON has not", z.date(), {}],
  ["an input that may be left out", z.string().optional(), { type: "string", "x-optional": true }],
];
for (const [what, input, expected] of looser) {
  Deno.test(`describeDefinition() says less than zod checks of ${what}`, () => {
    deepStrictEqual(inputSchemaOf(input), expected);
  });
}
