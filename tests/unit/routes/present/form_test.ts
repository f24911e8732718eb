import { deepStrictEqual, strictEqual } from "node:assert/strict";
import {
  fieldsOf,
  labelOf,
  readFields,
  readForm,
  sentFieldsOf,
} from "../../../../routes/present/form.ts";
import { type FormSchema, formSchema } from "../../../../routes/present/form_schema.ts";
import { en } from "../../../../views/i18n/en.ts";
import { zh } from "../../../../views/i18n/zh.ts";

const T = { t: en };
const BASE = { isRequired: false, faults: [], help: "" };

/** The schema of an object with one property, and the field that it makes. */
const only = (property: FormSchema): FormSchema => ({ properties: { value: property } });
const fieldOf = (property: FormSchema, value?: unknown) =>
  fieldsOf(only(property), value === undefined ? undefined : { value }, T)[0];
const read = (property: FormSchema, text: string) =>
  readFields(only(property), new Map([["value", [text]]]));

const KINDS: readonly (readonly [string, FormSchema])[] = [
  ["text", { type: "string" }],
  ["text", { type: "string", maxLength: 300 }],
  ["long", { type: "string", maxLength: 301 }],
  ["text", { type: "string", maxLength: 9_999, format: "uri" }],
  ["secret", { type: "string", writeOnly: true }],
  ["secret", { type: "string", format: "password", maxLength: 9_999 }],
  ["integer", { type: "integer" }],
  ["number", { type: "number" }],
  ["boolean", { type: "boolean" }],
  ["choice", { type: "string", enum: ["a", "b"] }],
  ["choice", { type: "integer", enum: [1, 2] }],
  ["list", { type: "array", items: { type: "string" } }],
  ["list", { type: "array", items: { type: "number" } }],
  ["json", { type: "array", items: { type: "object" } }],
  ["json", { type: "array", items: { type: "string", enum: ["a"] } }],
  ["json", { type: "array" }],
  ["json", { type: "object" }],
  ["group", { type: "object", properties: {} }],
  ["json", {}],
  ["json", { anyOf: [{ type: "string" }, { type: "number" }] }],
  ["integer", { anyOf: [{ type: "integer" }, { type: "null" }] }],
  ["text", { anyOf: [{ type: "null" }, { type: "string" }] }],
  ["json", { anyOf: [{ type: "string" }, { type: "number" }, { type: "null" }] }],
];
for (const [kind, schema] of KINDS) {
  Deno.test(`fieldsOf() makes a field of kind ${kind} of ${JSON.stringify(schema)}`, () => {
    strictEqual(fieldOf(schema)?.kind, kind);
  });
}

Deno.test("fieldsOf() gives a field its name, words, bounds and value", () => {
  const schema: FormSchema = {
    properties: {
      maxSize: { type: "integer", minimum: 1, maximum: 9, description: "How many", default: 3 },
      file_name: { type: "string", title: "File", maxLength: 20 },
    },
    required: ["maxSize", "file_name"],
  };
  deepStrictEqual(fieldsOf(schema, { file_name: "a.txt" }, T), [
    {
      kind: "integer",
      name: "maxSize",
      label: "Max size",
      help: "How many · From 1 to 9",
      isRequired: false, // it has a default
      faults: [],
      value: "3",
      maxLength: undefined,
    },
    {
      kind: "text",
      name: "file_name",
      label: "File",
      help: "",
      isRequired: true,
      faults: [],
      value: "a.txt",
      maxLength: 20,
    },
  ]);
});

const BOUNDS: readonly (readonly [FormSchema, string])[] = [
  [{ minimum: 0 }, "At least 0"],
  [{ maximum: 5 }, "At most 5"],
  [{ minimum: -1, maximum: 5 }, "From -1 to 5"],
  [{ minimum: -(2 ** 53 - 1), maximum: 2 ** 53 - 1 }, ""],
  [{ minimum: 1, maximum: 2 ** 53 - 1 }, "At least 1"],
];
for (const [bounds, help] of BOUNDS) {
  Deno.test(`fieldsOf() says of ${JSON.stringify(bounds)}: ${JSON.stringify(help)}`, () => {
    strictEqual(fieldOf({ type: "integer", ...bounds })?.help, help);
  });
}

Deno.test("fieldsOf() speaks the language of its words, and lets names be called otherwise", () => {
  const schema = only({ type: "integer", minimum: 2, description: "How many" });
  strictEqual(
    fieldsOf(schema, undefined, { t: zh })[0]?.help,
    `How many · ${zh.form.atLeast("2")}`,
  );
  const words = (path: readonly string[]) => ({ label: path.join("/"), help: "mine" });
  const [field] = fieldsOf(schema, undefined, { t: en, words });
  deepStrictEqual([field?.label, field?.help], ["value", "mine · At least 2"]);
});

