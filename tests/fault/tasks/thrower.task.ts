import { defineTask, z } from "lido";
import { noteBegun } from "./note_begun.ts";

const forEver = new Promise(() => {});

function hostileError(): Error {
  const error = new Error("hidden");
  for (const key of ["name", "message", "stack", "cause"]) {
    Object.defineProperty(error, key, {
      get() {
        throw new Error(`${key} cannot be read`);
      },
    });
  }
  return error;
}

function cyclicCause(): Error {
  const error = new Error("cyclic");
  error.cause = error;
  return error;
}

/** What is thrown. */
const VALUES: Record<string, () => unknown> = {
  error: () => new TypeError("plain"),
  text: () => "a text",
  nothing: () => undefined,
  null: () => null,
  number: () => 42,
  symbol: () => Symbol("thrown"),
  big_integer: () => 10n,
  function: () => () => {},
  hostile_getters: hostileError,
  cyclic_cause: cyclicCause,
  cyclic_object: () => {
    const cyclic: Record<string, unknown> = {};
    return cyclic.self = cyclic;
  },
  proxy: () =>
    new Proxy({}, {
      get() {
        throw new Error("not yours");
      },
      getPrototypeOf() {
        throw new Error("not yours");
      },
    }),
  revoked_proxy: () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
  long_message: () => new Error("x".repeat(10_000_000)),
  not_a_text_message: () => Object.assign(new Error("hidden"), { message: { toString: null } }),
  endless_to_string: () => ({
    toJSON() {
      for (;;);
    },
  }),
  aggregate: () => new AggregateError([new Error("one"), null], "many"),
};

/** How it is thrown. */
const ROADS: Record<string, (value: unknown) => unknown> = {
  sync: (value) => {
    throw value;
  },
  async: async (value) => {
    await null;
    throw value;
  },
  rejection: (value) => {
    Promise.reject(value);
    return forEver;
  },
  timer: (value) => {
    setTimeout(() => {
      throw value;
    });
    return forEver;
  },
  microtask: (value) => {
    queueMicrotask(() => {
      throw value;
    });
    return forEver;
  },
  listener: (value) => {
    const target = new EventTarget();
    target.addEventListener("event", () => {
      throw value;
    });
    target.dispatchEvent(new Event("event"));
    return forEver;
  },
  report: (value) => {
    reportError(value);
    return forEver;
  },
};

export default defineTask({
  name: "thrower",
  description: "Throws: `how` is the road and the value, such as `timer.null`",
  input: z.strictObject({ how: z.string(), folder: z.string() }),
  async run({ how, folder }) {
    noteBegun(folder);
    const [road = "", value = ""] = how.split(".");
    return await ROADS[road]?.(VALUES[value]?.());
  },
});
