import { deepStrictEqual, ok, throws } from "node:assert/strict";
import { createHash } from "node:crypto";
import { TaskTypeRegistry } from "../../../../core/tasks/registry.ts";

const registry = await TaskTypeRegistry.load({ tasksDir: null, describeMs: 100 });

Deno.test("TaskTypeRegistry.list() has the built-in types by name", () => {
  deepStrictEqual(
    registry.list().map(({ name, isBuiltIn }) => [name, isBuiltIn]),
    ["checksum", "http_request", "primes", "sleep", "word_count"].map((name) => [name, true]),
  );
  deepStrictEqual(registry.listBroken(), []);
});

Deno.test("TaskTypeRegistry knows each type's file and its version", async () => {
  for (const { url, codeVersion } of registry.list()) {
    const text = await Deno.readFile(new URL(url));
    deepStrictEqual(codeVersion, createHash("sha256").update(text).digest("hex").slice(0, 16));
  }
});

Deno.test("TaskTypeRegistry.checkInput() takes every example of a built-in type", () => {
  for (const type of registry.list()) {
    ok(type.examples.length > 0);
    for (const example of type.examples) registry.checkInput(type, example);
  }
});

Deno.test("TaskTypeRegistry.get() gives sleep for upstream's demo", () => {
  deepStrictEqual(registry.get("demo"), registry.get("sleep"));
});

Deno.test("TaskTypeRegistry.get() throws task_type_not_found with the nearest name", () => {
  throws(() => registry.get("cheksum"), {
    name: "LidoError",
    code: "task_type_not_found",
    message: 'Cannot find task type: none is named "cheksum"; did you mean checksum?',
    details: { nearest: "checksum" },
  });
  for (const name of ["", "constructor", "__proto__", "Sleep"]) {
    throws(() => registry.get(name), { code: "task_type_not_found" });
  }
});

const faults: readonly [string, string, unknown, string, readonly (string | number)[][]][] = [
  [
    "a value that is too small",
    "sleep",
    { seconds: -1 },
    "Cannot submit sleep: input.seconds: Too small: expected number to be >=0",
    [["input", "seconds"]],
  ],
  [
    "two faults",
    "checksum",
    { path: 1, algorithm: "crc" },
    "Cannot submit checksum: input.path: Invalid input: expected string, received number " +
    "(and 1 more)",
    [["input", "path"], ["input", "algorithm"]],
  ],
  [
    "an unknown field",
    "primes",
    { up_to: 5, upto: 5 },
    "Cannot submit primes: input.upto: Unknown field",
    [["input", "upto"]],
  ],
  [
    "no input",
    "primes",
    undefined,
    "Cannot submit primes: input: Invalid input: expected object, received undefined",
    [["input"]],
  ],
];
for (const [what, name, input, message, paths] of faults) {
  Deno.test(`TaskTypeRegistry.checkInput() throws invalid_input that names ${what}`, () => {
    throws(() => registry.checkInput(registry.get(name), input), (error: unknown) => {
      const { code, message: text, details } = error as {
        code: string;
        message: string;
        details: { faults: { path: (string | number)[] }[] };
      }; // a LidoError: the values below say so
      deepStrictEqual([code, text, details.faults.map(({ path }) => path)], [
        "invalid_input",
        message,
        paths,
      ]);
      return true;
    });
  });
}