Deno.test("fieldsOf() nests groups, with dots in their fields' names", () => {
  const schema = only({
    type: "object",
    properties: { deep: { type: "object", properties: { x: { type: "number" } } } },
  });
  deepStrictEqual(fieldsOf(schema, { value: { deep: { x: 1.5 } } }, T), [{
    ...BASE,
    kind: "group",
    name: "value",
    label: "Value",
    fields: [{
      ...BASE,
      kind: "group",
      name: "value.deep",
      label: "Deep",
      fields: [{
        ...BASE,
        kind: "number",
        name: "value.deep.x",
        label: "X",
        value: "1.5",
        maxLength: undefined,
      }],
    }],
  }]);
});

Deno.test("fieldsOf() writes each kind of value as its field has it", () => {
  const shown = (property: FormSchema, value: unknown) => {
    const field = fieldOf(property, value);
    return field?.kind === "boolean" ? field.isOn : field?.kind === "group" ? null : field?.value;
  };
  deepStrictEqual(
    [
      shown({ type: "boolean" }, true),
      shown({ type: "boolean" }, "true"), // no boolean
      shown({ type: "string" }, null),
      shown({ type: "integer" }, 0),
      shown({ type: "array", items: { type: "string" } }, ["a b", "c"]),
      shown({ type: "array", items: { type: "string" } }, "no list"),
      shown({ type: "integer", enum: [1, 2] }, 2),
      shown({}, { a: [1] }),
      shown({}, null),
    ],
    [true, false, "", "0", "a b\nc", "", "2", '{\n  "a": [\n    1\n  ]\n}', "null"],
  );
  const choice = fieldOf({ enum: [1, "b"] });
  deepStrictEqual(choice?.kind === "choice" && choice.choices, [["1", "1"], ["b", "b"]]);
});

Deno.test("fieldsOf() takes nothing for a value that an object only inherits", () => {
  const [field] = fieldsOf({ properties: { constructor: { type: "string" } } }, {}, T);
  strictEqual(field?.kind === "text" && field.value, "");
});

Deno.test("fieldsOf() puts each fault beside its field, and those of a field's parts, too", () => {
  const schema: FormSchema = {
    properties: {
      one: { type: "string" },
      list: { type: "array", items: { type: "string" } },
      group: { type: "object", properties: { x: { type: "number" } } },
    },
  };
  const faults = [
    { path: ["one"], message: "too short" },
    { path: ["one"], message: "too plain" },
    { path: ["list", 3], message: "the fourth" },
    { path: ["group"], message: "the whole" },
    { path: ["group", "x"], message: "its x" },
    { path: ["other"], message: "of no field" },
    { path: [], message: "of all" },
  ];
  const [one, list, group] = fieldsOf(schema, undefined, { t: en, faults });
  deepStrictEqual([one?.faults, list?.faults, group?.faults], [
    ["too short", "too plain"],
    ["the fourth"],
    ["the whole"],
  ]);
  deepStrictEqual(group?.kind === "group" && group.fields[0]?.faults, ["its x"]);
});

const READ: readonly (readonly [FormSchema, string, unknown])[] = [
  [{ type: "string" }, " as typed ", { value: " as typed " }],
  [{ type: "string" }, "  ", {}],
  [{ type: "string", writeOnly: true }, "s3cret", { value: "s3cret" }],
  [{ type: "integer" }, " 42 ", { value: 42 }],
  [{ type: "integer" }, "-1e3", { value: -1000 }],
  [{ type: "integer" }, "0x10", { value: "0x10" }],
  [{ type: "integer" }, "12 apples", { value: "12 apples" }],
  [{ type: "integer" }, "Infinity", { value: "Infinity" }],
  [{ type: "number" }, ".5", { value: 0.5 }],
  [{ type: "number" }, "", {}],
  [{ type: "boolean" }, "true", { value: true }],
  [{ type: "boolean" }, "false", { value: false }],
  [{ type: "boolean" }, "yes", { value: false }],
  [{ enum: [1, "b"] }, "1", { value: 1 }],
  [{ enum: [1, "b"] }, "c", { value: "c" }],
  [{ type: "array", items: { type: "string" } }, " a b \r\n\r\n c\n", { value: ["a b", "c"] }],
  [{ type: "array", items: { type: "string" } }, "", { value: [] }],
  [{ type: "array", items: { type: "integer" } }, "1\nx\n2", { value: [1, "x", 2] }],
  [{}, '{"a":[1]}', { value: { a: [1] } }],
  [{}, "null", { value: null }],
  [{}, "{no json", { value: "{no json" }],
  [{ anyOf: [{ type: "integer" }, { type: "null" }] }, "", { value: null }],
  [{ anyOf: [{ type: "integer" }, { type: "null" }] }, "7", { value: 7 }],
];
for (const [schema, text, value] of READ) {
  const shown = `${JSON.stringify(text)} of ${JSON.stringify(schema)}`;
  Deno.test(`readFields() reads ${shown} as ${JSON.stringify(value)}`, () => {
    deepStrictEqual(read(schema, text), value);
  });
}

