import { defineTask, z } from "lido";
import { noteBegun } from "./note_begun.ts";

/** Results that cannot be sent, or hardly. */
const RESULTS: Record<string, () => unknown> = {
  nothing: () => undefined,
  function: () => () => {},
  symbol: () => Symbol("result"),
  big_integer: () => ({ count: 10n }),
  cyclic: () => {
    const cyclic: Record<string, unknown> = {};
    return cyclic.self = cyclic;
  },
  to_json_throws: () => ({
    toJSON() {
      throw new Error("not today");
    },
  }),
  to_json_gives_nothing: () => ({ toJSON: () => undefined }),
  to_json_never_ends: () => ({
    toJSON() {
      for (;;);
    },
  }),
  to_json_exits: () => ({ toJSON: () => Deno.exit(0) }),
  getter_throws: () => ({
    get value() {
      throw new Error("not today");
    },
  }),
  getter_never_ends: () => ({
    get value() {
      for (;;);
    },
  }),
  then_throws: () => ({
    get then() {
      throw new Error("not today");
    },
  }),
  then_never_settles: () => ({ then() {} }),
  then_settles_twice: () => ({
    then(resolve: (value: unknown) => void, reject: (reason: unknown) => void) {
      resolve("first");
      reject(new Error("second"));
      throw new Error("third");
    },
  }),
  revoked_proxy: () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
  deep: () => {
    let deep: unknown = null;
    for (let depth = 0; depth < 1_000_000; depth++) deep = [deep];
    return deep;
  },
  long_text: () => "x".repeat(200_000_000),
  long_array: () => new Array(8_000_000).fill("text"),
  a_little_too_long: () => "x".repeat(10_000_000),
  a_megabyte: () => "x".repeat(1_000_000),
};

export default defineTask({
  name: "odd_result",
  description: "Gives a result that cannot be sent",
  input: z.strictObject({ how: z.string(), folder: z.string() }),
  run({ how, folder }) {
    noteBegun(folder);
    return RESULTS[how]?.();
  },
});
