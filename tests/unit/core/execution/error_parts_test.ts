import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { errorPartsOf } from "../../../../core/execution/error_parts.ts";

Deno.test("errorPartsOf() keeps an error's class, message and stack", () => {
  const error = new RangeError("too far");
  deepStrictEqual(errorPartsOf(error), {
    name: "RangeError",
    message: "too far",
    stack: error.stack,
  });
});

const HOSTILE: ReadonlyMap<string, [unknown, string]> = new Map<string, [unknown, string]>([
  ["a text", ["plain", "plain"]],
  ["nothing", [undefined, "undefined"]],
  ["null", [null, "null"]],
  ["a symbol", [Symbol("s"), "Symbol(s)"]],
  ["a big integer", [10n, "10"]],
  ["an object", [{ code: 7 }, '{"code":7}']],
  ["an object whose toJSON throws", [{
    toJSON() {
      throw new Error("no");
    },
  }, "An error that cannot be read"]],
  ["a proxy that throws", [
    new Proxy({}, {
      get() {
        throw new Error("no");
      },
      ownKeys() {
        throw new Error("no");
      },
      getPrototypeOf() {
        throw new Error("no");
      },
    }),
    "An error that cannot be read",
  ]],
  ["a function without a text", [
    Object.assign(() => {}, {
      toString() {
        throw new Error("no");
      },
    }),
    "An error that cannot be read",
  ]],
]);

for (const [what, [thrown, message]] of HOSTILE) {
  Deno.test(`errorPartsOf() reads ${what}`, () => {
    deepStrictEqual(errorPartsOf(thrown), { name: "Error", message, stack: null });
  });
}

Deno.test("errorPartsOf() believes no property of an error", () => {
  const error = new Error("x");
  Object.defineProperties(error, {
    name: { value: 42 },
    message: {
      get() {
        throw new Error("no");
      },
    },
    stack: { value: undefined },
  });
  deepStrictEqual(errorPartsOf(error), {
    name: "42",
    message: "An error that cannot be read",
    stack: null,
  });
});

Deno.test("errorPartsOf() cuts long texts", () => {
  strictEqual(errorPartsOf(new Error("x".repeat(100_000))).message.length, 8_192);
});

Deno.test("errorPartsOf() gives texts for anything that can be thrown", () => {
  fc.assert(
    fc.property(
      fc.anything({ withNullPrototype: true, withSparseArray: true, withBigInt: true }),
      (thrown) => {
        const { name, message, stack } = errorPartsOf(thrown);
        ok(typeof name === "string" && typeof message === "string");
        ok(stack === null || typeof stack === "string");
      },
    ),
  );
});