Deno.test("readFields() leaves out what was not sent, and groups of which nothing was", () => {
  const group = only({ type: "object", properties: { x: { type: "integer" } } });
  deepStrictEqual(readFields(group, new Map()), {});
  deepStrictEqual(readFields(group, readForm("value.x=")), {});
  deepStrictEqual(readFields(group, readForm("value.x=1&value.y=2&z=3")), { value: { x: 1 } });
});

Deno.test("readFields() takes the last of values that came twice, below its path", () => {
  const form = readForm("input.value=1&input.value=2&value=3");
  deepStrictEqual(readFields(only({ type: "integer" }), form, ["input"]), { value: 2 });
});

Deno.test("readForm() keeps every value of a name, as it was typed", () => {
  deepStrictEqual(
    [...readForm("a=1&b=%3Cb%3E+%F0%9F%8F%8A&a=&__proto__=x")],
    [["a", ["1", ""]], ["b", ["<b> 🏊"]], ["__proto__", ["x"]]],
  );
});

Deno.test("sentFieldsOf() keeps what was typed, right or wrong, with the faults beside it", () => {
  const schema: FormSchema = {
    properties: {
      size: { type: "integer", default: 5 },
      on: { type: "boolean", default: true },
      kind: { enum: ["a", "b"] },
      more: { type: "object", properties: { json: {} } },
      untouched: { type: "string", default: "as it was" },
    },
  };
  const faults = [{ path: ["size"], message: "no number" }];
  const form = readForm(new URLSearchParams([
    ["size", " <b>12"],
    ["on", "false"],
    ["kind", "c"],
    ["more.json", '{"a": 12345678901234567890'],
  ]).toString());
  const [size, on, kind, more, untouched] = sentFieldsOf(schema, form, { t: en, faults });
  deepStrictEqual(size?.kind === "integer" && [size.value, size.faults], [
    " <b>12",
    ["no number"],
  ]);
  strictEqual(on?.kind === "boolean" && on.isOn, false);
  strictEqual(kind?.kind === "choice" && kind.value, "c");
  const [json] = more?.kind === "group" ? more.fields : [];
  strictEqual(json?.kind === "json" && json.value, '{"a": 12345678901234567890');
  strictEqual(untouched?.kind === "text" && untouched.value, "as it was");
});

Deno.test("readFields() gives again what fieldsOf() shows", () => {
  const schema: FormSchema = {
    properties: {
      text: { type: "string" },
      count: { type: "integer" },
      isOn: { type: "boolean" },
      list: { type: "array", items: { type: "string" } },
      choice: { enum: [1, "two"] },
      none: { anyOf: [{ type: "number" }, { type: "null" }] },
      group: { type: "object", properties: { any: {} } },
    },
  };
  const value = {
    text: '"><img>',
    count: -3,
    isOn: false,
    list: ["a", "b c"],
    choice: 1,
    none: null,
    group: { any: [{ deep: true }] },
  };
  const form = new Map<string, string[]>();
  const send = (fields: ReturnType<typeof fieldsOf>) => {
    for (const field of fields) {
      if (field.kind === "group") send(field.fields);
      else form.set(field.name, [field.kind === "boolean" ? String(field.isOn) : field.value]);
    }
  };
  send(fieldsOf(schema, value, T));
  deepStrictEqual(readFields(schema, form), value);
});

for (
  const [name, label] of [
    ["runTimeoutMs", "Run timeout ms"],
    ["run_timeout_ms", "Run timeout ms"],
    ["x", "X"],
    ["", ""],
  ] as const
) {
  Deno.test(`labelOf() calls ${JSON.stringify(name)} ${JSON.stringify(label)}`, () => {
    strictEqual(labelOf(name), label);
  });
}

Deno.test("readFields() takes JSON that the API would refuse for a text", () => {
  const deep = "[".repeat(100_000) + "]".repeat(100_000);
  strictEqual(read({}, deep)["value"] === deep, true);
  deepStrictEqual(read({}, '{"a":1,"a":2}'), { value: '{"a":1,"a":2}' });
  deepStrictEqual(read({}, '"\\ud800"'), { value: '"\\ud800"' });
});

Deno.test("formSchema() puts what a schema refers to in its place, and ends where it refers to itself", () => {
  const tree = {
    type: "object",
    properties: { kids: { type: "array", items: { $ref: "#/$defs/Tree" } } },
  };
  deepStrictEqual(formSchema({ $ref: "#/$defs/Tree", title: "A tree", $defs: { Tree: tree } }), {
    type: "object",
    title: "A tree",
    properties: { kids: { type: "array", items: {} } },
  });
});

Deno.test("A type that may be null, however a schema writes it, is a field that may be empty", () => {
  for (
    const property of [{ type: ["integer", "null"] }, {
      anyOf: [{ type: "integer" }, { type: "null" }],
    }]
  ) {
    const schema = formSchema({ properties: { value: property } });
    strictEqual(fieldsOf(schema, { value: null }, T)[0]?.kind, "integer");
    deepStrictEqual(readFields(schema, readForm("value=")), { value: null });
    deepStrictEqual(readFields(schema, readForm("value=7")), { value: 7 });
  }
});
