import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { defineTask, z } from "lido";
import { describeDefinition } from "../../../../core/tasks/describe_definition.ts";
import { hideSecrets } from "../../../../routes/present/secrets.ts";

const secret = z.string().meta({ writeOnly: true });

function schemaOf(input: z.ZodType) {
  const definition = defineTask({ name: "probe", description: "Probe", input, run: () => null });
  return describeDefinition(definition).inputSchema;
}

const tree: z.ZodType = z.object({
  secret,
  get children() {
    return z.array(tree);
  },
});
const login = z.object({ kind: z.literal("login"), password: secret });
const SHOWN: readonly (readonly [what: string, z.ZodType, json: string, shown: string])[] = [
  [
    "a field",
    z.object({ user: z.string(), key: secret }),
    '{"user":"u","key":"k"}',
    '{"user":"u","key":"••••••"}',
  ],
  ["one that may be null", z.object({ key: secret.nullable() }), '{"key":"k"}', '{"key":"••••••"}'],
  [
    "one below others",
    z.object({ a: z.array(z.object({ key: secret })) }),
    '{"a":[{"key":1}]}',
    '{"a":[{"key":"••••••"}]}',
  ],
  [
    "a whole object",
    z.object({ a: z.object({ b: z.int() }).meta({ writeOnly: true }) }),
    '{"a":{"b":1}}',
    '{"a":"••••••"}',
  ],
  [
    "a number",
    z.object({ pin: z.int().meta({ writeOnly: true }) }),
    '{"pin":12}',
    '{"pin":"••••••"}',
  ],
  [
    "a password by its format",
    z.object({ a: z.string().meta({ format: "password" }) }),
    '{"a":"x"}',
    '{"a":"••••••"}',
  ],
  [
    "one under a name of its own",
    z.object({ key: secret.meta({ id: "Key" }) }),
    '{"key":"k"}',
    '{"key":"••••••"}',
  ],
  [
    "one of a form",
    z.discriminatedUnion("kind", [login, z.object({ kind: z.literal("none") })]),
    '{"kind":"login","password":"p"}',
    '{"kind":"login","password":"••••••"}',
  ],
  [
    "those of any name",
    z.record(z.string(), secret),
    '{"a":"x","b":"y"}',
    '{"a":"••••••","b":"••••••"}',
  ],
  [
    "those of a tree",
    tree,
    '{"secret":"a","children":[{"secret":"b","children":[]}]}',
    '{"secret":"••••••","children":[{"secret":"••••••","children":[]}]}',
  ],
  ["the whole input", secret, '"x"', '"••••••"'],
];
for (const [what, input, json, shown] of SHOWN) {
  Deno.test(`hideSecrets() hides ${what}`, () => {
    strictEqual(hideSecrets(json, schemaOf(input)), shown);
  });
}

Deno.test("hideSecrets() keeps all digits of the others", () => {
  const schema = schemaOf(z.object({ n: z.number(), l: z.array(z.number()), key: secret }));
  const json = (key: string) => `{"n":12345678901234567890,"l":[1.50,1],"key":"${key}"}`;
  strictEqual(hideSecrets(json("k"), schema), json("••••••"));
});

Deno.test("hideSecrets() leaves a text that has none as it was written", () => {
  const schema = schemaOf(z.object({ key: secret.optional(), n: z.number() }));
  const json = '{ "n": 1.0, "n": 2 }';
  deepStrictEqual([hideSecrets(json, schema), hideSecrets(json, undefined)], [json, json]);
});

Deno.test("hideSecrets() leaves secrets out where it is asked to", () => {
  const schema = schemaOf(z.object({ user: z.string(), key: secret }));
  strictEqual(hideSecrets('{"user":"u","key":"k"}', schema, true), '{"user":"u"}');
});
